create table p (a int, b text, n int default 3, check (a > 0));
create table q (a int, c text, n int);
create table changes (a int, c text, n int, z int) inherits (q);
create table leaves (a int, b text);
create view left_behind as select a, b from leaves;
create table joins (b text, a int, n int, constraint p_a_check check (a > 0)) inherits (p);
create table one (k int, v text);
create table two (k int, w text not null);
create table twofold (k int, v text, w text not null) inherits (two, one);
