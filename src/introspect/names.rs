//! What OIDs stand for. Families fill it while their rows come in, names first; nothing of it leaves `introspect/`.

use std::collections::HashMap;

use smol_str::format_smolstr;

use crate::catalog::column::DataType;
use crate::catalog::scope::{Scope, Standing};
use crate::catalog::{Name, ObjectId, OperatorId, QName, RoutineId};

use super::values::{NONE, Oid};

/// Catalogs by their own OIDs, which are fixed (`pg_depend.classid` and the like).
pub(super) mod catalogs {
    use super::Oid;

    /// Declares one catalog a line.
    macro_rules! catalogs {
        ($($name:ident $oid:literal)+) => {
            $(pub(in super::super) const $name: Oid = Oid($oid);)+
        };
    }
    catalogs! {
        PG_AM 2601
        PG_ATTRDEF 2604
        PG_AUTHID 1260
        PG_CAST 2605
        PG_CLASS 1259
        PG_COLLATION 3456
        PG_CONSTRAINT 2606
        PG_CONVERSION 2607
        PG_EVENT_TRIGGER 3466
        PG_EXTENSION 3079
        PG_FOREIGN_DATA_WRAPPER 2328
        PG_FOREIGN_SERVER 1417
        PG_LANGUAGE 2612
        PG_NAMESPACE 2615
        PG_OPCLASS 2616
        PG_OPERATOR 2617
        PG_OPFAMILY 2753
        PG_POLICY 3256
        PG_PROC 1255
        PG_PUBLICATION 6104
        PG_PUBLICATION_NAMESPACE 6237
        PG_PUBLICATION_REL 6106
        PG_REWRITE 2618
        PG_STATISTIC_EXT 3381
        PG_SUBSCRIPTION 6100
        PG_TRANSFORM 3576
        PG_TRIGGER 2620
        PG_TS_CONFIG 3602
        PG_TS_DICT 3600
        PG_TS_PARSER 3601
        PG_TS_TEMPLATE 3764
        PG_TYPE 1247
        PG_USER_MAPPING 1418
    }
}
use catalogs::{PG_CLASS, PG_NAMESPACE, PG_PROC, PG_TYPE};

/// How far an object is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// Whole: it is ours.
    Whole,
    /// Where ours point at it.
    Reference,
    /// Not at all: it is PostgreSQL's own, or left out by name.
    Out,
}

/// Names by OID.
#[derive(Debug, Default)]
pub(super) struct Names {
    roles: HashMap<Oid, Name>,
    schemas: HashMap<Oid, (Name, Standing)>,
    /// Extensions by their members: (catalog, object).
    members: HashMap<(Oid, Oid), Name>,
    classes: HashMap<Oid, Class>,
    /// Parents by their children, in order.
    parents: HashMap<Oid, Vec<Oid>>,
    /// Relations by their row types.
    row_types: HashMap<Oid, Oid>,
    data_types: HashMap<(Oid, i32), TypeUse>,
    routines: HashMap<Oid, RoutineId>,
    operators: HashMap<Oid, OperatorId>,
    collations: HashMap<Oid, QName>,
    opclasses: HashMap<Oid, OpclassName>,
    /// The default operator class of an access method for exactly a type: (method, type).
    default_opclasses: HashMap<(Oid, Oid), Oid>,
    /// The constraints that indexes back.
    index_constraints: HashMap<Oid, Name>,
    /// Everything else that a comment, a dependency or a label may be about: (catalog, object).
    objects: HashMap<(Oid, Oid), ObjectId>,
}

/// A row of `pg_class`.
#[derive(Debug)]
pub(super) struct Class {
    /// Schema and name.
    pub(super) name: QName,
    /// What it is (`relkind`).
    pub(super) kind: u8,
    /// How far it is read.
    pub(super) reach: Reach,
    /// Its place in the draft's relations, for what has a row there.
    pub(super) at: usize,
    /// Its columns by number from 1; a dropped one has no name.
    pub(super) columns: Vec<ColumnName>,
}

