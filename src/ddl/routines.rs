//! Functions, procedures and aggregates.

use std::fmt::Write as _;

use crate::catalog::routine::{Aggregate, Argument, ArgumentMode, Body, Parallel, Routine, RoutineKind, Volatility};
use crate::catalog::{Name, QName};
use crate::sql::literal;

use super::name::{bare, qualified, target};
use super::{Alteration, Ddl, Statement, World, plain_drop};

impl Ddl for Routine {
    fn create(&self, _: &World<'_>) -> Vec<Statement> {
        vec![self.statement("CREATE")]
    }

    fn drop(&self, world: &World<'_>) -> Vec<Statement> {
        plain_drop(&self.object(), world)
    }

    fn alter(&self, new: &Self, world: &World<'_>) -> Alteration {
        let Self {
            id: _,
            kind,
            owner: _,
            language,
            arguments,
            returns,
            returns_set,
            body,
            volatility,
            strict,
            security_definer,
            leakproof,
            parallel,
            cost,
            rows,
            support,
            settings,
            transforms,
        } = self;
        let is_same_result = (kind, returns, returns_set) == (&new.kind, &new.returns, &new.returns_set);
        if !is_same_result || !may_become(arguments, &new.arguments) || !is_same_record(self, new) {
            return Alteration::Replace;
        }
        if let (Body::Aggregate(old), Body::Aggregate(new)) = (body, &new.body)
            && (&old.kind, old.direct_arguments) != (&new.kind, new.direct_arguments)
        {
            return Alteration::Replace;
        }
        let is_same = (arguments, language, body) == (&new.arguments, &new.language, &new.body)
            && (volatility, parallel, support) == (&new.volatility, &new.parallel, &new.support)
            && (strict, security_definer, leakproof) == (&new.strict, &new.security_definer, &new.leakproof)
            && (cost, rows, transforms) == (&new.cost, &new.rows, &new.transforms);
        // Settings that are added come last, and say less than the whole routine.
        if let (true, Some(added)) = (is_same, new.settings.strip_prefix(settings.as_slice())) {
            let target = target(&self.object(), world.from);
            let sets = added
                .iter()
                .map(|setting| format!("ALTER {target} SET {}", setting_clause(setting)));
            return Alteration::InPlace(sets.map(Into::into).collect());
        }
        Alteration::InPlace(vec![new.statement("CREATE OR REPLACE")])
    }
}

/// Whether PostgreSQL lets a routine with the arguments `old` have `new` instead, which are of the same input types: names
/// of inputs may be given but not changed, and defaults added but not removed (`ProcedureCreate`).
fn may_become(old: &[Argument], new: &[Argument]) -> bool {
    let inputs = |arguments: &[Argument]| {
        let inputs = arguments.iter().filter(|argument| is_input(argument));
        inputs.cloned().collect::<Vec<_>>()
    };
    inputs(old).iter().zip(&inputs(new)).all(|(old, new)| {
        let keeps_name = old.name.is_none() || old.name == new.name;
        // The type of a default is its argument's, unless that is a pseudo-type.
        let is_pseudo = is_pseudo(&old.data_type);
        let keeps_default = match (&old.default, &new.default) {
            (Some(old), Some(new)) => !is_pseudo || old == new,
            (Some(_), None) => false,
            (None, _) => true,
        };
        keeps_name && keeps_default
    })
}

/// Whether the type is one like `anyelement`, which stands for that of a value.
pub(super) fn is_pseudo(data_type: &str) -> bool {
    data_type.starts_with("any") || data_type.starts_with("\"any")
}

fn is_input(argument: &Argument) -> bool {
    !matches!(argument.mode, ArgumentMode::Out | ArgumentMode::Table)
}

