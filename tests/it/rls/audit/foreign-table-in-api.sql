-- finds public.remote
create foreign data wrapper nothing;
create server elsewhere foreign data wrapper nothing;
create foreign table public.remote (id int) server elsewhere;
revoke all on public.remote from anon, authenticated;
grant insert on public.remote to authenticated;
-- near miss
create foreign data wrapper nothing;
create server elsewhere foreign data wrapper nothing;
create foreign table public.remote (id int) server elsewhere;
revoke all on public.remote from anon, authenticated;
