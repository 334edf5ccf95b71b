// Notes over HTTP, for a server or an edge function: the browser talks to this, never to the database or to PostgREST.

import { createClient, type SupabaseClient } from "@supabase/supabase-js"
import { NotesInsertSchema, type Database, type Tables } from "./database.types.js"

/** Where the project is. The key is the one that anybody may have: it opens nothing by itself. */
export type Project = { url: string; anonKey: string; fetch?: typeof fetch }

// What a client may set, by the constraints of the schema; the database grants no more.
const NewNote = NotesInsertSchema.pick({ title: true, body: true, shared: true }).strict()

const MOST = 100

/** Answers `GET` with the newest notes, and `POST` by keeping one. */
export async function handle(request: Request, project: Project): Promise<Response> {
  const token = /^Bearer (.+)$/.exec(request.headers.get("authorization") ?? "")?.[1]
  if (token === undefined) return problem(401, "sign in first")
  const supabase = asUser(token, project)
  switch (request.method) {
    case "GET":
      return list(supabase, new URL(request.url).searchParams.get("limit") ?? "20")
    case "POST":
      return add(supabase, await request.json().catch(() => undefined))
    default:
      return problem(405, "GET or POST")
  }
}

/** Supabase as the user whose token it is: what row-level security leaves him is all there is. */
function asUser(token: string, project: Project): SupabaseClient<Database> {
  return createClient<Database>(project.url, project.anonKey, {
    auth: { persistSession: false, autoRefreshToken: false },
    global: {
      headers: { Authorization: `Bearer ${token}` },
      ...(project.fetch && { fetch: project.fetch }),
    },
  })
}

async function list(supabase: SupabaseClient<Database>, limit: string): Promise<Response> {
  const count = Number(limit)
  if (!Number.isInteger(count) || count < 1 || count > MOST) return problem(400, `limit is 1 to ${MOST}`)
  const { data, error } = await supabase.from("notes").select().order("created_at", { ascending: false }).limit(count)
  if (error !== null) return problem(502, "the notes cannot be read")
  const notes: Tables<"notes">[] = data
  return Response.json(notes)
}

async function add(supabase: SupabaseClient<Database>, body: unknown): Promise<Response> {
  const note = NewNote.safeParse(body)
  if (!note.success) return problem(400, note.error.issues.map((issue) => issue.message).join(", "))
  const { data, error } = await supabase.from("notes").insert(note.data).select().single()
  if (error !== null) return problem(502, "the note cannot be kept")
  return Response.json(data satisfies Tables<"notes">, { status: 201 })
}

function problem(status: number, detail: string): Response {
  return Response.json({ detail }, { status })
}
