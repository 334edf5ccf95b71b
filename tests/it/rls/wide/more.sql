--# composite keys of tenants
-- The tenant is a part of every key, down to the third level.
create table public.workspaces (id uuid primary key, name text);
create table public.workspace_members (workspace_id uuid not null references public.workspaces (id), user_id uuid not null references auth.users (id), role text not null check (role in ('owner', 'admin', 'member')), primary key (workspace_id, user_id));
create table public.projects (workspace_id uuid not null references public.workspaces (id), id int not null, name text, primary key (workspace_id, id));
create table public.sprints (workspace_id uuid not null, project_id int not null, no int not null, goal text, primary key (workspace_id, project_id, no), foreign key (workspace_id, project_id) references public.projects (workspace_id, id));
create table public.issues (workspace_id uuid not null, project_id int not null, no int not null, sprint int, title text, primary key (workspace_id, project_id, no), foreign key (workspace_id, project_id) references public.projects (workspace_id, id));
create table public.worklogs (id int primary key, workspace_id uuid not null, project_id int not null, issue_no int not null, user_id uuid not null references auth.users (id), minutes int, foreign key (workspace_id, project_id, issue_no) references public.issues (workspace_id, project_id, no));
--@ seed
insert into public.workspaces values ('a', 'a'), ('b', 'b');
insert into public.workspace_members values ('a', 'a', 'owner'), ('a', 'c', 'member'), ('b', 'b', 'owner');
insert into public.projects values ('a', 1, 'a'), ('b', 1, 'b');
insert into public.sprints values ('a', 1, 1, 'a'), ('b', 1, 1, 'b');
insert into public.issues values ('a', 1, 1, null, 'a'), ('b', 1, 1, null, 'b');
insert into public.worklogs values (1, 'a', 1, 1, 'a', 5), (2, 'b', 1, 1, 'b', 5), (3, 'a', 1, 1, 'c', 5);
--? authenticated a {} 1 select count(*) from public.projects
--? authenticated c {} 1 select count(*) from public.sprints
--? authenticated c {} 1 select count(*) from public.issues
--? authenticated x {} 0 select count(*) from public.issues
--? authenticated a {} deny insert into public.issues values ('b', 1, 9, null, 'x')
--? authenticated a {} 0 update public.sprints set goal = 'x' where workspace_id = 'b'
--? authenticated a {} deny update public.issues set workspace_id = 'b'
--? authenticated a {} 0 select count(*) from public.worklogs where workspace_id = 'b'
--? authenticated a {} deny insert into public.worklogs values (9, 'b', 1, 1, 'a', 5)
--? authenticated c {} deny insert into public.workspace_members values ('b', 'c', 'owner')
--? authenticated c {} 0 update public.workspace_members set role = 'owner' where user_id = 'c'
--? authenticated - {} 0 select count(*) from public.worklogs
--? anon - {} deny select count(*) from public.projects
--# roles of members by an enum in a table that joins
create type public.crew_role as enum ('captain', 'mate', 'deckhand');
create table public.ships (id int primary key, name text not null);
create table public.ship_crew (ship_id int not null references public.ships (id) on delete cascade, user_id uuid not null references auth.users (id) on delete cascade, role public.crew_role not null default 'deckhand', joined_at timestamptz not null default now(), primary key (ship_id, user_id));
create table public.voyages (id int primary key, ship_id int not null references public.ships (id), name text);
create table public.cargo (id int primary key, voyage_id int not null references public.voyages (id), what text);
--@ seed
insert into public.ships values (1, 'a'), (2, 'b');
insert into public.ship_crew (ship_id, user_id, role) values (1, 'a', 'captain'), (1, 'c', 'deckhand'), (2, 'b', 'captain');
insert into public.voyages values (1, 1, 'a'), (2, 2, 'b');
insert into public.cargo values (1, 1, 'a'), (2, 2, 'b');
--? authenticated a {} 1 select count(*) from public.ships
--? authenticated c {} 1 select count(*) from public.voyages
--? authenticated c {} 1 select count(*) from public.cargo
--? authenticated x {} 0 select count(*) from public.cargo
--? authenticated c {} deny insert into public.ship_crew (ship_id, user_id, role) values (2, 'c', 'captain')
--? authenticated c {} deny update public.ship_crew set role = 'captain' where user_id = 'c'
--? authenticated a {} deny update public.voyages set ship_id = 2
--? authenticated a {} deny insert into public.cargo values (9, 2, 'x')
--? authenticated a {} 0 delete from public.cargo where id = 2
--? anon - {} deny select count(*) from public.ships
--# soft delete and a window on what is public
--! [rls.archetypes]
--! "public.events" = { archetype = "public-read", column = "host_id" }
create table public.events (id int primary key, host_id uuid not null references auth.users (id), title text, is_public boolean not null default false, visible_from timestamptz, visible_until timestamptz, embargoed_until timestamptz, deleted_at timestamptz);
create table public.event_photos (id int primary key, event_id int not null references public.events (id), url text);
--@ seed
insert into public.events values (1, 'a', 'open', true, null, null, '2020-01-01', null), (2, 'a', 'closed', false, null, null, null, null), (3, 'a', 'gone', true, null, null, null, now()), (4, 'a', 'over', true, null, '2020-01-01', null, null), (5, 'a', 'to come', true, '2999-01-01', null, null, null), (6, 'b', 'theirs', false, null, null, null, null), (7, 'a', 'held back', true, null, null, '2999-01-01', null);
insert into public.event_photos select id, id, 'x' from public.events;
--? anon - {} 1 select count(*) from public.events
--? anon - {} 1 select count(*) from public.event_photos
--? authenticated c {} 1 select count(*) from public.events
--? authenticated b {} 2 select count(*) from public.events
--? authenticated b {} 0 update public.events set title = 'x' where host_id = 'a'
--? authenticated b {} deny update public.events set host_id = 'a'
--? authenticated b {} deny insert into public.event_photos values (9, 1, 'x')
--? authenticated a {} 0 select count(*) from public.events where id = 6
--? anon - {} deny insert into public.events (id, host_id) values (9, 'a')
--# paths in a table of files
create table public.uploads (id int primary key, bucket_id text not null default 'avatars', name text not null, size int, owner_id uuid references auth.users (id));
create table public.attachments (id int primary key, path text not null, user_id uuid not null references auth.users (id));
--@ seed
insert into public.uploads values (1, 'avatars', 'a/x.png', 1, 'a'), (2, 'avatars', 'b/x.png', 1, 'b'), (3, 'avatars', 'a/y.png', 1, null);
insert into public.attachments values (1, 'a/x', 'a'), (2, 'b/x', 'b');
--? authenticated a {} 1 select count(*) from public.attachments
--? authenticated a {} deny insert into public.attachments values (9, 'x', 'b')
--? authenticated a {} 0 select count(*) from public.uploads where name = 'b/x.png'
--? authenticated a {} deny insert into public.uploads values (9, 'avatars', 'b/z.png', 1, 'b')
--? authenticated a {} 0 delete from public.uploads where owner_id = 'b'
--? authenticated - {} deny insert into public.uploads values (9, 'avatars', 'z.png', 1, null)
--? anon - {} deny select count(*) from public.uploads
--# a tree of organisations
-- Who belongs to a parent does not by that belong to its children, nor the other way round.
create table public.organizations (id int primary key, parent_id int references public.organizations (id), name text);
create table public.organization_members (organization_id int not null references public.organizations (id), user_id uuid not null references auth.users (id), role text not null default 'member', primary key (organization_id, user_id));
create table public.departments (id int primary key, organization_id int not null references public.organizations (id), parent_id int references public.departments (id), name text);
create table public.budgets (id int primary key, department_id int not null references public.departments (id), amount int);
--@ seed
insert into public.organizations values (1, null, 'a'), (2, 1, 'child of a'), (3, null, 'b');
insert into public.organization_members values (1, 'a', 'owner'), (2, 'c', 'owner'), (3, 'b', 'owner');
insert into public.departments values (1, 1, null, 'a'), (2, 2, 1, 'c'), (3, 3, null, 'b');
insert into public.budgets values (1, 1, 5), (2, 2, 5), (3, 3, 5);
--? authenticated a {} 1 select count(*) from public.organizations
--? authenticated c {} 1 select count(*) from public.budgets
--? authenticated a {} 0 select count(*) from public.budgets where id = 3
--? authenticated c {} 0 select count(*) from public.departments where id in (1, 3)
--? authenticated c {} deny insert into public.departments values (9, 1, null, 'x')
--? authenticated c {} deny insert into public.budgets values (9, 1, 5)
--? authenticated c {} deny insert into public.organization_members values (1, 'c', 'owner')
--? authenticated c {} deny update public.departments set organization_id = 1
--? authenticated x {} 0 select count(*) from public.departments
--? anon - {} deny select count(*) from public.organizations
--# a chain of five from a user, with rows of others at its end
--! [rls.archetypes]
--! "public.courses" = { archetype = "owner", column = "teacher_id" }
--! "public.answers" = { archetype = "owner", column = "student_id" }
create table public.courses (id int primary key, teacher_id uuid not null references auth.users (id), title text);
create table public.modules (id int primary key, course_id int not null references public.courses (id), title text);
create table public.lessons (id int primary key, module_id int not null references public.modules (id), title text);
create table public.quizzes (id int primary key, lesson_id int not null references public.lessons (id), title text);
create table public.questions (id int primary key, quiz_id int not null references public.quizzes (id), text text);
create table public.answers (id int primary key, question_id int not null references public.questions (id), student_id uuid not null references auth.users (id), text text);
--@ seed
insert into public.courses values (1, 'a', 'a'), (2, 'b', 'b');
insert into public.modules values (1, 1, 'a'), (2, 2, 'b');
insert into public.lessons values (1, 1, 'a'), (2, 2, 'b');
insert into public.quizzes values (1, 1, 'a'), (2, 2, 'b');
insert into public.questions values (1, 1, 'a'), (2, 2, 'b');
insert into public.answers values (1, 1, 'c', 'mine'), (2, 2, 'x', 'theirs');
--? authenticated a {} 1 select count(*) from public.questions
--? authenticated a {} 1 update public.questions set text = 'x'
--? authenticated a {} deny update public.questions set quiz_id = 2
--? authenticated c {} 0 select count(*) from public.questions
--? authenticated c {} 0 select count(*) from public.answers where id = 2
--? authenticated c {} deny insert into public.answers values (9, 1, 'a', 'x')
--? authenticated b {} 0 delete from public.lessons where id = 1
--? authenticated - {} 0 select count(*) from public.quizzes
--? anon - {} deny select count(*) from public.answers
