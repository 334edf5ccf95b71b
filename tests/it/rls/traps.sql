-- Traps, and what only looks like one. `finds RULE SUBJECT` has to be found in what follows, `leaves RULE SUBJECT` not.
create function auth.role() returns text language sql stable as $$ select auth.jwt() ->> 'role' $$;
create function auth.email() returns text language sql stable as $$ select auth.jwt() ->> 'email' $$;
create schema private;
create schema hidden;
create schema shared;
grant usage on schema private, shared to authenticated;
grant create on schema shared to authenticated;
create table public.members (org_id int not null, user_id uuid not null, role text, primary key (org_id, user_id));
alter table public.members enable row level security;
create policy own on public.members for select to authenticated using (user_id = (select auth.uid()));
do $$ begin
  for i in 1..70 loop
    execute format('create table public.t%s (id int primary key, org_id int, user_id uuid, owner_id uuid not null, title text, is_public boolean not null default false, prefs jsonb)', i);
    execute format('alter table public.t%s enable row level security', i);
    execute format('create policy read on public.t%s for select to authenticated using (owner_id = (select auth.uid()))', i);
  end loop;
end $$;

-- Always true, in disguise.
-- finds rls-policy-always-true public.t1.p
create policy p on public.t1 for update to authenticated using (true or owner_id = (select auth.uid()));
-- finds rls-policy-always-true public.t2.p
create policy p on public.t2 for delete to authenticated using (1 = 1 and 'x' = 'x');
-- finds rls-policy-always-true public.t3.p
create policy p on public.t3 to authenticated using (not ((select auth.uid()) is null));
-- finds rls-policy-always-true public.t4.p
create policy p on public.t4 for update using (auth.role() = 'authenticated');
-- finds rls-policy-always-true public.t5.p
create policy p on public.t5 for insert to authenticated with check (user_id = user_id);
-- finds rls-policy-always-true public.t6.p
create policy p on public.t6 for update to authenticated using (auth.uid() = auth.uid());
-- finds rls-policy-always-true public.t7.p
create policy p on public.t7 for update to authenticated using (auth.uid() = coalesce(auth.uid(), owner_id));
-- finds rls-policy-always-true public.t8.p
create policy p on public.t8 for delete to authenticated using (case when auth.uid() is null then false else true end);
-- finds rls-policy-always-true public.t9.p
create policy p on public.t9 for delete to authenticated using ((owner_id = auth.uid()) is not null);
-- finds rls-policy-always-true public.t10.p
create policy p on public.t10 for update to authenticated using (auth.uid()::text <> '');
-- finds rls-policy-always-true public.t11.p
create policy p on public.t11 for insert to authenticated with check (auth.jwt() ->> 'aud' = 'authenticated');
-- finds rls-policy-always-true public.t12.p
create policy p on public.t12 for update to authenticated using (auth.role() like 'auth%');
-- finds rls-policy-always-true public.t13.p
create policy p on public.t13 for update to authenticated using (owner_id = coalesce(owner_id, auth.uid()));
-- finds rls-policy-always-true public.t14.p
create policy p on public.t14 for delete to authenticated using (auth.uid() = any (array[owner_id, auth.uid()]));
-- finds rls-policy-always-true public.t15.p
create policy p on public.t15 for update to authenticated using (auth.role() <> 'anon' and is_public in (true, false));
-- finds rls-policy-always-true public.t16.p
create policy p on public.t16 for update to authenticated using (owner_id = (select auth.uid())) with check (true);
-- finds rls-policy-always-true public.t17.p
create policy p on public.t17 for delete to authenticated using (current_user = 'authenticated');
-- finds rls-policy-always-true public.t18.p
create policy p on public.t18 for insert to authenticated with check ((select count(*) from public.members) >= 0);
-- finds rls-policy-always-true public.t19.p
create policy p on public.t19 for update to authenticated using (auth.uid() is distinct from null);
-- finds rls-policy-always-true public.t20.p
create policy p on public.t20 for delete to authenticated using (coalesce(auth.jwt() ->> 'sub', '') <> '');
-- leaves rls-policy-always-true public.t21.p
create policy p on public.t21 for update using (auth.role() = 'service_role');
-- leaves rls-policy-always-true public.t22.p
create policy p on public.t22 for update to authenticated using (coalesce(owner_id = (select auth.uid()), false));
-- leaves rls-policy-always-true public.t23.p
create policy p on public.t23 for update to authenticated using (case when is_public then false else owner_id = (select auth.uid()) end);
-- leaves rls-policy-always-true public.t24.p
create policy p on public.t24 for delete to authenticated using (auth.uid() is not null and owner_id = auth.uid());
-- leaves rls-policy-always-true public.t25.p
create policy p on public.t25 for delete to authenticated using (owner_id = coalesce((select auth.uid()), '00000000-0000-0000-0000-000000000000'));
-- leaves rls-policy-always-true public.t26.p
create policy p on public.t26 for delete to authenticated using (auth.email() like '%@example.com');
-- leaves rls-policy-always-true public.t27.p
create policy p on public.t27 for delete to authenticated using ((select count(*) from public.members as m where m.user_id = auth.uid()) > 0);
-- leaves rls-policy-always-true public.t28.p
create policy p on public.t28 for update to authenticated using ((owner_id = (select auth.uid())) is true);
-- leaves rls-policy-always-true public.t29.p
create policy p on public.t29 for update to authenticated using (auth.jwt() ->> 'aal' = 'aal2' and owner_id = (select auth.uid()));

