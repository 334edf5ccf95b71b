//! What is written where, and under which name: decided once, before any text.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::names;
use crate::catalog::QName;
use crate::codegen::model::{Api, Field, Named, Relation, Returns, Type};
use crate::codegen::naming;
use crate::config::rust::{Ids, Rust, RustStyle};
use crate::config::{Generate, Lang};
use crate::diagnostic::Diagnostic;

/// Everything that the emitters share.
pub(super) struct Context<'a> {
    pub(super) api: &'a Api,
    pub(super) options: &'a Rust,
    /// The modules, sorted by schema.
    pub(super) modules: Vec<Module>,
    /// By position in the model.
    pub(super) enums: Vec<Item>,
    pub(super) domains: Vec<Item>,
    pub(super) composites: Vec<Item>,
    pub(super) ranges: Vec<Item>,
    pub(super) relations: Vec<RelationItems>,
    pub(super) functions: Vec<FunctionItems>,
    /// The relation whose key's newtype a column has, by relation and column.
    pub(super) ids: HashMap<(usize, usize), usize>,
    /// What the module of helpers must hold.
    support: RefCell<BTreeSet<&'static str>>,
}

/// The module of a schema.
pub(super) struct Module {
    /// The schema's name in the database.
    pub(super) schema: String,
    /// The module's name, not yet raw.
    pub(super) name: String,
    /// The schema's comment.
    pub(super) comment: Option<String>,
}

/// An item: its module's position and its name in it.
#[derive(Clone, Default)]
pub(super) struct Item {
    pub(super) module: usize,
    pub(super) name: String,
}

/// The items of a relation.
#[derive(Clone, Default)]
pub(super) struct RelationItems {
    pub(super) row: Item,
    pub(super) new: String,
    pub(super) patch: String,
    pub(super) id: String,
    /// Whether its structs are written.
    pub(super) wanted: bool,
    /// Whether something has its row as a value.
    pub(super) is_value: bool,
    /// Whether the newtype of its key is written.
    pub(super) has_id: bool,
}

/// The items of a function.
#[derive(Clone, Default)]
pub(super) struct FunctionItems {
    pub(super) module: usize,
    pub(super) arguments: String,
    pub(super) result: String,
}

impl<'a> Context<'a> {
    /// Decides it all; what had to be called otherwise than the user would expect is noted.
    pub(super) fn new(api: &'a Api, entry: &Generate, options: &'a Rust, notes: &mut Vec<Diagnostic>) -> Self {
        let modules = modules(api);
        let mut cx = Self {
            api,
            options,
            modules,
            enums: vec![Item::default(); api.enums.len()],
            domains: vec![Item::default(); api.domains.len()],
            composites: vec![Item::default(); api.composites.len()],
            ranges: vec![Item::default(); api.ranges.len()],
            relations: vec![RelationItems::default(); api.relations.len()],
            functions: vec![FunctionItems::default(); api.functions.len()],
            ids: HashMap::new(),
            support: RefCell::default(),
        };
        cx.choose_relations(entry);
        if options.ids == Ids::Newtype {
            cx.choose_ids();
        }
        cx.name_items(notes);
        cx
    }

    /// Whether the types are for a driver.
    pub(super) fn has_driver(&self) -> bool {
        self.options.style != RustStyle::Plain
    }

    /// Asks for something in the module of helpers.
    pub(super) fn need(&self, name: &'static str) {
        self.support.borrow_mut().insert(name);
    }

