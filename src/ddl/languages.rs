//! Procedural languages, access methods and transforms.

use crate::catalog::language::{AccessMethod, Language, Transform};
use crate::catalog::{Catalog, QName};

use super::{Alteration, Ddl, Statement, World, bare, plain_drop, qualified, target};

impl Ddl for Language {
    fn create(&self, _: &World<'_>) -> Vec<Statement> {
        vec![definition(self, "CREATE").into()]
    }

    fn drop(&self, world: &World<'_>) -> Vec<Statement> {
        plain_drop(&self.object(), world)
    }

    /// Nothing can be granted on a language that is not trusted, nor taken back.
    fn alter(&self, new: &Self, world: &World<'_>) -> Alteration {
        let Self {
            name: _,
            owner: _,
            trusted,
            handler,
            inline,
            validator,
        } = self;
        let is_same =
            *trusted == new.trusted && *handler == new.handler && *inline == new.inline && *validator == new.validator;
        if is_same {
            return Alteration::InPlace(Vec::new());
        }
        let object = self.object();
        let grants = |catalog: &'_ Catalog| catalog.grants.group(&object, |row| &row.object).to_vec();
        if *trusted && !new.trusted && grants(world.from) != grants(world.to) {
            return Alteration::Replace;
        }
        Alteration::InPlace(vec![definition(new, "CREATE OR REPLACE").into()])
    }
}

fn definition(row: &Language, create: &str) -> String {
    let trusted = if row.trusted { " TRUSTED" } else { "" };
    let mut sql = format!("{create}{trusted} LANGUAGE {}", bare(&row.name));
    let functions = [
        ("HANDLER", &row.handler),
        ("INLINE", &row.inline),
        ("VALIDATOR", &row.validator),
    ];
    for (clause, function) in functions {
        if let Some(function) = function {
            sql.push_str(&format!(" {clause} {}", qualified(function)));
        }
    }
    sql
}

impl Ddl for AccessMethod {
    fn create(&self, _: &World<'_>) -> Vec<Statement> {
        let kind = if self.for_tables { "TABLE" } else { "INDEX" };
        let (name, handler) = (bare(&self.name), qualified(&self.handler));
        vec![format!("CREATE ACCESS METHOD {name} TYPE {kind} HANDLER {handler}").into()]
    }

    fn drop(&self, world: &World<'_>) -> Vec<Statement> {
        plain_drop(&self.object(), world)
    }

    fn alter(&self, new: &Self, _: &World<'_>) -> Alteration {
        let Self {
            name: _,
            for_tables,
            handler,
        } = self;
        Alteration::replace_unless(*for_tables == new.for_tables && *handler == new.handler)
    }
}

impl Ddl for Transform {
    fn create(&self, world: &World<'_>) -> Vec<Statement> {
        vec![with_functions(self, "CREATE", world).into()]
    }

    fn drop(&self, world: &World<'_>) -> Vec<Statement> {
        plain_drop(&self.object(), world)
    }

    fn alter(&self, new: &Self, world: &World<'_>) -> Alteration {
        let Self {
            data_type: _,
            language: _,
            from_sql,
            to_sql,
        } = self;
        if *from_sql == new.from_sql && *to_sql == new.to_sql {
            return Alteration::InPlace(Vec::new());
        }
        Alteration::InPlace(vec![with_functions(new, "CREATE OR REPLACE", world).into()])
    }
}

/// A transform's functions have one argument, of the type `internal` (manual, `CREATE TRANSFORM`).
fn with_functions(row: &Transform, create: &str, world: &World<'_>) -> String {
    let function = |direction: &str, function: &Option<QName>| {
        let function = qualified(function.as_ref()?);
        Some(format!("{direction} SQL WITH FUNCTION {function}(internal)"))
    };
    let functions = [function("FROM", &row.from_sql), function("TO", &row.to_sql)];
    let functions = functions.into_iter().flatten().collect::<Vec<_>>();
    let target = target(&row.object(), world.to);
    format!("{create} {target} ({})", functions.join(", "))
}