-- Who is nobody gets everything, or what is nobody's.
-- finds policy-null-uid-match public.t30.p
create policy p on public.t30 for select using (auth.uid() is null or owner_id = auth.uid());
-- finds policy-null-uid-match public.t31.p
create policy p on public.t31 for select using (coalesce(owner_id = auth.uid(), true));
-- finds policy-null-uid-match public.t32.p
create policy p on public.t32 for select using (user_id is not distinct from auth.uid());
-- finds policy-null-uid-match public.t33.p
create policy p on public.t33 for select using (owner_id = coalesce(auth.uid(), owner_id));
-- finds policy-null-uid-match public.t34.p
create policy p on public.t34 for all using (current_setting('app.org', true) is null or org_id::text = current_setting('app.org', true));
-- finds policy-null-uid-match public.t35.p
create policy p on public.t35 for select using (coalesce(auth.jwt() ->> 'org_id', org_id::text, '') = coalesce(org_id::text, ''));
-- finds policy-null-uid-match public.t36.p
create policy p on public.t36 for select using ((owner_id <> auth.uid()) is not true);
-- finds policy-null-uid-match public.t37.p
create policy p on public.t37 for select using (coalesce(user_id::text, '') = coalesce(auth.uid()::text, ''));
-- leaves policy-null-uid-match public.t38.p
create policy p on public.t38 for select using (true);
-- leaves policy-null-uid-match public.t39.p
create policy p on public.t39 for select using (is_public or owner_id = auth.uid());
-- leaves policy-null-uid-match public.t40.p
create policy p on public.t40 for select using (coalesce(user_id = auth.uid(), false));
-- leaves policy-null-uid-match public.t41.p
create policy p on public.t41 for select using (org_id::text = coalesce(auth.jwt() -> 'app_metadata' ->> 'org_id', '-1'));

