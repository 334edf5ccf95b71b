// How an application uses the types with the real supabase-js. Nothing here runs: it has to compile, or has not to.
import { createClient } from "@supabase/supabase-js";
import {
  type CompositeTypes,
  Constants,
  type Database,
  type Enums,
  type Json,
  type PgArray,
  type Tables,
  type TablesInsert,
  type TablesUpdate,
} from "./supabase/types.js";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function same<A, B>(_proof: Equal<A, B>): void {}

const client = createClient<Database>("http://localhost", "key");

export async function selects() {
  const all = await client.from("users").select("*").single().throwOnError();
  same<(typeof all.data)["email"], string>(true);
  same<(typeof all.data)["name"], string | null>(true);
  same<(typeof all.data)["mood"], "happy">(true);
  same<(typeof all.data)["tags"], PgArray<string | null>>(true);
  same<(typeof all.data)["settings"], { theme: "dark" | "light" }>(true);
  same<(typeof all.data)["anything"], Json>(true);
  // @ts-expect-error: a computed field is not among *
  all.data.display_name;

  const some = await client.from("users").select("id, display_name, settings->theme").single().throwOnError();
  same<(typeof some.data)["display_name"], string | null>(true);
  same<(typeof some.data)["theme"], "dark" | "light">(true);
  // @ts-expect-error: no such column
  (await client.from("users").select("nothing").single().throwOnError()).data.nothing;

  // One side of a foreign key is an object, the other an array, and an object or null where it is one-to-one.
  const posts = await client.from("posts").select("id, users(id, name)").single().throwOnError();
  same<(typeof posts.data)["users"], { id: number; name: string | null }>(true);
  const users = await client.from("users").select("posts(body), profiles(bio)").single().throwOnError();
  same<(typeof users.data)["posts"], { body: string | null }[]>(true);
  same<(typeof users.data)["profiles"], { bio: string } | null>(true);
  const inner = await client.from("posts").select("id, author:users!inner(name)").throwOnError();
  same<(typeof inner.data)[number]["author"], { name: string | null }>(true);
  const computed = await client.from("users").select("users_posts(id)").single().throwOnError();
  same<(typeof computed.data)["users_posts"], { id: string }[]>(true);

  const orders = await client.schema("app").from("orders").select("status, public_mood").throwOnError();
  same<(typeof orders.data)[number], { status: "open" | "closed"; public_mood: "happy" }>(true);
  client.from("users").select().eq("id", 1).contains("tags", ["a"]).in("mood", ["happy"]);
  // @ts-expect-error: not a label
  client.from("users").select().eq("mood", "sad");
  const view = await client.from("active_users").select("id, name").throwOnError();
  same<(typeof view.data)[number], { id: number; name: string | null }>(true);
}

export async function writes() {
  await client.from("users").insert({ email: "a@b", mood: "happy", tags: ["a", null], anything: [1], settings: { theme: "dark" } });
  await client.from("users").update({ name: null, tags: [["a"], ["b"]] }).eq("id", 1);
  await client.from("posts").insert({ author_id: 1 });
  // @ts-expect-error: generated
  await client.from("users").update({ shout: "x" });
  // @ts-expect-error: identity always
  await client.from("posts").insert({ id: "x", author_id: 1 });
  // @ts-expect-error: not null
  await client.from("posts").insert({ body: "x" });
  // @ts-expect-error: JSON's null is SQL's NULL to PostgREST
  await client.from("users").update({ anything: null });
  // @ts-expect-error: the view is read only
  await client.from("active_users").insert({ id: 1 });
  // @ts-expect-error: of another schema
  await client.from("orders").select();
}

export async function calls() {
  const add = await client.rpc("add", { a: 1 }).throwOnError();
  same<typeof add.data, number | null>(true);
  await client.rpc("add", { a: null, b: 2 });
  // @ts-expect-error: not optional
  await client.rpc("add", { b: 2 });
  // @ts-expect-error: strict
  await client.rpc("strict", { a: null });
  await client.rpc("nothing");
  const find = await client.rpc("find", { name: "a" }).throwOnError();
  same<typeof find.data, boolean | null>(true);
  const other = await client.rpc("find", { id: 1 }).throwOnError();
  same<typeof other.data, string | null>(true);
  const stats = await client.rpc("stats").throwOnError();
  same<typeof stats.data, { total: number | null; mood: "happy" | null }[]>(true);
  const latest = await client.rpc("latest_posts", { n: 1 }).select("id, users(name)").throwOnError();
  same<(typeof latest.data)[number], { id: string; users: { name: string | null } }>(true);
}

export const user: Tables<"users">["name"] = null;
export const view: Tables<"active_users"> = { id: 1, name: null };
export const order: Tables<{ schema: "app" }, "orders">["status"] = "open";
export const insert: TablesInsert<"posts"> = { author_id: 1 };
export const update: TablesUpdate<{ schema: "app" }, "orders"> = {};
export const mood: Enums<"mood"> = "happy";
export const status: Enums<{ schema: "app" }, "status"> = "closed";
export const address: CompositeTypes<"address">["street"] = "x";
export const labels: readonly ["open", "closed"] = Constants.app.Enums.status;
// @ts-expect-error: no such table
export type Nothing = Tables<"nothing">;
// @ts-expect-error: a view without inserts has none
export const noInsert: TablesInsert<"active_users"> = {};
same<Database["public"]["Tables"]["users"]["Row"]["last_post"], { id: string | null; author_id: number | null; body: string | null } | null>(true);
