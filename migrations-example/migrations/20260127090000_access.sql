-- Who reaches what. First the grants, command by command; then the rows, table by table. What is not named is denied.

alter default privileges in schema public revoke all on tables from anon;
alter default privileges in schema public revoke execute on functions from public, anon;
revoke all on all tables in schema public from anon;
revoke execute on all functions in schema public from public, anon;
grant execute on all functions in schema public to authenticated, service_role;

grant select, insert, update, delete on all tables in schema public to authenticated, service_role;
revoke insert, update, delete on public.board, public.receivables, public.activity from authenticated;
grant usage, select on all sequences in schema public to authenticated, service_role;
-- The address is Supabase Auth's to change.
revoke insert, update on public.profiles from authenticated;
grant update (display_name, avatar_url, locale, working_hours) on public.profiles to authenticated;

grant usage on schema audit to authenticated, service_role;
grant select on audit.events to authenticated;
grant all on audit.events to service_role;
grant usage on schema reports to service_role;
grant select on reports.monthly_hours to service_role;

alter table public.organisations enable row level security;
alter table public.profiles enable row level security;
alter table public.memberships enable row level security;
alter table public.invitations enable row level security;
alter table public.clients enable row level security;
alter table public.projects enable row level security;
alter table public.project_finances enable row level security;
alter table public.tasks enable row level security;
alter table public.labels enable row level security;
alter table public.task_labels enable row level security;
alter table public.time_entries enable row level security;
alter table public.invoices enable row level security;
alter table public.invoice_lines enable row level security;
alter table public.payments enable row level security;
alter table audit.events enable row level security;
alter table audit.events force row level security;
alter table audit.events_2026_q1 enable row level security;
alter table audit.events_2026_q2 enable row level security;
alter table audit.events_later enable row level security;

create policy "members see their organisations" on public.organisations
  for select to authenticated using (id in (select app.my_organisations()));
create policy "managers change their organisations" on public.organisations
  for update to authenticated
  using (id in (select app.managed_organisations()))
  with check (id in (select app.managed_organisations()));

create policy "members see each other" on public.profiles
  for select to authenticated
  using (
    id = (select auth.uid())
    or exists (
      select from public.memberships as membership
      where membership.profile_id = profiles.id and membership.organisation_id in (select app.my_organisations())
    )
  );
create policy "everyone changes their own profile" on public.profiles
  for update to authenticated using (id = (select auth.uid())) with check (id = (select auth.uid()));

create policy "members see the members" on public.memberships
  for select to authenticated using (organisation_id in (select app.my_organisations()));
create policy "managers choose the members" on public.memberships
  for insert to authenticated with check (organisation_id in (select app.managed_organisations()) and role <> 'owner');
create policy "managers change the members" on public.memberships
  for update to authenticated
  using (organisation_id in (select app.managed_organisations()) and role <> 'owner')
  with check (organisation_id in (select app.managed_organisations()) and role <> 'owner');
create policy "managers dismiss, members leave" on public.memberships
  for delete to authenticated
  using (
    role <> 'owner'
    and (profile_id = (select auth.uid()) or organisation_id in (select app.managed_organisations()))
  );

create policy "managers invite" on public.invitations
  for all to authenticated
  using (organisation_id in (select app.managed_organisations()))
  with check (organisation_id in (select app.managed_organisations()));

create policy "members work with clients" on public.clients
  for all to authenticated
  using (organisation_id in (select app.my_organisations()))
  with check (organisation_id in (select app.my_organisations()));
create policy "members work with projects" on public.projects
  for all to authenticated
  using (organisation_id in (select app.my_organisations()))
  with check (organisation_id in (select app.my_organisations()));
create policy "managers work with finances" on public.project_finances
  for all to authenticated
  using (organisation_id in (select app.managed_organisations()))
  with check (organisation_id in (select app.managed_organisations()));
create policy "members work with tasks" on public.tasks
  for all to authenticated
  using (organisation_id in (select app.my_organisations()))
  with check (organisation_id in (select app.my_organisations()));
-- Guests read; whatever another policy allows, they change nothing.
create policy "guests add no tasks" on public.tasks
  as restrictive for insert to authenticated
  with check (app.role_in(organisation_id) <> 'guest');
create policy "guests change no tasks" on public.tasks
  as restrictive for update to authenticated
  using (app.role_in(organisation_id) <> 'guest');
create policy "guests delete no tasks" on public.tasks
  as restrictive for delete to authenticated
  using (app.role_in(organisation_id) <> 'guest');
create policy "members work with labels" on public.labels
  for all to authenticated
  using (organisation_id in (select app.my_organisations()))
  with check (organisation_id in (select app.my_organisations()));
create policy "members label tasks" on public.task_labels
  for all to authenticated
  using (organisation_id in (select app.my_organisations()))
  with check (organisation_id in (select app.my_organisations()));

create policy "members see their time, managers all" on public.time_entries
  for select to authenticated
  using (profile_id = (select auth.uid()) or organisation_id in (select app.managed_organisations()));
create policy "members track their time" on public.time_entries
  for insert to authenticated
  with check (profile_id = (select auth.uid()) and organisation_id in (select app.my_organisations()));
create policy "members correct their time" on public.time_entries
  for update to authenticated
  using (profile_id = (select auth.uid()))
  with check (profile_id = (select auth.uid()) and organisation_id in (select app.my_organisations()));

create policy "managers work with invoices" on public.invoices
  for all to authenticated
  using (organisation_id in (select app.managed_organisations()))
  with check (organisation_id in (select app.managed_organisations()));
create policy "managers work with lines" on public.invoice_lines
  for all to authenticated
  using (organisation_id in (select app.managed_organisations()))
  with check (organisation_id in (select app.managed_organisations()));
create policy "managers see payments" on public.payments
  for select to authenticated using (organisation_id in (select app.managed_organisations()));

create policy "managers read the log" on audit.events
  for select to authenticated using (organisation_id in (select app.managed_organisations()));
create policy "triggers write the log" on audit.events
  for insert to postgres with check (true);

insert into storage.buckets (id, name, public) values ('receipts', 'receipts', false) on conflict do nothing;
create policy "members keep receipts" on storage.objects
  for all to authenticated
  using (bucket_id = 'receipts' and (storage.foldername(name))[1] in (select app.my_organisations()::text))
  with check (bucket_id = 'receipts' and (storage.foldername(name))[1] in (select app.my_organisations()::text));

alter publication supabase_realtime add table public.tasks, public.time_entries;
