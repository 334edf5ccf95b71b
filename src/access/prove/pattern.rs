//! Texts that match a regular expression: the common forms of checks, as guesses.

/// How many characters a repetition without an end gives.
const MORE: usize = 3;

/// Texts that match `pattern` (a regular expression or a LIKE pattern), several, so that one may pass the other checks
/// too. Empty where the pattern says what is not understood.
pub(super) fn samples(pattern: &str, seed: usize) -> Vec<String> {
    if pattern.contains('%') && !pattern.contains(['^', '[', '(', '\\']) {
        let fill = |length: &usize| pattern.replace('%', &"x".repeat(*length)).replace('_', "x");
        return [1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 0].iter().map(fill).collect();
    }
    let mut found = Vec::new();
    for more in [MORE, 0, 1, 7] {
        let mut reader = Reader {
            rest: pattern.chars().collect(),
            at: 0,
            seed,
            more,
        };
        let Some(text) = reader.branches() else { return found };
        if reader.at == reader.rest.len() && !found.contains(&text) {
            found.push(text);
        }
    }
    found
}

/// Reads a pattern and writes a text that matches.
struct Reader {
    rest: Vec<char>,
    at: usize,
    /// Chooses among the characters that are allowed.
    seed: usize,
    /// How often what may repeat does, beyond the least.
    more: usize,
}

impl Reader {
    fn peek(&self) -> Option<char> {
        self.rest.get(self.at).copied()
    }

    fn take(&mut self, wanted: char) -> bool {
        let is_there = self.peek() == Some(wanted);
        self.at += usize::from(is_there);
        is_there
    }

    /// Alternatives: the first that can be read stands for all.
    fn branches(&mut self) -> Option<String> {
        let first = self.sequence()?;
        while self.take('|') {
            self.sequence()?;
        }
        Some(first)
    }

    fn sequence(&mut self) -> Option<String> {
        let mut text = String::new();
        while let Some(next) = self.peek() {
            if next == '|' || next == ')' {
                break;
            }
            let start = self.at;
            let once = self.atom()?;
            let end = self.at;
            let (least, most) = self.repetition()?;
            let times = most.map_or(least + self.more, |most| most.min(least + self.more));
            // Each time is read anew, so that another character may be chosen.
            let after = self.at;
            for time in 0..times {
                if time == 0 {
                    text.push_str(&once);
                    continue;
                }
                self.at = start;
                text.push_str(&self.atom()?);
                debug_assert_eq!(self.at, end);
            }
            self.at = after;
        }
        Some(text)
    }

    fn atom(&mut self) -> Option<String> {
        let next = self.peek()?;
        self.at += 1;
        match next {
            '^' | '$' => Some(String::new()),
            '(' => {
                if self.take('?') {
                    let kind = self.peek()?;
                    self.at += 1;
                    if kind != ':' {
                        // What must or must not follow is left to the server.
                        self.branches()?;
                        return self.take(')').then(String::new);
                    }
                }
                let inner = self.branches()?;
                self.take(')').then_some(inner)
            }
            '[' => self.class().map(String::from),
            '.' => Some(self.choose("xyz").to_string()),
            '\\' => {
                let class = self.peek()?;
                self.at += 1;
                Some(match class {
                    'd' => self.choose("1234567890").to_string(),
                    'w' => self.choose("abcdefghijk").to_string(),
                    's' => " ".to_owned(),
                    'S' | 'D' | 'W' => self.choose("xyz").to_string(),
                    'm' | 'M' | 'y' | 'A' | 'Z' | 'b' => String::new(),
                    'n' => "\n".to_owned(),
                    't' => "\t".to_owned(),
                    other if other.is_alphanumeric() => return None,
                    other => other.to_string(),
                })
            }
            '*' | '+' | '?' | '{' => None,
            other => Some(other.to_string()),
        }
    }

    /// The least and the greatest number of times.
    fn repetition(&mut self) -> Option<(usize, Option<usize>)> {
        let counts = match self.peek() {
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('?') => (0, Some(1)),
            Some('{') => {
                let end = self.rest[self.at..].iter().position(|c| *c == '}')? + self.at;
                let text = self.rest[self.at + 1..end].iter().collect::<String>();
                self.at = end;
                match text.split_once(',') {
                    None => (text.parse().ok()?, text.parse().ok()),
                    Some((least, most)) => (least.parse().unwrap_or(0), most.parse().ok()),
                }
            }
            _ => return Some((1, Some(1))),
        };
        self.at += 1;
        // A lazy repetition repeats as often.
        self.take('?');
        Some(counts)
    }

    /// A character of a class in brackets.
    fn class(&mut self) -> Option<char> {
        let is_negated = self.take('^');
        let mut members = Vec::new();
        loop {
            let next = self.peek()?;
            self.at += 1;
            match next {
                ']' if !members.is_empty() => break,
                '[' if self.peek() == Some(':') => {
                    let end = self.rest[self.at..].windows(2).position(|pair| pair == [':', ']'])? + self.at;
                    let name = self.rest[self.at + 1..end].iter().collect::<String>();
                    self.at = end + 2;
                    members.extend(match name.as_str() {
                        "digit" | "xdigit" => "0123456789".chars(),
                        "upper" => "ABCDEF".chars(),
                        "space" => " ".chars(),
                        "punct" => "-".chars(),
                        _ => "abcdef".chars(),
                    });
                }
                '\\' => {
                    let class = self.peek()?;
                    self.at += 1;
                    match class {
                        'd' => members.extend("0123456789".chars()),
                        'w' => members.extend("abcdef_".chars()),
                        's' => members.push(' '),
                        other => members.push(other),
                    }
                }
                first if self.peek() == Some('-') && self.rest.get(self.at + 1).is_some_and(|c| *c != ']') => {
                    let last = *self.rest.get(self.at + 1)?;
                    self.at += 2;
                    members.extend((first..=last).take(64));
                }
                other => members.push(other),
            }
        }
        if !is_negated {
            return Some(self.pick(&members));
        }
        let others = ('a'..='z')
            .chain('0'..='9')
            .filter(|c| !members.contains(c))
            .collect::<Vec<_>>();
        (!others.is_empty()).then(|| self.pick(&others))
    }

    fn choose(&mut self, from: &str) -> char {
        self.pick(&from.chars().collect::<Vec<_>>())
    }

    /// One of `from`, another for each seed; each choice uses up a part of the seed.
    fn pick(&mut self, from: &[char]) -> char {
        let at = self.seed % from.len();
        self.seed /= from.len();
        from[at]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_patterns_have_samples() {
        for (pattern, samples_of_it) in [
            ("^[a-z0-9]+(-[a-z0-9]+)*$", "a"),
            (r"^[^@\s]+@[^@\s]+\.[^@\s]+$", "@"),
            ("^[A-Z]{3}$", "AAA"),
            ("^[A-Z][A-Z0-9]{1,7}$", "A"),
            (r"^\+?\d{7,15}$", "1111111"),
            ("^#[[:xdigit:]]{6}$", "#000000"),
            ("^(draft|sent)$", "draft"),
            ("a%b", "axb"),
        ] {
            let found = samples(pattern, 0);
            assert!(
                found.iter().any(|text| text.contains(samples_of_it)),
                "{pattern}: {found:?}"
            );
        }
        assert_ne!(samples("^[a-z]{4}$", 0), samples("^[a-z]{4}$", 1));
        assert_eq!(samples(r"(a\k", 0), Vec::<String>::new());
    }
}