/// What others need to know of a column.
#[derive(Clone, Debug)]
pub(super) struct ColumnName {
    pub(super) name: Name,
    pub(super) data_type: Oid,
    pub(super) collation: Oid,
    /// Whether it holds no NULL, as far as its own table is concerned.
    pub(super) not_null: bool,
    /// Its place in the draft's columns, for what has a row there.
    pub(super) at: usize,
}

impl ColumnName {
    /// What stands in the place of a column that is no more.
    pub(super) fn dropped() -> Self {
        Self {
            name: Name::default(),
            data_type: NONE,
            collation: NONE,
            not_null: false,
            at: usize::MAX,
        }
    }
}

/// A type with a modifier, as something uses it.
#[derive(Clone, Debug)]
pub(super) struct TypeUse {
    pub(super) row: DataType,
    /// For a composite type the class that has its attributes (`typrelid`); for an array that of its elements.
    pub(super) relation: Oid,
    /// Its own collation (`typcollation`).
    pub(super) collation: Oid,
    /// Its own storage strategy (`typstorage`).
    pub(super) storage: u8,
    /// What a domain restricts (`typbasetype`).
    pub(super) base: Oid,
}

/// What others need to know of an operator class.
#[derive(Debug)]
pub(super) struct OpclassName {
    pub(super) name: QName,
    pub(super) method: Oid,
    /// The type it is for.
    pub(super) data_type: Oid,
    pub(super) is_default: bool,
    /// The type that an index stores, where it is another one.
    pub(super) key_type: Oid,
}

impl Names {
    pub(super) fn add_role(&mut self, oid: Oid, name: &str) {
        self.roles.insert(oid, name.into());
    }

    /// A role's name. A role that is gone has its number for a name, as in `psql`.
    pub(super) fn role(&self, oid: Oid) -> Name {
        self.roles
            .get(&oid)
            .cloned()
            .unwrap_or_else(|| format_smolstr!("{}", oid.0))
    }

    pub(super) fn add_schema(&mut self, oid: Oid, name: Name, standing: Standing) {
        self.schemas.insert(oid, (name, standing));
    }

    /// A schema's name and standing.
    pub(super) fn schema(&self, oid: Oid) -> Option<(&Name, Standing)> {
        self.schemas.get(&oid).map(|(name, standing)| (name, *standing))
    }

    /// The name of an object in the schema `schema`.
    pub(super) fn qualify(&self, schema: Oid, name: &str) -> QName {
        let schema = self.schemas.get(&schema);
        QName::new(schema.map_or_else(Name::default, |(name, _)| name.clone()), name)
    }

    /// How far an object in the schema `schema` is read.
    pub(super) fn reach(&self, scope: &Scope, schema: Oid, name: &QName) -> Reach {
        match self.schemas.get(&schema) {
            _ if scope.excludes(name) => Reach::Out,
            Some((_, Standing::Ours)) => Reach::Whole,
            Some((_, Standing::ReferenceOnly)) => Reach::Reference,
            Some((_, Standing::System)) | None => Reach::Out,
        }
    }

    pub(super) fn add_member(&mut self, catalog: Oid, object: Oid, extension: Name) {
        self.members.insert((catalog, object), extension);
    }

    /// The extension that the object is a member of.
    pub(super) fn extension(&self, catalog: Oid, object: Oid) -> Option<Name> {
        self.members.get(&(catalog, object)).cloned()
    }

    pub(super) fn add_class(&mut self, oid: Oid, class: Class) {
        self.classes.insert(oid, class);
    }

    /// A relation, index, sequence or composite type.
    pub(super) fn class(&self, oid: Oid) -> Option<&Class> {
        self.classes.get(&oid)
    }

    /// A relation that is not left out.
    pub(super) fn readable_class(&self, oid: Oid) -> Option<&Class> {
        self.class(oid).filter(|class| class.reach != Reach::Out)
    }

