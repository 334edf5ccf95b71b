-- finds public.orders_of(uuid)
create table public.orders (id int primary key, user_id uuid);
alter table public.orders enable row level security;
create function public.orders_of(who uuid) returns setof public.orders language sql security definer set search_path = ''
  as $$ select * from public.orders where user_id = who $$;
-- near miss: it is held against the caller; the argument is no user; it runs with its caller's rights
create table public.orders (id int primary key, user_id uuid);
alter table public.orders enable row level security;
create function public.orders_of(who uuid) returns setof public.orders language sql security definer set search_path = ''
  as $$ select * from public.orders where user_id = who and user_id = (select auth.uid()) $$;
create function public.by_id(wanted int) returns setof public.orders language sql security definer set search_path = ''
  as $$ select * from public.orders where id = wanted $$;
create function public.of(user_id uuid) returns setof public.orders language sql set search_path = ''
  as $$ select * from public.orders as o where o.user_id = $1 $$;
