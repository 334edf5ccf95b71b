//! The rights on tables as rows of the wished catalog: flags, policies, comments, helpers.

use std::collections::{BTreeMap, BTreeSet};

use super::grants::Grants;
use super::infer::Found;
use super::model::{Access, Audience, Helper, Rule};
use super::shape::Scope;
use super::{MARK, Wish, indexes, is_ours, surroundings, text};
use crate::access::audit::rights::Rights;
use crate::access::{Settings, Source};
use crate::catalog::access::Edge;
use crate::catalog::comment::Comment;
use crate::catalog::policy::Policy;
use crate::catalog::relation::{Relation, RelationKind};
use crate::catalog::routine::{Argument, ArgumentMode, Body, Routine, RoutineKind, Volatility};
use crate::catalog::schema::Schema;
use crate::catalog::trigger::Event;
use crate::catalog::{Catalog, Name, ObjectId, QName, RoutineId, Rows};
use crate::config::{Archetype, Profile};
use crate::diagnostic::Diagnostic;

/// The wished catalog in the making.
pub(super) struct Draft<'a> {
    /// What is there.
    pub(super) catalog: &'a Catalog,
    /// What `[rls]` says.
    pub(super) settings: &'a Settings,
    /// What is asked for.
    pub(super) wish: &'a Wish,
    /// Whether the outside roles reach tables.
    pub(super) profile: Profile,
    /// What roles can now.
    pub(super) rights: &'a Rights<'a>,
    /// The tables with a policy that somebody wrote himself.
    pub(super) by_hand: &'a BTreeSet<QName>,
    /// The rows that may be changed.
    pub(super) relations: Vec<Relation>,
    policies: Vec<Policy>,
    pub(super) comments: BTreeMap<ObjectId, String>,
    /// Who may do what.
    pub(super) grants: Grants,
    routines: Vec<Routine>,
    schemas: Vec<Schema>,
    edges: Vec<Edge>,
}

impl<'a> Draft<'a> {
    /// A draft that is what is there.
    pub(super) fn new(
        catalog: &'a Catalog,
        settings: &'a Settings,
        wish: &'a Wish,
        profile: Profile,
        rights: &'a Rights<'a>,
        by_hand: &'a BTreeSet<QName>,
    ) -> Self {
        let comments = catalog
            .comments
            .iter()
            .map(|row| (row.object.clone(), row.text.clone()));
        Self {
            catalog,
            settings,
            wish,
            profile,
            rights,
            by_hand,
            relations: catalog.relations.to_vec(),
            policies: catalog.policies.to_vec(),
            comments: comments.collect(),
            grants: Grants::new(catalog),
            routines: catalog.routines.to_vec(),
            schemas: catalog.schemas.to_vec(),
            edges: catalog.edges.to_vec(),
        }
    }

    /// The catalog with its indexes alone, and as it is wished.
    pub(super) fn finish(
        mut self,
        scope: &Scope<'_>,
        found: &Found<'_>,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> (Catalog, Catalog) {
        let asked = found.tables.iter().filter(|(name, _)| self.wish.asks_for(name));
        let asked = asked.map(|(name, access)| (*name, access)).collect::<Vec<_>>();
        let mut indexes = indexes::Proposed::new(self.catalog);
        surroundings::sequences(&mut self);
        for (name, access) in &asked {
            if self.by_hand.contains(*name) {
                let message =
                    "it has policies that were written by hand, and stays as it is: `pgkeel rls audit` looks at them";
                diagnostics.push(Diagnostic::note(name.to_string(), message));
                continue;
            }
            diagnostics.extend(access.diagnostics.iter().cloned());
            self.table(scope, name, access, diagnostics);
            if self.profile == Profile::Postgrest {
                indexes.add(name, access);
            }
        }
        self.helpers(&found.helpers, &asked, diagnostics);
        self.permissions(&asked);
        let mut wished = self.catalog.clone();
        if self.wish.tables.is_empty() {
            surroundings::surroundings(&mut self, &mut wished, diagnostics);
        }
        let mut indexed = self.catalog.clone();
        indexed.indexes = Rows::sorted(indexes.rows);
        wished.indexes = indexed.indexes.clone();
        wished.relations = Rows::sorted(self.relations);
        wished.policies = Rows::sorted(self.policies);
        wished.schemas = Rows::sorted(self.schemas);
        wished.routines = Rows::sorted(self.routines);
        wished.edges = Rows::sorted(self.edges);
        wished.grants = self.grants.rows();
        let comments = self.comments.into_iter().map(|(object, text)| Comment { object, text });
        wished.comments = Rows::sorted(comments.collect());
        (indexed, wished)
    }

    /// Whether what is in the schema is for us to change.
    pub(super) fn reaches(&self, schema: &Name) -> bool {
        self.settings.is_ours(schema) && self.wish.reaches(schema) && self.catalog.own_schema(schema).is_some()
    }

