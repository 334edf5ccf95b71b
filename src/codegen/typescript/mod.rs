//! TypeScript: the `Database` of supabase-js, plain types for the drivers, or Kysely's tables; and zod's validators.
//!
//! The text is written straight into strings. What a type is called stands in `names`, what it is in `types` and `wire`,
//! and each style spells the whole in a module of its own.

mod brands;
mod interfaces;
mod kysely;
mod layout;
mod names;
mod prelude;
mod rpc;
mod supabase;
mod text;
mod types;
mod wire;
mod zod;

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::Name;
use crate::codegen::files::OwnedFolder;
use crate::codegen::model::{Api, Field, Function, Relation, Returns, Type};
use crate::codegen::{Excerpt, Generated};
use crate::config::typescript::{FieldCase, Typescript, TypescriptStyle, Wire};
use crate::config::{Generate, Layout};
use crate::diagnostic::Diagnostic;
use brands::Brands;
use names::Names;
use prelude::Helpers;
use text::Code;
use wire::Side;

/// Writes the schema in TypeScript: one file, or one per schema and an `index.ts`, and what had to be decided.
///
/// An NaN or an infinity contradicts the types unless `special-values` is chosen; and postgres.js gives NULL elements of
/// arrays as the text `NULL`.
pub fn generate(api: &Api, entry: &Generate, options: &Typescript) -> Generated {
    let mut notes = Vec::new();
    let plan = Plan::new(api, entry, options, &mut notes);
    let folder = OwnedFolder {
        path: entry.out.clone(),
        extension: "ts".to_owned(),
    };
    Generated {
        files: layout::files(&plan),
        folders: (entry.layout == Layout::PerSchema)
            .then_some(folder)
            .into_iter()
            .collect(),
        notes,
    }
}

/// What is written for each relation.
pub(super) fn excerpts(api: &Api, entry: &Generate, options: &Typescript) -> Vec<Excerpt> {
    let plan = Plan::new(api, entry, options, &mut Vec::new());
    let relations = api.relations.iter().enumerate();
    let excerpts = relations.map(|(at, relation)| {
        let mut code = Code::default();
        let one = Members {
            relations: vec![at],
            ..Members::default()
        };
        match options.style {
            _ if !plan.is_visible(relation) => {}
            TypescriptStyle::Supabase => supabase::relation(&plan, &mut code, at),
            TypescriptStyle::Interfaces => interfaces::schema(&plan, &mut code, &one),
            TypescriptStyle::Kysely => kysely::schema(&plan, &mut code, &one),
        }
        let columns = (0..relation.columns.len()).map(|column| {
            let mut ty = String::new();
            plan.push_column(&mut ty, at, column, Side::Read);
            ty
        });
        Excerpt {
            columns: columns.collect(),
            text: code.text,
        }
    });
    excerpts.collect()
}

/// What everything is written from.
struct Plan<'a> {
    api: &'a Api,
    entry: &'a Generate,
    options: &'a Typescript,
    wire: Wire,
    names: Names,
    /// The keys of each relation's fields, by its position and the column's, where they are not the database's own.
    fields: Vec<Vec<String>>,
    brands: Brands,
    schemas: Vec<Members>,
    /// Which helpers the file that is being written uses.
    helpers: Helpers,
    /// The schema whose file is being written; `None` where all are in one.
    file: Cell<Option<usize>>,
    /// What that file takes from those of other schemas: schema, whether it is a value, name.
    imports: RefCell<BTreeSet<(Name, bool, String)>>,
}

/// What is visible in a schema, each by its position in the [`Api`], in its order.
#[derive(Default)]
struct Members {
    enums: Vec<usize>,
    composites: Vec<usize>,
    relations: Vec<usize>,
    functions: Vec<usize>,
}

impl<'a> Plan<'a> {
    fn new(api: &'a Api, entry: &'a Generate, options: &'a Typescript, notes: &mut Vec<Diagnostic>) -> Self {
        let mut plan = Self {
            api,
            entry,
            options,
            wire: options.wire(),
            names: Names::new(api, options, notes),
            fields: Vec::new(),
            brands: Brands::new(api, options),
            schemas: Vec::new(),
            helpers: Helpers::default(),
            file: Cell::new(None),
            imports: RefCell::default(),
        };
        plan.schemas = plan.members();
        if options.style != TypescriptStyle::Supabase {
            let relations = api.relations.iter();
            plan.fields = relations
                .map(|relation| names::fields(options, relation, notes))
                .collect();
        }
        plan.note_unknown(notes);
        plan.note_lost(notes);
        plan
    }

    fn members(&self) -> Vec<Members> {
        let place: BTreeMap<&Name, usize> = (self.api.schemas.iter())
            .enumerate()
            .map(|(at, schema)| (&schema.name, at))
            .collect();
        let mut schemas: Vec<Members> = self.api.schemas.iter().map(|_| Members::default()).collect();
        let mut add = |schema: &Name, list: fn(&mut Members) -> &mut Vec<usize>, at: usize| {
            if let Some(&schema) = place.get(schema) {
                list(&mut schemas[schema]).push(at);
            }
        };
        for (at, one) in self.api.enums.iter().enumerate().filter(|(_, one)| one.named.emitted) {
            add(&one.named.id.schema, |members| &mut members.enums, at);
        }
        for (at, one) in self
            .api
            .composites
            .iter()
            .enumerate()
            .filter(|(_, one)| one.named.emitted)
        {
            add(&one.named.id.schema, |members| &mut members.composites, at);
        }
        for (at, one) in self
            .api
            .relations
            .iter()
            .enumerate()
            .filter(|(_, one)| self.is_visible(one))
        {
            add(&one.named.id.schema, |members| &mut members.relations, at);
        }
        for (at, one) in self
            .api
            .functions
            .iter()
            .enumerate()
            .filter(|(_, one)| one.named.emitted)
        {
            add(&one.named.id.schema, |members| &mut members.functions, at);
        }
        schemas
    }

