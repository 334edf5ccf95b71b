-- What is published everybody reads: an enum, a truth value, a time, text; states that nobody knows stay closed.
create type public.post_status as enum ('draft', 'in_review', 'published', 'archived');
create table public.posts (id int primary key, author_id uuid not null references auth.users (id), status public.post_status not null default 'draft', title text);
create table public.comments (id int primary key, post_id int not null references public.posts (id), author_id uuid not null references auth.users (id), body text);
create table public.images (id int primary key, post_id int not null references public.posts (id), url text);
create table public.recipes (id int primary key, user_id uuid not null references auth.users (id), is_public boolean, deleted_at timestamptz, title text);
create table public.essays (id int primary key, user_id uuid not null references auth.users (id), published_at timestamptz, body text);
create table public.stories (id int primary key, owner_id uuid not null references auth.users (id), visibility text not null default 'private', moderation_status text check (moderation_status in ('pending', 'approved')));
create table public.tasks (id int primary key, user_id uuid not null references auth.users (id), status text not null default 'open');
create table public.tickets (id int primary key, user_id uuid not null references auth.users (id), is_public boolean not null default false, state text not null default 'new');
--@ seed
insert into public.posts values (1, 'a', 'draft', 'a'), (2, 'a', 'published', 'a'), (3, 'b', 'in_review', 'b'), (4, 'b', 'published', 'b');
insert into public.comments values (1, 2, 'b', 'b');
insert into public.images values (1, 1, 'draft'), (2, 2, 'published'), (3, 3, 'review');
insert into public.recipes values (1, 'a', false, null), (2, 'a', true, null), (3, 'b', null, null), (4, 'b', true, now());
insert into public.essays values (1, 'a', null), (2, 'a', '2020-01-01'), (3, 'b', '2999-01-01');
insert into public.stories values (1, 'a', 'private', 'approved'), (2, 'a', 'public', 'pending'), (3, 'b', 'public', 'approved'), (4, 'b', 'unlisted', 'approved');
insert into public.tasks values (1, 'a', 'open'), (2, 'b', 'published');
insert into public.tickets values (1, 'a', true, 'new');
--@ probes
--? anon - {} 2 select count(*) from public.posts
--? authenticated a {} 3 select count(*) from public.posts
--? authenticated b {} 3 select count(*) from public.posts
--? anon - {} deny insert into public.posts values (9, 'a', 'draft', 'x')
--? anon - {} deny update public.posts set title = 'x'
--? authenticated a {} 1 insert into public.posts values (9, 'a', 'draft', 'x')
--? authenticated a {} deny insert into public.posts values (9, 'b', 'draft', 'x')
--? authenticated a {} 0 update public.posts set title = 'x' where id = 4
--? authenticated a {} deny update public.posts set author_id = 'b' where id = 2
--? authenticated a {} 1 insert into public.comments values (2, 4, 'a', 'x')
--? authenticated a {} deny insert into public.comments values (2, 3, 'a', 'on what he does not see')
--? anon - {} 1 select count(*) from public.images
--? authenticated a {} 2 select count(*) from public.images
--? authenticated b {} deny insert into public.images values (9, 2, 'into what is published, and another''s')
--? authenticated a {} 1 insert into public.images values (9, 2, 'x')
--? anon - {} 1 select count(*) from public.recipes
--? authenticated b {} 3 select count(*) from public.recipes
--? anon - {} 1 select count(*) from public.essays
--? anon - {} 1 select count(*) from public.stories
--? authenticated a {} deny update public.stories set moderation_status = 'approved' where id = 2
--? anon - {} deny select count(*) from public.tasks
--? authenticated a {} 1 select count(*) from public.tasks
--? anon - {} deny select count(*) from public.tickets