    pub(super) fn class_mut(&mut self, oid: Oid) -> Option<&mut Class> {
        self.classes.get_mut(&oid)
    }

    /// Every class, by no order.
    pub(super) fn classes(&self) -> impl Iterator<Item = &Class> {
        self.classes.values()
    }

    /// Every class with its OID, by no order.
    pub(super) fn classes_by_oid(&self) -> impl Iterator<Item = (Oid, &Class)> {
        self.classes.iter().map(|(oid, class)| (*oid, class))
    }

    pub(super) fn add_parent(&mut self, child: Oid, parent: Oid) {
        self.parents.entry(child).or_default().push(parent);
    }

    /// The parents of a table or index, in order.
    pub(super) fn parents(&self, child: Oid) -> &[Oid] {
        self.parents.get(&child).map_or(&[], Vec::as_slice)
    }

    pub(super) fn add_row_type(&mut self, row_type: Oid, class: Oid) {
        self.row_types.insert(row_type, class);
    }

    /// The columns of these numbers; 0, which stands for an expression, has none.
    pub(super) fn columns(&self, class: Oid, numbers: &[i16]) -> Vec<Name> {
        let columns = self.classes.get(&class).map_or(&[][..], |class| &class.columns);
        let named = numbers.iter().filter_map(|number| column(columns, *number));
        named.map(|column| column.name.clone()).collect()
    }

    pub(super) fn add_data_type(&mut self, oid: Oid, modifier: i32, data_type: TypeUse) {
        self.data_types.insert((oid, modifier), data_type);
    }

    /// Adds the text of a known type with a modifier.
    pub(super) fn add_modified(&mut self, oid: Oid, modifier: i32, sql: &str) {
        if self.data_types.contains_key(&(oid, modifier)) {
            return;
        }
        if let Some(plain) = self.data_types.get(&(oid, -1)) {
            let mut modified = plain.clone();
            modified.row.sql = sql.into();
            modified.row.modifier = Some(modifier);
            self.data_types.insert((oid, modifier), modified);
        }
    }

    /// A type with a modifier, which is -1 for none.
    pub(super) fn type_use(&self, oid: Oid, modifier: i32) -> Option<&TypeUse> {
        self.data_types.get(&(oid, modifier))
    }

    /// The text of a type: the key of a data type.
    pub(super) fn data_type(&self, oid: Oid, modifier: i32) -> Name {
        let known = self.data_types.get(&(oid, modifier));
        known.map_or_else(|| format_smolstr!("{}", oid.0), |known| known.row.sql.clone())
    }

    /// The text of a type without modifiers; `None` for no type.
    pub(super) fn optional_type(&self, oid: Oid) -> Option<Name> {
        (oid != NONE).then(|| self.data_type(oid, -1))
    }

    /// Schema and name of a type; `None` for no type.
    pub(super) fn type_name(&self, oid: Oid) -> Option<QName> {
        self.type_use(oid, -1).map(|known| known.row.name.clone())
    }

    /// The type that values of a type are in the end: a domain's base through every level.
    pub(super) fn base_type(&self, oid: Oid) -> Oid {
        let mut base = oid;
        while let Some(next) = self
            .type_use(base, -1)
            .map(|known| known.base)
            .filter(|next| *next != NONE)
        {
            base = next;
        }
        base
    }

    /// Every type that something may use, by no order.
    pub(super) fn into_data_types(self) -> impl Iterator<Item = DataType> {
        self.data_types.into_values().map(|known| known.row)
    }

    pub(super) fn add_routine(&mut self, oid: Oid, id: RoutineId) {
        self.routines.insert(oid, id);
    }

    /// A routine's identity; `None` for no routine.
    pub(super) fn routine(&self, oid: Oid) -> Option<&RoutineId> {
        self.routines.get(&oid)
    }

    /// A routine's name where its arguments are a matter of course; `None` for no routine.
    pub(super) fn routine_name(&self, oid: Oid) -> Option<QName> {
        self.routines.get(&oid).map(|routine| routine.name.clone())
    }

