--# chain of three
-- Boards of a user, and three levels below them.
create table public.boards (id int primary key, user_id uuid not null references auth.users (id), title text);
create table public.lists (id int primary key, board_id int not null references public.boards (id), title text);
create table public.cards (id int primary key, list_id int not null references public.lists (id), title text);
create table public.attachments (id int primary key, card_id int not null references public.cards (id), url text);
--@ seed
insert into public.boards values (1, 'a', 'a'), (2, 'b', 'b');
insert into public.lists values (1, 1, 'a'), (2, 2, 'b');
insert into public.cards values (1, 1, 'a'), (2, 2, 'b');
insert into public.attachments values (1, 1, 'a'), (2, 2, 'b');
--? authenticated a {} 1 select count(*) from public.attachments
--? authenticated c {} 0 select count(*) from public.attachments
--? authenticated a {} 1 insert into public.attachments values (3, 1, 'x')
--? authenticated a {} deny insert into public.attachments values (3, 2, 'x')
--? authenticated a {} deny update public.cards set list_id = 2
--? authenticated a {} 1 delete from public.attachments
--? authenticated - {} 0 select count(*) from public.cards
--? anon - {} deny select count(*) from public.attachments
--# chain that may be broken
-- A key in the middle may be NULL: a card of no list is nobody's.
create table public.lists (id int primary key, owner_id uuid not null references auth.users (id));
create table public.cards (id int primary key, list_id int references public.lists (id), title text);
create table public.checks (id int primary key, card_id int not null references public.cards (id), done boolean);
--@ seed
insert into public.lists values (1, 'a'), (2, 'b');
insert into public.cards values (1, 1, 'a'), (2, 2, 'b'), (3, null, 'nobody');
insert into public.checks values (1, 1, true), (2, 2, true), (3, 3, true);
--? authenticated a {} 1 select count(*) from public.cards
--? authenticated a {} 1 select count(*) from public.checks
--? authenticated a {} deny insert into public.cards values (4, null, 'x')
--? authenticated a {} deny insert into public.checks values (4, 3, true)
--? authenticated - {} 0 select count(*) from public.checks
--# nullable owner
create table public.drawings (id int primary key, user_id uuid references auth.users (id) on delete set null, title text);
--@ seed
insert into public.drawings values (1, 'a', 'a'), (2, 'b', 'b'), (3, null, 'n');
--? authenticated a {} 1 select count(*) from public.drawings
--? authenticated - {} 0 select count(*) from public.drawings
--? authenticated a {} deny insert into public.drawings values (4, null, 'x')
--? authenticated a {} deny update public.drawings set user_id = null
--? authenticated a {} 1 update public.drawings set title = 'x'
--# polymorphic comments
-- What a comment is on, no key says; who wrote it does.
create table public.notes (id int primary key, user_id uuid not null references auth.users (id), body text);
create table public.comments (id int primary key, commentable_type text not null, commentable_id int not null, user_id uuid not null references auth.users (id), body text);
create table public.uploads (id int primary key, owner_type text not null, owner_id uuid not null, url text);
create table public.labels (id int primary key, labelable_type text not null, labelable_id int not null, text text);
--@ seed
insert into public.notes values (1, 'a', 'a'), (2, 'b', 'b');
insert into public.comments values (1, 'note', 1, 'a', 'a'), (2, 'note', 2, 'b', 'b');
insert into public.uploads values (1, 'user', 'a', 'a'), (2, 'team', 'b', 'b');
insert into public.labels values (1, 'note', 1, 'a');
--? authenticated a {} 1 select count(*) from public.comments
--? authenticated a {} deny insert into public.comments values (3, 'note', 1, 'b', 'x')
--? authenticated a {} deny select count(*) from public.uploads
--? authenticated a {} deny insert into public.uploads values (3, 'user', 'a', 'x')
--? authenticated a {} deny select count(*) from public.labels
--? anon - {} deny select count(*) from public.labels
--# trees
create table public.folders (id int primary key, parent_id int references public.folders (id), owner_id uuid not null references auth.users (id), name text);
create table public.files (id int primary key, folder_id int not null references public.folders (id), name text);
create table public.nodes (id int primary key, parent_id int references public.nodes (id), label text);
--@ seed
insert into public.folders values (1, null, 'a', 'a'), (2, 1, 'a', 'aa'), (3, null, 'b', 'b');
insert into public.files values (1, 2, 'a'), (2, 3, 'b');
insert into public.nodes values (1, null, 'x');
--? authenticated a {} 2 select count(*) from public.folders
--? authenticated a {} 1 select count(*) from public.files
--? authenticated a {} 1 insert into public.folders values (4, 2, 'a', 'x')
--? authenticated a {} deny insert into public.folders values (4, null, 'b', 'x')
--? authenticated a {} deny insert into public.files values (3, 3, 'x')
--? authenticated a {} deny select count(*) from public.nodes
--# soft delete
-- The owner hides a row from himself, and no policy for reading holds him up.
create table public.memos (id int primary key, user_id uuid not null references auth.users (id), body text, deleted_at timestamptz);
create table public.memo_lines (id int primary key, memo_id int not null references public.memos (id), body text);
--@ seed
insert into public.memos values (1, 'a', 'a', null), (2, 'b', 'b', null), (3, 'b', 'c', now());
insert into public.memo_lines values (1, 1, 'a'), (2, 2, 'b');
--? authenticated a {} 1 update public.memos set deleted_at = now()
--? authenticated a {} 0 select count(*) from public.memos where user_id = 'b'
--? authenticated a {} 1 select count(*) from public.memo_lines
--? anon - {} deny select count(*) from public.memos
--# drafts and time windows
create type public.state as enum ('draft', 'review', 'published', 'archived');
create table public.posts (
  id int primary key, author_id uuid not null references auth.users (id), title text,
  status public.state not null default 'draft', published_at timestamptz, expires_at timestamptz, deleted_at timestamptz);
