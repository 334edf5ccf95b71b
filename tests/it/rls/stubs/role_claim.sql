-- Roles by a claim that a hook of the login puts into the token.
create function public.custom_access_token_hook(event jsonb) returns jsonb language plpgsql stable as $$
begin
  return jsonb_set(event, '{claims,user_role}', '"editor"');
end $$;
create table public.articles (id int primary key, body text);
--@ seed
insert into public.articles values (1, 'x');
--@ probes
--? authenticated a {"user_role":"admin"} 1 insert into public.articles values (2, 'x')
--? authenticated a {"user_role":"member"} deny insert into public.articles values (2, 'x')
--? authenticated a {"user_metadata":{"user_role":"admin"}} deny insert into public.articles values (2, 'x')
--? authenticated a {} 0 update public.articles set body = 'x'
--? authenticated a {} 1 select count(*) from public.articles
--? anon - {} deny select count(*) from public.articles
