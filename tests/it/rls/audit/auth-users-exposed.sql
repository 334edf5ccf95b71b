-- finds public.outer_view
create schema private;
grant usage on schema private to anon;
create view private.people as select id, email from auth.users;
create view public.outer_view as select email from private.people;
revoke all on public.outer_view from anon, authenticated;
grant select (email) on public.outer_view to anon;
-- near miss: nobody from outside may read it; it asks as its caller; the function asks who calls
create view public.people as select id, email from auth.users;
revoke all on public.people from anon, authenticated;
alter table auth.users enable row level security;
create view public.me with (security_invoker = true) as select email from auth.users;
create function public.my_mail() returns table (email text) language sql security definer set search_path = ''
  as $$ select email from auth.users where id = auth.uid() $$;
