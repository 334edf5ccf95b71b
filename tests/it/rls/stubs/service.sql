-- What servers alone reach: jobs, hooks, payloads, history of tools, logs without an actor.
create table public.email_jobs (id int primary key, payload jsonb, attempts int);
create table public.webhook_deliveries (id int primary key, body jsonb);
create table public.stripe_customers (id text primary key, user_id uuid not null references auth.users (id), data jsonb);
create table public.inbound (id int primary key, payload jsonb);
create table public.change_log (id int primary key, old_row jsonb, new_row jsonb);
create table public.api_keys (id int primary key, user_id uuid not null references auth.users (id), digest text);
create materialized view public.totals as select count(*) as jobs from public.email_jobs;
grant all on public.totals to anon, authenticated;
--@ seed
insert into public.email_jobs values (1, '{}', 0);
insert into public.webhook_deliveries values (1, '{}');
insert into public.stripe_customers values ('x', 'a', '{}');
insert into public.inbound values (1, '{}');
insert into public.change_log values (1, '{}', '{}');
insert into public.api_keys values (1, 'a', 'd');
--@ probes
--? authenticated a {} deny select count(*) from public.email_jobs
--? anon - {} deny insert into public.webhook_deliveries values (2, '{}')
--? authenticated a {} deny select count(*) from public.stripe_customers
--? authenticated a {} deny select count(*) from public.inbound
--? authenticated a {} deny insert into public.change_log values (2)
--? anon - {} deny select count(*) from public.totals
--? authenticated a {} deny select count(*) from public.api_keys
--? service_role - {} 1 select count(*) from public.email_jobs
