//! Collations and encoding conversions.

use crate::catalog::operator::{Collation, Conversion};
use crate::sql::literal;

use super::{Alteration, Ddl, Statement, World, plain_drop, qualified};

impl Ddl for Collation {
    fn create(&self, _: &World<'_>) -> Vec<Statement> {
        let mut options = vec![format!("provider = {}", self.provider)];
        if !self.deterministic {
            options.push("deterministic = false".to_owned());
        }
        let texts = [
            ("locale", &self.locale),
            ("lc_collate", &self.lc_collate),
            ("lc_ctype", &self.lc_ctype),
            ("rules", &self.rules),
        ];
        for (option, text) in texts {
            options.extend(text.as_ref().map(|text| format!("{option} = {}", literal(text))));
        }
        let (name, options) = (qualified(&self.name), options.join(", "));
        vec![format!("CREATE COLLATION {name} ({options})").into()]
    }

    fn drop(&self, world: &World<'_>) -> Vec<Statement> {
        plain_drop(&self.object(), world)
    }

    fn alter(&self, new: &Self, _: &World<'_>) -> Alteration {
        let Self {
            name: _,
            owner: _,
            provider,
            deterministic,
            locale,
            lc_collate,
            lc_ctype,
            rules,
        } = self;
        let is_same = *provider == new.provider
            && *deterministic == new.deterministic
            && *locale == new.locale
            && *lc_collate == new.lc_collate
            && *lc_ctype == new.lc_ctype
            && *rules == new.rules;
        Alteration::replace_unless(is_same)
    }
}

impl Ddl for Conversion {
    fn create(&self, _: &World<'_>) -> Vec<Statement> {
        let default = if self.default { "DEFAULT " } else { "" };
        let (name, function) = (qualified(&self.name), qualified(&self.function));
        let (source, target) = (literal(&self.source), literal(&self.target));
        vec![format!("CREATE {default}CONVERSION {name} FOR {source} TO {target} FROM {function}").into()]
    }

    fn drop(&self, world: &World<'_>) -> Vec<Statement> {
        plain_drop(&self.object(), world)
    }

    fn alter(&self, new: &Self, _: &World<'_>) -> Alteration {
        let Self {
            name: _,
            owner: _,
            default,
            source,
            target,
            function,
        } = self;
        let is_same =
            *default == new.default && *source == new.source && *target == new.target && *function == new.function;
        Alteration::replace_unless(is_same)
    }
}