/// Whether the columns of the result are the same, where it is a record that outputs describe.
fn is_same_record(old: &Routine, new: &Routine) -> bool {
    let outputs = |routine: &Routine| {
        let outputs = routine.arguments.iter();
        let outputs = outputs.filter(|argument| !matches!(argument.mode, ArgumentMode::In | ArgumentMode::Variadic));
        let outputs = outputs.map(|argument| (argument.name.clone(), argument.data_type.clone()));
        outputs.collect::<Vec<_>>()
    };
    let is_record = old.kind == RoutineKind::Procedure || old.returns.as_deref() == Some("record");
    !is_record || outputs(old) == outputs(new)
}

impl Routine {
    /// The whole statement that makes the routine; `verb` is `CREATE` or `CREATE OR REPLACE`.
    pub(super) fn statement(&self, verb: &str) -> Statement {
        let Body::Aggregate(aggregate) = &self.body else {
            let statement = Statement::new(self.definition(verb));
            let has_path = self.settings.iter().any(|setting| setting.starts_with("search_path="));
            return match self.security_definer && !has_path {
                true => statement.hazard("definer-search-path"),
                false => statement,
            };
        };
        let arguments = aggregate_arguments(&self.arguments, aggregate);
        let mut parts = aggregate_parts(aggregate);
        if let Some(parallel) = parallel(self.parallel) {
            parts.push(format!("PARALLEL = {parallel}"));
        }
        let name = qualified(&self.id.name);
        let parts = parts.join(",\n    ");
        format!("{verb} AGGREGATE {name}({arguments}) (\n    {parts}\n)").into()
    }

    fn definition(&self, verb: &str) -> String {
        let kind = match self.kind {
            RoutineKind::Procedure => "PROCEDURE",
            _ => "FUNCTION",
        };
        let arguments = self
            .arguments
            .iter()
            .filter(|argument| argument.mode != ArgumentMode::Table);
        let arguments = arguments.map(argument).collect::<Vec<_>>().join(", ");
        let mut sql = format!("{verb} {kind} {}({arguments})", qualified(&self.id.name));
        if let Some(returns) = &self.returns {
            let _ = write!(sql, "\n    RETURNS {}", self.result(returns));
        }
        let _ = write!(sql, "\n    LANGUAGE {}", bare(&self.language));
        if !self.transforms.is_empty() {
            let transforms = self.transforms.iter().map(|data_type| format!("FOR TYPE {data_type}"));
            let _ = write!(sql, " TRANSFORM {}", transforms.collect::<Vec<_>>().join(", "));
        }
        for attribute in self.attributes() {
            let _ = write!(sql, " {attribute}");
        }
        for setting in &self.settings {
            let _ = write!(sql, "\n    SET {}", setting_clause(setting));
        }
        match &self.body {
            Body::Sql(body) => {
                let _ = write!(sql, "\n{}", body.trim_start());
            }
            Body::Source(source) if self.language == "internal" => {
                let _ = write!(sql, "\n    AS {}", literal(source));
            }
            Body::Source(source) => {
                let quote = dollar_quote(source);
                let _ = write!(sql, "\n    AS {quote}{source}{quote}");
            }
            Body::Object { library, symbol } => {
                let _ = write!(sql, "\n    AS {}, {}", literal(library), literal(symbol));
            }
            Body::Aggregate(_) => {}
        }
        sql
    }

    fn result(&self, returns: &str) -> String {
        let columns = self
            .arguments
            .iter()
            .filter(|argument| argument.mode == ArgumentMode::Table);
        let columns = columns.map(argument).collect::<Vec<_>>();
        match columns.is_empty() {
            false => format!("TABLE({})", columns.join(", ")),
            true if self.returns_set => format!("SETOF {returns}"),
            true => returns.to_owned(),
        }
    }

