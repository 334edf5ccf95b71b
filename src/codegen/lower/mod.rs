//! From a catalog to the model: every decision about what the schema means to an application, made once.

#[cfg(feature = "checks")]
mod checks;
mod comment;
mod functions;
#[cfg(feature = "checks")]
mod pattern;
mod present;
mod relations;
mod relationships;
mod types;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::{Mutex, PoisonError};

use self::comment::Comment;
use self::types::Positions;
use super::model::{Api, Composite, Domain, Enum, Field, Named, Range, Rule, SchemaInfo, Type};
use crate::catalog::constraint::DomainConstraint;
use crate::catalog::scope::{Scope, Standing};
use crate::catalog::types::TypeKind;
use crate::catalog::{Catalog, Name, ObjectId, QName};
use crate::config::{Config, Override};
use crate::diagnostic::Diagnostic;

/// The schema as an application sees it, and what had to be decided that the user may want to know of.
pub fn lower(catalog: &Catalog, config: &Config, scope: &Scope) -> (Api, Vec<Diagnostic>) {
    let mut lowering = Lowering::new(catalog, config, scope);
    lowering.place_types();
    let api = lowering.api();
    let mut notes = lowering.notes.into_inner().unwrap_or_else(PoisonError::into_inner);
    notes.extend(unknown_keys(catalog, config));
    notes.sort();
    notes.dedup();
    (api, notes)
}

/// What is at hand while lowering.
struct Lowering<'a> {
    catalog: &'a Catalog,
    config: &'a Config,
    scope: &'a Scope,
    /// The overrides of `[types]`.
    overrides: Vec<Override>,
    /// The override of each type that has one.
    custom_types: HashMap<QName, usize>,
    positions: Positions<'a>,
    /// The name of each domain, and whether it refuses NULL, by position.
    domains: Vec<(&'a QName, bool)>,
    /// What each text of a type means, and what its modifiers demand.
    types: HashMap<&'a Name, (Type, Vec<Rule>)>,
    /// What each CHECK expression demands, as far as it was asked.
    #[cfg(feature = "checks")]
    checks: Mutex<HashMap<&'a str, std::sync::Arc<[checks::Demand]>>>,
    /// The relations that others inherit from, or are partitions of.
    children: BTreeMap<&'a QName, Vec<&'a QName>>,
    /// The columns of the unique indexes that hold for whole tables and are no constraint's.
    unique_indexes: HashMap<&'a QName, Vec<Vec<Name>>>,
    notes: Mutex<Vec<Diagnostic>>,
}

impl<'a> Lowering<'a> {
    fn new(catalog: &'a Catalog, config: &'a Config, scope: &'a Scope) -> Self {
        let mut overrides = Vec::new();
        let mut custom_types = HashMap::new();
        for (key, custom) in &config.types {
            let name = match key.parse() {
                Ok(name) => name,
                Err(_) => QName::new("pg_catalog", builtin_name(key)),
            };
            custom_types.insert(name, overrides.len());
            overrides.push(custom.clone());
        }
        let mut children: BTreeMap<&QName, Vec<&QName>> = BTreeMap::new();
        for relation in &catalog.relations {
            let partitioned = relation.partition_of.as_ref().map(|partition| &partition.parent);
            for parent in relation.inherits.iter().chain(partitioned) {
                children.entry(parent).or_default().push(&relation.name);
            }
        }
        Self {
            catalog,
            config,
            scope,
            overrides,
            custom_types,
            positions: Positions::default(),
            domains: Vec::new(),
            types: HashMap::new(),
            #[cfg(feature = "checks")]
            checks: Mutex::default(),
            children,
            unique_indexes: unique_indexes(catalog),
            notes: Mutex::default(),
        }
    }

    /// Whether things of this name are emitted.
    fn emits(&self, name: &QName) -> bool {
        self.emits_schema(&name.schema) && !self.scope.excludes(name)
    }

    fn emits_schema(&self, schema: &Name) -> bool {
        self.scope.standing(schema) == Standing::Ours && self.catalog.own_schema(schema).is_some()
    }

