-- Members by tables with keys of their own and no unique pair, states of members, owners of what has members.
create table public.squads (id int primary key, owner_id uuid not null references auth.users (id), name text);
create table public.squad_members (
  id bigint generated always as identity primary key,
  squad_id int not null references public.squads (id),
  user_id uuid not null references auth.users (id),
  invited_by uuid references auth.users (id),
  role text not null default 'member',
  status text not null default 'invited'
);
create table public.matches (id int primary key, squad_id int not null references public.squads (id), score int);
create table public.rooms (id int primary key, name text);
create table public.room_participants (room_id int references public.rooms (id), user_id uuid references auth.users (id), primary key (room_id, user_id));
create table public.utterances (id int primary key, room_id int not null references public.rooms (id), author_id uuid not null references auth.users (id), body text);
--@ seed
insert into public.squads values (1, 'a', 'a'), (2, 'b', 'b');
insert into public.squad_members (squad_id, user_id, role, status) values (1, 'c', 'admin', 'active'), (1, 'x', 'admin', 'invited'), (2, 'b', 'member', 'active');
insert into public.matches values (1, 1, 5), (2, 2, 5);
insert into public.rooms values (1, 'x'), (2, 'y');
insert into public.room_participants values (1, 'a'), (1, 'b'), (2, 'c');
insert into public.utterances values (1, 1, 'a', 'x'), (2, 2, 'c', 'y');
--@ probes
--? authenticated a {} 1 select count(*) from public.squads
--? authenticated c {} 1 select count(*) from public.squads
--? authenticated x {} 0 select count(*) from public.squads
--? authenticated x {} 0 select count(*) from public.matches
--? authenticated c {} 1 select count(*) from public.matches
--? authenticated x {} 0 update public.squad_members set status = 'active'
--? authenticated x {} deny insert into public.squad_members (squad_id, user_id) values (1, 'x')
--? authenticated b {} deny insert into public.squad_members (squad_id, user_id, role) values (1, 'b', 'owner')
--? authenticated c {} 1 insert into public.squad_members (squad_id, user_id) values (1, 'b')
--? authenticated a {} 1 insert into public.squad_members (squad_id, user_id) values (1, 'b')
--? authenticated a {} deny insert into public.squad_members (squad_id, user_id) values (2, 'a')
--? authenticated b {} 1 update public.squad_members set role = 'admin'
--? authenticated a {} 1 insert into public.squads values (3, 'a', 'x')
--? authenticated a {} deny insert into public.squads values (3, 'b', 'x')
--? authenticated c {} deny update public.squads set owner_id = 'c'
--? authenticated a {} 1 select count(*) from public.rooms
--? authenticated a {} 2 select count(*) from public.room_participants
--? authenticated a {} deny insert into public.room_participants values (2, 'a')
--? authenticated b {} 1 select count(*) from public.utterances
--? authenticated b {} 1 insert into public.utterances values (3, 1, 'b', 'x')
--? authenticated b {} deny insert into public.utterances values (3, 2, 'b', 'x')
--? authenticated b {} deny insert into public.utterances values (3, 1, 'a', 'forged')
--? authenticated b {} 0 update public.utterances set body = 'x'
