// Two people and their notes, against a real PostgreSQL that is as a Supabase project is: `PGHOST` and the like say where.

import assert from "node:assert/strict"
import { randomUUID } from "node:crypto"
import { after, test } from "node:test"
import postgres from "postgres"
import type { Tables, TablesInsert } from "../src/database.types.js"
import { handle, type Project } from "../src/notes.js"
import { postgrest } from "./postgrest.js"

// supabase-js wants one though nothing here listens, and Node has none before 22.
Object.assign(globalThis, { WebSocket: globalThis.WebSocket ?? class {} })

const sql = postgres({ max: 1, onnotice: () => {} })
const project: Project = { url: "http://project.test", anonKey: "anon", fetch: postgrest(sql) }
after(() => sql.end())

/** Somebody who has signed in: his token. */
async function person(): Promise<{ id: string; token: string }> {
  const id = randomUUID()
  await sql`insert into auth.users (id) values (${id})`
  const claims = Buffer.from(JSON.stringify({ sub: id, role: "authenticated" })).toString("base64url")
  return { id, token: `header.${claims}.signature` }
}

async function call(token: string | undefined, method: string, body?: unknown, query = ""): Promise<[number, unknown]> {
  const headers = new Headers(token === undefined ? {} : { authorization: `Bearer ${token}` })
  const request = new Request(`http://app.test/notes${query}`, {
    method,
    headers,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const response = await handle(request, project)
  return [response.status, await response.json()]
}

test("notes are their owners', until they are shared", async () => {
  const [ada, bob] = [await person(), await person()]
  const input: TablesInsert<"notes"> = { title: "Engine" }
  const [status, added] = await call(ada.token, "POST", input)
  assert.equal(status, 201)
  const note = added as Tables<"notes">
  assert.deepEqual([note.title, note.body, note.user_id], ["Engine", "", ada.id])
  assert.deepEqual(await call(ada.token, "GET"), [200, [note]])
  assert.deepEqual(await call(bob.token, "GET"), [200, []])
  await sql`update notes set shared = true where id = ${note.id}`
  assert.deepEqual(await call(bob.token, "GET"), [200, [{ ...note, shared: true }]])
})

test("nobody is let in without a token, and anon reaches nothing", async () => {
  assert.equal((await call(undefined, "GET"))[0], 401)
  await assert.rejects(
    sql.begin(async (sql) => {
      await sql`set local role anon`
      await sql`select * from notes`
    }),
    /permission denied for table notes/,
  )
})

test("what does not fit the schema never reaches the database", async () => {
  const ada = await person()
  const untouched: Project = { ...project, fetch: () => assert.fail("a request was made") }
  for (const body of [{}, { title: "" }, { title: "x".repeat(201) }, { title: "x", user_id: ada.id }, "x", null]) {
    const request = new Request("http://app.test/notes", {
      method: "POST",
      headers: { authorization: `Bearer ${ada.token}` },
      body: JSON.stringify(body),
    })
    assert.equal((await handle(request, untouched)).status, 400, JSON.stringify(body))
  }
  assert.equal((await call(ada.token, "GET", undefined, "?limit=1000"))[0], 400)
  assert.equal((await call(ada.token, "PUT"))[0], 405)
})

test("a note for somebody else is refused by the database too", async () => {
  const [ada, bob] = [await person(), await person()]
  const api = postgrest(sql)
  const forged: TablesInsert<"notes"> = { title: "Forged", user_id: bob.id }
  const answer = await api("http://project.test/rest/v1/notes", {
    method: "POST",
    headers: { authorization: `Bearer ${ada.token}` },
    body: JSON.stringify(forged),
  })
  assert.equal(answer.status, 403)
})
