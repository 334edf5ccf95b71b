//! Tables, foreign tables and views.

use std::fmt::Write as _;

use crate::catalog::column::Column;
use crate::catalog::constraint::{Constraint, ConstraintKind};
use crate::catalog::lookup::RelationRef;
use crate::catalog::relation::{ForeignOption, Relation, RelationKind, ReplicaIdentity};
use crate::catalog::{Catalog, Name, Object, ObjectId, QName};

use super::name::{bare, qualified, target};
use super::options::{change_foreign, foreign_clause, setting_changes, setting_list, tell_left_out};
use super::{Alteration, Ddl, Loss, Part, Statement, Work, World, columns, constraints, inheritance, partitions, rows};

impl Ddl for Relation {
    fn create(&self, world: &World<'_>) -> Vec<Statement> {
        match self.kind {
            RelationKind::View => vec![judged(view(self, "CREATE VIEW").into(), self, world)],
            RelationKind::MaterializedView => {
                let mut statements = vec![materialized_view(self).scans()];
                statements.extend(column_settings(self, world));
                statements
            }
            RelationKind::Table | RelationKind::PartitionedTable | RelationKind::ForeignTable => {
                let parents = self.inherits.iter().map(|parent| ObjectId::Table(parent.clone()));
                let made = Statement::new(table(self, world)).does(Work::Tune, parents);
                let mut statements = vec![tell_left_out(made, &foreign_options(self, world))];
                let relation = RelationRef {
                    catalog: world.to,
                    row: self,
                };
                let inherited = made_with_table(relation).filter(|column| is_inherited(self, column));
                statements.extend(inherited.flat_map(|column| inheritance::own_default(column, world)));
                statements.extend(column_settings(self, world));
                let secured = security(self, false, false, world).into_iter();
                if rows::outlive(&self.name, world) {
                    statements.extend(rows::put_back(self, world));
                    statements.extend(secured.map(|one| one.part(Part::Rows)));
                } else {
                    statements.extend(secured);
                }
                statements.extend(replica_identity(self, &ReplicaIdentity::Default));
                statements.extend(partitions::attach(self, world));
                statements
            }
        }
    }

    fn drop(&self, world: &World<'_>) -> Vec<Statement> {
        let drop = Statement::new(format!("DROP {} {}", keyword(self.kind), qualified(&self.name)));
        if rows::outlive(&self.name, world) {
            let drop = drop.does(Work::Alter, world.family(&self.name));
            let drop = drop.does(Work::Alter, beside(self, world));
            let detach = partitions::detach_first(self, world).into_iter();
            return detach.chain(rows::set_aside(self, world)).chain([drop]).collect();
        }
        let drop = match self.kind {
            RelationKind::Table | RelationKind::PartitionedTable => {
                drop.does(Work::DropTable, [self.object()]).loses(Loss::DropTable)
            }
            RelationKind::View | RelationKind::MaterializedView | RelationKind::ForeignTable => {
                drop.does(Work::Alter, [self.object()])
            }
        };
        match partitions::detach_first(self, world) {
            Some(detach) => vec![detach, drop],
            None => vec![drop.does(Work::Alter, beside(self, world))],
        }
    }

