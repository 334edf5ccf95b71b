//! `pgkeel mcp`: what an agent is told, and what it cannot do.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

use crate::support::command::Folder;
use crate::support::database::database;
use crate::support::servers::psql;
use crate::support::toolchain::run;

const SCHEMA: &str = "\
CREATE SCHEMA shop;
CREATE ROLE buyer;
GRANT USAGE ON SCHEMA shop TO buyer;
CREATE TABLE shop.customers (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text NOT NULL);
COMMENT ON TABLE shop.customers IS 'Who buys.';
CREATE TABLE shop.orders (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id bigint NOT NULL REFERENCES shop.customers,
    state text NOT NULL DEFAULT 'open'
);
ALTER TABLE shop.orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON shop.orders FOR SELECT USING (state <> 'hidden');
CREATE POLICY opened ON shop.orders FOR SELECT USING (state = 'open');
GRANT SELECT ON shop.customers, shop.orders TO buyer;
";

/// A client that speaks the protocol line by line.
struct Client {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
    last: u64,
}

impl Client {
    fn new(folder: &Folder, arguments: &[&str]) -> Self {
        let mut command = folder.command(&[&["mcp", "--quiet"], arguments].concat());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let stdin = child.stdin.take().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let mut client = Self {
            child,
            stdin,
            stdout,
            last: 0,
        };
        let hello = client.ask(
            "initialize",
            json!({ "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": { "name": "test", "version": "1" } }),
        );
        assert_eq!(hello["serverInfo"]["name"], "pgkeel", "{hello}");
        client.send(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }));
        client
    }

    fn send(&mut self, message: &Value) {
        writeln!(self.stdin, "{message}").unwrap();
    }

    fn ask(&mut self, method: &str, params: Value) -> Value {
        self.last += 1;
        let id = self.last;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        loop {
            let mut line = String::new();
            assert_ne!(self.stdout.read_line(&mut line).unwrap(), 0, "the server is gone");
            let answer: Value = serde_json::from_str(&line).expect("a message a line");
            if answer["id"] == id {
                assert!(answer.get("error").is_none(), "{answer}");
                return answer["result"].clone();
            }
        }
    }

    /// The text of a tool's answer, or of its error.
    fn call(&mut self, tool: &str, arguments: Value) -> Result<String, String> {
        let result = self.ask("tools/call", json!({ "name": tool, "arguments": arguments }));
        let text = result["content"][0]["text"].as_str().unwrap().to_owned();
        match result["isError"] == true {
            true => Err(text),
            false => Ok(text),
        }
    }

    /// The server ends with its input.
    fn close(mut self) {
        drop(self.stdin);
        assert!(self.child.wait().unwrap().success());
    }
}

fn served(name: &str) -> (Folder, Client) {
    let folder = project(name);
    let client = Client::new(&folder, &["--source", "schema.sql"]);
    (folder, client)
}

fn project(name: &str) -> Folder {
    let folder = Folder::new(name);
    folder.write("schema.sql", SCHEMA);
    folder.write(
        "pgkeel.toml",
        "[rls]\nroles = [\"buyer\"]\nexposed-schemas = [\"shop\"]\n",
    );
    folder
}

#[test]
fn tools_say_that_they_only_read() {
    let (_folder, mut client) = served("mcp.tools");
    let tools = client.ask("tools/list", json!({}))["tools"].clone();
    let tools = tools.as_array().unwrap();
    let names = tools
        .iter()
        .map(|tool| tool["name"].as_str().unwrap())
        .collect::<Vec<_>>();
    for name in [
        "schema",
        "table",
        "access",
        "types",
        "lint",
        "migration",
        "audit",
        "advice",
    ] {
        assert!(names.contains(&name), "{names:?}");
    }
    for tool in tools {
        assert_eq!(tool["annotations"]["readOnlyHint"], true, "{tool}");
        assert!(
            tool["description"].as_str().is_some_and(|text| text.len() > 40),
            "{tool}"
        );
    }
    client.close();
}