    /// What stands between the language and the settings.
    fn attributes(&self) -> Vec<String> {
        let mut attributes = Vec::new();
        let mut flag = |is_set: bool, text: &str| {
            if is_set {
                attributes.push(text.to_owned());
            }
        };
        flag(self.kind == RoutineKind::Window, "WINDOW");
        flag(self.volatility == Volatility::Stable, "STABLE");
        flag(self.volatility == Volatility::Immutable, "IMMUTABLE");
        flag(self.strict, "STRICT");
        flag(self.security_definer, "SECURITY DEFINER");
        flag(self.leakproof, "LEAKPROOF");
        if let Some(parallel) = parallel(self.parallel) {
            attributes.push(format!("PARALLEL {parallel}"));
        }
        if let Some(cost) = &self.cost {
            attributes.push(format!("COST {cost}"));
        }
        if let Some(rows) = &self.rows {
            attributes.push(format!("ROWS {rows}"));
        }
        if let Some(support) = &self.support {
            attributes.push(format!("SUPPORT {}", qualified(support)));
        }
        attributes
    }
}

fn parallel(parallel: Parallel) -> Option<&'static str> {
    match parallel {
        Parallel::Unsafe => None,
        Parallel::Restricted => Some("RESTRICTED"),
        Parallel::Safe => Some("SAFE"),
    }
}

fn argument(argument: &Argument) -> String {
    let mode = match argument.mode {
        ArgumentMode::In | ArgumentMode::Table => "",
        ArgumentMode::Out => "OUT ",
        ArgumentMode::Inout => "INOUT ",
        ArgumentMode::Variadic => "VARIADIC ",
    };
    let name = argument.name.as_ref().map(|name| format!("{} ", bare(name)));
    let mut text = format!("{mode}{}{}", name.unwrap_or_default(), argument.data_type);
    if let Some(default) = &argument.default {
        let _ = write!(text, " DEFAULT {default}");
    }
    text
}

/// A setting as `SET` wants it. Those that are lists of names are kept with quotes of their own, which a single string
/// constant would make part of one long name (`variable_is_guc_list_quote`).
pub(super) fn setting_clause(setting: &str) -> String {
    const LISTS: [&str; 6] = [
        "local_preload_libraries",
        "search_path",
        "session_preload_libraries",
        "shared_preload_libraries",
        "temp_tablespaces",
        "unix_socket_directories",
    ];
    let (name, value) = setting.split_once('=').unwrap_or((setting, ""));
    let values = match LISTS.contains(&name.to_ascii_lowercase().as_str()) {
        true => split_list(value),
        false => vec![value.to_owned()],
    };
    let values = values.iter().map(|value| literal(value).to_string());
    format!("{} TO {}", bare(name), values.collect::<Vec<_>>().join(", "))
}

/// Splits a list of names at its commas, reading quoted ones as PostgreSQL does (`SplitGUCList`).
fn split_list(list: &str) -> Vec<String> {
    let mut names = vec![String::new()];
    let mut in_quotes = false;
    let mut characters = list.chars().peekable();
    while let Some(character) = characters.next() {
        let at = names.len() - 1;
        match character {
            '"' if in_quotes && characters.peek() == Some(&'"') => {
                characters.next();
                names[at].push('"');
            }
            '"' => in_quotes = !in_quotes,
            ',' if !in_quotes => names.push(String::new()),
            ' ' if !in_quotes => {}
            other => names[at].push(other),
        }
    }
    names
}

/// A dollar quote that ends where the text does.
fn dollar_quote(text: &str) -> String {
    let mut tags = ["".to_owned(), "_".to_owned(), "function".to_owned()].into_iter();
    let mut number = 0_u32;
    loop {
        let tag = tags.next().unwrap_or_else(|| {
            number += 1;
            format!("function{number}")
        });
        let quote = format!("${tag}$");
        if format!("{text}{quote}").find(&quote) == Some(text.len()) {
            return quote;
        }
    }
}

/// An aggregate's arguments: those to order by apart. A variadic one that is both is said twice.
fn aggregate_arguments(arguments: &[Argument], aggregate: &Aggregate) -> String {
    let arguments = arguments.iter().map(argument).collect::<Vec<_>>();
    if aggregate.kind == "ordinary" {
        return match arguments.is_empty() {
            true => "*".to_owned(),
            false => arguments.join(", "),
        };
    }
    let direct = usize::try_from(aggregate.direct_arguments).unwrap_or_default();
    let (direct, ordered) = arguments.split_at(direct.min(arguments.len()));
    let ordered = match ordered {
        [] => direct.last().cloned().unwrap_or_default(),
        ordered => ordered.join(", "),
    };
    let direct = direct.join(", ");
    let space = if direct.is_empty() { "" } else { " " };
    format!("{direct}{space}ORDER BY {ordered}")
}

