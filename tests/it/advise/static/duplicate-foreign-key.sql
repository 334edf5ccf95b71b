-- finds public.notes.twice
-- finds public.notes.turned
create table public.users (id int primary key);
create table public.pairs (a int, b int, primary key (a, b));
create table public.notes (id int primary key, user_id int, a int, b int,
  constraint once foreign key (user_id) references public.users,
  constraint twice foreign key (user_id) references public.users,
  constraint straight foreign key (a, b) references public.pairs on delete cascade,
  constraint turned foreign key (b, a) references public.pairs (b, a)
);
-- near miss: other columns, or another table
create table public.users (id int primary key);
create table public.people (id int primary key);
create table public.notes (id int primary key, user_id int, other int,
  foreign key (user_id) references public.users,
  foreign key (other) references public.users,
  foreign key (user_id) references public.people
);