    pub(super) fn add_operator(&mut self, oid: Oid, id: OperatorId) {
        self.operators.insert(oid, id);
    }

    /// An operator's identity; `None` for no operator.
    pub(super) fn operator(&self, oid: Oid) -> Option<&OperatorId> {
        self.operators.get(&oid)
    }

    pub(super) fn add_collation(&mut self, oid: Oid, name: QName) {
        self.collations.insert(oid, name);
    }

    /// A collation that is not `own`, the one that goes without saying.
    pub(super) fn collation(&self, oid: Oid, own: Oid) -> Option<QName> {
        if oid == own || oid == NONE {
            return None;
        }
        self.collations.get(&oid).cloned()
    }

    pub(super) fn add_opclass(&mut self, oid: Oid, opclass: OpclassName) {
        if opclass.is_default {
            self.default_opclasses.insert((opclass.method, opclass.data_type), oid);
        }
        self.opclasses.insert(oid, opclass);
    }

    pub(super) fn opclass(&self, oid: Oid) -> Option<&OpclassName> {
        self.opclasses.get(&oid)
    }

    /// The default operator class of an access method for exactly this type.
    pub(super) fn default_opclass(&self, method: Oid, data_type: Oid) -> Option<Oid> {
        self.default_opclasses.get(&(method, data_type)).copied()
    }

    pub(super) fn add_index_constraint(&mut self, index: Oid, constraint: &str) {
        self.index_constraints.insert(index, constraint.into());
    }

    /// The constraint that the index backs.
    pub(super) fn index_constraint(&self, index: Oid) -> Option<Name> {
        self.index_constraints.get(&index).cloned()
    }

    pub(super) fn add_object(&mut self, catalog: Oid, oid: Oid, object: ObjectId) {
        self.objects.insert((catalog, oid), object);
    }

    /// The object that a comment, a label or a dependency is about (`classid`, `objid`, `objsubid`). What has no row
    /// of its own is `None`; a member of an extension is itself, not the extension.
    pub(super) fn object(&self, catalog: Oid, oid: Oid, column: i32) -> Option<ObjectId> {
        match catalog {
            PG_CLASS => self.class_object(oid, column),
            PG_PROC => self.routines.get(&oid).cloned().map(ObjectId::Routine),
            PG_TYPE => self.type_object(oid),
            PG_NAMESPACE => self.schemas.get(&oid).map(|(name, _)| ObjectId::Schema(name.clone())),
            _ => self.objects.get(&(catalog, oid)).cloned(),
        }
    }

    /// A relation stands for its row type.
    fn type_object(&self, oid: Oid) -> Option<ObjectId> {
        if let Some(class) = self.row_types.get(&oid) {
            return self.class_object(*class, 0);
        }
        let known = self.type_use(oid, -1)?;
        match known.relation {
            NONE => Some(ObjectId::Type(known.row.name.clone())),
            relation => self.class_object(relation, 0),
        }
    }

    fn class_object(&self, oid: Oid, number: i32) -> Option<ObjectId> {
        let class = self.classes.get(&oid)?;
        let name = class.name.clone();
        if number != 0 {
            let column = column(&class.columns, i16::try_from(number).ok()?)?;
            return Some(ObjectId::Column(name, column.name.clone()));
        }
        Some(match class.kind {
            b'r' | b'p' => ObjectId::Table(name),
            b'v' => ObjectId::View(name),
            b'm' => ObjectId::MaterializedView(name),
            b'f' => ObjectId::ForeignTable(name),
            b'i' | b'I' => ObjectId::Index(name),
            b'S' => ObjectId::Sequence(name),
            b'c' => ObjectId::Type(name),
            _ => return None,
        })
    }
}

/// The column of this number, if it has not been dropped.
pub(super) fn column(columns: &[ColumnName], number: i16) -> Option<&ColumnName> {
    let at = usize::try_from(number).ok()?.checked_sub(1)?;
    columns.get(at).filter(|column| !column.name.is_empty())
}
