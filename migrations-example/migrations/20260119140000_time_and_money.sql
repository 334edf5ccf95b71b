-- What was done, and what it costs.

create table public.time_entries (
  id bigint generated always as identity primary key,
  organisation_id uuid not null,
  task_id uuid not null,
  profile_id uuid not null default auth.uid() references public.profiles (id) on delete restrict,
  during tstzrange not null check (not isempty(during) and lower(during) is not null),
  seconds integer generated always as (extract(epoch from upper(during) - lower(during))::integer) stored,
  note text,
  billable boolean not null default true,
  foreign key (organisation_id, task_id) references public.tasks (organisation_id, id) on delete cascade,
  -- Nobody works on two things at once.
  constraint time_entries_no_overlap exclude using gist (profile_id with =, during with &&)
);
comment on table public.time_entries is 'Time spent on a task. An entry without an end is still running.';
comment on column public.time_entries.seconds is 'Empty while the clock is running.';
create index time_entries_task_idx on public.time_entries (organisation_id, task_id);

create sequence public.invoice_number as bigint start 1000;

create table public.invoices (
  id uuid primary key default gen_random_uuid(),
  organisation_id uuid not null,
  client_id bigint not null,
  number bigint not null default nextval('public.invoice_number'::regclass),
  status public.invoice_status not null default 'draft',
  "currency" public.currency not null,
  issued_on date,
  due_on date,
  net public.required_amount,
  tax_rate numeric(4, 3) not null default 0.190 check (tax_rate >= 0 and tax_rate < 1),
  gross numeric(12, 2) generated always as (round((net::numeric) * (1 + tax_rate), 2)) stored,
  reminders date[] not null default '{}',
  billed_to public.address,
  unique (organisation_id, number),
  unique (organisation_id, id),
  foreign key (organisation_id, client_id) references public.clients (organisation_id, id) on delete restrict,
  constraint invoices_sent_has_dates check (status = 'draft' or (issued_on is not null and due_on >= issued_on))
);
alter sequence public.invoice_number owned by public.invoices.number;
comment on table public.invoices is 'What a client is asked to pay.';
comment on column public.invoices.billed_to is 'The client''s address on the day of issue.';
create index invoices_client_idx on public.invoices (organisation_id, client_id);
create index invoices_open_idx on public.invoices (due_on) where status = 'sent';

create table public.invoice_lines (
  organisation_id uuid not null,
  invoice_id uuid not null,
  line_no smallint not null check (line_no > 0),
  project_id bigint,
  description text not null,
  quantity numeric(10, 3) not null default 1 check (quantity > 0),
  unit_price public.required_amount,
  period daterange,
  primary key (invoice_id, line_no),
  foreign key (organisation_id, invoice_id) references public.invoices (organisation_id, id) on delete cascade,
  foreign key (organisation_id, project_id) references public.projects (organisation_id, id) on delete restrict
);
create index invoice_lines_invoice_idx on public.invoice_lines (organisation_id, invoice_id);
create index invoice_lines_project_idx on public.invoice_lines (organisation_id, project_id);

create table public.payments (
  id bigint generated always as identity primary key,
  organisation_id uuid not null,
  invoice_id uuid not null,
  received_at timestamptz not null default now(),
  paid public.amount not null check (paid > 0),
  provider_payload jsonb,
  -- Payments of an import are booked together with their invoices.
  foreign key (organisation_id, invoice_id) references public.invoices (organisation_id, id)
    on delete restrict deferrable initially deferred
);
create index payments_invoice_idx on public.payments (organisation_id, invoice_id);

-- Who did what, one partition a quarter.
create schema audit;
comment on schema audit is 'The log of changes. Written by triggers, read by managers.';

create table audit.events (
  id bigint generated always as identity,
  happened_at timestamptz not null default now(),
  organisation_id uuid,
  actor_id uuid,
  operation text not null check (operation in ('INSERT', 'UPDATE', 'DELETE')),
  relation text not null,
  old_row jsonb,
  new_row jsonb,
  primary key (happened_at, id)
) partition by range (happened_at);
comment on table audit.events is 'One change of one row.';
create table audit.events_2026_q1 partition of audit.events
  for values from ('2026-01-01 00:00:00+00') to ('2026-04-01 00:00:00+00');
create table audit.events_2026_q2 partition of audit.events
  for values from ('2026-04-01 00:00:00+00') to ('2026-07-01 00:00:00+00');
create table audit.events_later partition of audit.events default;
create index events_organisation_idx on audit.events (organisation_id, happened_at desc);
