//! `pgkeel mcp`: the Model Context Protocol over standard input and output, for editors and agents. Nothing is changed,
//! and nothing is run on a live database but what reads its catalogs.

mod look;
mod wish;

use std::sync::Arc;

use rmcp::handler::server::wrapper::Parameters;
use rmcp::model::{CallToolResult, ContentBlock, Implementation, ServerCapabilities, ServerConfig};
use rmcp::schemars::JsonSchema;
use rmcp::{ServerHandler, ServiceExt as _, tool, tool_handler, tool_router};
use serde::Deserialize;

use super::args::SourceWords;
use super::exit::Exit;
use super::report::Report;
use super::source::Reading;
use crate::config::load::Project;
use crate::redact::redact;
use crate::{Error, Result};

const INSTRUCTIONS: &str = "\
The schema of a PostgreSQL or Supabase project, read from its catalogs. Start with `schema`, look closer with `table`, \
and ask `access` who may reach a table before code relies on it. `types` gives the generated code, and `lint` what a statement would block or lose. To change the schema, \
say what you wish as DDL to `migration`: it is tried in a scratch server, and comes back as a migration that was proved and \
keeps tables usable. Nothing here changes a database or a file.";

/// Serves until the other side closes standard input.
pub(super) async fn run(words: SourceWords, project: Project, report: Report) -> Result<Exit> {
    let server = Server(Arc::new(Inner { words, project, report }));
    let failed = |error: &dyn std::fmt::Display| Error::new(format!("the other side speaks no MCP: {error}"));
    let serving = server
        .serve(rmcp::transport::stdio())
        .await
        .map_err(|error| failed(&error))?;
    serving.waiting().await.map_err(|error| failed(&error))?;
    Ok(Exit::Clean)
}

#[derive(Clone)]
struct Server(Arc<Inner>);

struct Inner {
    words: SourceWords,
    project: Project,
    report: Report,
}

impl Inner {
    fn reading(&self) -> Result<Reading> {
        Reading::new(&self.words, &self.project, self.report)
    }
}

/// What `schema` is asked.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(crate = "rmcp::schemars")]
struct SchemaQuestion {
    /// Only objects whose name holds this text, whatever its case.
    like: Option<String>,
}

/// What `table` is asked.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(crate = "rmcp::schemars")]
struct TableQuestion {
    /// A table or view, such as `public.users`, or `users` where only one schema has it.
    name: String,
}

/// What `access` is asked.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(crate = "rmcp::schemars")]
struct AccessQuestion {
    /// One table or view, such as `public.users`, instead of all.
    table: Option<String>,
}

/// What `types` is asked.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(crate = "rmcp::schemars")]
struct TypesQuestion {
    /// `typescript`, `rust`, `python` or `json-schema`.
    lang: String,
    /// One table or view, such as `public.users`, with what its columns are made of, instead of all.
    table: Option<String>,
}

/// What `lint` is asked.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(crate = "rmcp::schemars")]
struct LintQuestion {
    /// A statement, or several in the order in which they would run.
    sql: String,
    /// Whether they run in one transaction, as most tools run a migration. Without it each runs by itself.
    transaction: Option<bool>,
}

/// What `migration` is asked.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(crate = "rmcp::schemars")]
struct MigrationQuestion {
    /// DDL that makes of the schema what is wished for, as short as can be: it is not what is run in the end.
    wish: String,
}

#[tool_router]
impl Server {
    /// The objects of the schema, one a line: kind, name, and the comment's first line.
    #[tool(annotations(read_only_hint = true, open_world_hint = false))]
    async fn schema(&self, Parameters(question): Parameters<SchemaQuestion>) -> CallToolResult {
        answer(look::schema(&self.0, question.like.as_deref()).await)
    }

    /// All that is known of a table or view, as JSON: columns, constraints, indexes, triggers, policies, grants, comments,
    /// and which foreign keys lead to it.
    #[tool(annotations(read_only_hint = true, open_world_hint = false))]
    async fn table(&self, Parameters(question): Parameters<TableQuestion>) -> CallToolResult {
        answer(look::table(&self.0, &question.name).await)
    }

    /// The types that pgkeel generates for the schema, or for one table of it, as the project's pgkeel.toml has them.
    #[tool(annotations(read_only_hint = true, open_world_hint = false))]
    async fn types(&self, Parameters(question): Parameters<TypesQuestion>) -> CallToolResult {
        answer(look::types(&self.0, &question.lang, question.table.as_deref()).await)
    }

    /// Who can do what, from owners, grants, memberships and policies: each role, object and command, how far it gets (every
    /// row, those that policies decide, none, denied), and what decides it.
    #[tool(annotations(read_only_hint = true, open_world_hint = false))]
    async fn access(&self, Parameters(question): Parameters<AccessQuestion>) -> CallToolResult {
        answer(look::access(&self.0, question.table.as_deref()).await)
    }

    /// What is wrong with who can reach what, as `pgkeel rls audit` finds it: findings as JSON, with evidence and fixes.
    #[tool(annotations(read_only_hint = true, open_world_hint = false))]
    async fn audit(&self) -> CallToolResult {
        answer(look::audit(&self.0).await)
    }

    /// What the schema would be better with, as `pgkeel advise` finds it: indexes, keys and types, as JSON, with evidence and
    /// fixes.
    #[tool(annotations(read_only_hint = true, open_world_hint = false))]
    async fn advice(&self) -> CallToolResult {
        answer(look::advice(&self.0).await)
    }

    /// What a statement would do to those who use the database meanwhile, and to what they rely on, as `pgkeel lint` finds it:
    /// locks, rewrites, scans, what is lost, as JSON, with the safe form. It goes by the schema; nothing is run.
    #[tool(annotations(read_only_hint = true, open_world_hint = false))]
    async fn lint(&self, Parameters(question): Parameters<LintQuestion>) -> CallToolResult {
        answer(look::lint(&self.0, question.sql, question.transaction.unwrap_or(false)).await)
    }

    /// A proved migration for a wish: the DDL is run in a scratch copy of the schema, by a role without any rights beyond it,
    /// and the answer is the SQL that gets there with tables in use, with the hazards of its steps. Write it to the
    /// project's migrations with `pgkeel migrate new`.
    #[tool(annotations(read_only_hint = true, open_world_hint = false))]
    async fn migration(&self, Parameters(question): Parameters<MigrationQuestion>) -> CallToolResult {
        answer(wish::migration(&self.0, question).await)
    }
}

#[tool_handler]
impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        let mut config = ServerConfig::new(ServerCapabilities::builder().enable_tools().build());
        config.server_info = Implementation::new("pgkeel", env!("CARGO_PKG_VERSION"));
        config.with_instructions(INSTRUCTIONS)
    }
}

/// An error is an answer too: whoever asked can mend the question.
fn answer(outcome: Result<String>) -> CallToolResult {
    match outcome {
        Ok(text) => CallToolResult::success(vec![ContentBlock::text(text)]),
        Err(error) => {
            let mut text = redact(&error.to_string()).into_owned();
            for (what, more) in [("detail", error.detail()), ("hint", error.hint())] {
                if let Some(more) = more {
                    text.push_str(&format!("\n{what}: {}", redact(more)));
                }
            }
            CallToolResult::error(vec![ContentBlock::text(text)])
        }
    }
}
