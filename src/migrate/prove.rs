//! The proof of a plan: the old schema is built in a scratch database, the plan is run there, and what is read back has
//! to be the new schema.

mod rows;

use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection as _};

use super::plan::{Options, Plan, Step, plan};
use super::render::{Style, preamble};
use crate::catalog::scope::{Depth, Scope};
use crate::catalog::{Catalog, Name, ObjectId, Rows};
use crate::ddl::{SECRET_LEFT_OUT, Transaction};
use crate::scratch::{self, Scratch, SqlFile};
use crate::sql::keyword_safe;
use crate::{Error, Result, introspect};

/// What a plan is proved with.
pub struct Grounds<'a> {
    /// Which objects are ours.
    pub scope: &'a Scope,
    /// What the scratch database is made with.
    pub scratch: &'a scratch::Options,
    /// The role that will run the plan, where that is known.
    pub session: Option<&'a Name>,
    /// For a plan from somebody who is not trusted: the role of the old schema that runs it instead, with no more rights
    /// than [`admit`] gives. What PostgreSQL writes in two ways is then not found to be one.
    pub stranger: Option<&'a Name>,
    /// Rows that are there before, and have to be there afterwards.
    pub seed: &'a [SqlFile],
}

impl<'a> Grounds<'a> {
    /// For a trusted plan that nobody in particular runs, on no rows.
    pub fn new(scope: &'a Scope, scratch: &'a scratch::Options) -> Self {
        Self {
            scope,
            scratch,
            session: None,
            stranger: None,
            seed: &[],
        }
    }
}

/// How a proof ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Proof {
    /// The plan makes what it shall make.
    Holds,
    /// The plan makes what is there already: both sides are the same, written in two ways.
    Nothing,
    /// The plan runs, and something is left to do: the steps that would do it.
    Differs(Plan),
    /// Tables that have another number of rows than before: before and after.
    LosesRows(Vec<(String, u64, u64)>),
}

/// What `from` becomes by `first`, and then by the steps that `following` finds for it; with all of these steps.
///
/// # Errors
/// As [`prove`].
pub async fn after(
    from: &Catalog,
    first: Vec<Step>,
    following: impl Fn(&Catalog) -> Vec<Step>,
    grounds: &Grounds<'_>,
) -> Result<(Catalog, Vec<Step>)> {
    let scratch = scratch::start(&scratch_options(from, grounds)).await?;
    let mut connection = scratch.connect().await?;
    build_old(&mut connection, from, &scratch, grounds, NO_PROOF).await?;
    let mut steps = first;
    run(&mut connection, &Plan { steps: steps.clone() }).await?;
    let more = following(&read(&mut connection, grounds.scope).await?);
    run(&mut connection, &Plan { steps: more.clone() }).await?;
    steps.extend(more);
    let catalog = read(&mut connection, grounds.scope).await?;
    close(connection).await;
    scratch.close().await?;
    Ok((with_roles_of(catalog, from), steps))
}

/// What was read of a scratch copy of `from`, with the roles as they are there: they are the cluster's, and have kept
/// their names.
pub fn with_roles_of(mut catalog: Catalog, from: &Catalog) -> Catalog {
    catalog.roles.clone_from(&from.roles);
    catalog.memberships.clone_from(&from.memberships);
    catalog
}

/// A scratch database that is what `catalog` says, to try things on.
///
/// # Errors
/// Where there is no scratch server, or the schema cannot be built on it.
pub async fn copy(catalog: &Catalog, grounds: &Grounds<'_>) -> Result<Scratch> {
    copy_or(catalog, grounds, NO_PROOF).await
}

/// As [`copy`], with a hint of one's own where the schema cannot be built.
///
/// # Errors
/// Where there is no scratch server, or the schema cannot be built on it.
pub async fn copy_or(catalog: &Catalog, grounds: &Grounds<'_>, hint: &str) -> Result<Scratch> {
    let scratch = scratch::start(&scratch_options(catalog, grounds)).await?;
    let mut connection = scratch.connect().await?;
    build_old(&mut connection, catalog, &scratch, grounds, hint).await?;
    close(connection).await;
    Ok(scratch)
}

