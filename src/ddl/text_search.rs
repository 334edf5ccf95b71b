//! Text search parsers, templates, dictionaries and configurations.

use crate::catalog::text_search::{
    Mapping, TextSearchConfiguration, TextSearchDictionary, TextSearchParser, TextSearchTemplate,
};
use crate::catalog::{Name, QName};

use super::{Alteration, Ddl, Statement, World, column_list, plain_drop, qualified, target};

impl Ddl for TextSearchParser {
    fn create(&self, world: &World<'_>) -> Vec<Statement> {
        let functions = [
            ("START", Some(&self.start)),
            ("GETTOKEN", Some(&self.token)),
            ("END", Some(&self.end)),
            ("LEXTYPES", Some(&self.lextypes)),
            ("HEADLINE", self.headline.as_ref()),
        ];
        vec![format!("CREATE {} ({})", target(&self.object(), world.to), clauses(&functions)).into()]
    }

    fn drop(&self, world: &World<'_>) -> Vec<Statement> {
        plain_drop(&self.object(), world)
    }

    fn alter(&self, new: &Self, _: &World<'_>) -> Alteration {
        let Self {
            name: _,
            start,
            token,
            end,
            lextypes,
            headline,
        } = self;
        let is_same = *start == new.start
            && *token == new.token
            && *end == new.end
            && *lextypes == new.lextypes
            && *headline == new.headline;
        Alteration::replace_unless(is_same)
    }
}

impl Ddl for TextSearchTemplate {
    fn create(&self, world: &World<'_>) -> Vec<Statement> {
        let functions = [("INIT", self.init.as_ref()), ("LEXIZE", Some(&self.lexize))];
        vec![format!("CREATE {} ({})", target(&self.object(), world.to), clauses(&functions)).into()]
    }

    fn drop(&self, world: &World<'_>) -> Vec<Statement> {
        plain_drop(&self.object(), world)
    }

    fn alter(&self, new: &Self, _: &World<'_>) -> Alteration {
        let Self { name: _, init, lexize } = self;
        Alteration::replace_unless(*init == new.init && *lexize == new.lexize)
    }
}

fn clauses(functions: &[(&str, Option<&QName>)]) -> String {
    let set = functions
        .iter()
        .filter_map(|(clause, function)| Some(format!("{clause} = {}", qualified((*function)?))));
    set.collect::<Vec<_>>().join(", ")
}

impl Ddl for TextSearchDictionary {
    /// PostgreSQL keeps the options as the list that `CREATE` takes.
    fn create(&self, world: &World<'_>) -> Vec<Statement> {
        let target = target(&self.object(), world.to);
        let options = self.options.as_ref().map(|options| format!(", {options}"));
        let (template, options) = (qualified(&self.template), options.unwrap_or_default());
        vec![format!("CREATE {target} (TEMPLATE = {template}{options})").into()]
    }

    fn drop(&self, world: &World<'_>) -> Vec<Statement> {
        plain_drop(&self.object(), world)
    }

    /// An option that is named again goes to the end: with all named, they stand in the new order.
    fn alter(&self, new: &Self, world: &World<'_>) -> Alteration {
        let Self {
            name: _,
            owner: _,
            template,
            options,
        } = self;
        if *template != new.template {
            return Alteration::Replace;
        }
        if *options == new.options {
            return Alteration::InPlace(Vec::new());
        }
        let new_options = new.options.as_deref().unwrap_or_default();
        let old_names = option_names(options.as_deref().unwrap_or_default());
        let (Some(old_names), Some(new_names)) = (old_names, option_names(new_options)) else {
            return Alteration::Replace;
        };
        let gone = old_names.into_iter().filter(|name| !new_names.contains(name));
        let list = gone.chain(Some(new_options).filter(|options| !options.is_empty()));
        let list = list.collect::<Vec<_>>().join(", ");
        Alteration::InPlace(vec![
            format!("ALTER {} ({list})", target(&self.object(), world.from)).into(),
        ])
    }
}

/// The names of a dictionary's options, in SQL. PostgreSQL writes `name = 'value', name = 5`; `None` for what it would
/// not have written.
fn option_names(options: &str) -> Option<Vec<&str>> {
    let mut names = Vec::new();
    let mut rest = options;
    while !rest.is_empty() {
        let (name, after) = rest.split_at(token_end(rest)?);
        names.push(name);
        let value = after.strip_prefix(" = ")?;
        let after = &value[token_end(value)?..];
        rest = match after {
            "" => after,
            _ => after.strip_prefix(", ").filter(|rest| !rest.is_empty())?,
        };
    }
    Some(names)
}

