//! Policies that are broken, one at a time: each that lets somebody reach something else is noticed.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};

use pgkeel::access::Settings;
use pgkeel::access::audit::rights::{Rights, privilege, read_by};
use pgkeel::access::prove::{self, Expected, Tested, Wish};
use pgkeel::access::stubs;
use pgkeel::catalog::access::Privilege;
use pgkeel::catalog::acl::AclKind;
use pgkeel::catalog::policy::Policy;
use pgkeel::catalog::relation::RelationKind;
use pgkeel::catalog::routine::Body;
use pgkeel::catalog::scope::Scope;
use pgkeel::catalog::trigger::Event;
use pgkeel::catalog::{Catalog, Name, QName};
use pgkeel::config::Rls;
use pgkeel::finding::Finding;
use pgkeel::introspect::{self, Depth};
use pgkeel::scratch::{self, Options, Platform, Scratch};
use sqlx::{AssertSqlSafe, PgConnection};

use crate::support::database::database;

/// How long all mutants of a schema may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(240);
/// What the audit finds without running anything.
const UNPINNED: &str = "only who can make tables of the same names gains by it, and no cell does";
const PRELUDE: &str = include_str!("prelude.sql");

/// A policy, table or function that is broken.
pub(super) struct Mutant {
    pub(super) name: String,
    pub(super) sql: String,
    /// The table whose rows are reached through it; `None` for any.
    table: Option<QName>,
}

#[tokio::test]
async fn no_broken_policy_of_an_owner_passes() {
    let sql = format!("{PRELUDE}{}", include_str!("schemas/owner.sql"));
    let same = [
        ("off public.countries", "everybody may read it, and nobody may write it"),
        (
            "with check true of own_update on public.profiles",
            "nobody may write the column that it asks about",
        ),
    ];
    assert_caught(&database(&sql).await, &[], &same).await;
}

#[tokio::test]
async fn no_broken_policy_of_a_tenant_passes() {
    let sql = format!("{PRELUDE}{}", include_str!("schemas/tenants.sql"));
    let helpers = helpers(
        "create or replace function private.my_organizations(roles public.member_role[]) returns setof uuid
        language sql stable security definer set search_path = '' as 'select id from public.organizations'",
        "alter function private.my_organizations reset search_path",
    );
    let same = [
        ("helper without search_path", UNPINNED),
        (
            "swap authors_update on public.tasks",
            "the restrictive policy asks about the new row too",
        ),
        (
            "drop check of authors_update on public.tasks",
            "the restrictive policy asks about the new row too",
        ),
        (
            "using true of members_select on public.tasks",
            "the restrictive policy asks the same",
        ),
    ];
    assert_caught(&database(&sql).await, &helpers, &same).await;
}

#[tokio::test]
async fn no_broken_policy_of_roles_passes() {
    let sql = format!("{PRELUDE}{}", include_str!("schemas/roles.sql"));
    let helpers = helpers(
        "create or replace function private.has_role(wanted text) returns boolean
        language sql stable security definer set search_path = '' as 'select true'",
        "alter function private.has_role reset search_path",
    );
    let same = [("helper without search_path", UNPINNED)];
    assert_caught(&database(&sql).await, &helpers, &same).await;
}

/// A helper that is broken: by one that says yes to everybody, and by what takes its path away.
fn helpers<'a>(everybodys: &'a str, unpinned: &'a str) -> [(&'a str, &'a str); 2] {
    [
        ("helper returns all", everybodys),
        ("helper without search_path", unpinned),
    ]
}

#[tokio::test]
async fn no_broken_policy_of_the_example_passes() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations-example");
    let options = Options {
        platform: Platform::Supabase,
        ..Options::default()
    };
    let scratch = scratch::start(&options).await.unwrap();
    let files = scratch::sql_files(&folder).unwrap();
    scratch::replay(&mut scratch.connect().await.unwrap(), &files)
        .await
        .unwrap();
    let same = [
        (
            "with check true of everyone changes their own profile on public.profiles",
            "nobody may write the column that it asks about",
        ),
        (
            "with check true of members work with tasks on public.tasks",
            "the restrictive policies ask for a role in the task's organisation",
        ),
    ];
    assert_caught(&scratch, &[], &same).await;
}

