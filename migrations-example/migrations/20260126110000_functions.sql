-- What the API can do beyond reading and writing rows, and what happens by itself.

-- Helpers of the policies. They look past row-level security on purpose, or the policies would ask themselves.
create function app.role_in(organisation uuid) returns public.member_role
language sql stable security definer set search_path = ''
as $$
  select membership.role
  from public.memberships as membership
  where membership.organisation_id = organisation and membership.profile_id = (select auth.uid())
$$;

create function app.my_organisations() returns setof uuid
language sql stable security definer set search_path = ''
as $$
  select membership.organisation_id from public.memberships as membership where membership.profile_id = (select auth.uid())
$$;

create function app.managed_organisations() returns setof uuid
language sql stable security definer set search_path = ''
as $$
  select membership.organisation_id
  from public.memberships as membership
  where membership.profile_id = (select auth.uid()) and membership.role in ('owner', 'manager')
$$;

revoke execute on all functions in schema app from public;
grant execute on all functions in schema app to authenticated, service_role;

create function public.create_organisation(name text, slug public.slug default null) returns public.organisations
language plpgsql security definer set search_path = ''
as $$
declare
  created public.organisations;
begin
  insert into public.organisations (name, slug)
  values (
    create_organisation.name,
    coalesce(create_organisation.slug, trim(both '-' from regexp_replace(lower(create_organisation.name), '[^a-z0-9]+', '-', 'g')))
  )
  returning * into created;
  insert into public.memberships (organisation_id, profile_id, role) values (created.id, auth.uid(), 'owner');
  return created;
end
$$;
comment on function public.create_organisation(text, public.slug) is 'Founds an organisation and makes the caller its owner.';

create function public.search_projects(term text, "limit" integer default 20) returns setof public.projects
language sql stable strict rows 20 set search_path = ''
as $$
  select * from public.projects where search @@ websearch_to_tsquery('simple', term) order by name limit "limit"
$$;

-- An overload: by several tags instead of words.
create function public.search_projects(variadic tags text[]) returns setof public.projects
language sql stable set search_path = ''
as $$
  select project.* from public.projects as project where project.tags && search_projects.tags order by project.name
$$;

create function public.utilisation(organisation uuid, over daterange default null)
returns table (profile_id uuid, display_name text, billable_hours numeric, share numeric)
language sql stable set search_path = ''
as $$
  select
    profile.id,
    profile.display_name,
    round(coalesce(sum(entry.seconds) filter (where entry.billable), 0) / 3600.0, 2),
    avg(entry.billable::integer)
  from public.memberships as membership
  join public.profiles as profile on profile.id = membership.profile_id
  left join public.time_entries as entry
    on entry.profile_id = profile.id
    and entry.organisation_id = membership.organisation_id
    and (over is null or entry.during && tstzrange(lower(over)::timestamptz, upper(over)::timestamptz))
  where membership.organisation_id = organisation
  group by profile.id, profile.display_name
$$;
comment on function public.utilisation(uuid, daterange) is 'Who worked how much for clients, and which share of all work that was.';

create function public.invoice_totals(invoice uuid, out net public.amount, out paid public.amount, out open numeric)
language sql stable set search_path = ''
as $$
  select
    coalesce((select sum(line.quantity * line.unit_price) from public.invoice_lines as line where line.invoice_id = invoice), 0),
    coalesce((select sum(payment.paid) from public.payments as payment where payment.invoice_id = invoice), 0),
    (select found.gross from public.invoices as found where found.id = invoice)
      - coalesce((select sum(payment.paid) from public.payments as payment where payment.invoice_id = invoice), 0)
$$;

-- A computed field: PostgREST offers it as a column of the table.
create function public.reference(task public.tasks) returns text
language sql stable set search_path = ''
as $$
  select project."key" || '-' || task.number from public.projects as project where project.id = task.project_id
$$;

create procedure reports.refresh()
language sql
as $$
  refresh materialized view reports.monthly_hours
$$;

create function app.touch() returns trigger
language plpgsql set search_path = ''
as $$
begin
  new.updated_at := now();
  return new;
end
$$;
create trigger touch before update on public.tasks
  for each row execute function app.touch();

create function app.number_task() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  -- Locks the project, so that two tasks never get one number.
  perform from public.projects where id = new.project_id for update;
  select coalesce(max(number), 0) + 1 into new.number from public.tasks where project_id = new.project_id;
  return new;
end
$$;
create trigger number_task before insert on public.tasks
  for each row when (new.number = 0) execute function app.number_task();

create function app.make_profile() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  insert into public.profiles (id, email) values (new.id, new.email);
  return new;
end
$$;
create trigger make_profile after insert on auth.users
  for each row execute function app.make_profile();

create function audit.record() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  changed jsonb := to_jsonb(case when tg_op = 'DELETE' then old else new end);
begin
  insert into audit.events (organisation_id, actor_id, operation, relation, old_row, new_row)
  values (
    (changed ->> 'organisation_id')::uuid,
    auth.uid(),
    tg_op,
    tg_table_schema || '.' || tg_table_name,
    case when tg_op <> 'INSERT' then to_jsonb(old) end,
    case when tg_op <> 'DELETE' then to_jsonb(new) end
  );
  return null;
end
$$;
create trigger record after insert or update or delete on public.invoices
  for each row execute function audit.record();
create trigger record after insert or update or delete on public.payments
  for each row execute function audit.record();
create trigger record after update of role or delete on public.memberships
  for each row execute function audit.record();
