//! Foreign-data wrappers, servers and user mappings, and the options of all that is foreign.

use crate::catalog::QName;
use crate::catalog::foreign::{ForeignDataWrapper, Server, UserMapping};
use crate::catalog::relation::ForeignOption;
use crate::sql::literal;

use super::options::{change_foreign, foreign_clause, tell_left_out};
use super::{Alteration, Ddl, Statement, World, bare, plain_drop, qualified, target};

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
        plain_drop(&self.object(), world)
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
        statements.extend(change_foreign(&format!("ALTER {target}"), options, &new.options));
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
        plain_drop(&self.object(), world)
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
        statements.extend(change_foreign(&format!("ALTER {target}"), options, &new.options));
        Alteration::InPlace(statements)
    }
}

impl Ddl for UserMapping {
    fn create(&self, world: &World<'_>) -> Vec<Statement> {
        let sql = format!("CREATE {}", target(&self.object(), world.to));
        vec![with_options(sql, &self.options)]
    }

    fn drop(&self, world: &World<'_>) -> Vec<Statement> {
        plain_drop(&self.object(), world)
    }

    fn alter(&self, new: &Self, world: &World<'_>) -> Alteration {
        let Self {
            server: _,
            role: _,
            options,
        } = self;
        let target = target(&self.object(), world.from);
        let change = change_foreign(&format!("ALTER {target}"), options, &new.options);
        Alteration::InPlace(change.into_iter().collect())
    }
}

/// What makes something with options.
fn with_options(mut sql: String, options: &[ForeignOption]) -> Statement {
    if let Some(clause) = foreign_clause(options) {
        sql = format!("{sql} {clause}");
    }
    tell_left_out(sql.into(), options)
}
