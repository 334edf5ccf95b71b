create table t (id int primary key);

create table wide (id int primary key, m int);

create table p (k int not null, v text) partition by range (k);
create unique index pi on p (k, v);