fn scratch_options(from: &Catalog, grounds: &Grounds<'_>) -> scratch::Options {
    let major = (from.server.major > 0).then_some(from.server.major);
    scratch::Options {
        major: grounds.scratch.major.or(major),
        ..grounds.scratch.clone()
    }
}

/// How to go on where a proof has no grounds.
const NO_PROOF: &str = "give a server that has what it needs with --shadow, or go without the proof: --no-prove";

/// Builds the old schema, and says of what cannot be built how to go on.
async fn build_old(
    connection: &mut PgConnection,
    from: &Catalog,
    scratch: &Scratch,
    grounds: &Grounds<'_>,
    otherwise: &str,
) -> Result<()> {
    build(connection, from, grounds).await.map_err(|error| {
        let major = from.server.major;
        let hint = match error.hint() {
            _ if scratch.version() / 10_000 < major => format!(
                "the schema is of PostgreSQL {major}, which has more: install that, name its programs' directory in \
                 PGKEEL_PG_BIN, or give a server of it with --shadow"
            ),
            Some(hint) if otherwise == NO_PROOF => hint.to_owned(),
            _ => otherwise.to_owned(),
        };
        let description = scratch.describe();
        Error::new(format!("the old schema cannot be built in {description}: {error}"))
            .with_hint(hint)
            .with_detail(error.detail().unwrap_or_default())
    })
}

/// Tries the plan that turns `from` into `to`.
///
/// # Errors
/// Where there is no scratch server, the old schema cannot be built on it, or a step fails: the message names it, and
/// says that the plan fails its proof.
pub async fn prove(from: &Catalog, to: &Catalog, plan_to_prove: &Plan, grounds: &Grounds<'_>) -> Result<Proof> {
    let scratch = scratch::start(&scratch_options(from, grounds)).await?;
    let proof = proof_in(&scratch, from, to, plan_to_prove, grounds).await;
    let major = from.server.major.max(to.server.major);
    let is_older = scratch.version() / 10_000 < major;
    let description = scratch.describe().to_owned();
    let closed = scratch.close().await;
    if is_older && !matches!(proof, Ok(Proof::Holds | Proof::Nothing | Proof::LosesRows(_))) {
        return Err(unprovable(major, &description, proof.err()));
    }
    let proof = proof?;
    closed?;
    Ok(proof)
}

/// That a server which is older than the schema's does not tell whether the plan is right.
fn unprovable(major: u32, description: &str, error: Option<Error>) -> Error {
    let detail = error.map(|error| match error.detail() {
        Some(detail) => format!("{error}\n{detail}"),
        None => error.to_string(),
    });
    Error::new(format!(
        "the migration cannot be proved for PostgreSQL {major} in {description}, and is not given out"
    ))
    .with_detail(detail.unwrap_or_default())
    .with_hint(format!(
        "install PostgreSQL {major}, name its programs' directory in PGKEEL_PG_BIN, or give a server of it with --shadow; \
         --no-prove gives it out all the same"
    ))
}

/// Lets `runner`, a role of the scratch database that is no superuser, change what others than superusers own, and
/// connects as it. Whatever it runs can neither read the server's files nor start programs.
///
/// # Errors
/// Where the scratch server refuses.
pub async fn admit(scratch: &Scratch, runner: &Name) -> Result<PgConnection> {
    let role = keyword_safe(runner);
    let name = crate::sql::literal(runner);
    let mut connection = scratch.connect().await?;
    execute(
        &mut connection,
        &format!(
            "DO $$ DECLARE owner name; BEGIN FOR owner IN SELECT rolname FROM pg_catalog.pg_roles \
             WHERE NOT rolsuper AND rolname !~ '^pg_' AND rolname <> {name} LOOP \
             EXECUTE pg_catalog.format('GRANT %I TO %I', owner, {name}); END LOOP; \
             EXECUTE pg_catalog.format('ALTER DATABASE %I OWNER TO %I', pg_catalog.current_database(), {name}); END $$; \
             ALTER ROLE {role} SET statement_timeout = '30s'"
        ),
    )
    .await?;
    close(connection).await;
    scratch.connect_as(runner).await
}

