//! Schemas and extensions.

use std::cmp::Ordering;

use crate::catalog::schema::{Extension, Schema};
use crate::sql::literal;

use super::{Alteration, Ddl, Loss, Statement, World, bare};

impl Ddl for Schema {
    fn create(&self, _: &World<'_>) -> Vec<Statement> {
        vec![format!("CREATE SCHEMA {}", bare(&self.name)).into()]
    }

    /// What is in it has gone before.
    fn drop(&self, _: &World<'_>) -> Vec<Statement> {
        vec![Statement::new(format!("DROP SCHEMA {}", bare(&self.name))).loses(Loss::DropSchema)]
    }

    fn alter(&self, new: &Self, _: &World<'_>) -> Alteration {
        let Self {
            name: _,
            owner: _,
            reference_only: _,
            extension,
        } = self;
        Alteration::replace_unless(*extension == new.extension)
    }
}

impl Ddl for Extension {
    /// In the version that the server gives by itself, unless it is another one on purpose. One that every database is born
    /// with may be there.
    fn create(&self, _: &World<'_>) -> Vec<Statement> {
        let (name, schema) = (bare(&self.name), bare(&self.schema));
        let mut sql = format!("CREATE EXTENSION IF NOT EXISTS {name} WITH SCHEMA {schema}");
        if self.pinned {
            sql.push_str(&format!(" VERSION {}", literal(&self.version)));
        }
        vec![sql.into()]
    }

    fn drop(&self, _: &World<'_>) -> Vec<Statement> {
        vec![Statement::new(format!("DROP EXTENSION {}", bare(&self.name))).loses(Loss::DropExtension)]
    }

    /// Whoever asks for no version has what the server gives, and keeps a newer one. There is no way back to an older
    /// version, nor to another schema where the extension has put its own schema's name into what it made.
    fn alter(&self, new: &Self, _: &World<'_>) -> Alteration {
        let Self {
            name,
            schema,
            version,
            pinned,
            relocatable,
        } = self;
        let direction = compare_versions(&new.version, version);
        let updates = *version != new.version && (new.pinned || (*pinned && direction != Ordering::Less));
        let is_moved = *schema != new.schema;
        if (updates && direction == Ordering::Less) || (is_moved && !relocatable) {
            return Alteration::Replace;
        }
        let name = bare(name);
        let mut statements = Vec::new();
        if is_moved {
            statements.push(format!("ALTER EXTENSION {name} SET SCHEMA {}", bare(&new.schema)).into());
        }
        if updates {
            statements.push(format!("ALTER EXTENSION {name} UPDATE TO {}", literal(&new.version)).into());
        }
        Alteration::InPlace(statements)
    }
}

/// Which of two versions is the newer one. Their form is the extension's own; most have numbers between dots.
fn compare_versions(one: &str, other: &str) -> Ordering {
    let numbers = |version: &str| {
        let parts = version
            .split(|c: char| !c.is_ascii_digit())
            .filter(|part| !part.is_empty());
        parts
            .map(|part| part.parse::<u64>().unwrap_or(u64::MAX))
            .collect::<Vec<_>>()
    };
    numbers(one).cmp(&numbers(other))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::catalog::Catalog;
    use crate::catalog::kin::Kin;

    #[test]
    fn versions_go_by_their_numbers() {
        assert_eq!(compare_versions("1.10", "1.9"), Ordering::Greater);
        assert_eq!(compare_versions("3.3.2", "3.3"), Ordering::Greater);
        assert_eq!(compare_versions("unpackaged", "0.1"), Ordering::Less);
        assert_eq!(compare_versions("2.0-beta", "2.0"), Ordering::Equal);
    }

    #[test]
    fn only_a_version_that_is_asked_for_is_gone_to() {
        let extension = |version: &str, pinned| Extension {
            name: "e".into(),
            schema: "public".into(),
            version: version.into(),
            pinned,
            relocatable: true,
        };
        let (from, to) = (Catalog::default(), Catalog::default());
        let replaced = BTreeSet::new();
        let kin = Kin::default();
        let world = World {
            from: &from,
            to: &to,
            before: &kin,
            after: &kin,
            session: None,
            online: true,
            replaced: &replaced,
        };
        let nothing = Alteration::InPlace(Vec::new());
        let update =
            |version: &str| Alteration::InPlace(vec![format!("ALTER EXTENSION e UPDATE TO '{version}'").into()]);
        for (old, new, wanted) in [
            (("1.2", false), ("1.3", false), nothing.clone()),
            (("1.2", true), ("1.2", false), nothing.clone()),
            (("1.2", true), ("1.3", false), update("1.3")),
            (("1.4", true), ("1.3", false), nothing),
            (("1.2", false), ("1.3", true), update("1.3")),
            (("1.3", false), ("1.2", true), Alteration::Replace),
        ] {
            let (old, new) = (extension(old.0, old.1), extension(new.0, new.1));
            assert_eq!(old.alter(&new, &world), wanted, "{old:?} to {new:?}");
        }
    }
}
