-- finds avatars
create schema storage;
create table storage.buckets (id text primary key, public boolean not null);
create table storage.objects (id int primary key, bucket_id text not null, name text not null, owner uuid);
alter table storage.objects enable row level security;
insert into storage.buckets values ('avatars', true), ('papers', false);
create policy read on storage.objects for select using (bucket_id in ('avatars', 'papers'));
-- near miss: the bucket is private; one's own files alone
create schema storage;
create table storage.buckets (id text primary key, public boolean not null);
create table storage.objects (id int primary key, bucket_id text not null, name text not null, owner uuid);
alter table storage.objects enable row level security;
insert into storage.buckets values ('avatars', true), ('papers', false);
create policy read on storage.objects for select using (bucket_id = 'papers');
create policy own on storage.objects for select using (bucket_id = 'avatars' and owner = (select auth.uid()));