/// Breaks everything in turn. What is not noticed has to be among `equivalent`, each with the reason why nobody reaches
/// anything else.
async fn assert_caught(scratch: &Scratch, helpers: &[(&str, &str)], equivalent: &[(&str, &str)]) {
    let start = Instant::now();
    let broken = broken(scratch, &Rls::default(), helpers).await;
    println!(
        "{} mutants in {:?}, {} of them the same",
        broken.count,
        start.elapsed(),
        broken.missed.len()
    );
    assert!(start.elapsed() < PATIENCE, "{:?}", start.elapsed());
    broken.assert_same(equivalent);
}

/// What came of breaking everything.
pub(super) struct Broken {
    /// In how many ways.
    pub(super) count: usize,
    /// What of it is not noticed.
    pub(super) missed: Vec<Mutant>,
    /// What was found before anything was broken.
    pub(super) leaks: Vec<Finding>,
}

impl Broken {
    /// What is not noticed is what is listed, and nothing was wrong before.
    pub(super) fn assert_same(&self, equivalent: &[(&str, &str)]) {
        assert!(self.leaks.is_empty(), "{:#?}", self.leaks);
        let missed = self.missed.iter().map(|mutant| mutant.name.as_str());
        let missed = missed.collect::<BTreeSet<_>>();
        let listed = equivalent.iter().map(|(name, _)| *name).collect::<BTreeSet<_>>();
        let unlisted = missed.difference(&listed).collect::<Vec<_>>();
        let caught = listed.difference(&missed).collect::<Vec<_>>();
        assert!(unlisted.is_empty(), "passes unnoticed: {unlisted:#?}");
        assert!(caught.is_empty(), "is noticed, and need not be listed: {caught:#?}");
    }
}

/// Breaks everything in turn.
pub(super) async fn broken(scratch: &Scratch, rls: &Rls, helpers: &[(&str, &str)]) -> Broken {
    let mut conn = scratch.connect().await.unwrap();
    let (catalog, _) = introspect::read(&mut conn, &Scope::default(), Depth::Whole)
        .await
        .unwrap();
    let roles = prove::roles(&mut conn).await.unwrap();
    let settings = Settings::new(rls, &catalog, &roles).unwrap();
    let is_ours = |relation: &QName| settings.is_ours(&relation.schema);
    let mut mutants = mutants(&catalog, &settings);
    mutants.extend(widened(&catalog, &settings));
    mutants.extend(helpers.iter().map(|(name, sql)| Mutant {
        name: (*name).to_owned(),
        sql: (*sql).to_owned(),
        table: None,
    }));
    let wish = Wish {
        archetypes: stubs::Wish::new(rls, &catalog).unwrap().archetypes,
        login: rls.login.clone(),
        ..Wish::default()
    };
    let stage = prove::prepare(&mut conn, &catalog, &settings, &wish, is_ours)
        .await
        .unwrap();
    let tested = stage.run(&mut conn).await.unwrap();
    let expected = tested.observed();
    let leaks = prove::findings(&tested, None);
    let leaks = leaks.into_iter().filter(|finding| finding.rule != "rls-untestable");
    let leaks = leaks.collect::<Vec<_>>();
    let count = mutants.len();
    let mut missed = Vec::new();
    for mutant in mutants {
        execute(&mut conn, "savepoint mutant").await;
        execute(&mut conn, &mutant.sql).await;
        // Most are noticed at the table itself; only for the others are views looked at.
        let is_it = |name: &QName| mutant.table.as_ref().is_none_or(|table| name == table);
        let is_noticed = noticed(&stage.run_on(&mut conn, is_it).await.unwrap(), &expected)
            || mutant.table.is_some() && {
                let tested = stage.run_on(&mut conn, |name| is_view(&catalog, name)).await.unwrap();
                noticed(&tested, &expected)
            };
        if !is_noticed {
            missed.push(mutant);
        }
        execute(&mut conn, "rollback to savepoint mutant; release savepoint mutant").await;
    }
    prove::leave(&mut conn).await.unwrap();
    Broken { count, missed, leaks }
}

