-- What an owner shares: a word, and a truth value.
create table public.documents (id int primary key, owner_id uuid not null references auth.users (id), title text);
create table public.document_shares (document_id int references public.documents (id), user_id uuid references auth.users (id), permission text not null check (permission in ('read', 'write')), primary key (document_id, user_id));
create table public.paragraphs (id int primary key, document_id int not null references public.documents (id), body text);
create table public.albums (id uuid primary key, user_id uuid not null references auth.users (id), title text);
create table public.album_collaborators (album_id uuid references public.albums (id), user_id uuid references auth.users (id), can_edit boolean not null default false, revoked_at timestamptz, unique (album_id, user_id));
--@ seed
insert into public.documents values (1, 'a', 'a'), (2, 'b', 'b'), (3, 'b', 'b'), (4, 'b', 'b');
insert into public.document_shares values (2, 'a', 'read'), (3, 'a', 'write');
insert into public.paragraphs values (1, 1, 'a'), (2, 2, 'b'), (3, 3, 'b'), (4, 4, 'b');
insert into public.albums values ('a', 'b', 'x'), ('b', 'b', 'y'), ('c', 'b', 'z');
insert into public.album_collaborators values ('a', 'a', true, null), ('b', 'a', false, null), ('c', 'a', true, now());
--@ probes
--? authenticated a {} 3 select count(*) from public.documents
--? authenticated a {} 0 update public.documents set title = 'x' where id = 2
--? authenticated a {} 1 update public.documents set title = 'x' where id = 3
--? authenticated a {} deny update public.documents set owner_id = 'a' where id = 3
--? authenticated a {} 0 delete from public.documents where id = 3
--? authenticated a {} 1 insert into public.documents values (9, 'a', 'x')
--? authenticated a {} deny insert into public.documents values (9, 'b', 'x')
--? authenticated a {} 2 select count(*) from public.document_shares
--? authenticated c {} 0 select count(*) from public.document_shares
--? authenticated a {} deny insert into public.document_shares values (4, 'a', 'write')
--? authenticated a {} 0 update public.document_shares set permission = 'write' where document_id = 2
--? authenticated a {} 1 insert into public.document_shares values (1, 'c', 'read')
--? authenticated a {} 3 select count(*) from public.paragraphs
--? authenticated a {} 1 update public.paragraphs set body = 'x' where document_id = 3
--? authenticated a {} 0 update public.paragraphs set body = 'x' where document_id = 2
--? authenticated a {} deny update public.paragraphs set document_id = 2 where document_id = 3
--? anon - {} deny select count(*) from public.documents
--? authenticated a {} 2 select count(*) from public.albums
--? authenticated a {} 1 update public.albums set title = 'x'
