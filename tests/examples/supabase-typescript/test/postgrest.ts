// As much of PostgREST as the example asks for, before the same database: a transaction as the token's role, with its claims
// where `auth.uid()` looks. A real one verifies the token first.

import type { Sql } from "postgres"

export function postgrest(sql: Sql): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init)
    const url = new URL(request.url)
    if (url.pathname !== "/rest/v1/notes") return new Response(null, { status: 404 })
    const payload = request.headers.get("authorization")?.split(".")[1] ?? ""
    const claims: unknown = JSON.parse(Buffer.from(payload, "base64url").toString())
    try {
      const rows = await sql.begin(async (sql) => {
        await sql`set local role authenticated`
        await sql`select set_config('request.jwt.claims', ${JSON.stringify(claims)}, true)`
        if (request.method === "GET") {
          const limit = url.searchParams.get("limit") ?? "1000"
          return sql`select to_jsonb(notes) as note from notes order by created_at desc limit ${limit}`
        }
        const body = (await request.json()) as Record<string, never>
        return sql`insert into notes ${sql(body)} returning to_jsonb(notes) as note`
      })
      const notes = rows.map((row) => row["note"] as unknown)
      const single = request.headers.get("accept")?.includes("pgrst.object")
      return Response.json(single ? notes[0] : notes, { status: request.method === "GET" ? 200 : 201 })
    } catch (error) {
      return Response.json({ message: String(error) }, { status: 403 })
    }
  }
}