async fn proof_in(
    scratch: &Scratch,
    from: &Catalog,
    to: &Catalog,
    plan_to_prove: &Plan,
    grounds: &Grounds<'_>,
) -> Result<Proof> {
    let mut connection = scratch.connect().await?;
    build_old(&mut connection, from, scratch, grounds, NO_PROOF).await?;
    scratch::replay(&mut connection, grounds.seed).await?;
    let built = comparable(read(&mut connection, grounds.scope).await?);
    let before = match grounds.seed {
        [] => None,
        _ => Some(rows::count(&mut connection, from).await?),
    };
    if let Some(stranger) = grounds.stranger {
        let mut connection = admit(scratch, stranger).await?;
        run(&mut connection, plan_to_prove)
            .await
            .map_err(|error| failed(&error))?;
        close(connection).await;
    } else {
        become_session(&mut connection, grounds.session).await?;
        run(&mut connection, plan_to_prove)
            .await
            .map_err(|error| failed(&error))?;
        execute(&mut connection, "RESET SESSION AUTHORIZATION").await?;
    }
    if let Some(before) = before {
        let after = rows::count(&mut connection, to).await?;
        let lost = rows::lost([&before, &after], [from, to], plan_to_prove);
        if !lost.is_empty() {
            return Ok(Proof::LosesRows(lost));
        }
    }
    let got = comparable(read(&mut connection, grounds.scope).await?);
    close(connection).await;
    // What roles are is not in there, nor what has to be given by hand, nor extensions as another server has them.
    let is_unseen = |step: &Step| {
        let is_told = step.statement.risk.hazards.contains(&SECRET_LEFT_OUT);
        is_told || matches!(step.object, ObjectId::Role(_) | ObjectId::Extension(_))
    };
    if got == built && !plan_to_prove.steps.iter().any(is_unseen) {
        return Ok(Proof::Nothing);
    }
    let attainable = unpinned(&mut scratch.connect().await?, to.clone()).await?;
    let left = plan(&got, &comparable(attainable), &Options::default())?;
    if left.is_empty() {
        return Ok(Proof::Holds);
    }
    if grounds.stranger.is_some() {
        return Ok(Proof::Differs(left));
    }
    // Expressions that PostgreSQL has read once more may be written in another way: the new schema, built from nothing
    // in the same way, has to be what came out.
    let again = scratch.database("again").await?;
    let rebuilt = rebuild(&again, to, grounds).await;
    again.close().await?;
    let left = match rebuilt {
        Ok(rebuilt) => plan(&got, &comparable(rebuilt), &Options::default())?,
        Err(_) => left,
    };
    Ok(if left.is_empty() {
        Proof::Holds
    } else {
        Proof::Differs(left)
    })
}

/// What is read back of `catalog` when it is built in a database that has nothing yet.
pub(super) async fn rebuild(scratch: &Scratch, catalog: &Catalog, grounds: &Grounds<'_>) -> Result<Catalog> {
    let mut connection = scratch.connect().await?;
    build(&mut connection, catalog, grounds).await?;
    close(connection).await;
    read_whole(scratch, grounds.scope).await
}

/// What a scratch database has.
///
/// # Errors
/// Where the database is gone.
pub async fn read_whole(scratch: &Scratch, scope: &Scope) -> Result<Catalog> {
    let mut connection = scratch.connect().await?;
    let catalog = read(&mut connection, scope).await?;
    close(connection).await;
    Ok(catalog)
}

/// Makes of a fresh scratch database what `catalog` says.
async fn build(connection: &mut PgConnection, catalog: &Catalog, grounds: &Grounds<'_>) -> Result<()> {
    let fresh = read(connection, grounds.scope).await?;
    let options = Options {
        session: None,
        offline: true,
    };
    let wanted = unpinned(connection, with_secrets(catalog.clone())).await?;
    let building = plan(&fresh, &wanted, &options)?;
    run(connection, &building).await
}

/// Runs a plan, segment by segment.
async fn run(connection: &mut PgConnection, plan: &Plan) -> Result<()> {
    for segment in plan.segments() {
        let is_outside = segment[0].statement.transaction == Transaction::Outside;
        if !is_outside {
            execute(connection, &format!("BEGIN; {}", preamble(segment, &Style::default()))).await?;
        }
        for step in segment {
            run_step(connection, step).await?;
        }
        if !is_outside {
            execute(connection, "COMMIT").await?;
        }
    }
    Ok(())
}

