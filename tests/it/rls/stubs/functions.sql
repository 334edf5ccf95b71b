create schema app;
create extension citext schema extensions;
create table public.notes (id int primary key, user_id uuid not null references auth.users (id), title text);
create table app.items (id int primary key, user_id uuid not null references auth.users (id));
create table app.notes (id int primary key, user_id uuid not null references auth.users (id));
create table public.tags (id int primary key, user_id uuid not null references auth.users (id));
create function public.qualified(a int) returns int language sql stable as $$ select a + 1 $$;
create function public.counted() returns bigint language sql stable as $$ select count(*) from notes where user_id = auth.uid() $$;
create function public.counted_all() returns bigint language plpgsql stable security definer as $$
declare n bigint;
begin
  -- from notes that nobody sees
  select count(*) into n from public.tags;
  return n;
end $$;
create function public.items_seen() returns bigint language sql stable as $$ select count(*) from app.items $$;
create function public.stamp() returns trigger language plpgsql as $$ begin new.title := lower(new.title); return new; end $$;
create trigger stamp before insert or update on public.notes for each row execute function public.stamp();
create function public.pinned() returns int language sql set search_path = public as $$ select 1 $$;
create function public.standard() returns bigint language sql begin atomic; select count(*) from public.tags; end;
create function public.dynamic(t text) returns bigint language plpgsql as $$
declare n bigint; begin execute 'select count(*) from ' || quote_ident(t) into n; return n; end $$;
--@ seed
insert into public.notes values (1, 'a', 'One'), (2, 'b', 'Two');
insert into public.tags values (1, 'a'), (2, 'b');
--? authenticated a {} 1 select public.counted()
--? authenticated a {} 1 select public.counted_all()
--? authenticated a {} deny select public.stamp()
--? anon - {} deny select public.stamp()
--? authenticated a {} 1 insert into public.notes values (3, 'a', 'Q')
--? authenticated a {} 1 select count(*) from public.notes where title = 'one'
--? service_role - {} 1 select public.qualified(1)
