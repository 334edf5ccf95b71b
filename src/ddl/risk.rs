//! What a statement costs: locks, rewrites, scans, lost data, and the hazards by name.
//!
//! [`Work`] says what a statement does, as far as its price depends on it, and [`Work::price`] is the one list of prices
//! (manual, sections 13.3.1 and `ALTER TABLE`; tests watch a server to see that they are right).

use crate::catalog::ObjectId;

/// What a statement costs those who use the database meanwhile.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Risk {
    /// The strongest lock on each table, view or materialised view that was there before. `ACCESS SHARE`, which every
    /// reader takes, is not told.
    pub locks: Vec<(ObjectId, LockMode)>,
    /// Whether a relation is written anew as a whole.
    pub rewrite: bool,
    /// Whether a relation is read as a whole, apart from a rewrite.
    pub scan: bool,
    /// What is lost for good.
    pub loss: Option<Loss>,
    /// Hazards, by the ids that `lint` has for them.
    pub hazards: Vec<&'static str>,
}

/// What a statement does to a relation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// A change of the system catalogs alone that nobody may look at meanwhile.
    Alter,
    /// A change of settings, statistics or a comment, which reading and writing go on through.
    Tune,
    /// `ADD COLUMN`.
    AddColumn {
        /// Where rows that are there get its value from.
        fill: Fill,
        /// Whether it refuses NULL.
        required: bool,
    },
    /// `DROP COLUMN`.
    DropColumn,
    /// `ALTER COLUMN … TYPE`.
    Retype(Retyping),
    /// `ALTER COLUMN … SET NOT NULL`.
    SetNotNull {
        /// Whether no constraint vouches for the rows that are there.
        scans: bool,
    },
    /// `ALTER COLUMN … DROP NOT NULL`.
    DropNotNull,
    /// `ALTER COLUMN … SET EXPRESSION` of a stored generated column.
    SetExpression,
    /// `ADD CONSTRAINT … CHECK`.
    AddCheck {
        /// Whether it is not `NOT VALID`.
        validates: bool,
    },
    /// `ADD CONSTRAINT … NOT NULL` (PostgreSQL 18).
    AddNotNull {
        /// Whether it is not `NOT VALID`.
        validates: bool,
    },
    /// `ADD CONSTRAINT … FOREIGN KEY`, for the referencing table.
    AddForeignKey {
        /// Whether it is not `NOT VALID`.
        validates: bool,
        /// Whether it could not be, because the table is partitioned.
        partitioned: bool,
    },
    /// The same for the referenced table.
    BeReferenced,
    /// `ADD CONSTRAINT … PRIMARY KEY`.
    AddPrimaryKey {
        /// Whether it builds its index, rather than `USING INDEX`.
        builds: bool,
    },
    /// `ADD CONSTRAINT … UNIQUE`.
    AddUnique {
        /// Whether it builds its index, rather than `USING INDEX`.
        builds: bool,
    },
    /// `ADD CONSTRAINT … EXCLUDE`.
    AddExclusion,
    /// `VALIDATE CONSTRAINT`.
    Validate,
    /// `VALIDATE CONSTRAINT` of a foreign key, for the referenced table.
    BeLookedUp,
    /// `CREATE INDEX`.
    CreateIndex {
        /// Whether it is `CONCURRENTLY`.
        concurrently: bool,
    },
    /// `CREATE INDEX … ON ONLY` a partitioned table, which has no rows of its own.
    CreateIndexOnly,
    /// `DROP INDEX`.
    DropIndex {
        /// Whether it is `CONCURRENTLY`.
        concurrently: bool,
    },
    /// `DROP TABLE`.
    DropTable,
    /// `CREATE TABLE … AS` with all rows of a table that is to be made anew, and has to be locked until it is.
    SetRowsAside,
    /// `SET LOGGED` or `SET UNLOGGED`.
    SetLogged,
    /// `SET TABLESPACE`.
    SetTablespace,
    /// `SET ACCESS METHOD`.
    SetAccessMethod,
    /// `ENABLE`, `FORCE` and so on of row-level security; the one that opens the table is a hazard.
    DisableRowSecurity,
    /// `REPLICA IDENTITY`.
    ReplicaIdentity,
    /// `INHERIT` or `NO INHERIT`, for the child.
    Inherit,
    /// `ATTACH PARTITION`, for the table that becomes a partition.
    AttachPartition {
        /// Whether no constraint vouches for the rows that are there.
        scans: bool,
    },
    /// `ATTACH PARTITION`, for the default partition beside it.
    SpareDefault {
        /// Whether no constraint says that it has no rows of the other's.
        scans: bool,
    },
    /// `DETACH PARTITION`, for the partitioned table.
    DetachPartition {
        /// Whether it is `CONCURRENTLY`.
        concurrently: bool,
    },
}

