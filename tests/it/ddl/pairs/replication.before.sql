-- pubs
create schema pubs;
set search_path = pubs;
create schema pubs_s;
create table t(id int primary key, a int, b int);
create table pubs_s.u(id int primary key);
create table par(id int);
create table chi() inherits (par);
--15: create publication p1 for all tables;
--15: create publication p2 for table t;
--15: create publication p3 for table t (id, a) where (id > 3), only par with (publish='insert');
--15: create publication p4;
--15: create publication p5 for tables in schema pubs_s;
--15: create publication p6 with (publish='', publish_via_partition_root=true);
--15: create subscription s1 connection 'host=h dbname=x' publication p1 with (connect=false, slot_name='aslot', binary, streaming, synchronous_commit='local', two_phase, disable_on_error);
--15: create subscription s2 connection 'host=h' publication p1,p2 with (connect=false, slot_name=none);
--15: create subscription s3 connection 'host=h user=u' publication p1 with (connect=false);