    /// Finds what is emitted or needed by it, and gives each its position.
    fn place_types(&mut self) {
        let catalog = self.catalog;
        let types = catalog
            .types
            .iter()
            .filter(|row| row.extension.is_none())
            .map(|row| &row.name);
        let relations = catalog
            .relations
            .iter()
            .filter(|row| row.extension.is_none())
            .map(|row| &row.name);
        let mut roots: BTreeSet<&QName> = types.chain(relations).filter(|name| self.emits(name)).collect();
        for routine in catalog.routines.iter().filter(|routine| self.emits(&routine.id.name)) {
            let used = routine
                .arguments
                .iter()
                .map(|argument| &argument.data_type)
                .chain(&routine.returns);
            let named = used.filter_map(|sql| catalog.data_type(sql)).map(|found| &found.name);
            roots.extend(named.filter(|name| !name.is_builtin()));
        }
        for custom in self.custom_types.keys() {
            if !custom.is_builtin() && catalog.user_type(custom).is_none() && catalog.relation(custom).is_none() {
                self.note(&custom.to_string(), "is in [types], but the schema has no such type");
            }
        }
        let reached = types::reachable(catalog, roots);
        let mut positions = Positions::default();
        for row in catalog.types.iter().filter(|row| reached.contains(&row.name)) {
            match &row.kind {
                TypeKind::Enum { .. } => place(&mut positions.enums, &row.name),
                TypeKind::Domain { .. } => place(&mut positions.domains, &row.name),
                TypeKind::Composite { .. } => place(&mut positions.composites, &row.name),
                TypeKind::Range(_) => place(&mut positions.ranges, &row.name),
                TypeKind::Multirange { .. } | TypeKind::Base(_) | TypeKind::Shell => {}
            }
        }
        // A multirange that is used brings its range along.
        for row in catalog.types.iter() {
            if let TypeKind::Multirange { range } = &row.kind
                && reached.contains(&row.name)
            {
                if !positions.ranges.contains_key(range) {
                    place(&mut positions.ranges, range);
                }
                positions.multiranges.insert(&row.name, positions.ranges[range]);
            }
        }
        for row in catalog.relations.iter().filter(|row| reached.contains(&row.name)) {
            positions.relations.insert(&row.name, positions.relations.len());
        }
        self.positions = positions;
        let types = catalog.data_types.iter();
        self.types = types
            .map(|row| (&row.sql, (self.resolve(row), types::modifier_rules(row))))
            .collect();
        let mut domains: Vec<(usize, &QName)> = self.positions.domains.iter().map(|(&name, &at)| (at, name)).collect();
        domains.sort_unstable();
        let refuses = |name| self.domain(name).is_some_and(|domain| domain.not_null);
        self.domains = domains.into_iter().map(|(_, name)| (name, refuses(name))).collect();
    }

    fn api(&self) -> Api {
        let mut overrides = self.overrides.clone();
        let schemas = self.schemas();
        let mut api = Api {
            home: match schemas.as_slice() {
                [only] => only.name.clone(),
                _ => "public".into(),
            },
            schemas,
            enums: in_place(&self.positions.enums, |name| self.enumeration(name)),
            domains: in_place(&self.positions.domains, |name| self.domain(name)),
            composites: in_place(&self.positions.composites, |name| self.composite(name)),
            ranges: in_place(&self.positions.ranges, |name| self.range(name)),
            relations: self.relations(&mut overrides),
            functions: self.functions(),
            overrides: Vec::new(),
        };
        for at in 0..api.functions.len() {
            let function = &api.functions[at];
            if let (true, Some(argument)) = (function.computed_field, function.arguments.first())
                && let Type::Row(relation) = argument.ty
            {
                api.relations[relation].computed.push(at);
            }
        }
        api.overrides = overrides;
        api
    }

    fn schemas(&self) -> Vec<SchemaInfo> {
        let emitted = self
            .catalog
            .schemas
            .iter()
            .filter(|schema| self.emits_schema(&schema.name));
        let infos = emitted.map(|schema| SchemaInfo {
            name: schema.name.clone(),
            comment: self.comment(&ObjectId::Schema(schema.name.clone())).text,
        });
        infos.collect()
    }

    fn enumeration(&self, name: &QName) -> Option<Enum> {
        let TypeKind::Enum { labels } = &self.catalog.user_type(name)?.kind else {
            return None;
        };
        Some(Enum {
            named: self.named_type_of(name),
            labels: labels.clone(),
        })
    }

    fn composite(&self, name: &QName) -> Option<Composite> {
        let TypeKind::Composite { attributes } = &self.catalog.user_type(name)?.kind else {
            return None;
        };
        let fields = attributes.iter().map(|attribute| Field {
            name: Some(attribute.name.clone()),
            ty: self.ty(&attribute.data_type),
            sql: attribute.data_type.clone(),
            nullable: true,
            comment: self
                .comment(&ObjectId::Column(name.clone(), attribute.name.clone()))
                .text,
        });
        Some(Composite {
            named: self.named_type_of(name),
            fields: fields.collect(),
        })
    }

    fn range(&self, name: &QName) -> Option<Range> {
        let TypeKind::Range(range) = &self.catalog.user_type(name)?.kind else {
            return None;
        };
        let subtype = self.ty(&range.subtype);
        Some(Range {
            named: self.named_type_of(name),
            subtype,
            multirange: range.multirange.clone(),
        })
    }