/// Whether something is found that is another than before.
fn noticed(tested: &Tested<'_, '_>, expected: &Expected) -> bool {
    let findings = prove::findings(tested, Some(expected));
    findings
        .iter()
        .any(|finding| finding.rule != "rls-untestable" && !finding.message.contains("no longer in the schema"))
}

/// Each helper that pgkeel wrote, with an answer for everybody.
fn widened(catalog: &Catalog, settings: &Settings) -> Vec<Mutant> {
    let helpers = catalog.routines.iter().filter(|row| {
        let is_written = |text: &str| text.starts_with("select") && text.contains(" where ");
        row.id.name.schema == settings.private_schema && matches!(&row.body, Body::Source(text) if is_written(text))
    });
    let widened = helpers.map(|row| Mutant {
        name: format!("everybody's {}", row.id.name),
        sql: format!(
            "update pg_proc set prosrc = case prorettype when 'boolean'::regtype then 'select true'
               else split_part(prosrc, ' where ', 1) end
             where oid = '{}({})'::regprocedure",
            row.id.name, row.id.arguments
        ),
        table: None,
    });
    widened.collect()
}

/// Every way to break each policy, table and grant, but for what changes nothing by PostgreSQL's own rules: a policy or
/// privilege for a role that may not use the schema or the table anyway, and a WITH CHECK that says what USING says.
fn mutants(catalog: &Catalog, settings: &Settings) -> Vec<Mutant> {
    let rights = Rights::new(catalog, settings);
    let mut mutants = Vec::new();
    for policy in catalog
        .policies
        .iter()
        .filter(|policy| settings.is_ours(&policy.relation.schema))
    {
        let mut add = |what: &str, sql: String| {
            mutants.push(Mutant {
                name: format!("{what} {} on {}", policy.name, policy.relation),
                sql,
                table: Some(policy.relation.clone()),
            });
        };
        let table = catalog.relation(&policy.relation).unwrap();
        let commands = match policy.command {
            Some(command) => vec![command],
            None => vec![Event::Select, Event::Insert, Event::Update, Event::Delete],
        };
        let is_for = |role: &Name| policy.roles.is_empty() || policy.roles.iter().any(|to| rights.acts_as(role, to));
        let may = |role: &Name| {
            commands
                .iter()
                .any(|command| rights.can_some(role, privilege(*command), table.row))
        };
        let outside = || settings.outside.iter();
        if !outside().any(|role| is_for(role) && may(role)) {
            continue;
        }
        let alter = format!("alter policy \"{}\" on {}", policy.name, policy.relation);
        add("drop", dropped(policy));
        for (clause, text) in [("using", &policy.using), ("with check", &policy.check)] {
            if let Some(text) = text {
                add(
                    &format!("negate {clause} of"),
                    format!("{alter} {clause} (not coalesce(({text}), false))"),
                );
                if text != "true" {
                    add(&format!("{clause} true of"), format!("{alter} {clause} (true)"));
                }
            }
        }
        if policy.using.is_some() && policy.check.is_some() && policy.using != policy.check {
            let without = Policy {
                check: None,
                ..policy.clone()
            };
            add("drop check of", format!("{}; {}", dropped(policy), created(&without)));
        }
        if let (Some(using), Some(check)) = (&policy.using, &policy.check)
            && using != check
        {
            add("swap", format!("{alter} using ({check}) with check ({using})"));
        }
        if outside().any(|role| !is_for(role) && may(role)) {
            add("to public", format!("{alter} to public"));
        }
        if let Some(anonymous) = &settings.anonymous
            && policy.roles != [anonymous.clone()]
        {
            add("to anon", format!("{alter} to anon"));
        }
        let other = Policy {
            permissive: !policy.permissive,
            ..policy.clone()
        };
        add("other kind of", format!("{}; {}", dropped(policy), created(&other)));
    }
    for relation in catalog
        .relations
        .iter()
        .filter(|relation| settings.is_ours(&relation.name.schema))
    {
        let name = &relation.name;
        let mut add = |what: String, sql: String| {
            mutants.push(Mutant {
                name: what,
                sql,
                table: Some(name.clone()),
            });
        };
        let is_table = matches!(relation.kind, RelationKind::Table | RelationKind::PartitionedTable);
        let reads = |role: &Name, name: &QName| {
            catalog
                .relation(name)
                .is_some_and(|read| rights.can_some(role, Privilege::Select, read.row))
        };
        let all = AclKind::Relation.all(13).iter().filter(|privilege| {
            !matches!(privilege, Privilege::References | Privilege::Trigger)
                && (is_table || **privilege == Privilege::Select)
        });
        for privilege in all {
            let word = format!("{privilege:?}").to_lowercase();
            for role in settings
                .outside
                .iter()
                .filter(|role| rights.uses_schema(role, &name.schema))
            {
                // As the role, an invoker's view reads what the role may not.
                let is_blocked = relation.kind == RelationKind::View
                    && rights.read_as(role, relation) == role
                    && read_by(catalog, &relation.object())
                        .iter()
                        .any(|read| !reads(role, read));
                if !rights.can(role, *privilege, &relation.object()) && !is_blocked {
                    let sql = format!("grant {word} on {name} to {role}");
                    add(sql.clone(), sql);
                }
            }
        }
        let is_reached = settings
            .outside
            .iter()
            .any(|role| rights.can_some(role, Privilege::Select, relation));
        if is_table && relation.row_security && is_reached {
            add(
                format!("off {name}"),
                format!("alter table {name} disable row level security"),
            );
        }
        let owns = |role: &Name| rights.acts_as(role, &relation.owner);
        if relation.force_row_security && settings.outside.iter().any(owns) {
            add(
                format!("no force {name}"),
                format!("alter table {name} no force row level security"),
            );
        }
        if relation.kind == RelationKind::View && is_reached {
            add(
                format!("definer {name}"),
                format!("alter view {name} reset (security_invoker)"),
            );
        }
    }
    mutants
}