-- What users write themselves.
-- finds rls-references-user-metadata public.t42.p
create policy p on public.t42 for update using ((auth.jwt() -> 'user_metadata' ->> 'role') = 'admin');
-- finds rls-references-user-metadata public.t43.p
create policy p on public.t43 for update using ((auth.jwt() #>> '{user_metadata,role}') = 'admin');
-- finds rls-references-user-metadata public.t44.p
create policy p on public.t44 for update using (jsonb_extract_path_text(auth.jwt(), 'user_metadata', 'role') = 'admin');
-- finds rls-references-user-metadata public.t45.p
create policy p on public.t45 for update using ((auth.jwt())['user_metadata']['role'] = '"admin"');
-- finds rls-references-user-metadata public.t46.p
create policy p on public.t46 for update using (auth.jwt() @> '{"user_metadata": {"role": "admin"}}');
-- finds rls-references-user-metadata public.t47.p
create policy p on public.t47 for update using (jsonb_path_exists(auth.jwt(), '$.user_metadata.role ? (@ == "admin")'));
-- finds rls-references-user-metadata public.t48.p
create policy p on public.t48 for update using ((current_setting('request.jwt.claims', true)::json -> 'user_metadata' ->> 'role') = 'admin');
-- finds rls-references-user-metadata public.t49.p
create policy p on public.t49 for update using (exists (select from auth.users as u where u.id = auth.uid() and u.raw_user_meta_data ->> 'role' = 'admin'));
-- finds rls-references-user-metadata public.t50.p
create policy p on public.t50 for update using (exists (select from jsonb_each_text(auth.jwt() -> 'user_metadata') as e where e.key = 'role'));
-- finds rls-references-user-metadata public.t51.p
create policy p on public.t51 for update using (auth.jwt() @@ '$.user_metadata.role == "admin"');
-- leaves rls-references-user-metadata public.t52.p
create policy p on public.t52 for update using ((auth.jwt() -> 'app_metadata' ->> 'user_metadata') = 'admin');
-- leaves rls-references-user-metadata public.t53.p
create policy p on public.t53 for update to authenticated using (prefs -> 'user_metadata' ->> 'x' = 'y' and owner_id = (select auth.uid()));
-- leaves rls-references-user-metadata public.t54.p
create policy p on public.t54 for update using (auth.jwt() @> '{"app_metadata": {"role": "admin"}}');

-- Columns that are not the ones that are meant.
-- finds policy-unqualified-outer-column public.t55.p
create policy p on public.t55 for update to authenticated using (exists (select from public.members as m where m.org_id = org_id and m.user_id = (select auth.uid())));
-- finds policy-unqualified-outer-column public.t56.p
create policy p on public.t56 for update to authenticated using ((select auth.uid()) in (select user_id from public.members where members.org_id = org_id));
-- leaves policy-unqualified-outer-column public.t57.p
create policy p on public.t57 for update to authenticated using (exists (select from public.members as m where m.org_id = t57.org_id and m.user_id = (select auth.uid())));

-- New rows that are not looked at.
-- finds policy-missing-with-check public.t58.p
create policy p on public.t58 to authenticated using (is_public or owner_id = (select auth.uid()));
-- finds rls-policy-always-true public.t59.p
create policy p on public.t59 for update to authenticated using (owner_id = (select auth.uid())) with check (title <> '');
-- leaves policy-missing-with-check public.t60.p
create policy p on public.t60 for update to authenticated using (owner_id = (select auth.uid()));

-- What holds nothing back, and what holds everything back.
-- finds restrictive-without-permissive public.r1
create table public.r1 (id int primary key, owner_id uuid not null);
alter table public.r1 enable row level security;
create policy p on public.r1 as restrictive to authenticated using (owner_id = (select auth.uid()));
-- finds policy-shadowed-by-true public.t61.everything
create policy everything on public.t61 for select using (true);
-- finds policy-recursion public.r2.p
create table public.r2 (id int primary key, team int);
alter table public.r2 enable row level security;
create policy p on public.r2 to authenticated using (team in (select r.team from public.r2 as r));
-- finds policy-recursion public.r3.p
create table public.r3 (id int primary key);
create table public.r4 (id int primary key);
alter table public.r3 enable row level security;
alter table public.r4 enable row level security;
create policy p on public.r3 for select to authenticated using (id in (select r4.id from public.r4));
create policy p on public.r4 to authenticated using (id in (select r3.id from public.r3));
-- finds grant-without-policy public.r5
-- leaves policy-insert-without-select public.r5.add
create table public.r5 (id int primary key, owner_id uuid not null);
alter table public.r5 enable row level security;
create policy see on public.r5 for select to authenticated using (owner_id = (select auth.uid()));
create policy add on public.r5 for insert to authenticated with check (owner_id = (select auth.uid()));
-- finds policy-insert-without-select public.r6.add
create table public.r6 (id int primary key, owner_id uuid not null);
alter table public.r6 enable row level security;
create policy add on public.r6 for insert to authenticated with check (owner_id = (select auth.uid()));
-- finds policy-update-without-select public.r7.change
create table public.r7 (id int primary key, owner_id uuid not null);
alter table public.r7 enable row level security;
create policy change on public.r7 for update to authenticated using (owner_id = (select auth.uid()));

-- Tables that are open in ways of their own.
-- finds rls-disabled-in-public public.o1
create table public.o1 (id int primary key, note text);
revoke all on public.o1 from anon, authenticated;
grant insert on public.o1 to anon;
-- finds rls-disabled-in-public public.o2
create table public.o2 (id int primary key, note text);
revoke all on public.o2 from anon, authenticated;
grant select (note) on public.o2 to authenticated;
-- finds rls-disabled-in-public public.o3
create role editors nologin;
grant editors to authenticated;
create table public.o3 (id int primary key);
revoke all on public.o3 from anon, authenticated;
grant all on public.o3 to editors;
-- finds rls-disabled-in-public public.o4
create table public.o4 (id int primary key);
revoke all on public.o4 from anon, authenticated;
grant update on public.o4 to public;
-- finds rls-disabled-in-public public.o5_1
-- leaves rls-disabled-in-public public.o5
create table public.o5 (id int primary key, owner_id uuid not null) partition by range (id);
alter table public.o5 enable row level security;
create policy own on public.o5 to authenticated using (owner_id = (select auth.uid()));
create table public.o5_1 partition of public.o5 for values from (1) to (100);
-- leaves rls-disabled-in-public public.o6
create table public.o6 (id int primary key);
revoke all on public.o6 from anon, authenticated;
-- leaves rls-disabled-in-public hidden.o7
create table hidden.o7 (id int primary key);
grant all on hidden.o7 to anon;

-- Functions and views.
-- finds function-search-path-mutable public.f1(integer)
create function public.f1(a int) returns bigint language sql security definer as $$ select count(*) from public.members $$;
-- finds function-search-path-writable public.f2()
create function public.f2() returns bigint language sql security definer set search_path = shared, public as $$ select count(*) from members $$;
-- finds function-search-path-writable public.f3()
create function public.f3() returns bigint language sql security definer set search_path = pg_temp, public as $$ select count(*) from members $$;
-- finds anon-security-definer-function-executable public.f4()
-- leaves function-search-path-writable public.f4()
create function public.f4() returns setof public.members language sql security definer set search_path = public, pg_temp as $$ select * from public.members $$;
-- leaves anon-security-definer-function-executable private.f5()
create function private.f5() returns bigint language sql security definer set search_path = '' as $$ select count(*) from public.members $$;
-- leaves anon-security-definer-function-executable public.f6()
create function public.f6() returns bigint language sql security definer set search_path = '' as $$ select count(*) from public.members $$;
revoke execute on function public.f6() from public;
-- finds definer-trusts-argument public.f7(uuid)
create function public.f7(user_id uuid) returns setof public.members language sql security definer set search_path = '' as $$ select * from public.members as m where m.user_id = f7.user_id $$;
-- finds security-definer-view public.v1
create view public.v1 as select * from public.members;
-- leaves security-definer-view public.v2
create view public.v2 with (security_invoker = true) as select * from public.members;
-- finds security-definer-view public.v3
create view private.inner_view as select * from public.members;
grant select on private.inner_view to authenticated;
create view public.v3 with (security_invoker = on) as select * from private.inner_view;
-- leaves security-definer-view public.v4
create view public.v4 as select * from public.members;
revoke all on public.v4 from anon, authenticated;
-- finds materialized-view-in-api public.m1
create materialized view public.m1 as select * from public.members;
-- leaves materialized-view-in-api public.m2
create materialized view public.m2 as select * from public.members;
revoke all on public.m2 from anon, authenticated;
-- finds auth-users-exposed public.v5
create view public.v5 with (security_invoker = off) as select u.id, u.email from auth.users as u;

-- Columns, truncation, and what a role inherits.
-- finds privileged-column-writable public.accounts_of.is_admin
create table public.accounts_of (id uuid primary key references auth.users (id), name text, is_admin boolean not null default false);
alter table public.accounts_of enable row level security;
create policy own on public.accounts_of to authenticated using (id = (select auth.uid())) with check (id = (select auth.uid()));
-- leaves privileged-column-writable public.kept.is_admin
create table public.kept (id uuid primary key references auth.users (id), name text, is_admin boolean not null default false);
alter table public.kept enable row level security;
revoke insert, update on public.kept from anon, authenticated;
grant insert (id, name), update (name) on public.kept to authenticated;
create policy own on public.kept to authenticated using (id = (select auth.uid())) with check (id = (select auth.uid()));
-- finds truncate-granted public.t70
-- finds policy-widened-by-role-membership public.t62.for_editors
create policy for_editors on public.t62 for update to editors using (is_public);
-- finds auth-rls-initplan public.t63.p
create policy p on public.t63 for update to authenticated using (owner_id = auth.uid());
-- leaves auth-rls-initplan public.t64.p
create policy p on public.t64 for update to authenticated using (owner_id = (select auth.uid()));
-- finds multiple-permissive-policies public.t65
create policy one on public.t65 for select to authenticated using (is_public);
