-- enum partition
create schema enum_partition;
set search_path = enum_partition;
create function f() returns trigger language plpgsql as 'begin return new; end';
create type e as enum('b','a');
create table p(id int, k int, m e default 'a') partition by list(k);
create table p1 partition of p for values in (1);
create table p2 partition of p for values in (2) partition by list(k);
create table p21 partition of p2 for values in (2);
create policy pp on p1 using (m = 'a');
create view v as select m from p21;
create trigger t before update of m on p for each row execute function f();
create table par(m e);
create table chi(x int) inherits (par);
create policy pc on chi using (m = 'b');
create index i on p(m);
create statistics st on id, m from p;
alter statistics st set statistics 3;
--15: create publication pb for table p1 (id, m);
create rule r as on update to par where new.m = 'a' do instead nothing;

-- policies cross
create schema policies_cross;
set search_path = policies_cross;
create schema policies_auth;
create function policies_auth.uid() returns int language sql stable as 'select 1';
create table a(id int, owner text);
create table b(id int, aid int, m int);
create table c(id int);
alter table a enable row level security;
alter table b enable row level security;
alter table c enable row level security;
alter table c force row level security;
--14: create function can(c) returns bool language sql begin atomic select exists (select from b where b.m = $1.id); end;
create policy pa on a to r1 using (exists (select from b where b.aid = a.id and b.m = (select policies_auth.uid())));
create policy pb on b using (exists (select from a where a.id = b.aid and a.owner = 'x'));
--14: create policy pc on c for insert to r1 with check (can(c));
create policy pc2 on c as restrictive for update to r1 using (exists (select from c c2 where c2.id = c.id)) with check (true);
create table p(id int, k int, t varchar) partition by list(k);
create table p1 partition of p for values in (1);
create table p2 partition of p for values in (2);
alter table p1 enable row level security;
alter table p2 enable row level security;
create policy pp on p1 using (t = 'y');
create policy pp on p2 using (t = 'x');

-- nn attach
create schema nn_attach;
set search_path = nn_attach;
create table p(id int not null, k int not null, x int) partition by list(k);
create table p1(id int not null, k int not null, x int);
alter table p attach partition p1 for values in (1);
create table p2(id int not null, k int not null, x int);
create table p3(id int not null, k int not null, x int);
create table p4 partition of p for values in (4) partition by range(id);
create table p41 partition of p4 for values from (0) to (5);
create table p5 (id int not null, k int not null, x int not null);
alter table p attach partition p5 for values in (5);
create table p6 partition of p (x not null) for values in (6);