    /// Gives a routine one more setting.
    pub(super) fn pin(&mut self, id: &RoutineId, setting: String) {
        if let Some(row) = self.routines.iter_mut().find(|row| row.id == *id) {
            row.settings.push(setting);
        }
    }

    fn table(&mut self, scope: &Scope<'_>, name: &QName, access: &Access, diagnostics: &mut Vec<Diagnostic>) {
        let Some(relation) = self.catalog.relation(name) else {
            return;
        };
        let is_owner_outside = self
            .settings
            .outside
            .iter()
            .find(|role| self.rights.acts_as(role, &relation.row.owner));
        if let Some(role) = is_owner_outside.filter(|_| !self.settings.force) {
            diagnostics.push(
                Diagnostic::warning(
                    name.to_string(),
                    format!("no policy binds {role}, which has its owner's rights"),
                )
                .with_hint("let another role own it, or set [rls] force = true"),
            );
        }
        let family = family(self.catalog, name);
        for row in self.relations.iter_mut().filter(|row| family.contains(&row.name)) {
            row.row_security = true;
            row.force_row_security |= self.settings.force;
        }
        for member in &family {
            self.grants.close(self.catalog, member, self.settings);
        }
        let table = ObjectId::Table(name.clone());
        let narrowed = self.narrowed(name, access);
        self.policies.retain(|policy| policy.relation != *name);
        self.edges
            .retain(|edge| !matches!(&edge.from, ObjectId::Policy(relation, _) if relation == name));
        self.comments
            .retain(|object, _| !matches!(object, ObjectId::Policy(relation, _) if relation == name));
        let effective = match self.profile {
            Profile::Postgrest => {
                self.grants
                    .open(self.catalog, self.settings, self.rights, scope, name, access, &narrowed)
            }
            Profile::ApiOnly => BTreeSet::new(),
        };
        if self.profile == Profile::Postgrest && !access.rules.is_empty() {
            self.reach_schema(&name.schema, diagnostics);
        }
        let mut names = BTreeSet::new();
        for rule in &access.rules {
            let roles = self.roles(rule.audience);
            if roles.is_empty() {
                continue;
            }
            let as_granted = narrowed.contains(&rule.command) && effective.contains(&rule.command);
            self.policy(name, access, rule, roles, as_granted, &mut names);
        }
        let told = self.comments.get(&table).filter(|text| !text.starts_with(MARK));
        let says = matches!(access.archetype, Archetype::Deny | Archetype::ServiceOnly);
        match (told, says) {
            (None, true) => {
                let what = if access.archetype == Archetype::Deny {
                    "denied"
                } else {
                    "service-only"
                };
                self.comments
                    .insert(table, format!("{MARK}{what}: {}", access.evidence));
            }
            (None, false) => {
                self.comments.remove(&table);
            }
            (Some(_), _) => {}
        }
    }

    /// The commands that stay as narrow as they were granted before pgkeel came: those of a table without policies of
    /// ours, and those whose policy says so.
    fn narrowed(&self, name: &QName, access: &Access) -> BTreeSet<Event> {
        let policies = self
            .policies
            .iter()
            .filter(|policy| policy.relation == *name)
            .collect::<Vec<_>>();
        if policies.is_empty() {
            return access.rules.iter().map(|rule| rule.command).collect();
        }
        let as_granted = policies.iter().filter(|policy| {
            self.comments
                .get(&policy.object())
                .is_some_and(|text| text.ends_with(AS_GRANTED))
        });
        as_granted.filter_map(|policy| policy.command).collect()
    }

    fn roles(&self, audience: Audience) -> Vec<Name> {
        let mut roles: Vec<Name> = match audience {
            Audience::Anonymous => self.settings.anonymous.iter().cloned().collect(),
            Audience::SignedIn => self.settings.signed_in().cloned().collect(),
            Audience::Everybody => self.settings.outside.clone(),
            Audience::Owner => Vec::new(),
        };
        roles.sort();
        roles
    }

    fn policy(
        &mut self,
        table: &QName,
        access: &Access,
        rule: &Rule,
        roles: Vec<Name>,
        as_granted: bool,
        names: &mut BTreeSet<String>,
    ) {
        let command = match rule.command {
            Event::Select => "select",
            Event::Insert => "insert",
            Event::Update => "update",
            Event::Delete | Event::Truncate => "delete",
        };
        let mut base = match (rule.permissive, rule.audience) {
            (false, _) => format!("pgkeel_{command}_floor"),
            (true, Audience::Anonymous) => format!("pgkeel_{command}_anonymous"),
            (true, _) => format!("pgkeel_{command}"),
        };
        while !names.insert(base.clone()) {
            base.push_str("_2");
        }
        let sql = |test: &Option<super::Test>| {
            test.as_ref()
                .map(|test| text::condition(test, table, &self.settings.claims))
        };
        let policy = Policy {
            relation: table.clone(),
            name: base.into(),
            permissive: rule.permissive,
            command: Some(rule.command),
            roles,
            using: sql(&rule.using),
            check: sql(&rule.check),
        };
        let ending = if as_granted { AS_GRANTED } else { "" };
        let comment = format!("{MARK}{}: {}{ending}", access.archetype.name(), access.evidence);
        self.comments.insert(policy.object(), comment);
        self.policies.push(policy);
    }

