-- What the screens show.

create view public.board with (security_invoker = true) as
select
  task.id,
  task.organisation_id,
  project."key" || '-' || task.number as reference,
  task.title,
  task.status,
  task.priority,
  task.due_on,
  assignee.display_name as assignee,
  coalesce(spent.seconds, 0) as seconds_spent,
  coalesce(tag.labels, '{}'::text[]) as labels
from public.tasks as task
join public.projects as project on project.id = task.project_id
left join public.profiles as assignee on assignee.id = task.assignee_id
left join lateral (
  select sum(entry.seconds) as seconds
  from public.time_entries as entry
  where entry.task_id = task.id
) as spent on true
left join lateral (
  select array_agg(label.name order by label.name) as labels
  from public.task_labels as link
  join public.labels as label on label.id = link.label_id
  where link.task_id = task.id
) as tag on true;
comment on view public.board is 'A card of the board for each task.';
comment on column public.board.assignee is 'Empty where nobody has taken it.';

-- Simple enough for PostgreSQL to write through.
create view public.my_open_tasks with (security_invoker = true) as
select id, project_id, number, title, status, due_on
from public.tasks
where assignee_id = (select auth.uid()) and is_open
with local check option;
comment on view public.my_open_tasks is 'What I have to do.';

create view public.receivables with (security_invoker = true) as
select
  invoice.organisation_id,
  invoice.client_id,
  client.name as client,
  count(*) as invoices,
  sum(invoice.gross) as gross,
  min(invoice.due_on) as oldest_due_on,
  count(*) filter (where invoice.due_on < current_date) as overdue
from public.invoices as invoice
join public.clients as client on client.id = invoice.client_id
where invoice.status = 'sent'
group by invoice.organisation_id, invoice.client_id, client.name;
comment on view public.receivables is 'What each client still owes.';

create view public.activity with (security_invoker = true) as
select 'task'::text as kind, task.organisation_id, task.created_at as at, task.title as what
from public.tasks as task
union all
select 'invoice', invoice.organisation_id, invoice.issued_on::timestamptz, 'Invoice ' || invoice.number
from public.invoices as invoice
where invoice.issued_on is not null;

-- Row-level security does not reach materialised views: a schema of their own, for the back end alone.
create schema reports;
comment on schema reports is 'Figures for the back end, made anew every night.';

create materialized view reports.monthly_hours as
select
  entry.organisation_id,
  entry.profile_id,
  date_trunc('month', lower(entry.during))::date as month,
  round(sum(entry.seconds) / 3600.0, 2) as hours,
  round(avg(entry.seconds) filter (where entry.billable) / 3600.0, 2) as average_billable_hours
from public.time_entries as entry
where upper(entry.during) is not null
group by 1, 2, 3
with no data;
create unique index monthly_hours_key on reports.monthly_hours (organisation_id, profile_id, month);
comment on materialized view reports.monthly_hours is 'How much each member worked in a month.';