/// What stands in the parentheses of `CREATE AGGREGATE`.
fn aggregate_parts(aggregate: &Aggregate) -> Vec<String> {
    let Aggregate {
        kind,
        direct_arguments: _,
        transition,
        state_type,
        state_space,
        initial,
        final_function,
        final_extra,
        final_modify,
        combine,
        serialize,
        deserialize,
        moving_transition,
        moving_inverse,
        moving_state_type,
        moving_state_space,
        moving_initial,
        moving_final,
        moving_final_extra,
        moving_final_modify,
        sort_operator,
    } = aggregate;
    let function = |name: &Option<QName>| name.as_ref().map(qualified);
    let space = |bytes: i32| (bytes != 0).then(|| bytes.to_string());
    let text = |text: &Option<String>| text.as_ref().map(|text| literal(text).to_string());
    let modify = |code: &Name| {
        let usual = if kind == "ordinary" { "r" } else { "w" };
        (!code.is_empty() && code != usual).then(|| modify(code).to_owned())
    };
    let parts = [
        ("SFUNC", function(transition)),
        ("STYPE", Some(state_type.to_string())),
        ("SSPACE", space(*state_space)),
        ("INITCOND", text(initial)),
        ("FINALFUNC", function(final_function)),
        ("FINALFUNC_MODIFY", modify(final_modify)),
        ("COMBINEFUNC", function(combine)),
        ("SERIALFUNC", function(serialize)),
        ("DESERIALFUNC", function(deserialize)),
        ("MSFUNC", function(moving_transition)),
        ("MINVFUNC", function(moving_inverse)),
        ("MSTYPE", moving_state_type.as_ref().map(ToString::to_string)),
        ("MSSPACE", space(*moving_state_space)),
        ("MINITCOND", text(moving_initial)),
        ("MFINALFUNC", function(moving_final)),
        ("MFINALFUNC_MODIFY", modify(moving_final_modify)),
    ];
    let mut parts: Vec<_> = parts
        .into_iter()
        .filter_map(|(name, value)| Some(format!("{name} = {}", value?)))
        .collect();
    if *final_extra {
        parts.push("FINALFUNC_EXTRA".to_owned());
    }
    if *moving_final_extra {
        parts.push("MFINALFUNC_EXTRA".to_owned());
    }
    if let Some(operator) = sort_operator {
        let schema = bare(&operator.name.schema);
        parts.push(format!("SORTOP = OPERATOR({schema}.{})", operator.name.name));
    }
    if kind == "hypothetical_set" {
        parts.push("HYPOTHETICAL".to_owned());
    }
    parts
}

/// The word for what a final function does to the state (`aggfinalmodify`).
fn modify(code: &str) -> &'static str {
    match code {
        "r" => "READ_ONLY",
        "s" => "SHAREABLE",
        _ => "READ_WRITE",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_ends_where_the_text_does() {
        for (text, quote) in [
            ("select 1", "$$"),
            ("select $$a$$", "$_$"),
            ("costs 5$", "$_$"),
            ("$_$ $$", "$function$"),
            ("$$ $_$ $function", "$function1$"),
        ] {
            assert_eq!(dollar_quote(text), quote, "{text}");
        }
    }

    #[test]
    fn settings_keep_their_lists() {
        assert_eq!(setting_clause("work_mem=1 MB"), "work_mem TO '1 MB'");
        assert_eq!(
            setting_clause(r#"search_path=public, "$user", "A, b""c""#),
            r#"search_path TO 'public', '$user', 'A, b"c'"#
        );
        assert_eq!(setting_clause(r#"search_path="""#), "search_path TO ''");
        assert_eq!(setting_clause("my.Name=it's"), "\"my.Name\" TO 'it''s'");
    }
}
