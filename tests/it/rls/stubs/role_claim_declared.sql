--! [rls.claims]
--! user_role = "(auth.jwt() -> 'app_metadata' ->> 'job')"
create table public.articles (id int primary key, title text);
create table public.fees (id int primary key, amount int);
--@ seed
insert into public.articles values (1, 'x');
insert into public.fees values (1, 10);
--? authenticated a {"app_metadata":{"job":"admin"}} 1 update public.articles set title = 'y'
--? authenticated a {"app_metadata":{"job":"admin"}} 1 select count(*) from public.fees
--? authenticated a {"app_metadata":{"job":"member"}} 0 update public.articles set title = 'y'
--? authenticated a {"app_metadata":{"job":"member"}} 1 select count(*) from public.articles
--? authenticated a {"user_metadata":{"job":"admin"}} 0 select count(*) from public.fees
--? authenticated a {"user_role":"admin"} 0 select count(*) from public.fees
--? anon - {} deny select count(*) from public.articles
