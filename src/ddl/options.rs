//! Storage parameters and the options of foreign objects.

use crate::catalog::Name;
use crate::catalog::relation::ForeignOption;
use crate::sql::literal;

use super::Statement;
use super::hazards::SECRET_LEFT_OUT;
use super::name::bare;

/// Settings as `name='value'`, separated by commas.
pub(super) fn setting_list(settings: &[Name]) -> String {
    let each = settings.iter().map(|setting| {
        let (name, value) = split(setting);
        format!("{}={}", setting_name(name), literal(value))
    });
    each.collect::<Vec<_>>().join(", ")
}

/// What turns the settings into the new ones, each behind `alter`: `SET (…)`, `RESET (…)`.
pub(super) fn setting_changes(alter: &str, old: &[Name], new: &[Name]) -> Vec<String> {
    let changed = new.iter().filter(|setting| !old.contains(setting)).cloned();
    let changed = changed.collect::<Vec<_>>();
    let is_named = |name: &str| new.iter().any(|setting| split(setting).0 == name);
    let gone = old
        .iter()
        .map(|setting| split(setting).0)
        .filter(|name| !is_named(name));
    let gone = gone.map(setting_name).collect::<Vec<_>>();
    let mut statements = Vec::new();
    if !gone.is_empty() {
        statements.push(format!("{alter} RESET ({})", gone.join(", ")));
    }
    if !changed.is_empty() {
        statements.push(format!("{alter} SET ({})", setting_list(&changed)));
    }
    statements
}

fn split(setting: &str) -> (&str, &str) {
    setting.split_once('=').unwrap_or((setting, ""))
}

/// The name of a setting, which may have a part before a dot: `toast.autovacuum_enabled`.
fn setting_name(name: &str) -> String {
    match name.split_once('.') {
        Some((space, name)) => format!("{}.{}", bare(space), bare(name)),
        None => bare(name),
    }
}

/// The clause `OPTIONS (…)`; `None` where there are none whose values were read.
pub(super) fn foreign_clause(options: &[ForeignOption]) -> Option<String> {
    let each = options.iter().filter_map(|option| {
        let value = option.value.as_ref()?;
        Some(format!("{} {}", bare(&option.name), literal(value)))
    });
    let each = each.collect::<Vec<_>>();
    (!each.is_empty()).then(|| format!("OPTIONS ({})", each.join(", ")))
}

/// What gives something that is there other options: `alter` is the statement up to `OPTIONS`. `None` where they are the
/// same, as far as they were read.
pub(super) fn change_foreign(alter: &str, old: &[ForeignOption], new: &[ForeignOption]) -> Option<Statement> {
    let old_option = |name: &Name| old.iter().find(|option| option.name == *name);
    let mut actions = Vec::new();
    let mut unknown = Vec::new();
    for option in new {
        let name = bare(&option.name);
        match (old_option(&option.name), &option.value) {
            (Some(old), _) if old == option => {}
            (Some(_), Some(value)) => actions.push(format!("SET {name} {}", literal(value))),
            (None, Some(value)) => actions.push(format!("ADD {name} {}", literal(value))),
            (_, None) => unknown.push(option.clone()),
        }
    }
    for option in old {
        if !new.iter().any(|other| other.name == option.name) {
            actions.push(format!("DROP {}", bare(&option.name)));
        }
    }
    if actions.is_empty() && unknown.is_empty() {
        return None;
    }
    let sql = if actions.is_empty() {
        String::new()
    } else {
        format!("{alter} OPTIONS ({})", actions.join(", "))
    };
    Some(tell_left_out(sql.into(), &unknown))
}

/// Names the options whose values were never read, and must be given by hand, in comments before the statement.
pub(super) fn tell_left_out(mut statement: Statement, options: &[ForeignOption]) -> Statement {
    let unknown = options.iter().filter(|option| option.value.is_none());
    let mut lines = unknown
        .map(|option| {
            format!(
                "-- left out, because its value may be a secret: option {:?}",
                option.name
            )
        })
        .collect::<Vec<_>>();
    if lines.is_empty() {
        return statement;
    }
    lines.extend(Some(statement.sql).filter(|sql| !sql.is_empty()));
    statement.sql = lines.join("\n");
    statement.hazard(SECRET_LEFT_OUT)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn option(name: &str, value: Option<&str>) -> ForeignOption {
        ForeignOption {
            name: name.into(),
            value: value.map(str::to_owned),
        }
    }

    #[test]
    fn options_change_one_by_one() {
        let old = [
            option("host", Some("a")),
            option("port", Some("1")),
            option("password", None),
        ];
        let new = [
            option("host", Some("b")),
            option("user", Some("it's")),
            option("password", None),
        ];
        let change = change_foreign("ALTER SERVER s", &old, &new).unwrap();
        assert_eq!(
            change.sql,
            "ALTER SERVER s OPTIONS (SET host 'b', ADD \"user\" 'it''s', DROP port)"
        );
        assert!(change.risk.hazards.is_empty());
        assert_eq!(change_foreign("ALTER SERVER s", &new, &new), None);
    }

    #[test]
    fn what_was_never_read_is_left_out_and_told() {
        let options = [option("host", Some("a")), option("pass\nword", None)];
        assert_eq!(foreign_clause(&options).unwrap(), "OPTIONS (host 'a')");
        assert_eq!(foreign_clause(&options[1..]), None);
        let statement = tell_left_out("CREATE SERVER s".into(), &options);
        assert_eq!(
            statement.sql,
            "-- left out, because its value may be a secret: option \"pass\\nword\"\nCREATE SERVER s"
        );
        assert_eq!(statement.risk.hazards, ["secret-option-left-out"]);
    }
}
