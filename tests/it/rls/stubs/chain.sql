-- Rows that belong to whom another table's row belongs to: four tables deep, two parents, a key in two columns, a circle.
create table public.boards (id int primary key, user_id uuid not null references auth.users (id), name text);
create table public.lanes (id int primary key, board_id int not null references public.boards (id) on delete cascade, name text);
create table public.cards (id int primary key, lane_id int not null references public.lanes (id), title text, is_verified boolean default false);
create table public.ticks (card_id int not null references public.cards (id), at timestamptz not null, primary key (card_id, at));
create table public.labels (id int primary key, user_id uuid not null references auth.users (id), name text);
create table public.card_labels (card_id int references public.cards (id), label_id int references public.labels (id), primary key (card_id, label_id));
create table public.books (shelf int, number int, user_id uuid not null references auth.users (id), primary key (shelf, number));
create table public.chapters (shelf int not null, number int not null, chapter int not null, body text, primary key (shelf, number, chapter), foreign key (shelf, number) references public.books (shelf, number));
create table public.decks (id int primary key, user_id uuid not null references auth.users (id), cover_id int);
create table public.slides (id int primary key, deck_id int not null references public.decks (id), body text);
alter table public.decks add foreign key (cover_id) references public.slides (id);
--@ seed
insert into public.boards values (1, 'a', 'a'), (2, 'b', 'b');
insert into public.lanes values (1, 1, 'a'), (2, 2, 'b');
insert into public.cards values (1, 1, 'a'), (2, 2, 'b');
insert into public.ticks values (1, '2020-01-01'), (2, '2020-01-01');
insert into public.labels values (1, 'a', 'a'), (2, 'b', 'b');
insert into public.card_labels values (1, 1), (2, 2);
insert into public.books values (1, 1, 'a'), (1, 2, 'b');
insert into public.chapters values (1, 1, 1, 'a'), (1, 2, 1, 'b');
insert into public.decks values (1, 'a', null), (2, 'b', null);
insert into public.slides values (1, 1, 'a'), (2, 2, 'b');
--@ probes
--? authenticated a {} 1 select count(*) from public.lanes
--? authenticated a {} 1 select count(*) from public.cards
--? authenticated a {} 1 select count(*) from public.ticks
--? authenticated - {} 0 select count(*) from public.ticks
--? anon - {} deny select count(*) from public.ticks
--? authenticated a {} 1 insert into public.ticks values (1, '2021-01-01')
--? authenticated a {} deny insert into public.ticks values (2, '2021-01-01')
--? authenticated a {} deny update public.cards set lane_id = 2
--? authenticated a {} 1 update public.cards set title = 'x'
--? authenticated a {} deny update public.cards set is_verified = true
--? authenticated a {} deny update public.lanes set board_id = 2 where id = 1
--? authenticated a {} 1 delete from public.ticks
--? authenticated a {} 1 select count(*) from public.card_labels
--? authenticated a {} deny insert into public.card_labels values (1, 2)
--? authenticated a {} deny insert into public.card_labels values (2, 1)
--? authenticated a {} 1 select count(*) from public.chapters
--? authenticated a {} 1 insert into public.chapters values (1, 1, 2, 'x')
--? authenticated a {} deny insert into public.chapters values (1, 2, 2, 'x')
--? authenticated a {} 1 select count(*) from public.slides
--? authenticated a {} 1 update public.decks set cover_id = 1 where id = 1
--? authenticated a {} deny insert into public.slides values (3, 2, 'x')
