//! Words for what was counted and measured.

/// A number of bytes: "512 bytes", "24 kB", "1.5 GB".
pub(super) fn bytes(bytes: i64) -> String {
    let mut size = bytes as f64;
    for unit in ["bytes", "kB", "MB", "GB"] {
        if size < 1024.0 {
            return rounded(size, unit);
        }
        size /= 1024.0;
    }
    rounded(size, "TB")
}

/// A time in seconds: "less than an hour", "5 hours", "12 days".
pub(super) fn time(seconds: i64) -> String {
    match (seconds / 3600, seconds / 86_400) {
        (..1, _) => "less than an hour".to_owned(),
        (1, _) => "1 hour".to_owned(),
        (hours, ..2) => format!("{hours} hours"),
        (_, days) => format!("{days} days"),
    }
}

/// A number with its thousands apart: "1,234,567".
pub(super) fn count(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) && !text.ends_with('-') {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A share from 0 to 1: "85 %".
pub(super) fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

fn rounded(size: f64, unit: &str) -> String {
    match size {
        ..10.0 if size.fract() > 0.05 => format!("{size:.1} {unit}"),
        _ => format!("{size:.0} {unit}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_rounded_and_named() {
        assert_eq!(
            [0, 8192, 1_572_864, 50 << 30].map(bytes),
            ["0 bytes", "8 kB", "1.5 MB", "50 GB"]
        );
        assert_eq!(
            [0, 3599, 3600, 100_000, 172_800].map(time),
            ["less than an hour", "less than an hour", "1 hour", "27 hours", "2 days"]
        );
        assert_eq!(
            [0.0, 999.0, 1000.0, 1_234_567.4].map(count),
            ["0", "999", "1,000", "1,234,567"]
        );
        assert_eq!(percent(0.846), "85 %");
    }
}
