//! Python: pydantic's models, SQLAlchemy's, typed dictionaries or dataclasses.
//!
//! What things are called stands in `names`, what they are in `types`, which classes there are in `classes`; each style
//! spells them in a module of its own.

mod classes;
mod dataclass;
mod enums;
mod joins;
mod names;
mod pydantic;
mod register;
mod sql_types;
mod sqlalchemy;
mod text;
mod typeddict;
mod types;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use self::classes::Class;
use self::names::{Names, Reserved};
use self::types::Imports;
use super::files::{MARK, OutputFile, OwnedFolder};
use super::model::{Api, Named, Relation};
use super::{Excerpt, Generated, naming};
use crate::config::python::{Python, PythonStyle};
use crate::config::{Generate, Layout};
use crate::diagnostic::Diagnostic;

/// Writes the schema in Python: one module, or a package with a module per schema.
pub fn generate(api: &Api, entry: &Generate, options: &Python) -> Generated {
    let mut notes = Vec::new();
    let values = api.row_values();
    let names = Names::new(api, &values, &mut notes);
    let plan = Plan::new(api, entry, options, &names, values, &mut notes);
    let files = match entry.layout {
        Layout::Single => vec![OutputFile {
            path: entry.out.clone(),
            contents: plan.render(None),
        }],
        Layout::PerSchema => package(&plan),
    };
    let folder = OwnedFolder {
        path: entry.out.clone(),
        extension: "py".to_owned(),
    };
    let folders = (entry.layout == Layout::PerSchema).then_some(folder);
    Generated {
        files,
        folders: folders.into_iter().collect(),
        notes,
    }
}

/// What is written for each relation.
pub(super) fn excerpts(api: &Api, entry: &Generate, options: &Python) -> Vec<Excerpt> {
    let values = api.row_values();
    let mut notes = Vec::new();
    let names = Names::new(api, &values, &mut notes);
    let plan = Plan::new(api, entry, options, &names, values, &mut notes);
    let joins = match options.style {
        PythonStyle::Sqlalchemy => joins::joins(&plan),
        _ => Vec::new(),
    };
    let relations = api.relations.iter().enumerate();
    let excerpts = relations.map(|(at, relation)| {
        let mut text = String::new();
        if !plan.is_shown(relation) {
            return Excerpt::default();
        }
        let mut classes = |push: fn(&Plan<'_>, &mut String, &Class<'_>)| {
            plan.relation_classes(at, |class| push(&plan, &mut text, &class));
        };
        match options.style {
            PythonStyle::Pydantic => classes(pydantic::push_class),
            PythonStyle::Typeddict => classes(typeddict::push_class),
            PythonStyle::Dataclass => classes(dataclass::push_class),
            PythonStyle::Sqlalchemy if relation.named.emitted => {
                sqlalchemy::push_relation(&plan, &mut text, at, &joins);
            }
            PythonStyle::Sqlalchemy => {}
        }
        Excerpt {
            columns: plan.row_types(at),
            text: text.trim_start_matches('\n').to_owned(),
        }
    });
    excerpts.collect()
}

/// What everything is written from.
struct Plan<'a> {
    api: &'a Api,
    entry: &'a Generate,
    options: &'a Python,
    names: &'a Names,
    reserved: Reserved<'a>,
    /// The relations whose rows are values of something, by position.
    values: BTreeSet<usize>,
    /// The module of each schema that something to be written lives in.
    modules: BTreeMap<&'a str, String>,
    /// The fields of each relation, by its position and the column's.
    fields: Vec<Vec<String>>,
    /// The schema whose module is being written; `None` where all are in one.
    schema: RefCell<Option<String>>,
    /// What that module needs.
    imports: RefCell<Imports>,
    /// How that module spells each scalar, as far as it did.
    scalars: RefCell<Vec<String>>,
    /// Whether that module compares values with lists.
    one_of_used: Cell<bool>,
    /// Whether that module has fields that may be left out though they are never None.
    unset_used: Cell<bool>,
    /// Whether that module has types that SQLAlchemy does not know.
    named_used: Cell<bool>,
    /// Whether that module maps enums to classes.
    enums_used: Cell<bool>,
}