#[test]
fn schema_and_tables_are_told() {
    let (_folder, mut client) = served("mcp.look");
    let all = client.call("schema", json!({})).unwrap();
    assert_eq!(all, "table shop.customers: Who buys.\ntable shop.orders\n");
    assert_eq!(
        client.call("schema", json!({ "like": "ORD" })).unwrap(),
        "table shop.orders\n"
    );
    let table: Value = serde_json::from_str(&client.call("table", json!({ "name": "customers" })).unwrap()).unwrap();
    assert_eq!(table["columns"][1]["name"], "email");
    assert_eq!(table["referenced_by"][0]["relation"], "shop.orders", "{table}");
    let wrong = client.call("table", json!({ "name": "shop.custmers" })).unwrap_err();
    assert!(
        wrong.contains("shop.custmers") && wrong.contains("did you mean `shop.customers`?"),
        "{wrong}"
    );
    let access = client.call("access", json!({ "table": "shop.orders" })).unwrap();
    assert!(
        access.contains("buyer  some    select") && !access.contains("shop.customers"),
        "{access}"
    );
    for (tool, rule) in [
        ("audit", "rls-disabled"),
        ("advice", "unindexed-foreign-keys"),
        ("advice", "multiple-permissive-policies"),
    ] {
        let found = client.call(tool, json!({})).unwrap();
        assert!(found.contains("\"findings\""), "{tool}: {found}");
        assert!(found.contains(rule), "{tool}: {found}");
    }
    let types = client.call("types", json!({ "lang": "typescript" })).unwrap();
    assert!(types.contains("customers: {"), "{types}");
    client.close();
}

#[test]
fn types_of_one_table_are_told_in_every_language() {
    let (_folder, mut client) = served("mcp.types");
    for (lang, orders, customers) in [
        ("typescript", "orders: {", "customers: {"),
        ("rust", "pub struct Orders {", "pub struct Customers {"),
        ("python", "class ShopOrders(", "class ShopCustomers("),
        ("json-schema", "\"shop.orders\"", "\"shop.customers\""),
    ] {
        let one = client
            .call("types", json!({ "lang": lang, "table": "shop.orders" }))
            .unwrap();
        assert!(one.contains(orders) && !one.contains(customers), "{lang}: {one}");
        let all = client.call("types", json!({ "lang": lang })).unwrap();
        assert!(all.contains(orders) && all.contains(customers), "{lang}: {all}");
    }
    let wrong = client.call("types", json!({ "lang": "rust", "table": "shop.order" }));
    assert!(wrong.unwrap_err().contains("did you mean `shop.orders`?"));
    client.close();
}

