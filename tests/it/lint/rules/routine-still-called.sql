-- run per-file
-- finds public.fixed
create function public.twice() returns text language plpgsql as $$ begin return public.fixed() || fixed(); end $$;
drop function fixed();

-- near miss
create function public.twice() returns text language plpgsql as $$ begin return public.fixed() || fixed(); end $$;
drop function fixed();
create function public.fixed(times int default 1) returns text language sql as $$ select 'y' $$;