    fn domain(&self, name: &QName) -> Option<Domain> {
        let TypeKind::Domain { base, .. } = &self.catalog.user_type(name)?.kind else {
            return None;
        };
        let mut domain = Domain {
            named: self.named_type_of(name),
            base: self.ty(base),
            sql: base.clone(),
            not_null: false,
            has_default: false,
            rules: Vec::new(),
        };
        // It took the default of the domain below when it was made.
        if let TypeKind::Domain {
            default: Some(default), ..
        } = &self.catalog.user_type(name)?.kind
        {
            domain.has_default = !is_null(default);
        }
        let mut level = Some(name);
        while let Some(current) = level
            && let Some(row) = self.catalog.user_type(current)
            && let TypeKind::Domain { base, not_null, .. } = &row.kind
        {
            domain.not_null |= not_null;
            domain.rules.extend_from_slice(self.modifier_rules(base));
            for constraint in self.catalog.domain_constraints_of(current) {
                self.demand_of_domain(constraint, &mut domain);
            }
            // A domain over an array of a domain restricts the array; its elements are the inner domain's matter.
            level = self
                .catalog
                .data_type(base)
                .filter(|base| !base.array)
                .map(|base| &base.name);
        }
        Some(domain)
    }

    fn demand_of_domain(&self, constraint: &'a DomainConstraint, domain: &mut Domain) {
        let Some(expression) = constraint.expression.as_deref().filter(|_| constraint.validated) else {
            return;
        };
        let is_value = |name: &String| name.eq_ignore_ascii_case("value");
        domain.not_null |= present::columns(expression).iter().any(is_value);
        #[cfg(feature = "checks")]
        for demand in self
            .demands(expression)
            .iter()
            .filter(|demand| is_value(&demand.column))
        {
            if self.applies(&demand.rule, &demand.casts, &domain.base) {
                domain.rules.push(demand.rule.clone());
            }
        }
    }

    /// What a CHECK expression demands. Schemas repeat themselves, so each text is read once.
    #[cfg(feature = "checks")]
    fn demands(&self, expression: &'a str) -> std::sync::Arc<[checks::Demand]> {
        let known = || self.checks.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(demands) = known().get(expression) {
            return demands.clone();
        }
        let demands = std::sync::Arc::from(checks::read(expression));
        known().entry(expression).or_insert(demands).clone()
    }

    /// Whether the type refuses NULL by itself.
    fn refuses_null(&self, ty: &Type) -> bool {
        match ty {
            Type::Domain(at) => self.domains.get(*at).is_some_and(|&(_, refuses)| refuses),
            Type::Custom(_, inner) => self.refuses_null(inner),
            _ => false,
        }
    }

    fn named_type_of(&self, name: &QName) -> Named {
        self.named(name, self.comment(&ObjectId::Type(name.clone())))
    }

    fn named(&self, id: &QName, comment: Comment) -> Named {
        let rename = self.config.names.get(&id.to_string()).cloned();
        Named {
            id: id.clone(),
            rename: rename.or_else(|| comment.name.map(crate::config::Name::All)),
            comment: comment.text,
            emitted: self.emits(id),
        }
    }

    /// The comment on an object, taken apart; a line in it that cannot be followed is noted.
    fn comment(&self, object: &ObjectId) -> Comment {
        let Some(text) = self.catalog.comment(object) else {
            return Comment::default();
        };
        let read = comment::read(text);
        for line in &read.refused {
            self.note(
                &format!("the comment on {object:?}"),
                &format!("has a line that cannot be followed: {line}"),
            );
        }
        read
    }

    fn note(&self, subject: &str, message: &str) {
        let mut notes = self.notes.lock().unwrap_or_else(PoisonError::into_inner);
        notes.push(Diagnostic::warning(subject, message));
    }
}

/// Whether a default is NULL in so many words, which is none.
fn is_null(default: &str) -> bool {
    default == "NULL" || default.starts_with("NULL::")
}

/// PostgreSQL's own name of a built-in type that the user may have called by its SQL name.
fn builtin_name(name: &str) -> &str {
    match name {
        "boolean" => "bool",
        "smallint" => "int2",
        "integer" | "int" => "int4",
        "bigint" => "int8",
        "real" => "float4",
        "double precision" => "float8",
        "decimal" => "numeric",
        "character varying" => "varchar",
        "character" => "bpchar",
        "bit varying" => "varbit",
        "time with time zone" => "timetz",
        "time without time zone" => "time",
        "timestamp with time zone" => "timestamptz",
        "timestamp without time zone" => "timestamp",
        other => other,
    }
}

fn place<'a>(positions: &mut BTreeMap<&'a QName, usize>, name: &'a QName) {
    let next = positions.len();
    positions.entry(name).or_insert(next);
}

/// What stands at each position, made by name.
fn in_place<T>(positions: &BTreeMap<&QName, usize>, make: impl Fn(&QName) -> Option<T>) -> Vec<T> {
    by_position(positions).into_iter().filter_map(make).collect()
}

