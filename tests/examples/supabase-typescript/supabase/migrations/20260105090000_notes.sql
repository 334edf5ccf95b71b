-- Notes, each its owner's alone, until it is shared with everybody who has signed in.
create table public.notes (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null default auth.uid() references auth.users on delete cascade,
  title text not null check (char_length(title) between 1 and 200),
  body text not null default '' check (char_length(body) <= 10000),
  shared boolean not null default false,
  created_at timestamptz not null default now()
);
create index on public.notes (user_id, created_at desc);
comment on table public.notes is 'What somebody wants to remember.';

alter table public.notes enable row level security;
create policy notes_are_read_by_their_owners on public.notes for select to authenticated
  using (shared or user_id = (select auth.uid()));
create policy notes_are_written_by_their_owners on public.notes for insert to authenticated
  with check (user_id = (select auth.uid()));
create policy notes_are_changed_by_their_owners on public.notes for update to authenticated
  using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
create policy notes_are_removed_by_their_owners on public.notes for delete to authenticated
  using (user_id = (select auth.uid()));

revoke all on public.notes from anon, authenticated;
grant select, delete on public.notes to authenticated;
grant insert (title, body, shared) on public.notes to authenticated;
grant update (title, body, shared) on public.notes to authenticated;
