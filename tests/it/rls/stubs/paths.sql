-- Files in the user's own folder.
--! [rls.archetypes]
--! "public.files" = { archetype = "storage-path", bucket = "avatars" }
create table public.files (id int primary key, bucket_id text not null, name text not null);
create table public.uploads (id int primary key, bucket_id text not null default 'docs', name text not null);
create table public.blobs (id int primary key, bucket_id text not null, name text not null);
--@ seed
insert into public.files values (1, 'avatars', 'a/x.png'), (2, 'avatars', 'b/x.png'), (3, 'private', 'a/x.png');
insert into public.uploads values (1, 'docs', 'a/x.png'), (2, 'docs', 'b/x.png');
insert into public.blobs values (1, 'docs', 'a/x.png');
--@ probes
--? authenticated a {} 1 select count(*) from public.files
--? authenticated a {} 1 insert into public.files values (9, 'avatars', 'a/y.png')
--? authenticated a {} deny insert into public.files values (9, 'avatars', 'b/y.png')
--? authenticated a {} deny insert into public.files values (9, 'private', 'a/y.png')
--? authenticated a {} deny update public.files set name = 'b/z.png'
--? authenticated - {} 0 select count(*) from public.files
--? anon - {} deny select count(*) from public.files
--? authenticated a {} 1 select count(*) from public.uploads
--? authenticated a {} deny select count(*) from public.blobs