    fn alter(&self, new: &Self, world: &World<'_>) -> Alteration {
        let Self {
            name: _,
            kind,
            owner: _,
            unlogged,
            access_method,
            tablespace,
            options,
            replica_identity: identity,
            row_security,
            force_row_security,
            of_type,
            inherits: _,
            partition_of: _,
            partition_key,
            definition,
            writable: _,
            server,
            foreign_options,
            extension: _,
        } = self;
        if *kind != new.kind || *partition_key != new.partition_key || *server != new.server {
            return Alteration::Replace;
        }
        if inheritance::is_made_anew(self, new, world) {
            return Alteration::Replace;
        }
        let is_view = *kind == RelationKind::View;
        if *definition != new.definition && !(is_view && keeps_columns(self, world)) {
            return Alteration::Replace;
        }
        if *access_method != new.access_method && world.from.server.major < 15 {
            return Alteration::Replace;
        }
        if *of_type != new.of_type && !can_be_of_type(&new.name, world) {
            return Alteration::Replace;
        }
        let alter = format!("ALTER {} {}", keyword(*kind), qualified(&new.name));
        let works = |work: Work, sql: String| Statement::new(sql).does(work, [new.object()]);
        // A partitioned table has no files of its own.
        let rewrites = |work: Work| {
            if *kind == RelationKind::PartitionedTable {
                Work::Alter
            } else {
                work
            }
        };
        let locked = |sql: String| works(Work::Alter, sql);
        let mut statements = Vec::new();
        if *definition != new.definition {
            statements.push(judged(locked(view(new, "CREATE OR REPLACE VIEW")), new, world));
        } else if options != &new.options {
            let changes = setting_changes(&alter, options, &new.options);
            let work = if is_view { Work::Alter } else { Work::Tune };
            statements.extend(changes.into_iter().map(|sql| judged(works(work, sql), new, world)));
        }
        if *unlogged != new.unlogged {
            let logged = if new.unlogged { "UNLOGGED" } else { "LOGGED" };
            statements.push(works(rewrites(Work::SetLogged), format!("{alter} SET {logged}")));
        }
        if *access_method != new.access_method {
            // A partitioned table without one leaves it to its partitions.
            let method = match &new.access_method {
                Some(method) => bare(method).to_string(),
                None if new.kind == RelationKind::PartitionedTable => "DEFAULT".to_owned(),
                None => "heap".to_owned(),
            };
            statements.push(works(
                rewrites(Work::SetAccessMethod),
                format!("{alter} SET ACCESS METHOD {method}"),
            ));
        }
        if *tablespace != new.tablespace {
            let space = new.tablespace.clone().unwrap_or_else(|| Name::new_static("pg_default"));
            statements.push(works(
                rewrites(Work::SetTablespace),
                format!("{alter} SET TABLESPACE {}", bare(&space)),
            ));
        }
        if *of_type != new.of_type {
            statements.extend(retie(self, new, world));
        }
        let foreign = change_foreign(&alter, foreign_options, &new.foreign_options);
        statements.extend(foreign.map(|change| change.does(Work::Alter, [new.object()])));
        statements.extend(security(new, *row_security, *force_row_security, world));
        statements.extend(replica_identity(new, identity));
        statements.extend(move_to_parents(self, new, world));
        Alteration::InPlace(statements)
    }
}

/// What making the object makes besides it, so that nothing else has to.
pub fn inlined(object: Object<'_>, world: &World<'_>) -> Vec<ObjectId> {
    let mut made = Vec::new();
    match object {
        Object::Relation(row) => {
            let relation = RelationRef { catalog: world.to, row };
            for column in made_with_table(relation) {
                made.push(column.object());
                if is_table(row.kind) {
                    made.extend(columns::inlined(column, world));
                }
            }
            for constraint in inlined_constraints(relation, world) {
                made.push(constraint.object());
                made.extend(constraints::inlined(constraint, world));
            }
        }
        // A view is made without the defaults that its columns have.
        Object::Column(row) => {
            let relation = world.to.relation(&row.relation);
            if relation.is_some_and(|relation| is_table(relation.row.kind)) {
                made.extend(columns::inlined(row, world));
            }
        }
        Object::Constraint(row) => made.extend(constraints::inlined(row, world)),
        Object::Type(row) => {
            if let crate::catalog::types::TypeKind::Range(range) = &row.kind {
                made.extend(range.multirange.clone().map(ObjectId::Type));
            }
        }
        _ => {}
    }
    made
}

/// Takes the relation from its old parents, and gives it to its new ones, whatever they are called.
pub fn reattach(old: &Relation, new: &Relation, world: &World<'_>) -> Vec<Statement> {
    let mut statements = partitions::attach(new, world);
    statements.extend(partitions::detach(old, world));
    statements.extend(
        old.inherits
            .iter()
            .map(|parent| inherit(old, parent, "NO INHERIT", world)),
    );
    statements.extend(new.inherits.iter().map(|parent| inherit(new, parent, "INHERIT", world)));
    statements.extend(retie(old, new, world));
    statements
}