/// A step that does not run fails the proof.
fn failed(error: &Error) -> Error {
    let hint = error.hint().unwrap_or(
        "please report it, unless the rows of --seed-data are to be refused; --no-prove gives it out all the same",
    );
    Error::new(format!("the migration fails its proof, and is not given out: {error}"))
        .with_hint(hint)
        .with_detail(error.detail().unwrap_or_default())
}

async fn run_step(connection: &mut PgConnection, step: &Step) -> Result<()> {
    let sql = &step.statement.sql;
    let outcome = sqlx::raw_sql(AssertSqlSafe(sql.as_str())).execute(connection).await;
    outcome.map(|_| ()).map_err(|error| {
        let reason = match &error {
            sqlx::Error::Database(error) => error.message().to_owned(),
            error => error.to_string(),
        };
        let failed = Error::new(format!("{}: {reason}", step.object))
            .with_detail(format!("{sql};"))
            .with_source(error);
        match step.object {
            ObjectId::Extension(_) => failed.with_hint(
                "give a server that has this version and the way to it with --shadow, or go without the proof: --no-prove",
            ),
            _ => failed,
        }
    })
}

/// Without the versions of extensions that the scratch server does not have: its own stand for them.
async fn unpinned(connection: &mut PgConnection, mut catalog: Catalog) -> Result<Catalog> {
    let mut extensions = catalog.extensions.to_vec();
    for extension in extensions.iter_mut().filter(|extension| extension.pinned) {
        let sql = "SELECT EXISTS (SELECT FROM pg_catalog.pg_available_extension_versions() AS v \
                   WHERE v.name = $1 AND v.version = $2)";
        let is_there = sqlx::query_scalar(sql)
            .bind(extension.name.as_str())
            .bind(extension.version.as_str())
            .fetch_one(&mut *connection)
            .await;
        extension.pinned = is_there.map_err(|error| {
            Error::new(format!("cannot see which extensions the scratch database has: {error}")).with_source(error)
        })?;
    }
    catalog.extensions = Rows::in_order(extensions);
    Ok(catalog)
}

async fn execute(connection: &mut PgConnection, sql: &str) -> Result<()> {
    let outcome = sqlx::raw_sql(AssertSqlSafe(sql)).execute(connection).await;
    outcome
        .map(|_| ())
        .map_err(|error| Error::new(format!("the scratch database refuses `{sql}`: {error}")).with_source(error))
}

/// Goes on as the role that will run the plan, so that what it makes is its own.
async fn become_session(connection: &mut PgConnection, session: Option<&Name>) -> Result<()> {
    let Some(session) = session else { return Ok(()) };
    let role = keyword_safe(session);
    let name = crate::sql::literal(session);
    execute(
        connection,
        &format!(
            "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = {name}) THEN \
             CREATE ROLE {role}; END IF; END $$; ALTER ROLE {role} SUPERUSER; SET SESSION AUTHORIZATION {role}"
        ),
    )
    .await
}

async fn read(connection: &mut PgConnection, scope: &Scope) -> Result<Catalog> {
    let (catalog, _) = introspect::read(connection, scope, Depth::Whole).await?;
    Ok(catalog)
}

/// Roles are the cluster's: what they are in a scratch server proves nothing. Nor do options that may hold secrets: no
/// statement gives their values.
fn comparable(mut catalog: Catalog) -> Catalog {
    catalog.roles = Rows::default();
    catalog.memberships = Rows::default();
    catalog.with_foreign_options(|options| options.retain(|option| option.value.is_some()))
}

/// What stands for the values of options that were not read. It is not read either.
const STANDS_FOR_SECRET: &str = "secret";

/// With a value for every option.
fn with_secrets(catalog: Catalog) -> Catalog {
    catalog.with_foreign_options(|options| {
        for option in options {
            option.value.get_or_insert_with(|| STANDS_FOR_SECRET.to_owned());
        }
    })
}

async fn close(connection: PgConnection) {
    // The server notices by itself where this fails.
    let _ = connection.close().await;
}
