-- enum partition
create schema enum_partition;
set search_path = enum_partition;
create function f() returns trigger language plpgsql as 'begin return new; end';
create type e as enum('a','b','c');
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
create table a(id int, o text);
create table b(id int, aid int);
alter table a enable row level security;
alter table b enable row level security;
create policy pa on a using (exists (select from b where b.aid = a.id));
create policy pb on b using (exists (select from a where a.id = b.aid));
create table p(id int, k int, t text) partition by list(k);
create table p1 partition of p for values in (1);
alter table p1 enable row level security;
create policy pp on p1 using (t = 'x');
create policy pp on p using (t = 'x');

-- nn attach
create schema nn_attach;
set search_path = nn_attach;
create table p(id int not null, k int not null, x int) partition by list(k);
create table p1(id int not null, k int not null, x int);
create table p2 partition of p for values in (2);
create table p3(id int not null, k int not null, x int);
alter table p attach partition p3 for values in (3);
create table p4 partition of p for values in (4);
