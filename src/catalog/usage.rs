//! What a server has counted and measured of a schema (manual, sections 14.2 and 27.2): how large tables are, how often
//! indexes are used, how values are spread. No snapshot holds it.

use std::collections::BTreeMap;

use super::{Name, QName};

/// What was counted and measured. What has no entry was not, or the role may not see it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Usage {
    /// The server and its counters.
    pub server: Option<ServerUsage>,
    /// Every database of the server, that which was read included.
    pub databases: BTreeMap<Name, DatabaseUsage>,
    /// Tables and materialised views with storage of their own.
    pub tables: BTreeMap<QName, TableUsage>,
    /// Indexes with storage of their own.
    pub indexes: BTreeMap<QName, IndexUsage>,
    /// Columns, by relation, as `ANALYZE` found them (`pg_stats`).
    pub columns: BTreeMap<QName, BTreeMap<Name, ColumnUsage>>,
    /// Sequences that have given out a value.
    pub sequences: BTreeMap<QName, i64>,
}

/// The server and its counters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ServerUsage {
    /// Whether anything is counted (`track_counts`).
    pub counts: bool,
    /// For how many seconds it has been counted, at the least: since the counters were reset
    /// (`pg_stat_database.stats_reset`) or, where they never were, since the server was started.
    pub counted_for: i64,
    /// What other servers have of it, whose queries are not counted here.
    pub replication: Replication,
    /// The size of a page in bytes (`block_size`).
    pub block_size: i64,
    /// At which age in transactions autovacuum freezes a table (`autovacuum_freeze_max_age`).
    pub freeze_max_age: i64,
    /// At which age in multixacts it does (`autovacuum_multixact_freeze_max_age`).
    pub multi_freeze_max_age: i64,
}

/// How a server stands to those that have the same tables and indexes (manual, section 27.2). Each counts what it runs
/// itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Replication {
    /// No other is known.
    #[default]
    Alone,
    /// It has standbys, which may be read.
    Primary,
    /// It is a standby: what it counts is what is read on it, and no write.
    Standby,
}

/// A database, as far as it holds back the server's counters (`pg_database`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DatabaseUsage {
    /// Whether it is the one that was read.
    pub current: bool,
    /// The age in transactions of the oldest row version that is not frozen (`datfrozenxid`).
    pub age: i64,
    /// The age in multixacts of the oldest that a row version may still have (`datminmxid`).
    pub multi_age: i64,
}

/// A table as it is stored and used (`pg_class`, `pg_stat_all_tables`).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TableUsage {
    /// Its rows, as last estimated (`reltuples`); `None` where it never was vacuumed or analysed.
    pub rows: Option<f64>,
    /// Its pages, as last counted (`relpages`), without TOAST and indexes.
    pub pages: i64,
    /// Rows read by scans of all of it (`seq_tup_read`).
    pub rows_scanned: i64,
    /// Rows written since counting began (`n_tup_ins`, `n_tup_upd` and `n_tup_del` together).
    pub writes: i64,
    /// Rows updated or deleted since counting began (`n_tup_upd` and `n_tup_del` together).
    pub changes: i64,
    /// Rows that are gone and still take space (`n_dead_tup`).
    pub dead_rows: i64,
    /// Rows that are there (`n_live_tup`).
    pub live_rows: i64,
    /// Seconds since it was last vacuumed, by hand or not; `None` for never.
    pub vacuumed: Option<i64>,
    /// The age in transactions of the oldest row version that is not frozen, TOAST included (`relfrozenxid`).
    pub age: i64,
    /// The age in multixacts of the oldest that a row version may still have, TOAST included (`relminmxid`).
    pub multi_age: i64,
    /// Whether its values' spread is hidden from the role, because it may not read all of it.
    pub hidden: bool,
}

/// An index as it is stored and used (`pg_class`, `pg_stat_all_indexes`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct IndexUsage {
    /// Its pages, as last counted (`relpages`).
    pub pages: i64,
    /// How often it was scanned (`idx_scan`).
    pub scans: i64,
    /// How many entries those scans gave (`idx_tup_read`).
    pub entries_read: i64,
    /// Seconds since it was last scanned (`last_idx_scan`, PostgreSQL 16); `None` for never, or not known.
    pub last_scan: Option<i64>,
    /// For how many seconds it has been there at the least, where commits are timed (`track_commit_timestamp`).
    pub age: Option<i64>,
    /// Whether it is being built (`pg_stat_progress_create_index`), as far as the role may see it.
    pub building: bool,
}

/// How the values of a column are spread (`pg_stats`).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ColumnUsage {
    /// The share of NULLs, from 0 to 1 (`null_frac`).
    pub nulls: f64,
    /// The average width in bytes (`avg_width`).
    pub width: i32,
    /// The number of distinct values or, below 0, minus their share of the rows (`n_distinct`).
    pub distinct: f64,
    /// How far the order of values is that of the rows, from -1 to 1 (`correlation`), where values have an order.
    pub correlation: Option<f64>,
    /// How many values are listed as common (`most_common_vals`).
    pub common: i32,
    /// The share of the rarest of those, from 0 to 1.
    pub rarest: Option<f64>,
}

impl Usage {
    /// The column's spread, where it is known.
    pub fn column(&self, relation: &QName, column: &Name) -> Option<&ColumnUsage> {
        self.columns.get(relation)?.get(column)
    }
}
