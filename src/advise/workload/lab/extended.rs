//! What ANALYZE found in columns together (`pg_statistic_ext_data`), as it was stored: only a server of the same major
//! version reads it, and its columns go by their numbers. What it found in expressions any server takes.

use sqlx::AssertSqlSafe;

use super::{Lab, failed};
use crate::diagnostic::Diagnostic;
use crate::introspect::planner_statistics::{ColumnStatistics, ExtendedStatistics, PlannerStatistics};
use crate::{Error, Result};

/// The types take nothing but what they were computed from; their bytes are those of any `bytea`.
const CASTS: &str = "create cast (bytea as pg_catalog.pg_ndistinct) without function; \
    create cast (bytea as pg_catalog.pg_dependencies) without function; \
    create cast (bytea as pg_catalog.pg_mcv_list) without function";

/// From 15 on, a row is there only once something is known.
const INSERT: &str = "insert into pg_catalog.pg_statistic_ext_data \
    (stxoid, stxdinherit, stxdndistinct, stxddependencies, stxdmcv) \
    select e.oid, $4, decode($5, 'hex')::pg_ndistinct, decode($6, 'hex')::pg_dependencies, decode($7, 'hex')::pg_mcv_list \
    from pg_catalog.pg_statistic_ext as e join pg_catalog.pg_namespace as n on n.oid = e.stxnamespace \
    where n.nspname = $1 and e.stxname = $2 and e.stxkeys::text = $3";

const UPDATE: &str = "update pg_catalog.pg_statistic_ext_data as d set stxdndistinct = decode($5, 'hex')::pg_ndistinct, \
    stxddependencies = decode($6, 'hex')::pg_dependencies, stxdmcv = decode($7, 'hex')::pg_mcv_list \
    from pg_catalog.pg_statistic_ext as e join pg_catalog.pg_namespace as n on n.oid = e.stxnamespace \
    where d.stxoid = e.oid and n.nspname = $1 and e.stxname = $2 and e.stxkeys::text = $3 and not $4";

/// What is known of expressions is kept as rows of `pg_statistic`: here those of a table whose columns they are.
const EXPRESSIONS: &str = "update pg_catalog.pg_statistic_ext_data as d set stxdexpr = ( \
    select array_agg(s order by a.attnum) from pg_catalog.pg_attribute as a \
    left join pg_catalog.pg_statistic as s on s.starelid = a.attrelid and s.staattnum = a.attnum \
    where a.attrelid = 'pg_temp.pgkeel_expressions'::pg_catalog.regclass and a.attnum > 0) \
    from pg_catalog.pg_statistic_ext as e join pg_catalog.pg_namespace as n on n.oid = e.stxnamespace \
    where d.stxoid = e.oid and n.nspname = $1 and e.stxname = $2 and ";

impl Lab {
    /// Writes them, with what could not be.
    pub(super) async fn put_extended(
        &mut self,
        statistics: &PlannerStatistics,
        major: u32,
        noticed: &mut Vec<Diagnostic>,
    ) -> Result<()> {
        if statistics.extended.is_empty() {
            return Ok(());
        }
        let is_same_major = statistics.major == major;
        if !is_same_major {
            let message = format!(
                "what is known of columns together is not copied, because the scratch server is a PostgreSQL {major}, not {}",
                statistics.major
            );
            noticed.push(Diagnostic::note("CREATE STATISTICS", message));
        }
        self.execute(CASTS).await?;
        for found in &statistics.extended {
            let put = match self.put_together(found, is_same_major, major).await {
                Ok(0) => Err(Error::new("its columns have other numbers in the copy")),
                Ok(_) if found.expressions.is_empty() => Ok(()),
                Ok(_) => self.put_expressions(found, major).await,
                Err(error) => Err(error),
            };
            let refused = put.err().map(|error| error.to_string());
            let missing = refused.as_ref().or(found.missing.as_ref());
            if let Some(reason) = missing {
                let subject = format!("{}.{}", found.schema, found.name);
                let message = format!("not all that is known of its columns together is copied: {reason}");
                noticed.push(Diagnostic::note(subject, message));
            }
        }
        Ok(())
    }

    /// How many rows were written.
    async fn put_together(&mut self, found: &ExtendedStatistics, is_same_major: bool, major: u32) -> Result<u64> {
        let stored = |bytes: &Option<String>| bytes.clone().filter(|_| is_same_major);
        let put = sqlx::query(if major >= 15 { INSERT } else { UPDATE })
            .bind(found.schema.as_str())
            .bind(found.name.as_str())
            .bind(&found.columns)
            .bind(found.inherited)
            .bind(stored(&found.distinct))
            .bind(stored(&found.dependencies))
            .bind(stored(&found.common_values));
        let done = put.execute(&mut self.connection).await;
        done.map(|done| done.rows_affected())
            .map_err(|error| failed("the scratch server refuses it", error))
    }

    /// Gives a table that has the expressions as columns what is known of them, and takes it from there.
    async fn put_expressions(&mut self, found: &ExtendedStatistics, major: u32) -> Result<()> {
        let table = sqlx::query_scalar::<_, String>(include_str!("../sql/expressions_table.sql"))
            .bind(found.schema.as_str())
            .bind(found.name.as_str())
            .fetch_one(&mut self.connection)
            .await;
        let table = table.map_err(|error| failed("the scratch server does not tell its expressions", error))?;
        self.execute(&table).await?;
        let done = self.fill_expressions(found, major).await;
        self.execute("drop table pg_temp.pgkeel_expressions").await?;
        done
    }

    async fn fill_expressions(&mut self, found: &ExtendedStatistics, major: u32) -> Result<()> {
        let table = "select 'pg_temp.pgkeel_expressions'::pg_catalog.regclass::oid::int8";
        let table = sqlx::query_scalar::<_, i64>(table)
            .fetch_one(&mut self.connection)
            .await;
        let table = table.map_err(|error| failed("the scratch server does not find its expressions", error))?;
        for expression in &found.expressions {
            let number = expression.column.parse().unwrap_or_default();
            // Whose rows they are is said of all of them.
            let own = ColumnStatistics {
                inherited: false,
                ..expression.clone()
            };
            self.put(table, number, &own).await?;
        }
        let of_these = if major >= 15 { "d.stxdinherit = $3" } else { "not $3" };
        let taken = sqlx::query(AssertSqlSafe([EXPRESSIONS, of_these].concat()))
            .bind(found.schema.as_str())
            .bind(found.name.as_str())
            .bind(found.inherited)
            .execute(&mut self.connection)
            .await;
        let taken =
            taken.map_err(|error| failed("the scratch server refuses what is known of its expressions", error))?;
        match taken.rows_affected() {
            0 => Err(Error::new(
                "the scratch server has no place for what is known of its expressions",
            )),
            _ => Ok(()),
        }
    }
}