    /// Whether a relation is written.
    fn is_visible(&self, relation: &Relation) -> bool {
        relation.named.emitted && (!relation.partition || self.entry.partitions)
    }

    /// The key of a column's field.
    fn key(&self, relation: usize, column: usize) -> &str {
        match self.fields.get(relation) {
            Some(fields) => &fields[column],
            None => &self.api.relations[relation].columns[column].name,
        }
    }

    /// The computed fields of a relation that a column does not hide.
    fn computed(&self, relation: &Relation) -> Vec<usize> {
        let mut computed: Vec<usize> = (relation.computed.iter().copied())
            .filter(|&at| {
                let function = &self.api.functions[at].named.id;
                function.schema == relation.named.id.schema
                    && !relation.columns.iter().any(|column| column.name == function.name)
            })
            .collect();
        computed.dedup_by_key(|at| &self.api.functions[*at].named.id.name);
        computed
    }

    /// A declared name, and its import where another file declares it.
    fn push_name(&self, out: &mut String, schema: &Name, name: &str) {
        if let Some(file) = self.file.get()
            && self.api.schemas[file].name != *schema
        {
            self.imports
                .borrow_mut()
                .insert((schema.clone(), false, name.to_owned()));
        }
        out.push_str(name);
    }

    /// Names the types that nobody has told pgkeel about.
    fn note_unknown(&self, notes: &mut Vec<Diagnostic>) {
        let mut unknown = BTreeSet::new();
        let visible = self.api.relations.iter().filter(|relation| self.is_visible(relation));
        for column in visible
            .flat_map(|relation| &relation.columns)
            .filter(|column| column.custom.is_none())
        {
            find_unknown(&column.ty, &mut unknown);
        }
        for field in self.api.composites.iter().flat_map(|composite| &composite.fields) {
            find_unknown(&field.ty, &mut unknown);
        }
        for domain in &self.api.domains {
            find_unknown(&domain.base, &mut unknown);
        }
        for function in &self.api.functions {
            for argument in &function.arguments {
                find_unknown(&argument.ty, &mut unknown);
            }
            if let Returns::Value { ty, .. } = &function.returns {
                find_unknown(ty, &mut unknown);
            }
        }
        let spelling = if self.wire == Wire::Postgrest {
            "unknown"
        } else {
            "string"
        };
        for id in unknown {
            notes.push(
                Diagnostic::note(
                    id.to_string(),
                    format!("is `{spelling}` in TypeScript: pgkeel does not know the type"),
                )
                .with_hint("[types] can say what it is"),
            );
        }
    }

    /// Names what the client would not find again by its camel case.
    fn note_lost(&self, notes: &mut Vec<Diagnostic>) {
        let renames = self.options.style == TypescriptStyle::Kysely || self.wire == Wire::PostgresJs;
        if self.options.case != FieldCase::Camel || !renames {
            return;
        }
        let mut note = |name: &str, subject: &dyn Fn() -> String| {
            if !names::survives_camel(self.options, name) {
                let camel = names::camel(self.options, name);
                let message = format!("the client does not turn `{camel}` into this name again");
                notes.push(Diagnostic::warning(subject(), message));
            }
        };
        for relation in self.api.relations.iter().filter(|relation| self.is_visible(relation)) {
            let id = &relation.named.id;
            if self.options.style == TypescriptStyle::Kysely {
                note(&id.name, &|| id.to_string());
            }
            for column in relation.columns.iter().filter(|column| column.rename.is_none()) {
                note(&column.name, &|| {
                    format!("{id}.{}", crate::sql::identifier(&column.name))
                });
            }
        }
    }
}

fn find_unknown<'a>(ty: &'a Type, found: &mut BTreeSet<&'a crate::catalog::QName>) {
    match ty {
        Type::Unknown(id) => {
            found.insert(id);
        }
        Type::Array(element) => find_unknown(element, found),
        _ => {}
    }
}

/// Whether a function's result may be NULL.
fn is_nullable(api: &Api, function: &Function) -> bool {
    match &function.returns {
        Returns::Value { ty, .. } => !matches!(ty, Type::Domain(at) if api.domains[*at].not_null),
        Returns::Void | Returns::Record(_) | Returns::Row(_) | Returns::UntypedRecord => false,
    }
}

/// The name of a result's column: PostgreSQL numbers those that have none.
fn column_name(field: &Field, at: usize) -> Cow<'_, str> {
    match &field.name {
        Some(name) => Cow::Borrowed(name),
        None => Cow::Owned(format!("column{}", at + 1)),
    }
}

#[cfg(test)]
mod tests;