    /// Lets the outside roles name what is in a schema that is said to be exposed.
    fn reach_schema(&mut self, schema: &Name, diagnostics: &mut Vec<Diagnostic>) {
        let lacking = self
            .settings
            .outside
            .iter()
            .filter(|role| !self.rights.uses_schema(role, schema));
        let lacking = lacking.cloned().collect::<Vec<_>>();
        if lacking.is_empty() {
            return;
        }
        if self.wish.exposed.contains(schema) {
            if let Some(row) = self.schemas.iter().find(|row| row.name == *schema) {
                lacking
                    .iter()
                    .for_each(|role| self.grants.use_schema(schema, role, &row.owner));
            }
            return;
        }
        let note = Diagnostic::note(
            format!("schema {schema}"),
            format!(
                "{} may not use it, and what is granted in it reaches nobody",
                lacking.join(", ")
            ),
        )
        .with_hint(format!(
            "if it is for them, say so: [rls] exposed-schemas = [{:?}]",
            schema.as_str()
        ));
        if !diagnostics.contains(&note) {
            diagnostics.push(note);
        }
    }

    /// The functions that policies call, in a schema that no role from outside can name.
    fn helpers(
        &mut self,
        helpers: &BTreeMap<QName, Helper>,
        asked: &[(&QName, &Access)],
        diagnostics: &mut Vec<Diagnostic>,
    ) {
        let mut called = BTreeSet::new();
        for (name, access) in asked.iter().filter(|(name, _)| !self.by_hand.contains(*name)) {
            for rule in &access.rules {
                let mut calls = BTreeSet::new();
                rule.using
                    .iter()
                    .chain(&rule.check)
                    .for_each(|test| super::infer::calls(test, &mut calls));
                called.extend(calls.into_iter().map(|helper| (helper.clone(), (*name).clone())));
            }
        }
        for helper in helpers
            .values()
            .filter(|helper| called.iter().any(|(name, _)| *name == helper.name))
        {
            let Some(table) = self.catalog.relation(&helper.table) else {
                continue;
            };
            let owner = self.helper_owner(&table.row.owner, diagnostics);
            if !self.schemas.iter().any(|row| row.name == helper.name.schema) {
                self.schemas.push(Schema {
                    name: helper.name.schema.clone(),
                    owner: self.wish.session.clone().unwrap_or_else(|| owner.clone()),
                    reference_only: false,
                    extension: None,
                });
            }
            let routine = routine(helper, owner.clone());
            let object = routine.object();
            let before = self.routines.iter().position(|row| row.id == routine.id);
            if let Some(before) = before {
                let old = &self.routines[before];
                if !is_ours(self.catalog, &object) && (&old.body, old.security_definer) != (&routine.body, true) {
                    diagnostics.push(Diagnostic::warning(
                        helper.name.to_string(),
                        "a function of this name is there already, and policies call it as it is",
                    ));
                    continue;
                }
                self.routines[before] = routine;
            } else {
                self.routines.push(routine);
            }
            self.comments
                .insert(object.clone(), format!("{MARK}{}", helper.purpose));
            let callers = match self.profile {
                Profile::Postgrest => self.settings.signed_in().cloned().collect(),
                Profile::ApiOnly => Vec::new(),
            };
            self.grants.execute(&object, &owner, &callers, self.settings);
            if owner == table.row.owner {
                self.reads_as_owner(&helper.table, &owner, diagnostics);
            }
        }
        let edges = self.policies.iter().flat_map(|policy| {
            let callers = called.iter().filter(|(_, table)| *table == policy.relation);
            callers.map(|(helper, _)| (policy.object(), helper.clone()))
        });
        let edges = edges.collect::<Vec<_>>();
        for (from, helper) in edges {
            if let Some(row) = self.routines.iter().find(|row| row.id.name == helper) {
                let to = row.object();
                if !self.edges.iter().any(|edge| edge.from == from && edge.to == to) {
                    self.edges.push(Edge {
                        from: from.clone(),
                        to,
                        declared: false,
                    });
                }
            }
        }
    }