/// What a style writes.
struct Body {
    /// What the classes rest on. It is known only when they are written.
    first: String,
    classes: String,
}

impl<'a> Plan<'a> {
    fn new(
        api: &'a Api,
        entry: &'a Generate,
        options: &'a Python,
        names: &'a Names,
        values: BTreeSet<usize>,
        notes: &mut Vec<Diagnostic>,
    ) -> Self {
        let reserved = Reserved::new(api, names, options);
        let relations = api.relations.iter();
        let fields = relations
            .map(|row| reserved.fields(&row.columns, &row.named, notes))
            .collect();
        Self {
            api,
            entry,
            options,
            names,
            reserved,
            values,
            modules: modules(api),
            fields,
            schema: RefCell::default(),
            imports: RefCell::default(),
            scalars: RefCell::default(),
            one_of_used: Cell::default(),
            unset_used: Cell::default(),
            named_used: Cell::default(),
            enums_used: Cell::default(),
        }
    }

    /// One module: everything, or what is of one schema.
    fn render(&self, schema: Option<&str>) -> String {
        self.schema.replace(schema.map(str::to_owned));
        self.render_with(|plan| {
            let mut body = match plan.options.style {
                PythonStyle::Pydantic => pydantic::body(plan),
                PythonStyle::Sqlalchemy => sqlalchemy::body(plan),
                PythonStyle::Typeddict => typeddict::body(plan),
                PythonStyle::Dataclass => dataclass::body(plan),
            };
            register::push(plan, &mut body.classes);
            body
        })
    }

    fn render_with(&self, write: impl Fn(&Self) -> Body) -> String {
        self.imports.take();
        self.scalars.take();
        self.one_of_used.take();
        self.unset_used.take();
        self.named_used.take();
        self.enums_used.take();
        let Body { first, mut classes } = write(self);
        let mut late = String::new();
        if self.options.style != PythonStyle::Sqlalchemy {
            enums::push_domains(self, &mut late, true);
        }
        self.push_siblings(&mut classes);
        classes.push_str(&late);
        let mut out = self.head();
        self.push_imports(&mut out);
        if self.options.style == PythonStyle::Pydantic && self.one_of_used.get() {
            out.push_str(ONE_OF);
        }
        out.push_str(&first);
        // The classes are most of it, so they stay where they are.
        classes.insert_str(0, &out);
        classes
    }

    /// Imports what other modules have, behind everything that they may want of this one.
    fn push_siblings(&self, out: &mut String) {
        let imports = self.imports.borrow();
        for (number, (module, name)) in imports.siblings.iter().enumerate() {
            out.push_str(if number == 0 { "\n\n" } else { "" });
            out.push_str(&format!("from .{module} import {name}  # noqa: E402\n"));
        }
    }

    fn head(&self) -> String {
        let mut head = format!("\"\"\"{MARK}. Do not edit: change the database, then run `pgkeel generate`.\"\"\"\n");
        if let Some(header) = &self.entry.header {
            head.push('\n');
            head.push_str(header.trim_end());
            head.push('\n');
        }
        head
    }

    fn push_imports(&self, out: &mut String) {
        let imports = self.imports.borrow();
        let mut standard: Vec<String> = Vec::new();
        let mut others: Vec<String> = Vec::new();
        for module in &imports.modules {
            let list = if is_standard(module) {
                &mut standard
            } else {
                &mut others
            };
            list.push(format!("import {module}\n"));
        }
        let mut last = None;
        for &(module, _) in &imports.names {
            if last.replace(module) == Some(module) {
                continue;
            }
            let list = if is_standard(module) {
                &mut standard
            } else {
                &mut others
            };
            let names = imports
                .names
                .iter()
                .filter(|&&(other, _)| other == module)
                .map(|&(_, name)| name);
            list.push(import_from(module, &names.collect::<Vec<_>>()));
        }
        let user = imports.user.iter().map(|module| format!("import {module}\n")).collect();
        let first = imports
            .first
            .iter()
            .map(|module| format!("from . import {module} as _{module}\n"))
            .collect();
        for group in [standard, others, user, first] {
            if !group.is_empty() {
                out.push('\n');
                out.extend(group);
            }
        }
    }