/// Whether the table's columns can be brought into the order of its new type: those that stay come first.
pub fn can_be_of_type(name: &QName, world: &World<'_>) -> bool {
    let (Some(old), Some(new)) = (world.from.relation(name), world.to.relation(name)) else {
        return true;
    };
    if new.row.of_type.is_none() {
        return true;
    }
    let stays = |column: &&Column| new.column(&column.name).is_some();
    let staying = old.columns().iter().filter(stays).map(|column| &column.name);
    let staying = staying.collect::<Vec<_>>();
    let first = new.columns().iter().take(staying.len()).map(|column| &column.name);
    first.eq(staying)
}

/// Unties the table from its old type, and ties it to its new one.
fn retie(old: &Relation, new: &Relation, world: &World<'_>) -> Vec<Statement> {
    let alter = format!("ALTER {}", named(&new.name, world.to));
    let locked = |sql: String| Statement::new(sql).does(Work::Alter, [new.object()]);
    let mut statements = Vec::new();
    if old.of_type.is_some() {
        statements.push(locked(format!("{alter} NOT OF")).part(Part::Detachment));
    }
    if let Some(of) = &new.of_type {
        statements.push(locked(format!("{alter} OF {}", qualified(of))).part(Part::Attachment));
    }
    statements
}

pub(super) fn is_table(kind: RelationKind) -> bool {
    matches!(
        kind,
        RelationKind::Table | RelationKind::PartitionedTable | RelationKind::ForeignTable
    )
}

pub(super) fn keyword(kind: RelationKind) -> &'static str {
    match kind {
        RelationKind::Table | RelationKind::PartitionedTable => "TABLE",
        RelationKind::View => "VIEW",
        RelationKind::MaterializedView => "MATERIALIZED VIEW",
        RelationKind::ForeignTable => "FOREIGN TABLE",
    }
}

/// How `ALTER` names the relation: `TABLE public.t`.
pub(super) fn named(name: &QName, catalog: &Catalog) -> String {
    match catalog.relation(name) {
        Some(relation) => target(&relation.row.object(), catalog),
        None => format!("TABLE {}", qualified(name)),
    }
}

/// What makes the view; `create` is `CREATE VIEW` or `CREATE OR REPLACE VIEW`.
pub(super) fn view(row: &Relation, create: &str) -> String {
    let mut sql = format!("{create} {}", qualified(&row.name));
    if !row.options.is_empty() {
        let _ = write!(sql, " WITH ({})", setting_list(&row.options));
    }
    let _ = write!(sql, " AS\n{}", row.definition.as_deref().unwrap_or_default());
    sql
}

/// With the hazard of a view that from now on reads with its owner's rights.
fn judged(statement: Statement, row: &Relation, world: &World<'_>) -> Statement {
    let asks_the_invoker = |row: &Relation| {
        let says_so = |option: &Name| matches!(option.as_str(), "security_invoker=true" | "security_invoker=on");
        row.kind == RelationKind::View && row.options.iter().any(says_so)
    };
    let old = world.from.relation(&row.name);
    match old.is_some_and(|old| asks_the_invoker(old.row)) && !asks_the_invoker(row) {
        true => statement.hazard("view-security-invoker-lost"),
        false => statement,
    }
}

fn materialized_view(row: &Relation) -> Statement {
    let mut sql = format!("CREATE MATERIALIZED VIEW {}", qualified(&row.name));
    if let Some(method) = &row.access_method {
        let _ = write!(sql, " USING {}", bare(method));
    }
    if !row.options.is_empty() {
        let _ = write!(sql, " WITH ({})", setting_list(&row.options));
    }
    if let Some(space) = &row.tablespace {
        let _ = write!(sql, " TABLESPACE {}", bare(space));
    }
    let _ = write!(sql, " AS\n{}", row.definition.as_deref().unwrap_or_default());
    Statement::new(sql)
}

