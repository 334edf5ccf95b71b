// How an application uses the types of the drivers and of Kysely, and what zod makes of values. It compiles and runs.
import assert from "node:assert";
import { Kysely, DummyDriver, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from "kysely";
import type { Insertable, Selectable, Updateable } from "kysely";
import { Pool } from "pg";
import type { z } from "zod";
import type { DB, Users as KyselyUsers } from "./kysely/types.js";
import type * as brands from "./interfaces-node-rich/types.js";
import { AppStatus } from "./interfaces-node-rich/types.js";
import { MoodValues, type PgInterval, type Users, type UsersInsert, type UsersUpdate } from "./interfaces-node/types.js";
import * as node from "./interfaces-node-zod/types.js";
import * as kysely from "./kysely-zod/types.js";
import * as rest from "./supabase-zod/types.js";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function same<A, B>(_proof: Equal<A, B>): void {}
/** An object type as one, so that an intersection or a mapped type is compared by what it has. */
type Plain<T> = { [K in keyof T]: T[K] };

export async function drivers(pool: Pool) {
  const { rows } = await pool.query<Users>("select * from users");
  same<(typeof rows)[number]["created_at"], Date>(true);
  same<Users["moods"], string | null>(true);
  const insert: UsersInsert = { email: "a", mood: "happy", tags: [], anything: {}, settings: { theme: "dark" }, moods: ["happy"] };
  const update: UsersUpdate = { created_at: "2020-01-01" };
  // @ts-expect-error: generated
  const never: UsersUpdate = { shout: "x" };
  return [insert, update, never];
}

// Labels are there at run time, in either form.
assert.deepEqual(MoodValues, ["sad", "ok"]);
assert.equal(AppStatus.open, "open");

// A brand takes any plain value, and tells keys apart.
const post = { id: "1", authorId: "1" } as brands.Posts;
const author: brands.Users["id"] = post.authorId;
const plain: brands.Users["id"] = "1";
// @ts-expect-error: the key of another table
const wrong: brands.Users["id"] = post.id;
export const ids = [author, plain, wrong];

const db = new Kysely<DB>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
});
export async function queries() {
  const user = await db.selectFrom("users").select(["id", "name", "created_at"]).executeTakeFirstOrThrow();
  same<typeof user, { id: string; name: string | null; created_at: Date }>(true);
  await db.selectFrom("app.orders").innerJoin("users", "users.id", "app.orders.user_id").select("status").execute();
  await db.insertInto("users").values({ email: "a", mood: "happy", tags: [], anything: 1, settings: "{}" }).execute();
  await db.updateTable("users").set({ created_at: "2020-01-01", name: null }).where("id", "=", "1").execute();
  // @ts-expect-error: identity always
  db.insertInto("users").values({ id: 1, email: "a", mood: "happy", tags: [], anything: 1, settings: "{}" });
  // @ts-expect-error: not null
  db.insertInto("posts").values({ body: "x" });
  // @ts-expect-error: no such label
  db.selectFrom("users").where("mood", "=", "sad");
}
assert.equal(db.insertInto("posts").values({ author_id: 1 }).compile().sql, 'insert into "posts" ("author_id") values ($1)');

// What zod infers is the generated type.
same<z.infer<typeof node.UsersSchema>, Plain<node.Users>>(true);
same<z.infer<typeof node.UsersInsertSchema>, Plain<node.UsersInsert>>(true);
same<z.infer<typeof node.UsersUpdateSchema>, Plain<node.UsersUpdate>>(true);
same<z.infer<typeof node.EverythingSchema>, Plain<node.Everything>>(true);
same<z.infer<typeof node.EverythingInsertSchema>, Plain<node.EverythingInsert>>(true);
type Tables = rest.Database["public"]["Tables"];
same<z.infer<typeof rest.UsersSchema>, Plain<Omit<Tables["users"]["Row"], "display_name">>>(true);
same<z.infer<typeof rest.UsersInsertSchema>, Tables["users"]["Insert"]>(true);
same<z.infer<typeof rest.UsersUpdateSchema>, Tables["users"]["Update"]>(true);
same<z.infer<typeof rest.EverythingSchema>, Tables["everything"]["Row"]>(true);
same<z.infer<typeof rest.EverythingInsertSchema>, Tables["everything"]["Insert"]>(true);
same<z.infer<typeof rest.Mood_2Schema>, rest.Enums<"mood">>(true);
same<z.infer<typeof rest.AddressSchema>, rest.CompositeTypes<"address">>(true);
same<z.infer<typeof kysely.UsersSchema>, Plain<Selectable<KyselyUsers>>>(true);
export const insertable = (value: z.infer<typeof kysely.UsersInsertSchema>): Insertable<KyselyUsers> => value;
export const updateable = (value: z.infer<typeof kysely.UsersUpdateSchema>): Updateable<KyselyUsers> => value;

// It holds what is written to the database's rules, and lets read rows pass.
const good = { email: "a@b", mood: "happy", tags: [["x", null]], anything: 1, settings: { theme: "dark" } };
const takes = (change: object) => rest.UsersInsertSchema.safeParse({ ...good, ...change }).success;
assert(takes({}));
assert(takes({ email: "😀😀😀😀😀@b" }), "PostgreSQL counts characters");
assert(!takes({ email: "much-too-long@b" }));
assert(!takes({ email: "ab" }), "the pattern of the domain");
assert(takes({ age: 150 }) && takes({ age: null }) && !takes({ age: 151 }) && !takes({ age: 0 }));
assert(!takes({ mood: "sad" }) && !takes({ anything: null }) && takes({ anything: { a: [null] } }));
assert(!takes({ shout: "x" }) && !takes({ id: 1 }), "generated columns are not written");
assert(!takes({ email: undefined }));
assert(!node.UsersInsertSchema.safeParse({ ...good, anything: [1] }).success, "node-postgres would make an array of it");
const interval: PgInterval = { toPostgres: () => "", toISOString: () => "" };
assert(node.EverythingSchema.shape.interval.safeParse(interval).success);
assert(node.EverythingSchema.shape.float8.safeParse(NaN).success);
assert(!node.EverythingSchema.shape.float8.safeParse("1").success);
console.log("good");
