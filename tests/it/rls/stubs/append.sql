-- What is only added to.
create table public.activity_logs (id bigserial primary key, user_id uuid not null references auth.users (id), action text not null, created_at timestamptz not null default now());
create table public.login_history (id uuid primary key default gen_random_uuid(), performed_by uuid not null references auth.users (id), ip text, logged_at timestamptz not null);
--@ seed
insert into public.activity_logs (user_id, action) values ('a', 'x'), ('b', 'y');
insert into public.login_history (performed_by, logged_at) values ('a', now());
--@ probes
--? authenticated a {} 1 insert into public.activity_logs (user_id, action) values ('a', 'x')
--? authenticated a {} deny insert into public.activity_logs (user_id, action) values ('b', 'x')
--? authenticated a {} deny insert into public.activity_logs (user_id, action, created_at) values ('a', 'x', '2000-01-01')
--? authenticated a {} deny insert into public.activity_logs (id, user_id, action) values (99, 'a', 'x')
--? authenticated a {} deny update public.activity_logs set action = 'x'
--? authenticated a {} deny delete from public.activity_logs
--? authenticated a {} 1 select count(*) from public.activity_logs
--? anon - {} deny select count(*) from public.activity_logs
--? authenticated a {} 1 insert into public.login_history (performed_by, logged_at) values ('a', now())
--? authenticated a {} deny delete from public.login_history
