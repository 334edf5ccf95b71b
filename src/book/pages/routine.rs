//! The page of a function: all routines of one name.

use crate::book::shell::Page;
use crate::book::site::Site;
use crate::catalog::Object;
use crate::catalog::routine::{ArgumentMode, Body, Parallel, Routine, RoutineKind, Volatility};

use super::parts;

pub(super) fn page(site: &Site<'_>, routines: &[&Routine]) -> String {
    let first = routines[0];
    let path = site.page_of(&first.object()).unwrap_or_default();
    let mut page = Page::new(site, path, kind(first), first.id.name.name.as_str());
    page.schema = Some(&first.id.name.schema);
    for (at, routine) in routines.iter().enumerate() {
        if at > 0 {
            page.suffix = format!("-{}", at + 1);
        }
        one(&mut page, routine, routines.len() > 1);
    }
    if routines.len() > 1 {
        // Parts of several routines have the same names.
        page.marks.clear();
    }
    page.finish()
}

fn kind(routine: &Routine) -> &'static str {
    match routine.kind {
        RoutineKind::Function => "Function",
        RoutineKind::Procedure => "Procedure",
        RoutineKind::Aggregate => "Aggregate",
        RoutineKind::Window => "Window function",
    }
}

fn one(page: &mut Page<'_, '_>, routine: &Routine, is_one_of_many: bool) {
    let object = routine.object();
    if is_one_of_many {
        page.body.leaf(
            "h2",
            &[("class", &"signature")],
            format_args!("{}({})", routine.id.name.name, routine.id.arguments),
        );
    }
    page.comment(page.site.comment(&object), "lead");
    page.body.open("ul", &[("class", &"facts")]);
    for fact in facts(routine) {
        page.body.leaf("li", &[], fact);
    }
    page.body.close("ul");
    if !routine.arguments.is_empty() {
        page.table("Arguments", &["Argument", "Type", "Default", "Way"], |page| {
            for (at, argument) in routine.arguments.iter().enumerate() {
                page.body.fixed("<tr><th scope=\"row\">");
                match &argument.name {
                    Some(name) => page.body.text(name),
                    None => page.body.text(format_args!("${}", at + 1)),
                }
                page.body.fixed("</th><td>");
                page.data_type(&argument.data_type);
                page.body.fixed("</td><td>");
                if let Some(default) = &argument.default {
                    page.inline_code(default);
                }
                page.body.leaf("td", &[], mode(argument.mode));
                page.body.fixed("</td></tr>");
            }
        });
    }
    if let Some(returns) = &routine.returns {
        page.body.fixed("<p>Gives ");
        if routine.returns_set {
            page.body.text("a set of ");
        }
        page.data_type(returns);
        page.body.close("p");
    }
    parts::access(page, page.site.access_of(&routine.id.to_string()));
    parts::grants(page, std::slice::from_ref(&object));
    triggers(page, routine);
    parts::users(page, &object);
    parts::findings(page, &routine.id.to_string());
    page.part("definition", "Definition", |page| {
        let sql = parts::definition(page, Object::Routine(routine)).join("\n");
        match &routine.body {
            Body::Source(_) | Body::Sql(_) => page.code("SQL", &sql),
            _ => page.code("SQL", sql.trim()),
        }
    });
}

fn triggers(page: &mut Page<'_, '_>, routine: &Routine) {
    let Some(triggers) = page.site.triggers_of.get(&routine.id).cloned() else {
        return;
    };
    page.part("triggers", "Called by triggers", |page| {
        page.body.fixed("<ul class=\"plain\">");
        for trigger in triggers {
            page.body.open("li", &[]);
            page.object(&trigger.object());
            page.body.close("li");
        }
        page.body.fixed("</ul>");
    });
}

fn facts(routine: &Routine) -> Vec<String> {
    let mut facts = vec![
        format!("owned by {}", routine.owner),
        format!("in {}", routine.language),
    ];
    facts.push(
        match routine.volatility {
            Volatility::Volatile => "volatile",
            Volatility::Stable => "stable",
            Volatility::Immutable => "immutable",
        }
        .to_owned(),
    );
    let security = if routine.security_definer {
        "runs as its owner"
    } else {
        "runs as its caller"
    };
    facts.push(security.to_owned());
    if routine.strict {
        facts.push("null for null".to_owned());
    }
    if routine.leakproof {
        facts.push("leakproof".to_owned());
    }
    if routine.parallel != Parallel::Unsafe {
        facts.push(format!("parallel {:?}", routine.parallel).to_lowercase());
    }
    facts.extend(routine.settings.iter().map(|setting| format!("sets {setting}")));
    facts
}

fn mode(mode: ArgumentMode) -> &'static str {
    match mode {
        ArgumentMode::In => "in",
        ArgumentMode::Out => "out",
        ArgumentMode::Inout => "in and out",
        ArgumentMode::Variadic => "variadic",
        ArgumentMode::Table => "column of the result",
    }
}

/// The arguments that a caller gives, in short.
pub(super) fn arguments(routine: &Routine) -> String {
    let given = routine.arguments.iter();
    let given = given.filter(|argument| !matches!(argument.mode, ArgumentMode::Out | ArgumentMode::Table));
    let given = given.map(|argument| match &argument.name {
        Some(name) => format!("{name} {}", argument.data_type),
        None => argument.data_type.to_string(),
    });
    given.collect::<Vec<_>>().join(", ")
}

/// What it gives, in short.
pub(super) fn result(routine: &Routine) -> String {
    let set = if routine.returns_set { "setof " } else { "" };
    routine
        .returns
        .as_ref()
        .map_or_else(String::new, |ty| format!("{set}{ty}"))
}
