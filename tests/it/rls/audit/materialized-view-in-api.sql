-- finds public.totals
create materialized view public.totals as select count(*) from auth.users;
revoke all on public.totals from anon, authenticated;
grant select (count) on public.totals to anon;
-- near miss
create materialized view public.totals as select count(*) from auth.users;
revoke all on public.totals from anon, authenticated;
