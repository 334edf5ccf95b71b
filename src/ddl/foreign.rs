//! Foreign-data wrappers, servers and user mappings, and the options of all that is foreign.

use crate::catalog::foreign::{ForeignDataWrapper, Server, UserMapping};
use crate::catalog::relation::ForeignOption;
use crate::catalog::{Name, QName};
use crate::sql::literal;

use super::{Alteration, Ddl, Statement, World, bare, qualified, target};

impl Ddl for ForeignDataWrapper {
    fn create(&self, world: &World<'_>) -> Vec<Statement> {
        let mut sql = format!("CREATE {}", target(&self.object(), world.to));
        let functions = [("HANDLER", &self.handler), ("VALIDATOR", &self.validator)];
        for (clause, function) in functions {
            if let Some(function) = function {
                sql.push_str(&format!(" {clause} {}", qualified(function)));
            }
        }
        vec![with_options(sql, &self.options)]
    }

    fn drop(&self, world: &World<'_>) -> Vec<Statement> {
        vec![format!("DROP {}", target(&self.object(), world.from)).into()]
    }

    fn alter(&self, new: &Self, world: &World<'_>) -> Alteration {
        let Self {
            name: _,
            owner: _,
            handler,
            validator,
            options,
            extension,
        } = self;
        if *extension != new.extension {
            return Alteration::Replace;
        }
        let target = target(&self.object(), world.from);
        let function = |clause: &str, old: &Option<QName>, new: &Option<QName>| {
            (old != new).then(|| match new {
                Some(new) => format!(" {clause} {}", qualified(new)),
                None => format!(" NO {clause}"),
            })
        };
        let functions = [
            function("HANDLER", handler, &new.handler),
            function("VALIDATOR", validator, &new.validator),
        ];
        let functions = functions.into_iter().flatten().collect::<String>();
        let mut statements = Vec::new();
        if !functions.is_empty() {
            statements.push(format!("ALTER {target}{functions}").into());
        }
        statements.extend(change_options(&format!("ALTER {target}"), options, &new.options));
        Alteration::InPlace(statements)
    }
}

impl Ddl for Server {
    fn create(&self, world: &World<'_>) -> Vec<Statement> {
        let mut sql = format!("CREATE {}", target(&self.object(), world.to));
        for (clause, text) in [("TYPE", &self.server_type), ("VERSION", &self.version)] {
            if let Some(text) = text {
                sql.push_str(&format!(" {clause} {}", literal(text)));
            }
        }
        sql.push_str(&format!(" FOREIGN DATA WRAPPER {}", bare(&self.wrapper)));
        vec![with_options(sql, &self.options)]
    }

    fn drop(&self, world: &World<'_>) -> Vec<Statement> {
        vec![format!("DROP {}", target(&self.object(), world.from)).into()]
    }

    fn alter(&self, new: &Self, world: &World<'_>) -> Alteration {
        let Self {
            name: _,
            owner: _,
            wrapper,
            server_type,
            version,
            options,
        } = self;
        if *wrapper != new.wrapper || *server_type != new.server_type {
            return Alteration::Replace;
        }
        let target = target(&self.object(), world.from);
        let mut statements = Vec::new();
        if *version != new.version {
            let version = new.version.as_ref().map(|version| literal(version).to_string());
            let version = version.as_deref().unwrap_or("NULL");
            statements.push(format!("ALTER {target} VERSION {version}").into());
        }
        statements.extend(change_options(&format!("ALTER {target}"), options, &new.options));
        Alteration::InPlace(statements)
    }
}

impl Ddl for UserMapping {
    fn create(&self, world: &World<'_>) -> Vec<Statement> {
        let sql = format!("CREATE {}", target(&self.object(), world.to));
        vec![with_options(sql, &self.options)]
    }

    fn drop(&self, world: &World<'_>) -> Vec<Statement> {
        vec![format!("DROP {}", target(&self.object(), world.from)).into()]
    }

    fn alter(&self, new: &Self, world: &World<'_>) -> Alteration {
        let Self {
            server: _,
            role: _,
            options,
        } = self;
        let target = target(&self.object(), world.from);
        let change = change_options(&format!("ALTER {target}"), options, &new.options);
        Alteration::InPlace(change.into_iter().collect())
    }
}

/// What makes something with options. One whose value was never read is left out, and the statement says so.
pub(super) fn with_options(sql: String, options: &[ForeignOption]) -> Statement {
    let known = options.iter().filter_map(|option| {
        let value = option.value.as_ref()?;
        Some(format!("{} {}", bare(&option.name), literal(value)))
    });
    let known = known.collect::<Vec<_>>().join(", ");
    let sql = if known.is_empty() {
        sql
    } else {
        format!("{sql} OPTIONS ({known})")
    };
    let unknown = options.iter().filter(|option| option.value.is_none());
    telling_what_is_left_out(sql, unknown.map(|option| &option.name).collect())
}

/// What gives something that is there other options: `alter` is the statement up to `OPTIONS`. `None` where they are the
/// same, as far as they were read.
pub(super) fn change_options(alter: &str, old: &[ForeignOption], new: &[ForeignOption]) -> Option<Statement> {
    let old_option = |name: &Name| old.iter().find(|option| option.name == *name);
    let mut actions = Vec::new();
    let mut unknown = Vec::new();
    for option in new {
        let name = bare(&option.name);
        match (old_option(&option.name), &option.value) {
            (Some(old), _) if old == option => {}
            (Some(_), Some(value)) => actions.push(format!("SET {name} {}", literal(value))),
            (None, Some(value)) => actions.push(format!("ADD {name} {}", literal(value))),
            (_, None) => unknown.push(&option.name),
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
    Some(telling_what_is_left_out(sql, unknown))
}

/// Names the options whose values must be given by hand, in comments before the statement.
fn telling_what_is_left_out(sql: String, options: Vec<&Name>) -> Statement {
    if options.is_empty() {
        return sql.into();
    }
    let mut lines = options
        .into_iter()
        .map(|name| format!("-- left out, because its value may be a secret: option {name:?}"))
        .collect::<Vec<_>>();
    lines.extend(Some(sql).filter(|sql| !sql.is_empty()));
    Statement::new(lines.join("\n")).hazard("secret-option-left-out")
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
        let change = change_options("ALTER SERVER s", &old, &new).unwrap();
        assert_eq!(
            change.sql,
            "ALTER SERVER s OPTIONS (SET host 'b', ADD \"user\" 'it''s', DROP port)"
        );
        assert!(change.risk.hazards.is_empty());
        assert_eq!(change_options("ALTER SERVER s", &new, &new), None);
    }

    #[test]
    fn what_was_never_read_is_left_out_and_told() {
        let options = [option("host", Some("a")), option("pass\nword", None)];
        let statement = with_options("CREATE SERVER s FOREIGN DATA WRAPPER w".to_owned(), &options);
        assert_eq!(
            statement.sql,
            "-- left out, because its value may be a secret: option \"pass\\nword\"\n\
             CREATE SERVER s FOREIGN DATA WRAPPER w OPTIONS (host 'a')"
        );
        assert_eq!(statement.risk.hazards, ["secret-option-left-out"]);
    }
}