#[test]
fn statements_are_linted_by_the_schema() {
    let (_folder, mut client) = served("mcp.lint");
    let mut rules = |sql: &str, transaction: bool| {
        let found = client
            .call("lint", json!({ "sql": sql, "transaction": transaction }))
            .unwrap();
        let found: Value = serde_json::from_str(&found).unwrap();
        let rules = found["findings"].as_array().unwrap().iter();
        rules
            .map(|finding| finding["rule"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let has = |rules: Vec<String>, rule: &str| rules.iter().any(|found| found == rule);
    assert!(has(
        rules("CREATE INDEX i ON shop.orders (state)", false),
        "index-not-concurrent"
    ));
    let gentle = "CREATE INDEX CONCURRENTLY i ON shop.orders (state)";
    assert!(!has(rules(gentle, false), "index-not-concurrent"));
    assert!(!has(rules(gentle, false), "concurrently-in-transaction"));
    assert!(has(rules(gentle, true), "concurrently-in-transaction"));
    // Only the schema knows that a policy uses the column.
    assert!(has(
        rules("ALTER TABLE shop.orders ALTER state TYPE varchar(20)", false),
        "type-change-blocked-by-view"
    ));
    client.close();
}

#[test]
fn what_could_not_be_looked_at_is_told() {
    let folder = Folder::new("mcp.gap");
    folder.write("schema.sql", "create table notes (id int primary key);");
    let mut client = Client::new(&folder, &["--source", "schema.sql"]);
    for tool in ["audit", "access"] {
        let told = client.call(tool, json!({})).unwrap();
        assert!(told.contains("no roles from outside are known"), "{tool}: {told}");
    }
    client.close();
}

/// What the tests above say line by line, through the protocol's own SDK.
#[tokio::test(flavor = "multi_thread")]
async fn the_official_client_is_served() {
    use rmcp::ServiceExt as _;
    use rmcp::model::CallToolRequestParams;

    let folder = project("mcp.client");
    let mut command = tokio::process::Command::from(folder.command(&["mcp", "--quiet", "--source", "schema.sql"]));
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let (stdout, stdin) = (child.stdout.take().unwrap(), child.stdin.take().unwrap());
    let client = ().serve((stdout, stdin)).await.unwrap();
    for (tool, arguments, says) in [
        ("schema", json!({}), "table shop.orders"),
        ("table", json!({ "name": "orders" }), "\"policies\""),
        (
            "types",
            json!({ "lang": "rust", "table": "orders" }),
            "pub struct Orders",
        ),
        ("access", json!({}), "buyer"),
        ("audit", json!({}), "\"findings\""),
        ("advice", json!({}), "unindexed-foreign-keys"),
        ("lint", json!({ "sql": "DROP TABLE shop.orders" }), "drop-table"),
        (
            "migration",
            json!({ "wish": "ALTER TABLE shop.orders ADD note text" }),
            "ADD COLUMN note text",
        ),
    ] {
        let Value::Object(arguments) = arguments else {
            unreachable!()
        };
        let question = CallToolRequestParams::new(tool).with_arguments(arguments);
        let answer = client.call_tool(question).await.unwrap();
        let text = serde_json::to_value(&answer).unwrap()["content"][0]["text"].to_string();
        let says = says.replace('"', "\\\"");
        assert!(answer.is_error != Some(true) && text.contains(&says), "{tool}: {text}");
    }
    let known = client.list_all_tools().await.unwrap();
    assert_eq!(known.len(), 8, "a tool is not asked here");
    client.cancel().await.unwrap();
    assert!(child.wait().await.unwrap().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn wishes_come_back_as_proved_migrations() {
    let database = database(SCHEMA).await;
    let folder = Folder::new("mcp.wishes");
    folder.write(".env", format!("DATABASE_URL={}\n", database.url()));
    let mut client = Client::new(&folder, &[]);
    let wish = "ALTER TABLE shop.orders RENAME COLUMN state TO status;\n\
                CREATE INDEX orders_customer_id ON shop.orders (customer_id);\n\
                CREATE MATERIALIZED VIEW shop.loads AS SELECT count(*) FROM shop.orders";
    let sql = client.call("migration", json!({ "wish": wish })).unwrap();
    assert!(sql.contains("CREATE INDEX CONCURRENTLY"), "{sql}");
    assert!(sql.contains("RENAME COLUMN state TO status"), "{sql}");
    assert!(!sql.contains("pgkeel_wish"), "{sql}");
    // Nothing has happened to the database that was read, and the answer runs there as it is.
    let ask = |sql: &'static str| {
        let database = &database;
        async move {
            let mut connection = database.connect().await.unwrap();
            let answer: i64 = sqlx::query_scalar(sql).fetch_one(&mut connection).await.unwrap();
            answer
        }
    };
    assert_eq!(ask("SELECT count(*) FROM pg_matviews").await, 0);
    folder.write("wish.sql", &sql);
    let mut psql = Command::new(psql());
    psql.args([
        "--no-psqlrc",
        "--quiet",
        "-v",
        "ON_ERROR_STOP=1",
        "-f",
        "wish.sql",
        "-d",
        &database.url(),
    ]);
    run(psql.current_dir(&folder.path)).unwrap();
    assert_eq!(ask("SELECT count(status) FROM shop.orders").await, 0);
    assert_eq!(ask("SELECT count(*) FROM pg_matviews").await, 1);
    let wish = "CREATE INDEX IF NOT EXISTS orders_customer_id ON shop.orders (id)";
    let again = client.call("migration", json!({ "wish": wish }));
    assert_eq!(again.unwrap(), "-- the schema is like that already\n");
    let wrong = client.call("migration", json!({ "wish": "ALTER TABLE shop.order ADD x int" }));
    let wrong = wrong.unwrap_err();
    assert!(wrong.contains("relation \"shop.order\" does not exist"), "{wrong}");
    client.close();
}

#[test]
fn wishes_cannot_leave_the_scratch_database() {
    let (folder, mut client) = served("mcp.hostile");
    let touched = folder.path.join("touched");
    let program = format!("COPY (SELECT 1) TO PROGRAM 'touch {}'", touched.display());
    let function = format!(
        "CREATE FUNCTION shop.boom() RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN {program}; RETURN 1; END $$"
    );
    let hostile = [
        program.clone(),
        format!("RESET SESSION AUTHORIZATION; RESET ROLE; {program}"),
        "CREATE TABLE shop.x AS SELECT pg_read_file('/etc/passwd')".to_owned(),
        "ALTER ROLE pgkeel_wish SUPERUSER".to_owned(),
        "\\i /etc/passwd".to_owned(),
        format!("{function}; ALTER TABLE shop.orders ADD x int DEFAULT shop.boom()"),
        format!("{function}; CREATE MATERIALIZED VIEW shop.m AS SELECT shop.boom()"),
    ];
    for wish in hostile {
        let refused = client.call("migration", json!({ "wish": wish }));
        assert!(refused.is_err(), "{wish}: {refused:?}");
        assert!(!touched.exists(), "{wish}");
    }
    // What does not run in the wish does not run in its proof either.
    for wish in [
        format!("{function}; CREATE MATERIALIZED VIEW shop.m AS SELECT shop.boom() WITH NO DATA"),
        format!("{function}; CREATE TABLE shop.y (x int DEFAULT shop.boom(), CHECK (shop.boom() > 0))"),
    ] {
        let _ = client.call("migration", json!({ "wish": wish }));
        assert!(!touched.exists(), "{wish}");
    }
    client.close();
}