fn by_position<'a>(positions: &BTreeMap<&'a QName, usize>) -> Vec<&'a QName> {
    let mut names: Vec<(usize, &QName)> = positions.iter().map(|(&name, &at)| (at, name)).collect();
    names.sort_unstable();
    names.into_iter().map(|(_, name)| name).collect()
}

fn unique_indexes(catalog: &Catalog) -> HashMap<&QName, Vec<Vec<Name>>> {
    let mut all: HashMap<&QName, Vec<Vec<Name>>> = HashMap::new();
    for index in &catalog.indexes {
        if !index.unique || !index.valid || index.predicate.is_some() || index.constraint.is_some() {
            continue;
        }
        let columns: Option<Vec<Name>> = index.keys.iter().map(|key| key.column.clone()).collect();
        if let Some(columns) = columns {
            all.entry(&index.relation).or_default().push(columns);
        }
    }
    all
}

/// A note for each key of `[columns]` and `[names]` that fits nothing, so that a slip of the pen is not lost.
fn unknown_keys(catalog: &Catalog, config: &Config) -> Vec<Diagnostic> {
    let known = |key: &str| match crate::sql::split_name(key).as_deref() {
        Some([schema, name]) => {
            let name = QName::new(schema.as_str(), name.as_str());
            catalog.relation(&name).is_some()
                || catalog.user_type(&name).is_some()
                || catalog.routines.iter().any(|routine| routine.id.name == name)
        }
        Some([schema, relation, column]) => {
            let relation = QName::new(schema.as_str(), relation.as_str());
            let column = Name::new(column);
            catalog
                .relation(&relation)
                .is_some_and(|relation| relation.column(&column).is_some())
                || catalog.user_type(&relation).is_some_and(|row| match &row.kind {
                    TypeKind::Composite { attributes } => attributes.iter().any(|attribute| attribute.name == column),
                    _ => false,
                })
        }
        _ => false,
    };
    let columns = config.columns.keys().map(|key| ("[columns]", key));
    let names = config.names.keys().map(|key| ("[names]", key));
    let strangers: HashSet<(&str, &String)> = columns.chain(names).filter(|(_, key)| !known(key)).collect();
    let notes = strangers.into_iter().map(|(section, key)| {
        Diagnostic::warning(
            key.as_str(),
            format!("is in {section}, but the schema has nothing of this name"),
        )
        .with_hint("write it as schema.object or schema.object.column")
    });
    notes.collect()
}

impl Lowering<'_> {
    /// Whether a rule speaks of values of this type, so that every language means by it what PostgreSQL does.
    fn applies(&self, rule: &Rule, casts: &[String], ty: &Type) -> bool {
        use super::model::Scalar::{Float4, Float8, Int2, Int4, Int8, Numeric, Text, Varchar};
        let base = self.base(ty);
        if !casts.iter().all(|cast| keeps_values(&base, cast)) {
            return false;
        }
        match rule {
            Rule::MinItems(_) | Rule::MaxItems(_) => matches!(base, Type::Array(_)),
            Rule::Min { .. } | Rule::Max { .. } | Rule::OneOfNumbers(_) => {
                matches!(base, Type::Scalar(Int2 | Int4 | Int8 | Numeric | Float4 | Float8))
            }
            _ => matches!(base, Type::Scalar(Text | Varchar)),
        }
    }

    /// The type below every domain.
    fn base(&self, ty: &Type) -> Type {
        match ty {
            Type::Domain(at) => {
                let row = self.domains.get(*at).and_then(|(name, _)| self.catalog.user_type(name));
                match row.map(|row| &row.kind) {
                    Some(TypeKind::Domain { base, .. }) => self.base(&self.ty(base)),
                    _ => ty.clone(),
                }
            }
            Type::Custom(_, inner) => self.base(inner),
            _ => ty.clone(),
        }
    }
}

/// Whether a cast to this type gives every value of the other as it is: neither rounded nor cut.
fn keeps_values(ty: &Type, cast: &str) -> bool {
    use super::model::Scalar::{Float4, Float8, Int2, Int4, Int8, Numeric, Text, Varchar};
    match ty {
        Type::Array(_) => true,
        Type::Scalar(Int2 | Int4 | Int8) => {
            matches!(cast, "SMALLINT" | "INTEGER" | "BIGINT" | "NUMERIC" | "DOUBLE PRECISION")
        }
        Type::Scalar(Numeric) => cast == "NUMERIC",
        Type::Scalar(Float4) => matches!(cast, "REAL" | "DOUBLE PRECISION"),
        Type::Scalar(Float8) => cast == "DOUBLE PRECISION",
        Type::Scalar(Text | Varchar) => matches!(cast, "TEXT" | "CHARACTER VARYING"),
        _ => false,
    }
}