fn table(row: &Relation, world: &World<'_>) -> String {
    let relation = RelationRef { catalog: world.to, row };
    let unlogged = if row.unlogged { "UNLOGGED " } else { "" };
    let mut sql = format!("CREATE {unlogged}{} {}", keyword(row.kind), qualified(&row.name));
    if let Some(of) = &row.of_type {
        let _ = write!(sql, " OF {}", qualified(of));
    }
    let mut lines = Vec::new();
    for column in made_with_table(relation) {
        if is_inherited(row, column) {
            continue;
        }
        if row.of_type.is_some() {
            lines.extend(columns::with_options(column, world));
        } else {
            lines.push(columns::definition(column, world));
        }
    }
    let constraints = inlined_constraints(relation, world);
    lines.extend(constraints.map(|constraint| constraints::definition(constraint, world.to)));
    if !lines.is_empty() {
        let _ = write!(sql, " (\n    {}\n)", lines.join(",\n    "));
    } else if row.of_type.is_none() {
        sql.push_str(" ()");
    }
    if !row.inherits.is_empty() {
        let parents = row.inherits.iter().map(qualified).collect::<Vec<_>>();
        let _ = write!(sql, "\nINHERITS ({})", parents.join(", "));
    }
    if let Some(key) = &row.partition_key {
        let _ = write!(sql, "\nPARTITION BY {key}");
    }
    if let Some(server) = &row.server {
        let _ = write!(sql, "\nSERVER {}", bare(server));
    }
    if let Some(options) = foreign_clause(&row.foreign_options) {
        let _ = write!(sql, "\n{options}");
    }
    if let Some(method) = &row.access_method {
        let _ = write!(sql, "\nUSING {}", bare(method));
    }
    if !row.options.is_empty() {
        let _ = write!(sql, "\nWITH ({})", setting_list(&row.options));
    }
    if let Some(space) = &row.tablespace {
        let _ = write!(sql, "\nTABLESPACE {}", bare(space));
    }
    sql
}

/// The columns that stand in the statement that makes the relation.
fn made_with_table(relation: RelationRef<'_>) -> impl Iterator<Item = &Column> {
    let columns = relation.columns().iter();
    columns.filter(move |column| !columns::loops(column, relation.catalog))
}

/// The options of the table and of the columns that are made with it.
fn foreign_options(row: &Relation, world: &World<'_>) -> Vec<ForeignOption> {
    let columns = made_with_table(RelationRef { catalog: world.to, row });
    let own = columns.filter(|column| !is_inherited(row, column));
    let own = own.flat_map(|column| &column.foreign_options);
    row.foreign_options.iter().chain(own).cloned().collect()
}

/// Whether the column comes with a parent when the table is made. A partition is made on its own, and attached then.
fn is_inherited(row: &Relation, column: &Column) -> bool {
    column.inherited && !column.local && row.partition_of.is_none()
}

/// The constraints that stand in the statement that makes the table.
fn inlined_constraints<'a>(
    relation: RelationRef<'a>,
    world: &'a World<'_>,
) -> impl Iterator<Item = &'a Constraint> + use<'a> {
    let is_table = is_table(relation.row.kind);
    let constraints = relation.constraints().iter();
    constraints.filter(move |row| is_table && constraints::is_inline(row, relation.row, world))
}

fn column_settings(row: &Relation, world: &World<'_>) -> Vec<Statement> {
    let relation = RelationRef { catalog: world.to, row };
    let each = made_with_table(relation);
    each.flat_map(|column| columns::settings(column, None, world)).collect()
}

fn security(row: &Relation, enabled: bool, forced: bool, world: &World<'_>) -> Vec<Statement> {
    let mut statements = Vec::new();
    let has_policies = !RelationRef { catalog: world.to, row }.policies().is_empty();
    let mut say = |what: &str| {
        let sql = format!("ALTER TABLE {} {what} ROW LEVEL SECURITY", qualified(&row.name));
        let work = if what == "DISABLE" {
            Work::DisableRowSecurity
        } else {
            Work::Alter
        };
        let statement = Statement::new(sql).does(work, [row.object()]);
        statements.push(match what {
            "ENABLE" if !has_policies => statement.hazard("rls-enabled-no-policy"),
            "NO FORCE" => statement.hazard("rls-not-forced"),
            _ => statement,
        });
    };
    if row.row_security != enabled {
        say(if row.row_security { "ENABLE" } else { "DISABLE" });
    }
    if row.force_row_security != forced {
        say(if row.force_row_security { "FORCE" } else { "NO FORCE" });
    }
    statements
}