/// Where the name or constant that `text` begins with ends. In an escape string backslashes are doubled, as quotes are.
fn token_end(text: &str) -> Option<usize> {
    let opening = text.find(['\'', '"']);
    let plain = text.find([' ', ',']).unwrap_or(text.len());
    let Some(at) = opening.filter(|at| *at < plain) else {
        return (plain > 0).then_some(plain);
    };
    let quote = char::from(*text.as_bytes().get(at)?);
    let mut from = at + 1;
    loop {
        let end = from + text[from..].find(quote)? + 1;
        if !text[end..].starts_with(quote) {
            return Some(end);
        }
        from = end + 1;
    }
}

impl Ddl for TextSearchConfiguration {
    fn create(&self, world: &World<'_>) -> Vec<Statement> {
        let target = target(&self.object(), world.to);
        let mut statements = vec![format!("CREATE {target} (PARSER = {})", qualified(&self.parser)).into()];
        let mappings = self.mappings.iter().collect::<Vec<_>>();
        statements.extend(with_mappings(&target, "ADD", &mappings));
        statements
    }

    fn drop(&self, world: &World<'_>) -> Vec<Statement> {
        plain_drop(&self.object(), world)
    }

    fn alter(&self, new: &Self, world: &World<'_>) -> Alteration {
        let Self {
            name: _,
            owner: _,
            parser,
            mappings,
        } = self;
        if *parser != new.parser {
            return Alteration::Replace;
        }
        let old_mapping = |token: &Name| mappings.iter().find(|mapping| mapping.token == *token);
        let is_mapped = |token: &Name| new.mappings.iter().any(|mapping| mapping.token == *token);
        let target = target(&self.object(), world.from);
        let gone = mappings.iter().map(|mapping| &mapping.token);
        let gone = gone.filter(|token| !is_mapped(token)).collect::<Vec<_>>();
        let (kept, added): (Vec<_>, Vec<_>) = new
            .mappings
            .iter()
            .partition(|mapping| old_mapping(&mapping.token).is_some());
        let changed = kept
            .into_iter()
            .filter(|mapping| old_mapping(&mapping.token) != Some(mapping));
        let mut statements = Vec::new();
        if !gone.is_empty() {
            statements.push(format!("ALTER {target} DROP MAPPING FOR {}", column_list(gone)).into());
        }
        statements.extend(with_mappings(&target, "ALTER", &changed.collect::<Vec<_>>()));
        statements.extend(with_mappings(&target, "ADD", &added));
        Alteration::InPlace(statements)
    }
}

/// Maps kinds of tokens, those that go through the same dictionaries together.
fn with_mappings(target: &str, verb: &str, mappings: &[&Mapping]) -> Vec<Statement> {
    let mut lists: Vec<(&[QName], Vec<&Name>)> = Vec::new();
    for mapping in mappings {
        match lists.iter_mut().find(|(list, _)| *list == mapping.dictionaries) {
            Some((_, tokens)) => tokens.push(&mapping.token),
            None => lists.push((&mapping.dictionaries, vec![&mapping.token])),
        }
    }
    let statement = |(dictionaries, tokens): (&[QName], Vec<&Name>)| {
        let dictionaries = dictionaries.iter().map(qualified).collect::<Vec<_>>().join(", ");
        let tokens = column_list(tokens);
        Statement::new(format!(
            "ALTER {target} {verb} MAPPING FOR {tokens} WITH {dictionaries}"
        ))
    };
    lists.into_iter().map(statement).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_told_apart_whatever_is_in_them() {
        let options = r#"language = 'english', "Stop, Words" = 'it''s, = a', path = E'c:\\x, ''y''', n = 5"#;
        assert_eq!(
            option_names(options),
            Some(vec!["language", r#""Stop, Words""#, "path", "n"])
        );
        assert_eq!(option_names(""), Some(Vec::new()));
        assert_eq!(option_names("language"), None);
        assert_eq!(option_names("a = 'x"), None);
        assert_eq!(option_names("a = 1, "), None);
    }
}