    /// What was asked for.
    pub(super) fn needed(&self) -> BTreeSet<&'static str> {
        self.support.borrow().clone()
    }

    fn choose_relations(&mut self, entry: &Generate) {
        for (items, relation) in self.relations.iter_mut().zip(&self.api.relations) {
            items.wanted = relation.named.emitted && (entry.partitions || !relation.partition);
        }
        let api = self.api;
        let columns = api.relations.iter().flat_map(|relation| &relation.columns);
        let arguments = api.functions.iter().flat_map(|function| &function.arguments);
        let mut types: Vec<&Type> = columns.map(|column| &column.ty).collect();
        types.extend(arguments.map(|argument| &argument.ty));
        types.extend(api.domains.iter().map(|domain| &domain.base));
        types.extend(api.ranges.iter().map(|range| &range.subtype));
        let fields = api.composites.iter().flat_map(|composite| &composite.fields);
        types.extend(fields.map(|field| &field.ty));
        for function in &api.functions {
            match &function.returns {
                Returns::Value { ty, .. } => types.push(ty),
                Returns::Record(fields) => types.extend(fields.iter().map(|field: &Field| &field.ty)),
                Returns::Row(at) => self.relations[*at].wanted = true,
                Returns::Void | Returns::UntypedRecord => {}
            }
        }
        for ty in types {
            if let Type::Row(at) = innermost(ty) {
                self.relations[*at].wanted = true;
                self.relations[*at].is_value = true;
            }
        }
    }

    /// Finds the columns that hold the key of a relation: the key itself, and what refers to it.
    fn choose_ids(&mut self) {
        let relations = &self.api.relations;
        let by_name: HashMap<&QName, usize> = (relations.iter().enumerate())
            .map(|(at, relation)| (&relation.named.id, at))
            .collect();
        let target = |relation: &Relation, column: usize| -> Option<usize> {
            relation.relationships.iter().find_map(|key| {
                let [from] = key.columns.as_slice() else { return None };
                let [to] = key.target_columns.as_slice() else {
                    return None;
                };
                let at = *by_name.get(&key.target)?;
                let there = single_key(&relations[at])?;
                let matches = relation.columns[column].name == *from
                    && relations[at].columns[there].name == *to
                    && relations[at].columns[there].ty == relation.columns[column].ty;
                matches.then_some(at)
            })
        };
        for (at, relation) in relations.iter().enumerate() {
            for (position, column) in relation.columns.iter().enumerate() {
                if column.custom.is_some() || matches!(column.ty, Type::Custom(..)) {
                    continue;
                }
                let is_key = single_key(relation) == Some(position);
                let Some(mut root) = target(relation, position).or(is_key.then_some(at)) else {
                    continue;
                };
                // A key that is itself a reference has the type of what it refers to. Keys may refer in a circle.
                let mut seen = BTreeSet::from([root]);
                while let Some(next) = single_key(&relations[root]).and_then(|key| target(&relations[root], key)) {
                    if !seen.insert(next) {
                        root = seen.first().copied().unwrap_or(root);
                        break;
                    }
                    root = next;
                }
                self.ids.insert((at, position), root);
                self.relations[root].has_id = true;
            }
        }
    }

    fn name_items(&mut self, notes: &mut Vec<Diagnostic>) {
        let at: BTreeMap<&str, usize> = (self.modules.iter().enumerate())
            .map(|(at, module)| (module.schema.as_str(), at))
            .collect();
        let module_of = |named: &Named| at.get(named.id.schema.as_str()).copied().unwrap_or_default();
        let api = self.api;
        // Per module: what is wanted, for which thing of the database, and where the name goes.
        let mut wanted: Vec<Vec<(String, Slot)>> = self.modules.iter().map(|_| Vec::new()).collect();
        for (position, thing) in api.enums.iter().enumerate() {
            wanted[module_of(&thing.named)].push((name_of(&thing.named), Slot::Enum(position)));
        }
        for (position, thing) in api.domains.iter().enumerate() {
            wanted[module_of(&thing.named)].push((name_of(&thing.named), Slot::Domain(position)));
        }
        for (position, thing) in api.composites.iter().enumerate() {
            wanted[module_of(&thing.named)].push((name_of(&thing.named), Slot::Composite(position)));
        }
        for (position, thing) in api.ranges.iter().enumerate() {
            wanted[module_of(&thing.named)].push((name_of(&thing.named), Slot::Range(position)));
        }
        for (position, relation) in api.relations.iter().enumerate() {
            let items = &self.relations[position];
            if items.wanted || items.has_id {
                wanted[module_of(&relation.named)].push((name_of(&relation.named), Slot::Row(position)));
            }
        }
        // What is derived from those names comes after all of them, so that it is what makes way.
        for (position, relation) in api.relations.iter().enumerate() {
            let (items, row) = (&self.relations[position], name_of(&relation.named));
            let slots = &mut wanted[module_of(&relation.named)];
            if items.wanted && relation.named.emitted {
                slots.push((format!("New{}", row.trim_start_matches('_')), Slot::New(position)));
                slots.push((format!("{row}Patch"), Slot::Patch(position)));
            }
            if items.has_id {
                slots.push((format!("{row}Id"), Slot::Id(position)));
            }
        }
        for (position, function) in api.functions.iter().enumerate() {
            let (slots, name) = (&mut wanted[module_of(&function.named)], name_of(&function.named));
            slots.push((format!("{name}Args"), Slot::Arguments(position)));
            slots.push((format!("{name}Result"), Slot::Result(position)));
        }
        for (module, slots) in wanted.into_iter().enumerate() {
            let (mut identifiers, slots): (Vec<String>, Vec<Slot>) = slots.into_iter().unzip();
            for changed in naming::distinct(&mut identifiers, |_, _| false, names::refuses_item) {
                if let Some(id) = slots[changed].id(api) {
                    let name = &identifiers[changed];
                    notes.push(
                        Diagnostic::note(
                            id.to_string(),
                            format!("is called `{name}` in Rust, as its name is taken"),
                        )
                        .with_hint("choose a name for it under [names]"),
                    );
                }
            }
            for (name, slot) in identifiers.into_iter().zip(slots) {
                let item = |name| Item { module, name };
                match slot {
                    Slot::Enum(at) => self.enums[at] = item(name),
                    Slot::Domain(at) => self.domains[at] = item(name),
                    Slot::Composite(at) => self.composites[at] = item(name),
                    Slot::Range(at) => self.ranges[at] = item(name),
                    Slot::Row(at) => self.relations[at].row = item(name),
                    Slot::New(at) => self.relations[at].new = name,
                    Slot::Patch(at) => self.relations[at].patch = name,
                    Slot::Id(at) => self.relations[at].id = name,
                    Slot::Arguments(at) => {
                        self.functions[at].module = module;
                        self.functions[at].arguments = name;
                    }
                    Slot::Result(at) => self.functions[at].result = name,
                }
            }
        }
    }
}