/// Where rows that are there get the value of a new column from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fill {
    /// They have NULL, or a default that is the same for all of them and is kept in the catalog.
    Catalog,
    /// Nowhere: NULL, which the column refuses.
    Nowhere,
    /// A default that is another one for each row.
    Volatile,
    /// A sequence.
    Sequence,
    /// The stored expression of a generated column.
    Stored,
    /// A default, or none, which a constrained domain has to take first.
    ConstrainedDomain,
}

/// What a change of a column's type does to what is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retyping {
    /// Nothing: old values are new values.
    Nothing,
    /// Nothing, but checks look at them again.
    Checks,
    /// Nothing, but indexes have them in another order.
    Indexes,
    /// They are converted.
    Values,
}

/// What some work costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Price {
    /// The lock on the relation.
    pub lock: LockMode,
    /// Whether the relation is written anew.
    pub rewrite: bool,
    /// Whether it is read as a whole, apart from a rewrite.
    pub scan: bool,
    /// The hazard, by the id that `lint` has for it.
    pub hazard: Option<&'static str>,
}

impl Work {
    /// What it costs.
    pub fn price(self) -> Price {
        use LockMode as Lock;
        let locked = |lock| Price {
            lock,
            rewrite: false,
            scan: false,
            hazard: None,
        };
        let brief = locked(Lock::AccessExclusive);
        let gentle = locked(Lock::ShareUpdateExclusive);
        match self {
            Self::Alter => brief,
            Self::Tune => gentle,
            Self::AddColumn { fill, required } => match fill {
                Fill::Catalog => brief,
                Fill::Nowhere => brief.scans_if(required).hazard_if(required, "add-column-required"),
                Fill::Volatile => brief.rewrites().hazard("add-column-volatile-default"),
                Fill::Sequence => brief.rewrites().hazard("add-column-serial-or-identity"),
                Fill::Stored => brief.rewrites().hazard("add-column-generated-stored"),
                Fill::ConstrainedDomain => brief.rewrites().hazard("add-column-constrained-domain"),
            },
            Self::DropColumn => brief.hazard("drop-column"),
            Self::Retype(Retyping::Nothing) => brief,
            Self::Retype(Retyping::Checks) => brief.scans().hazard("check-validates"),
            Self::Retype(Retyping::Indexes) => brief.scans().hazard("type-change-index-rebuild"),
            Self::Retype(Retyping::Values) => brief.rewrites().hazard("type-change-rewrite"),
            Self::SetNotNull { scans } | Self::AddNotNull { validates: scans } => {
                brief.scans_if(scans).hazard_if(scans, "set-not-null-scan")
            }
            Self::DropNotNull => brief.hazard("drop-not-null"),
            Self::SetExpression => brief.rewrites().hazard("add-column-generated-stored"),
            Self::AddCheck { validates } => brief.scans_if(validates).hazard_if(validates, "check-validates"),
            Self::AddForeignKey { validates, partitioned } => {
                let hazard = if partitioned {
                    "fk-not-valid-on-partitioned"
                } else {
                    "fk-validates"
                };
                locked(Lock::ShareRowExclusive)
                    .scans_if(validates)
                    .hazard_if(validates, hazard)
            }
            Self::BeReferenced => locked(Lock::ShareRowExclusive).hazard("fk-locks-referenced-table"),
            Self::AddPrimaryKey { builds } => brief.scans_if(builds).hazard_if(builds, "primary-key-builds-index"),
            Self::AddUnique { builds } => brief
                .scans_if(builds)
                .hazard_if(builds, "unique-constraint-builds-index"),
            Self::AddExclusion => brief.scans().hazard("exclusion-constraint"),
            Self::Validate => gentle.scans(),
            Self::BeLookedUp => locked(Lock::RowShare),
            Self::CreateIndex { concurrently: true } => gentle.scans(),
            Self::CreateIndex { concurrently: false } => locked(Lock::Share).scans().hazard("index-not-concurrent"),
            Self::CreateIndexOnly => locked(Lock::Share),
            Self::DropIndex { concurrently: true } => gentle,
            Self::DropIndex { concurrently: false } => brief.hazard("drop-index-not-concurrent"),
            Self::DropTable => brief.hazard("drop-table"),
            Self::SetRowsAside => brief.scans().hazard("table-rebuild"),
            Self::SetLogged => brief.rewrites().hazard("set-logged-rewrite"),
            Self::SetTablespace => brief.rewrites().hazard("set-tablespace-rewrite"),
            Self::SetAccessMethod => brief.rewrites().hazard("set-access-method-rewrite"),
            Self::DisableRowSecurity => brief.hazard("rls-disabled"),
            Self::ReplicaIdentity => brief.hazard("replica-identity"),
            Self::Inherit => brief.hazard("inherit-lock"),
            Self::AttachPartition { scans } => brief.scans_if(scans).hazard_if(scans, "attach-partition-scan"),
            Self::SpareDefault { scans } => brief.scans_if(scans).hazard_if(scans, "default-partition-scan"),
            Self::DetachPartition { concurrently: true } => gentle,
            Self::DetachPartition { concurrently: false } => brief.hazard("detach-partition-not-concurrent"),
        }
    }
}

