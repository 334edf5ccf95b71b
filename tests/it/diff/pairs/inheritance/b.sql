create table animal (id bigint primary key, name text not null, born date, constraint named check (name <> 'x'));
create table dog (barks boolean default false) inherits (animal);
create table puppy (weeks int, loud boolean) inherits (dog);
create table tagged (tag text);
create table cat (lives int, tag text) inherits (animal, tagged);
create table loose (id bigint not null, name text not null, wild boolean, constraint named check (name <> ''));
create view all_animals as select tableoid::regclass::text as kind, id, name, born from animal;
create index animal_name on animal (name, born);
create index dog_name on dog (lower(name));
create rule no_dogs as on delete to dog where old.id > 0 do instead nothing;
create rule note as on update to cat do also insert into tagged values (new.tag);
alter table dog disable rule no_dogs;
comment on column dog.barks is 'quiet';

create table firm (id int not null, n int);
create table keeps (n int not null) inherits (firm);
create table follows () inherits (firm);
create table further (n int not null) inherits (follows);