/// Where a chosen name goes.
#[derive(Clone, Copy)]
enum Slot {
    Enum(usize),
    Domain(usize),
    Composite(usize),
    Range(usize),
    Row(usize),
    New(usize),
    Patch(usize),
    Id(usize),
    Arguments(usize),
    Result(usize),
}

impl Slot {
    /// The thing of the database whose name it is; overloaded functions are not worth a word.
    fn id(self, api: &Api) -> Option<&QName> {
        Some(match self {
            Self::Enum(at) => &api.enums[at].named.id,
            Self::Domain(at) => &api.domains[at].named.id,
            Self::Composite(at) => &api.composites[at].named.id,
            Self::Range(at) => &api.ranges[at].named.id,
            Self::Row(at) | Self::New(at) | Self::Patch(at) | Self::Id(at) => &api.relations[at].named.id,
            Self::Arguments(_) | Self::Result(_) => return None,
        })
    }
}

/// The type inside arrays.
pub(super) fn innermost(mut ty: &Type) -> &Type {
    loop {
        match ty {
            Type::Array(element) => ty = element,
            Type::Custom(_, base) => ty = base,
            _ => return ty,
        }
    }
}

/// The column that is the whole primary key of a relation.
pub(super) fn single_key(relation: &Relation) -> Option<usize> {
    match relation.primary_key.as_slice() {
        [only] => Some(*only),
        _ => None,
    }
}

fn name_of(named: &Named) -> String {
    let chosen = named.rename.as_ref().and_then(|name| name.get(Lang::Rust));
    match chosen {
        Some(name) if names::is_identifier(name) => name.to_owned(),
        Some(name) => names::item(name),
        None => names::item(&named.id.name),
    }
}

fn modules(api: &Api) -> Vec<Module> {
    let mut comments: BTreeMap<&str, Option<&String>> = (api.schemas.iter())
        .map(|schema| (schema.name.as_str(), schema.comment.as_ref()))
        .collect();
    let named = (api.enums.iter().map(|thing| &thing.named))
        .chain(api.domains.iter().map(|thing| &thing.named))
        .chain(api.composites.iter().map(|thing| &thing.named))
        .chain(api.ranges.iter().map(|thing| &thing.named))
        .chain(api.relations.iter().map(|thing| &thing.named))
        .chain(api.functions.iter().map(|thing| &thing.named));
    for thing in named {
        if !comments.contains_key(thing.id.schema.as_str()) {
            comments.insert(thing.id.schema.as_str(), None);
        }
    }
    let mut names: Vec<String> = comments.keys().map(|schema| names::module(schema)).collect();
    let schemas: Vec<&str> = comments.keys().copied().collect();
    naming::distinct(&mut names, |at, name| schemas[at] == name, names::refuses_module);
    comments
        .into_iter()
        .zip(names)
        .map(|((schema, comment), name)| Module {
            schema: schema.to_owned(),
            name,
            comment: comment.cloned(),
        })
        .collect()
}

/// The override that stands for a type, or for the elements of an array.
#[cfg(feature = "cli")]
pub(super) fn custom_of(mut ty: &Type) -> Option<usize> {
    loop {
        match ty {
            Type::Array(element) => ty = element,
            Type::Custom(at, _) => return Some(*at),
            _ => return None,
        }
    }
}