impl Price {
    fn rewrites(mut self) -> Self {
        self.rewrite = true;
        self
    }

    fn scans(self) -> Self {
        self.scans_if(true)
    }

    fn scans_if(mut self, scans: bool) -> Self {
        self.scan = scans;
        self
    }

    fn hazard(self, id: &'static str) -> Self {
        self.hazard_if(true, id)
    }

    fn hazard_if(mut self, is_one: bool, id: &'static str) -> Self {
        self.hazard = is_one.then_some(id);
        self
    }
}

impl Risk {
    /// Adds that some work is done to a relation.
    pub fn add(&mut self, work: Work, relation: ObjectId) {
        let price = work.price();
        self.lock(relation, price.lock);
        self.rewrite |= price.rewrite;
        self.scan |= price.scan;
        if let Some(hazard) = price.hazard
            && !self.hazards.contains(&hazard)
        {
            self.hazards.push(hazard);
        }
    }

    /// Adds a lock; of several on one relation the strongest counts.
    pub fn lock(&mut self, relation: ObjectId, mode: LockMode) {
        match self.locks.iter_mut().find(|(locked, _)| *locked == relation) {
            Some((_, had)) => *had = mode.max(*had),
            None => self.locks.push((relation, mode)),
        }
    }

    /// The strongest lock on any relation.
    pub fn strongest_lock(&self) -> Option<LockMode> {
        self.locks.iter().map(|(_, mode)| *mode).max()
    }

    /// Leaves out relations that nobody can be using: those that the migration makes. A statement about them alone costs
    /// nobody anything.
    pub fn spare(&mut self, is_unused: impl Fn(&ObjectId) -> bool) {
        if self.locks.is_empty() {
            return;
        }
        self.locks.retain(|(relation, _)| !is_unused(relation));
        if self.locks.is_empty() {
            *self = Self {
                loss: self.loss,
                hazards: std::mem::take(&mut self.hazards)
                    .into_iter()
                    .filter(|hazard| concerns_what_is_new(hazard))
                    .collect(),
                ..Self::default()
            };
        }
    }
}

/// Whether a hazard is one on a new relation too.
fn concerns_what_is_new(hazard: &str) -> bool {
    matches!(
        hazard,
        "policy-always-true"
            | "grant-to-public-role"
            | "new-table-without-rls"
            | "view-without-security-invoker"
            | "int-overflow"
            | "fk-type-mismatch"
            | "fk-column-not-indexed"
            | "index-too-wide"
            | super::hazards::SECRET_LEFT_OUT
    )
}

/// What is lost for good: the names are those of `--allow`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Loss {
    /// The rows of a table.
    DropTable,
    /// The values of a column.
    DropColumn,
    /// The rows of a materialised view, which its query gives again.
    DropMaterializedView,
    /// A schema with what is in it.
    DropSchema,
    /// The counter of a sequence.
    DropSequence,
    /// Values that the new type cannot hold.
    ChangeType,
    /// An extension with what it keeps.
    DropExtension,
}

/// A table-level lock (manual, section 13.3.1), the weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LockMode {
    /// `ACCESS SHARE`.
    AccessShare,
    /// `ROW SHARE`.
    RowShare,
    /// `ROW EXCLUSIVE`.
    RowExclusive,
    /// `SHARE UPDATE EXCLUSIVE`.
    ShareUpdateExclusive,
    /// `SHARE`.
    Share,
    /// `SHARE ROW EXCLUSIVE`.
    ShareRowExclusive,
    /// `EXCLUSIVE`.
    Exclusive,
    /// `ACCESS EXCLUSIVE`.
    AccessExclusive,
}

impl Loss {
    /// What allows it.
    pub fn id(self) -> &'static str {
        match self {
            Self::DropTable => "drop-table",
            Self::DropColumn => "drop-column",
            Self::DropMaterializedView => "drop-materialized-view",
            Self::DropSchema => "drop-schema",
            Self::DropSequence => "drop-sequence",
            Self::ChangeType => "change-type",
            Self::DropExtension => "drop-extension",
        }
    }
}

impl LockMode {
    /// PostgreSQL's name for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::AccessShare => "ACCESS SHARE",
            Self::RowShare => "ROW SHARE",
            Self::RowExclusive => "ROW EXCLUSIVE",
            Self::ShareUpdateExclusive => "SHARE UPDATE EXCLUSIVE",
            Self::Share => "SHARE",
            Self::ShareRowExclusive => "SHARE ROW EXCLUSIVE",
            Self::Exclusive => "EXCLUSIVE",
            Self::AccessExclusive => "ACCESS EXCLUSIVE",
        }
    }
}