create table public.post_images (id int primary key, post_id int not null references public.posts (id), url text);
--@ seed
insert into public.posts values (1, 'a', 'out', 'published', '2020-01-01', null, null), (2, 'a', 'draft', 'draft', '2020-01-01', null, null),
  (3, 'a', 'to come', 'published', '2999-01-01', null, null), (4, 'a', 'over', 'published', '2020-01-01', '2021-01-01', null),
  (5, 'a', 'gone', 'published', '2020-01-01', null, '2021-01-01'), (6, 'b', 'archived', 'archived', '2020-01-01', null, null);
insert into public.post_images select id, id, 'x' from public.posts;
--? anon - {} 1 select count(*) from public.posts
--? authenticated b {} 2 select count(*) from public.posts
--? authenticated c {} 1 select count(*) from public.posts
--? anon - {} 1 select count(*) from public.post_images
--? authenticated c {} 1 select count(*) from public.post_images
--? authenticated b {} 0 update public.posts set title = 'x' where author_id = 'a'
--? authenticated b {} 0 delete from public.post_images where post_id = 1
--? anon - {} deny insert into public.posts (id, author_id) values (7, 'a')
--? authenticated b {} deny insert into public.posts (id, author_id) values (7, 'a')
--# states that nobody knows
-- Whether "open" is for everybody, no name says.
create table public.tickets (id int primary key, user_id uuid not null references auth.users (id), subject text, status text not null default 'open');
create table public.listings (id int primary key, seller_id uuid not null references auth.users (id), status text not null, price int);
--@ seed
insert into public.tickets values (1, 'a', 'a', 'open'), (2, 'b', 'b', 'published');
insert into public.listings values (1, 'a', 'active', 1);
--? authenticated a {} 1 select count(*) from public.tickets
--? anon - {} deny select count(*) from public.tickets
--? anon - {} deny select count(*) from public.listings
--? authenticated b {} deny select count(*) from public.listings
--# profiles whose key is the user
create table public.profiles (
  id uuid primary key references auth.users (id), username text, full_name text, bio text, website text, email text,
  is_admin boolean not null default false, role text not null default 'user', credits int not null default 0,
  stripe_customer_id text, email_verified boolean, org_id text, company_id uuid, banned_until timestamptz);
