create table animal (id int primary key, name varchar(10) not null, constraint named check (name <> ''));
create table dog (barks boolean default true) inherits (animal);
create table puppy (weeks int) inherits (dog);
create table tagged (tag text);
create table cat (lives int, tag text) inherits (animal);
create table loose (id int, name varchar(10) not null, wild boolean, constraint named check (name <> ''));
create view all_animals as select tableoid::regclass::text as kind, id, name from animal;
create index animal_name on animal (name);
create index dog_name on dog (name);
create rule no_dogs as on delete to dog do instead nothing;
create rule note as on insert to cat do also insert into tagged values (new.tag);
comment on column dog.barks is 'loud';

create table firm (id int not null, n int not null);
create table keeps (n int not null) inherits (firm);
create table follows () inherits (firm);
create table further (n int not null) inherits (follows);