fn is_view(catalog: &Catalog, name: &QName) -> bool {
    catalog
        .relation(name)
        .is_some_and(|relation| relation.row.kind == RelationKind::View)
}

fn dropped(policy: &Policy) -> String {
    format!("drop policy \"{}\" on {}", policy.name, policy.relation)
}

fn created(policy: &Policy) -> String {
    let kind = if policy.permissive { "permissive" } else { "restrictive" };
    let command = match policy.command {
        None => "all",
        Some(Event::Select) => "select",
        Some(Event::Insert) => "insert",
        Some(Event::Update) => "update",
        Some(_) => "delete",
    };
    let roles = if policy.roles.is_empty() {
        "public".to_owned()
    } else {
        policy.roles.join(", ")
    };
    let using = policy
        .using
        .iter()
        .map(|text| format!(" using ({text})"))
        .collect::<String>();
    let check = policy
        .check
        .iter()
        .map(|text| format!(" with check ({text})"))
        .collect::<String>();
    format!(
        "create policy \"{}\" on {} as {kind} for {command} to {roles}{using}{check}",
        policy.name, policy.relation
    )
}

async fn execute(conn: &mut PgConnection, sql: &str) {
    let ran = sqlx::raw_sql(AssertSqlSafe(sql)).execute(conn).await;
    ran.unwrap_or_else(|error| panic!("{sql}: {error}"));
}