--@ seed
insert into public.profiles (id, username) values ('a', 'a'), ('b', 'b');
--? authenticated a {} 1 select count(*) from public.profiles
--? authenticated a {} 1 update public.profiles set username = 'x', bio = 'x'
--? authenticated a {} deny update public.profiles set is_admin = true
--? authenticated a {} deny update public.profiles set role = 'admin'
--? authenticated a {} deny update public.profiles set credits = 5
--? authenticated a {} deny update public.profiles set stripe_customer_id = 'x'
--? authenticated a {} deny update public.profiles set email_verified = true
--? authenticated a {} deny update public.profiles set org_id = 'x'
--? authenticated a {} deny update public.profiles set company_id = 'b'
--? authenticated a {} deny update public.profiles set banned_until = null
--? authenticated c {} 1 insert into public.profiles (id, username) values ('c', 'c')
--? authenticated c {} deny insert into public.profiles (id, username) values ('x', 'c')
--? authenticated c {} deny insert into public.profiles (id, role) values ('c', 'admin')
--? authenticated a {} 0 update public.profiles set username = 'x' where id = 'b'
--? anon - {} deny select count(*) from public.profiles
--# profiles with a key of their own
create table public.profiles (
  id uuid primary key default gen_random_uuid(), user_id uuid not null unique references auth.users (id), handle text,
  role text not null default 'user', is_premium boolean default false, organization_id text);