    /// Lets those whom policies are for call the functions that say what they are permitted.
    fn permissions(&mut self, asked: &[(&QName, &Access)]) {
        if self.profile != Profile::Postgrest {
            return;
        }
        let ours = asked.iter().filter(|(name, _)| !self.by_hand.contains(*name));
        let rules = ours.flat_map(|(_, access)| &access.rules);
        let tests = rules.flat_map(|rule| rule.using.iter().chain(&rule.check));
        let functions = tests.flat_map(|test| test.permissions()).collect::<BTreeSet<_>>();
        let callers = self.settings.signed_in().cloned().collect::<Vec<_>>();
        for row in self
            .catalog
            .routines
            .iter()
            .filter(|row| functions.contains(&row.id.name))
        {
            self.grants.call(&row.object(), &row.owner, &callers);
        }
    }

    /// Whom a helper belongs to, with whose rights it runs: the owner of the table that it reads, if he can ask who sends
    /// the request; else who runs this, if no policy binds him.
    fn helper_owner(&self, owner: &Name, diagnostics: &mut Vec<Diagnostic>) -> Name {
        let schema = match &self.settings.claims.source {
            Source::Supabase => Name::new_static("auth"),
            Source::Function(function) => function.schema.clone(),
            Source::JwtClaims | Source::Setting(_) => return owner.clone(),
        };
        if self.rights.uses_schema(owner, &schema) {
            return owner.clone();
        }
        if let Some(session) = &self.wish.session
            && self.rights.is_superuser(session)
        {
            return session.clone();
        }
        let message = "it owns tables that policies look into, and may not ask who sends a request";
        let warning = Diagnostic::warning(format!("role {owner}"), message)
            .with_hint(format!("GRANT USAGE ON SCHEMA {schema} TO {owner}"));
        if !diagnostics.contains(&warning) {
            diagnostics.push(warning);
        }
        owner.clone()
    }

    /// Where row-level security is forced on a table's owner, a helper that reads it with his rights needs a policy.
    fn reads_as_owner(&mut self, table: &QName, owner: &Name, diagnostics: &mut Vec<Diagnostic>) {
        let Some(relation) = self.relations.iter().find(|row| row.name == *table) else {
            return;
        };
        if !relation.force_row_security || self.rights.bypasses_rls(owner) {
            return;
        }
        if self
            .settings
            .outside
            .iter()
            .any(|role| self.rights.acts_as(role, owner))
        {
            diagnostics.push(Diagnostic::warning(
                table.to_string(),
                format!("its owner {owner} is a role from outside, and row-level security is forced on it: policies that look into it fail"),
            )
            .with_hint("let another role own it"));
            return;
        }
        if self.by_hand.contains(table) {
            return;
        }
        let policy = Policy {
            relation: table.clone(),
            name: "pgkeel_owner_reads".into(),
            permissive: true,
            command: Some(Event::Select),
            roles: vec![owner.clone()],
            using: Some("true".to_owned()),
            check: None,
        };
        if !self.policies.iter().any(|other| other.object() == policy.object()) {
            let why = "the functions that policies call read it with its owner's rights";
            self.comments.insert(policy.object(), format!("{MARK}{why}"));
            self.policies.push(policy);
        }
    }
}

/// How the comment ends on a policy whose command is granted no wider than it was before.
const AS_GRANTED: &str = "; granted as before";

/// A table with all its partitions.
fn family(catalog: &Catalog, name: &QName) -> Vec<QName> {
    let mut family = vec![name.clone()];
    let mut at = 0;
    while let Some(parent) = family.get(at).cloned() {
        at += 1;
        let children = catalog.children(&parent).filter(|row| {
            let is_table = matches!(row.kind, RelationKind::Table | RelationKind::PartitionedTable);
            row.partition_of.is_some() && is_table
        });
        family.extend(children.map(|row| row.name.clone()));
    }
    family
}

fn routine(helper: &Helper, owner: Name) -> Routine {
    let arguments = helper.takes_list.then(|| Argument {
        mode: ArgumentMode::In,
        name: None,
        data_type: "text[]".into(),
        default: None,
    });
    Routine {
        id: RoutineId {
            name: helper.name.clone(),
            arguments: if helper.takes_list {
                "text[]".into()
            } else {
                Name::default()
            },
        },
        kind: RoutineKind::Function,
        owner,
        language: "sql".into(),
        arguments: arguments.into_iter().collect(),
        returns: Some(helper.set_of.clone().unwrap_or_else(|| "boolean".into())),
        returns_set: helper.set_of.is_some(),
        body: Body::Source(helper.body.clone()),
        volatility: Volatility::Stable,
        strict: false,
        security_definer: true,
        leakproof: false,
        parallel: crate::catalog::routine::Parallel::Unsafe,
        cost: None,
        rows: None,
        support: None,
        settings: vec!["search_path=\"\"".to_owned()],
        transforms: Vec::new(),
    }
}