fn replica_identity(row: &Relation, old: &ReplicaIdentity) -> Option<Statement> {
    if row.replica_identity == *old {
        return None;
    }
    let what = match &row.replica_identity {
        ReplicaIdentity::Default => "DEFAULT".to_owned(),
        ReplicaIdentity::Nothing => "NOTHING".to_owned(),
        ReplicaIdentity::Full => "FULL".to_owned(),
        ReplicaIdentity::Index(name) => format!("USING INDEX {}", bare(name)),
    };
    let statement = Statement::new(format!(
        "ALTER {} {} REPLICA IDENTITY {what}",
        keyword(row.kind),
        qualified(&row.name)
    ))
    .part(Part::Link)
    .does(Work::ReplicaIdentity, [row.object()]);
    Some(match &row.replica_identity {
        ReplicaIdentity::Index(name) => {
            statement.needs(ObjectId::Index(QName::new(row.name.schema.clone(), name.clone())))
        }
        _ => statement,
    })
}

/// Whether `CREATE OR REPLACE VIEW` can do it: the columns that are there keep names, types and places.
fn keeps_columns(old: &Relation, world: &World<'_>) -> bool {
    let columns = |catalog| RelationRef { catalog, row: old }.columns();
    let (before, after) = (columns(world.from), columns(world.to));
    let is_same = |a: &Column, b: &Column| a.name == b.name && a.data_type == b.data_type && a.collation == b.collation;
    before.len() <= after.len() && before.iter().zip(after).all(|(a, b)| is_same(a, b))
}

fn move_to_parents(old: &Relation, new: &Relation, world: &World<'_>) -> Vec<Statement> {
    let mut statements = Vec::new();
    if old.partition_of != new.partition_of {
        // One that goes elsewhere does so in one go, after all checks.
        statements.extend(partitions::attach(new, world));
        let gently = || partitions::detach_gently(old, world).filter(|_| new.partition_of.is_none());
        match gently() {
            Some(gently) => statements.extend(gently),
            None => statements.extend(partitions::detach(old, world)),
        }
        statements.extend(partitions::rename_not_nulls(old, None, world));
    }
    // The order of parents counts: those behind the first that differs are told anew.
    let same = inheritance::kept_parents(old, new, world);
    let leaving = old.inherits.iter().skip(same);
    statements.extend(leaving.map(|parent| inherit(old, parent, "NO INHERIT", world)));
    if old.partition_of == new.partition_of && old.inherits.len() > same {
        statements.extend(partitions::rename_not_nulls(old, None, world));
    }
    let joining = new.inherits.iter().skip(same);
    statements.extend(joining.map(|parent| inherit(new, parent, "INHERIT", world)));
    statements
}

fn inherit(row: &Relation, parent: &QName, verb: &str, world: &World<'_>) -> Statement {
    let part = if verb == "INHERIT" {
        Part::Attachment
    } else {
        Part::Detachment
    };
    let statement = Statement::new(format!(
        "ALTER {} {} {verb} {}",
        keyword(row.kind),
        qualified(&row.name),
        qualified(parent)
    ))
    .part(part)
    .does(Work::Inherit, [row.object()]);
    if verb != "INHERIT" {
        return statement;
    }
    let statement = statement.does(Work::Tune, [ObjectId::Table(parent.clone())]);
    let needs = partitions::attached_with(row, world).into_iter();
    needs.fold(statement, |statement, need| statement.needs(need))
}

/// What a table's removal locks besides it: the table that it is a partition of, and those that its keys reference.
fn beside(row: &Relation, world: &World<'_>) -> Vec<ObjectId> {
    let relation = RelationRef {
        catalog: world.from,
        row,
    };
    let keys = relation
        .constraints()
        .iter()
        .filter_map(|constraint| match &constraint.kind {
            ConstraintKind::ForeignKey(key) => Some(&key.references),
            _ => None,
        });
    let place = row.partition_of.as_ref().map(|place| &place.parent);
    let default = place
        .into_iter()
        .flat_map(|parent| partitions::default_beside(parent, row, world));
    let beside = keys.chain(place).map(|name| ObjectId::Table(name.clone()));
    beside.chain(default).collect()
}