--@ seed
insert into public.profiles (user_id, handle) values ('a', 'a'), ('b', 'b');
--? authenticated b {} deny update public.profiles set role = 'admin'
--? authenticated b {} deny update public.profiles set is_premium = true
--? authenticated b {} deny update public.profiles set user_id = 'a'
--? authenticated a {"user_metadata":{"organization_id":"1"}} deny select count(*) from public.profiles where user_id = 'b'
--? anon - {} deny select count(*) from public.profiles
--# users of a public table
create table public.users (id uuid primary key references auth.users (id), email text not null, name text, password_hash text, is_admin boolean not null default false);
create table public.posts (id int primary key, user_id uuid not null references public.users (id), body text);
--@ seed
insert into public.users (id, email, name) values ('a', 'a', 'a'), ('b', 'b', 'b');
insert into public.posts values (1, 'a', 'a'), (2, 'b', 'b');
--? authenticated a {} 1 select count(id) from public.users
--? authenticated a {} deny select password_hash from public.users
--? authenticated a {} deny update public.users set is_admin = true
--? authenticated a {} deny update public.users set email = 'x'
--? authenticated a {} 1 select count(*) from public.posts
--? authenticated a {} deny insert into public.posts values (3, 'b', 'x')
--? anon - {} deny select count(id) from public.users
--# users with a key that is not auth.uid()
-- The key of public.users is its own: a post's user_id is never auth.uid().
create table public.users (id uuid primary key default gen_random_uuid(), auth_user_id uuid not null unique references auth.users (id), name text);
create table public.posts (id int primary key, user_id uuid not null references public.users (id), body text);
create table public.likes (user_id uuid not null references public.users (id), post_id int not null references public.posts (id), primary key (user_id, post_id));
--@ seed
insert into public.users values ('b', 'a', 'the key of b, and the user a'), ('a', 'b', 'the key of a, and the user b');
insert into public.posts values (1, 'b', 'of the user a'), (2, 'a', 'of the user b');
insert into public.likes values ('b', 1), ('a', 2);
--? authenticated a {} 0 select count(*) from public.posts where id = 2
--? authenticated b {} 0 select count(*) from public.posts where id = 1
--? authenticated a {} deny insert into public.posts values (3, 'a', 'x')
--? authenticated a {} 0 select count(*) from public.users where auth_user_id = 'b'
--? authenticated a {} 0 update public.posts set body = 'x' where id = 2
--? authenticated a {} deny insert into public.likes values ('a', 1)
--# keys of users as text
-- A provider of its own: no key leads to auth.users.
create table public.todos (id int primary key, user_id text not null default (auth.jwt() ->> 'sub'), title text);
create table public.prefs (id int primary key, clerk_user_id text not null, theme text);
--@ seed
insert into public.todos values (1, 'user_1', 'a'), (2, 'user_2', 'b');
insert into public.prefs values (1, 'user_1', 'dark');
--? anon - {} deny select count(*) from public.todos
--? authenticated a {} deny select count(*) from public.prefs
--? authenticated a {} deny insert into public.prefs values (2, 'user_1', 'x')
--# assigned, invited, reviewed
create table public.todos (id int primary key, created_by uuid not null references auth.users (id), assigned_to uuid references auth.users (id), title text);
create table public.invites (id int primary key, email text not null, invited_by uuid not null references auth.users (id));
create table public.manuscripts (id int primary key, author_id uuid not null references auth.users (id), reviewer_id uuid references auth.users (id), body text);
create table public.cases (id int primary key, assignee_id uuid references auth.users (id), body text);
create table public.visits (id int primary key, patient_id uuid not null references auth.users (id), doctor_id uuid not null references auth.users (id), notes text);
--@ seed
insert into public.todos values (1, 'a', 'b', 'a'), (2, 'b', 'a', 'b');
insert into public.invites values (1, 'x', 'a');
insert into public.manuscripts values (1, 'a', 'b', 'a'), (2, 'b', 'a', 'b');
insert into public.cases values (1, 'a', 'a');
insert into public.visits values (1, 'a', 'b', 'x');
--? authenticated a {} 1 select count(*) from public.todos
--? authenticated a {} deny insert into public.todos values (3, 'b', 'a', 'x')
--? authenticated b {} 0 update public.todos set title = 'x' where id = 1
--? authenticated a {} deny select count(*) from public.invites
--? authenticated b {} 0 update public.manuscripts set body = 'x' where id = 1
--? authenticated a {} deny select count(*) from public.cases
--? authenticated a {} deny select count(*) from public.visits
--? authenticated b {} deny insert into public.visits values (2, 'c', 'b', 'x')
--# two who could be the owner
create table public.transfers (id int primary key, from_user uuid not null references auth.users (id), to_user uuid not null references auth.users (id), amount numeric not null);
create table public.orders (id int primary key, buyer_id uuid not null references auth.users (id), seller_id uuid not null references auth.users (id), total int);
create table public.friendships (user_id uuid not null references auth.users (id), friend_id uuid not null references auth.users (id), status text, primary key (user_id, friend_id));
create table public.follows (follower_id uuid not null references auth.users (id), following_id uuid not null references auth.users (id), primary key (follower_id, following_id));
create table public.blocks (user_id uuid not null references auth.users (id), blocked_user_id uuid not null references auth.users (id), primary key (user_id, blocked_user_id));
create table public.notices (id int primary key, user_id uuid not null references auth.users (id), actor_id uuid not null references auth.users (id), body text);
--@ seed
insert into public.transfers values (1, 'a', 'b', 5);
insert into public.orders values (1, 'a', 'b', 5);
insert into public.friendships values ('a', 'b', 'pending');
insert into public.follows values ('a', 'b');
insert into public.blocks values ('a', 'b');
insert into public.notices values (1, 'a', 'b', 'x');
--? authenticated a {} deny select count(*) from public.transfers
--? authenticated a {} deny insert into public.transfers values (2, 'b', 'a', 100)
--? authenticated b {} deny select count(*) from public.orders
--? authenticated b {} deny update public.friendships set status = 'accepted'
--? authenticated b {} deny select count(*) from public.follows
--? authenticated b {} deny select count(*) from public.blocks
--? authenticated b {} deny insert into public.notices values (2, 'a', 'b', 'x')
--# tables without a key
create table public.clicks (user_id uuid not null references auth.users (id), url text);
create table public.readings (device text, value int);
--@ seed
insert into public.clicks values ('a', 'a'), ('a', 'a'), ('b', 'b');
insert into public.readings values ('x', 1);
--? authenticated a {} 2 select count(*) from public.clicks
--? authenticated a {} deny insert into public.clicks values ('b', 'x')
--? authenticated a {} deny select count(*) from public.readings
--? anon - {} deny select count(*) from public.clicks
--# partitions of an owner's rows
create table public.metrics (user_id uuid not null references auth.users (id), at date not null, value int, primary key (user_id, at)) partition by range (at);
create table public.metrics_2026 partition of public.metrics for values from ('2026-01-01') to ('2027-01-01');
create table public.metrics_old partition of public.metrics default;
--@ seed
insert into public.metrics values ('a', '2026-02-01', 1), ('b', '2026-02-01', 2), ('b', '2020-02-01', 2);
--? authenticated a {} 1 select count(*) from public.metrics
--? authenticated a {} 1 insert into public.metrics values ('a', '2026-03-01', 1)
--? authenticated a {} deny insert into public.metrics values ('b', '2026-03-01', 1)
--? authenticated a {} deny select count(*) from public.metrics_old
--? authenticated a {} deny insert into public.metrics_2026 values ('b', '2026-05-01', 1)
--? anon - {} deny select count(*) from public.metrics_2026
--# views and materialized views
create table public.diaries (id int primary key, user_id uuid not null references auth.users (id), body text);
create view public.diary_titles as select id, user_id, left(body, 10) as title from public.diaries;
create view public.titles_again as select * from public.diary_titles;
create materialized view public.diary_counts as select user_id, count(*) from public.diaries group by user_id;
grant all on all tables in schema public to anon, authenticated;
--@ seed
insert into public.diaries values (1, 'a', 'a'), (2, 'b', 'b');
refresh materialized view public.diary_counts;
--? authenticated a {} 1 select count(*) from public.diary_titles
--? authenticated a {} 1 select count(*) from public.titles_again
--? authenticated a {} deny select count(*) from public.diary_counts
--? anon - {} deny select count(*) from public.diary_counts
--? anon - {} deny select count(*) from public.titles_again
--? authenticated a {} deny insert into public.diary_titles (id, user_id) values (3, 'b')
--# junctions
create table public.posts (id int primary key, user_id uuid not null references auth.users (id), title text);
create table public.tags (id int primary key, name text not null);
create table public.post_tags (post_id int not null references public.posts (id), tag_id int not null references public.tags (id), primary key (post_id, tag_id));
create table public.playlists (id int primary key, owner_id uuid not null references auth.users (id), name text);
create table public.songs (id int primary key, owner_id uuid not null references auth.users (id), name text);
create table public.playlist_songs (playlist_id int not null references public.playlists (id), song_id int not null references public.songs (id), added_by uuid references auth.users (id), primary key (playlist_id, song_id));
create table public.saved_posts (user_id uuid not null references auth.users (id), post_id int not null references public.posts (id), primary key (user_id, post_id));
create table public.enrolments (student_id uuid not null references auth.users (id), post_id int not null references public.posts (id), grade int, primary key (student_id, post_id));
--@ seed
insert into public.posts values (1, 'a', 'a'), (2, 'b', 'b');
insert into public.tags values (1, 'x');
insert into public.post_tags values (1, 1), (2, 1);
insert into public.playlists values (1, 'a', 'a'), (2, 'b', 'b');
insert into public.songs values (1, 'a', 'a'), (2, 'b', 'b');
insert into public.playlist_songs values (1, 1, 'a'), (2, 2, 'b');
insert into public.saved_posts values ('b', 2);
insert into public.enrolments values ('a', 1, 1);
--? authenticated a {} 1 select count(*) from public.post_tags
--? authenticated a {} deny insert into public.post_tags values (2, 1)
--? authenticated a {} 0 delete from public.post_tags where post_id = 2
--? authenticated a {} 1 select count(*) from public.playlist_songs
--? authenticated a {} deny insert into public.playlist_songs (playlist_id, song_id) values (2, 1)
--? authenticated a {} deny insert into public.playlist_songs (playlist_id, song_id) values (1, 2)
--? authenticated a {} 0 select count(*) from public.saved_posts
--? authenticated a {} deny insert into public.saved_posts values ('b', 1)
--? authenticated a {} deny insert into public.saved_posts values ('a', 2)
--? authenticated a {} deny update public.enrolments set grade = 6
--? authenticated b {} deny insert into public.enrolments values ('b', 2, 6)
--# keys in another type of number, and names in capitals
create schema "App";
grant usage on schema "App" to anon, authenticated, service_role;
create table "App"."UserAccounts" ("Id" uuid primary key references auth.users (id), "DisplayName" text, "IsAdmin" boolean not null default false);
create table "App"."Notes" ("Id" int primary key, "UserId" uuid not null references "App"."UserAccounts" ("Id"), "Body" text);
create table "App"."NoteLines" ("Id" int primary key, "NoteId" int not null references "App"."Notes" ("Id"), "Text" text);
grant all on all tables in schema "App" to anon, authenticated;
--@ seed
insert into "App"."UserAccounts" values ('a', 'a'), ('b', 'b');
insert into "App"."Notes" values (1, 'a', 'a'), (2, 'b', 'b');
insert into "App"."NoteLines" values (1, 1, 'a'), (2, 2, 'b');
--? authenticated a {} 1 select count(*) from "App"."Notes"
--? authenticated a {} 1 select count(*) from "App"."NoteLines"
--? authenticated a {} deny update "App"."UserAccounts" set "IsAdmin" = true
--? authenticated a {} deny insert into "App"."NoteLines" values (3, 2, 'x')
--? anon - {} deny select count(*) from "App"."NoteLines"
