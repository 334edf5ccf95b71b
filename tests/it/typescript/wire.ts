// Reads every row through the clients, and asks the validators of the generated types whether it is what they say.
import assert from "node:assert";
import { inspect } from "node:util";
import pg from "pg";
import postgres from "postgres";
import type { z } from "zod";
import * as driver from "./postgres-js/types.js";
import * as node from "./node/types.js";
import * as rest from "./rest/types.js";
import * as typed from "./special-node/types.js";
import * as typedRest from "./special-rest/types.js";

function check(what: string, schema: z.ZodType, rows: Iterable<object>): number {
  let count = 0;
  for (const row of rows) {
    const result = schema.safeParse(row);
    assert(result.success, `${what}: ${result.error?.message}\n${inspect(row)}`);
    count += 1;
  }
  return count;
}

const client = new pg.Client();
await client.connect();
const sql = postgres({ path: `${process.env["PGHOST"]}/.s.PGSQL.${process.env["PGPORT"]}` });
const fromNode = async (query: string) => (await client.query(query)).rows as object[];
const fromRest = async (query: string) =>
  (await client.query(`select to_json(row)::text as json from (${query}) row`)).rows.map(({ json }) => JSON.parse(json));

const count = {
  node: check("node", node.ScalarsSchema, await fromNode("select * from scalars"))
    + check("node", node.ArraysSchema, await fromNode("select * from arrays"))
    + check("node", node.HappySchema, await fromNode("select * from happy"))
    + check("node", node.LatestSchema, await fromNode("select * from latest"))
    + check("node", typed.SpecialSchema, await fromNode("select * from special")),
  driver: check("postgres.js", driver.ScalarsSchema, await sql.unsafe("select * from scalars"))
    + check("postgres.js", driver.ArraysSchema, await sql.unsafe("select * from arrays where id < 100"))
    + check("postgres.js", driver.HappySchema, await sql.unsafe("select * from happy"))
    + check("postgres.js", driver.LatestSchema, await sql.unsafe("select * from latest")),
  rest: check("rest", rest.ScalarsSchema, await fromRest("select * from scalars"))
    + check("rest", rest.ArraysSchema, await fromRest("select * from arrays"))
    + check("rest", rest.HappySchema, await fromRest("select * from happy"))
    + check("rest", rest.LatestSchema, await fromRest("select * from latest"))
    + check("rest", typedRest.SpecialSchema, await fromRest("select * from special")),
};

// What the types of an insert admit, the database takes.
const scalars: node.ScalarsInsert = {
  email: "a@b", int8: 9007199254740993n, numeric: "1.5", money: 2, bytea: new Uint8Array([1]), date: "2020-01-01",
  timestamptz: new Date(), interval: "1 day", json: "[1]", jsonb: { a: [1] }, point: "(1,2)", mood: "so-so", hstore: "a=>1",
  address: "(x,1,{sad})", scores: [1, null], text: null, oid: 1,
};
const arrays: node.ArraysInsert = {
  bool: [[true], [null]], int8: [1n, "2", 3], text: ["a", null], mood: ["sad", null], email: ["a@b"], address: ["(x,1,)"],
  timestamptz: [new Date(), "2020-01-01"], jsonb: [{ a: 1 }, "[1]"], bytea: [Buffer.from("a")], int4range: ["[1,2)"],
};
for (const [schema, table, row] of [
  [node.ScalarsInsertSchema, "scalars", scalars],
  [node.ArraysInsertSchema, "arrays", arrays],
] as const) {
  check("insert", schema, [row]);
  const keys = Object.keys(row);
  const places = keys.map((_, at) => `$${at + 1}`);
  await client.query(`insert into ${table} (${keys}) values (${places})`, Object.values(row));
}
const js: driver.ScalarsInsert = {
  email: "a@b", int8: 1, numeric: 1.5, money: "1", bytea: new Uint8Array([1]), date: new Date(), timestamptz: "2020-01-01",
  interval: "1 day", json: [1], jsonb: "text", point: "(1,2)", mood: "sad", bool: true,
  // postgres.js does not serialize for a domain.
  scores: "{1,null}",
};
const jsArrays: driver.ArraysInsert = {
  // postgres.js would take the type of these elements for that of the whole.
  bool: "{t,NULL}", timestamptz: ["2020-01-01", null],
  text: ["a", null], mood: ["sad", null], email: ["a@b"], score: [1], numeric: ["1.5", 2], address: ["(x,1,)"],
  jsonb: [{ a: 1 }, [1]], int4: [[1], [2]], int4range: ["[1,2)"], int8: ["1", 2],
};
check("insert", driver.ScalarsInsertSchema, [js]);
check("insert", driver.ArraysInsertSchema, [jsArrays]);
await sql`insert into scalars ${sql(js)}`;
await sql`insert into arrays ${sql(jsArrays)}`;

// PostgREST inserts what json_populate_record makes of an object.
type Insert = rest.TablesInsert<"scalars">;
const json: Insert[] = [
  { email: "a@b", int8: 1, json: [null], jsonb: { a: 1 }, hstore: "a=>1", address: { street: "x", zip: null, moods: ["sad", null] } },
  { email: "a@b", money: 5, bytea: "\\xdead", oid: "7", pair: { a: null, b: "x" }, scores: [1, null], mood: "", high_score: 51 },
];
check("insert", rest.ScalarsInsertSchema, json);
for (const row of json) {
  const keys = Object.keys(row);
  const text = JSON.stringify(row);
  await client.query(`insert into scalars (${keys}) select ${keys} from json_populate_record(null::scalars, $1)`, [text]);
}
// What a rule refuses, the database refuses.
for (const wrong of [{ email: "ab" }, { email: "a@b", score: 101 }, { email: "a@b", high_score: 50 }, { email: "a@b", varchar: "abcdef" }, { email: "a@b", numeric: 100000000 }, { email: "a@b", jsonb: null as never }]) {
  const accepted = rest.ScalarsInsertSchema.safeParse(wrong).success;
  const key = Object.keys(wrong).at(-1);
  const insert = client.query(
    `insert into scalars (email, ${key === "email" ? "id" : key}) overriding system value select email, ${key === "email" ? 500 : key} from json_populate_record(null::scalars, $1)`,
    [JSON.stringify(wrong)],
  );
  const taken = await insert.then(() => true, () => false);
  assert.equal(accepted, taken, JSON.stringify(wrong));
}
check("node", node.ScalarsSchema, await fromNode("select * from scalars"));
check("node", node.ArraysSchema, await fromNode("select * from arrays"));
check("rest", rest.ScalarsSchema, await fromRest("select * from scalars"));
check("postgres.js", driver.ScalarsSchema, await sql.unsafe("select * from scalars where array_position(scores, null) is null"));

await client.end();
await sql.end();
console.log(JSON.stringify(count));