    /// Whether a thing of this schema stands in another module.
    fn is_elsewhere(&self, schema: &str) -> bool {
        self.schema.borrow().as_deref().is_some_and(|own| own != schema)
    }

    /// Whether a thing is written in this module. What is not emitted of itself but needed stands where it belongs.
    fn is_here(&self, named: &Named) -> bool {
        !self.is_elsewhere(&named.id.schema)
    }

    /// Whether a relation has classes of its own.
    fn is_shown(&self, relation: &Relation) -> bool {
        self.is_here(&relation.named) && (self.entry.partitions || !relation.partition)
    }

    /// The module of a schema.
    fn module(&self, schema: &str) -> &str {
        self.modules.get(schema).map_or("", String::as_str)
    }
}

/// The module of every schema that something to be written lives in. None is called as a file of the package is that
/// belongs to no schema.
fn modules(api: &Api) -> BTreeMap<&str, String> {
    let emitted = api.schemas.iter().map(|schema| &schema.name);
    let types = api
        .enums
        .iter()
        .map(|row| &row.named)
        .chain(api.domains.iter().map(|row| &row.named));
    let rows = api
        .composites
        .iter()
        .map(|row| &row.named)
        .chain(api.relations.iter().map(|row| &row.named));
    let schemas: BTreeSet<&str> = emitted
        .chain(types.chain(rows).map(|named| &named.id.schema))
        .map(|name| name.as_str())
        .collect();
    let schemas: Vec<&str> = schemas.into_iter().collect();
    let mut modules: Vec<String> = schemas
        .iter()
        .map(|name| naming::sanitize(name).to_lowercase())
        .collect();
    naming::distinct(
        &mut modules,
        |at, name| schemas[at] == name,
        |name| !names::is_identifier(name) || name.starts_with("__") || name == "base",
    );
    schemas.into_iter().zip(modules).collect()
}

fn package(plan: &Plan<'_>) -> Vec<OutputFile> {
    let mut init = plan.head();
    init.push('\n');
    let modules: Vec<&str> = plan.modules.values().map(String::as_str).collect();
    if !modules.is_empty() {
        init.push_str(&import_from(".", &modules));
        init.push('\n');
    }
    init.push_str("__all__ = [");
    init.push_str(
        &modules
            .iter()
            .map(|module| text::literal(module))
            .collect::<Vec<_>>()
            .join(", "),
    );
    init.push_str("]\n");
    let file = |name: PathBuf, contents| OutputFile {
        path: plan.entry.out.join(name),
        contents,
    };
    let mut files = vec![file("__init__.py".into(), init)];
    if plan.options.style == PythonStyle::Sqlalchemy {
        files.push(file(
            "base.py".into(),
            plan.render_with(|plan| sqlalchemy::shared(plan)),
        ));
    }
    for (schema, module) in &plan.modules {
        files.push(file(format!("{module}.py").into(), plan.render(Some(schema))));
    }
    files
}

fn is_standard(module: &str) -> bool {
    let root = module.split([' ', '.']).next().unwrap_or(module);
    matches!(
        root,
        "dataclasses" | "datetime" | "decimal" | "enum" | "ipaddress" | "typing" | "uuid"
    )
}

/// An import in one line, or one name a line where that is too long.
fn import_from(module: &str, names: &[&str]) -> String {
    let line = format!("from {module} import {}\n", names.join(", "));
    if line.len() <= 89 {
        return line;
    }
    format!("from {module} import (\n    {},\n)\n", names.join(",\n    "))
}

const ONE_OF: &str = "

def _one_of(values: tuple[Any, ...]) -> Any:
    def check(value: Any) -> Any:
        if value not in values:
            raise ValueError(f\"must be one of {', '.join(map(str, values))}\")
        return value

    return check
";
