//! What ANALYZE found in columns together (`pg_statistic_ext_data`), as it was stored: only a server of the same major
//! version reads it, and its columns go by their numbers.

use super::{Lab, failed};
use crate::Result;
use crate::diagnostic::Diagnostic;
use crate::introspect::planner_statistics::{ExtendedStatistics, PlannerStatistics};

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
        if statistics.major != major {
            let message = format!(
                "extended statistics are not copied, because the scratch server is a PostgreSQL {major}, not {}",
                statistics.major
            );
            noticed.push(Diagnostic::note("CREATE STATISTICS", message));
            return Ok(());
        }
        self.execute(CASTS).await?;
        for found in &statistics.extended {
            let reason = match self.put_together(found, major).await {
                Ok(1..) => continue,
                Ok(_) => "its columns have other numbers in the copy".to_owned(),
                Err(error) => error.to_string(),
            };
            let subject = format!("{}.{}", found.schema, found.name);
            let message = format!("what is known of its columns together is not copied: {reason}");
            noticed.push(Diagnostic::note(subject, message));
        }
        Ok(())
    }

    /// How many rows were written.
    async fn put_together(&mut self, found: &ExtendedStatistics, major: u32) -> Result<u64> {
        let put = sqlx::query(if major >= 15 { INSERT } else { UPDATE })
            .bind(found.schema.as_str())
            .bind(found.name.as_str())
            .bind(&found.columns)
            .bind(found.inherited)
            .bind(&found.distinct)
            .bind(&found.dependencies)
            .bind(&found.common_values);
        let done = put.execute(&mut self.connection).await;
        done.map(|done| done.rows_affected())
            .map_err(|error| failed("the scratch server refuses it", error))
    }
}
