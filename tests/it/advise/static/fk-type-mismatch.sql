-- finds public.notes.narrow
-- finds public.notes.wide
-- finds public.notes.exact
create table public.users (id bigint primary key, small smallint unique, amount numeric unique);
create table public.notes (id int primary key, user_id int, big bigint, amount int,
  constraint narrow foreign key (user_id) references public.users,
  constraint wide foreign key (big) references public.users (small),
  constraint exact foreign key (amount) references public.users (amount)
);
-- near miss: a domain of the same type, and varchar that is text
create domain public.user_id as bigint check (value > 0);
create table public.users (id public.user_id primary key, name text unique);
create table public.notes (id int primary key, user_id bigint references public.users, name varchar(20) references public.users (name));
