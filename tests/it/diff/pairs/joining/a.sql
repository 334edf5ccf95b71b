create table p (a int, b text);
create table q (a int, c text);
create table changes (a int, b text, z int) inherits (p);
create table leaves (a int, b text) inherits (p);
create view left_behind as select a, b from leaves;
create table joins (b varchar(9), a bigint, spare int);
create table one (k int, v text);
create table twofold (k int, v text, w text) inherits (one);
create table two (k int, w text);
