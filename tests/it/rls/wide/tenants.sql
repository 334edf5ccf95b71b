--# organizations, teams, projects
-- Three levels, each with members of its own; a document belongs to a project.
create table public.organizations (id int primary key, name text);
create table public.organization_members (organization_id int not null references public.organizations (id), user_id uuid not null references auth.users (id), role text not null default 'member' check (role in ('owner', 'admin', 'member')), primary key (organization_id, user_id));
create table public.projects (id int primary key, organization_id int not null references public.organizations (id), name text);
create table public.project_members (project_id int not null references public.projects (id), user_id uuid not null references auth.users (id), role text not null default 'viewer' check (role in ('admin', 'editor', 'viewer')), primary key (project_id, user_id));
create table public.documents (id int primary key, project_id int not null references public.projects (id), author_id uuid not null references auth.users (id), body text);
create table public.revisions (id int primary key, document_id int not null references public.documents (id), body text);
--@ seed
insert into public.organizations values (1, 'a'), (2, 'b');
insert into public.organization_members values (1, 'a', 'owner'), (1, 'c', 'member'), (2, 'b', 'owner');
insert into public.projects values (1, 1, 'a'), (2, 2, 'b');
insert into public.project_members values (1, 'a', 'admin'), (1, 'c', 'viewer'), (2, 'b', 'admin');
insert into public.documents values (1, 1, 'a', 'a'), (2, 2, 'b', 'b');
insert into public.revisions values (1, 1, 'a'), (2, 2, 'b');
--? authenticated a {} 1 select count(*) from public.documents
--? authenticated x {} 0 select count(*) from public.documents
--? authenticated x {} 0 select count(*) from public.projects
--? authenticated x {} 0 select count(*) from public.revisions
--? authenticated x {} deny insert into public.organization_members values (1, 'x', 'owner')
--? authenticated x {} deny insert into public.project_members values (1, 'x', 'admin')
--? authenticated c {} deny insert into public.project_members values (1, 'x', 'viewer')
--? authenticated c {} deny insert into public.documents values (3, 1, 'c', 'x')
--? authenticated c {} 0 update public.revisions set body = 'x'
--? authenticated b {} deny insert into public.documents values (3, 1, 'b', 'x')
--? authenticated b {} deny update public.documents set project_id = 1
--? authenticated b {} deny insert into public.revisions values (3, 1, 'x')
--? anon - {} deny select count(*) from public.revisions
--# composite keys of tenants
create table public.companies (id int primary key, name text);
create table public.company_members (company_id int not null references public.companies (id), user_id uuid not null references auth.users (id), primary key (company_id, user_id));
create table public.projects (company_id int not null references public.companies (id), id int not null, name text, primary key (company_id, id));
create table public.jobs_done (company_id int not null, project_id int not null, id int not null, body text, primary key (company_id, id), foreign key (company_id, project_id) references public.projects (company_id, id));
create table public.expenses (id int primary key, company_id int not null, project_id int not null, total int, foreign key (project_id, company_id) references public.projects (id, company_id));
--@ seed
insert into public.companies values (1, 'a'), (2, 'b');
insert into public.company_members values (1, 'a'), (2, 'b');
insert into public.projects values (1, 1, 'a'), (2, 1, 'b');
insert into public.jobs_done values (1, 1, 1, 'a'), (2, 1, 1, 'b');
insert into public.expenses values (1, 1, 1, 5), (2, 2, 1, 5);
--? authenticated a {} 1 select count(*) from public.projects
--? authenticated a {} 1 select count(*) from public.jobs_done
--? authenticated a {} 1 select count(*) from public.expenses
--? authenticated a {} deny insert into public.jobs_done values (2, 1, 2, 'x')
--? authenticated a {} deny update public.expenses set company_id = 2
--? authenticated a {} deny insert into public.company_members values (2, 'a')
--? authenticated c {} 0 select count(*) from public.expenses
--# invitations
create table public.workspaces (id uuid primary key default gen_random_uuid(), name text);
create table public.workspace_members (workspace_id uuid not null references public.workspaces (id), user_id uuid not null references auth.users (id), role text not null check (role in ('owner', 'admin', 'member')), status text not null default 'invited' check (status in ('invited', 'active', 'removed')), primary key (workspace_id, user_id));
create table public.workspace_invitations (id int primary key, workspace_id uuid not null references public.workspaces (id), email text not null, role text not null check (role in ('owner', 'admin', 'member')), invited_by uuid not null references auth.users (id));
create table public.invite_links (id int primary key, workspace_id uuid not null references public.workspaces (id), token text not null, role text not null);
--@ seed
insert into public.workspaces values ('a', 'a'), ('b', 'b');
insert into public.workspace_members values ('a', 'a', 'owner', 'active'), ('a', 'c', 'member', 'active'), ('a', 'x', 'admin', 'invited'), ('b', 'b', 'owner', 'active');
insert into public.workspace_invitations values (1, 'a', 'x', 'member', 'a');
insert into public.invite_links values (1, 'a', 'secret', 'admin');
--? authenticated x {} 0 select count(*) from public.workspaces
--? authenticated x {} 0 update public.workspace_members set status = 'active'
--? authenticated x {} deny insert into public.workspace_invitations values (2, 'a', 'x', 'admin', 'x')
--? authenticated c {} deny insert into public.workspace_invitations values (2, 'a', 'x', 'admin', 'c')
--? authenticated a {} deny insert into public.workspace_invitations values (2, 'a', 'x', 'owner', 'a')
--? authenticated b {} 0 select count(*) from public.workspace_invitations
--? authenticated b {} 0 delete from public.workspace_invitations
--? authenticated c {} deny select count(*) from public.invite_links
--? authenticated a {} deny insert into public.invite_links values (2, 'a', 'x', 'owner')
--? anon - {} deny select count(*) from public.invite_links
--# conversations
-- Who sends is said truly; who is not in it reads nothing.
create table public.conversations (id int primary key, title text);
create table public.conversation_participants (conversation_id int not null references public.conversations (id), user_id uuid not null references auth.users (id), primary key (conversation_id, user_id));
create table public.messages (id int primary key, conversation_id int not null references public.conversations (id), sender_id uuid not null references auth.users (id), body text not null);
create table public.message_reactions (message_id int not null references public.messages (id), user_id uuid not null references auth.users (id), emoji text, primary key (message_id, user_id));
--@ seed
insert into public.conversations values (1, 'x'), (2, 'y');
insert into public.conversation_participants values (1, 'a'), (1, 'b'), (2, 'c');
insert into public.messages values (1, 1, 'a', 'x'), (2, 2, 'c', 'y'), (4, 1, 'a', 'z');
insert into public.message_reactions values (1, 'b', 'x'), (2, 'c', 'y');
--? authenticated b {} 2 select count(*) from public.messages
--? authenticated x {} 0 select count(*) from public.messages
--? authenticated b {} 1 insert into public.messages values (3, 1, 'b', 'x')
--? authenticated b {} deny insert into public.messages values (3, 1, 'a', 'forged')
--? authenticated b {} deny insert into public.messages values (3, 2, 'b', 'x')
--? authenticated b {} 0 update public.messages set body = 'x' where id = 1
--? authenticated b {} 0 delete from public.messages where id = 4
--? authenticated x {} deny insert into public.conversation_participants values (1, 'x')
--? authenticated x {} deny insert into public.message_reactions values (1, 'x', 'x')
--? authenticated b {} deny insert into public.message_reactions values (1, 'a', 'forged')
--? authenticated x {} 0 select count(*) from public.message_reactions
--# roles as truth values, and accounts
create table public.accounts (id uuid primary key default gen_random_uuid(), primary_owner_user_id uuid not null references auth.users (id), name text, slug text unique, is_personal_account boolean not null default false);
create table public.accounts_memberships (account_id uuid not null references public.accounts (id), user_id uuid not null references auth.users (id), account_role text not null, primary key (account_id, user_id));
create table public.invoices (id int primary key, account_id uuid not null references public.accounts (id), total int);
create table public.subscriptions (id text primary key, account_id uuid not null references public.accounts (id), status text, active boolean);
create table public.api_tokens (id int primary key, account_id uuid not null references public.accounts (id), token_hash text not null);
create table public.audit_log (id bigint generated always as identity primary key, account_id uuid not null references public.accounts (id), actor_id uuid references auth.users (id), action text);
--@ seed
insert into public.accounts (id, primary_owner_user_id, name) values ('a', 'a', 'a'), ('b', 'b', 'b');
insert into public.accounts_memberships values ('a', 'a', 'owner'), ('a', 'c', 'member'), ('b', 'b', 'owner');
insert into public.invoices values (1, 'a', 5), (2, 'b', 5);
insert into public.subscriptions values ('s', 'a', 'active', true);
insert into public.api_tokens values (1, 'a', 'x');
insert into public.audit_log (account_id, actor_id, action) values ('a', 'a', 'x'), ('b', 'b', 'y');
--? authenticated c {} 1 select count(*) from public.accounts
--? authenticated x {} 0 select count(*) from public.accounts
--? authenticated c {} 0 update public.accounts set name = 'x'
--? authenticated c {} deny update public.accounts set primary_owner_user_id = 'c'
--? authenticated c {} deny insert into public.accounts_memberships values ('b', 'c', 'owner')
--? authenticated c {} 0 update public.accounts_memberships set account_role = 'owner'
--? authenticated c {} 1 select count(*) from public.invoices
--? authenticated c {} deny insert into public.invoices values (3, 'b', 5)
--? authenticated a {} deny update public.subscriptions set status = 'x'
--? authenticated a {} deny select count(*) from public.api_tokens
--? authenticated a {} 1 select count(*) from public.audit_log
--? authenticated a {} deny delete from public.audit_log
--? authenticated a {} deny insert into public.audit_log (account_id, actor_id, action) values ('a', 'a', 'x')
--# a tenant that a row of one's own names
-- Whoever may write the column of his own profile could move to another organization.
create table public.organizations (id uuid primary key, name text);
create table public.profiles (id uuid primary key references auth.users (id), organization_id uuid references public.organizations (id), full_name text);
create table public.contracts (id int primary key, organization_id uuid not null references public.organizations (id), body text);
--@ seed
insert into public.organizations values ('a', 'a'), ('b', 'b');
insert into public.profiles values ('a', 'a', 'a'), ('b', 'b', 'b');
insert into public.contracts values (1, 'a', 'a'), (2, 'b', 'b');
--? authenticated a {} deny update public.profiles set organization_id = 'b'
--? authenticated c {} deny insert into public.profiles values ('c', 'a', 'c')
--? authenticated a {} 0 select count(*) from public.contracts where organization_id = 'b'
--? authenticated a {"user_metadata":{"organization_id":"b"}} 0 select count(*) from public.contracts where organization_id = 'b'
--? authenticated a {"organization_id":"b"} 0 select count(*) from public.contracts where organization_id = 'b'
--? anon - {} deny select count(*) from public.contracts
--# members with a role of a table
create table public.roles (id int primary key, name text not null unique);
create table public.teams (id int primary key, name text);
create table public.team_users (id int primary key, team_id int not null references public.teams (id), user_id uuid not null references auth.users (id), role_id int not null references public.roles (id), unique (team_id, user_id));
create table public.boards (id int primary key, team_id int not null references public.teams (id), name text);
create table public.sticky_notes (id int primary key, board_id int not null references public.boards (id), created_by uuid not null references auth.users (id), body text);
--@ seed
insert into public.roles values (1, 'admin'), (2, 'member');
insert into public.teams values (1, 'a'), (2, 'b');
insert into public.team_users values (1, 1, 'a', 1), (2, 1, 'c', 2), (3, 2, 'b', 1);
insert into public.boards values (1, 1, 'a'), (2, 2, 'b');
insert into public.sticky_notes values (1, 1, 'a', 'x'), (2, 2, 'b', 'y');
--? authenticated c {} 1 select count(*) from public.boards
--? authenticated x {} 0 select count(*) from public.boards
--? authenticated c {} deny insert into public.team_users values (4, 2, 'c', 1)
--? authenticated c {} deny update public.team_users set role_id = 1
--? authenticated c {} deny insert into public.boards values (3, 2, 'x')
--? authenticated c {} deny insert into public.sticky_notes values (3, 1, 'a', 'forged')
--? authenticated c {} 1 insert into public.sticky_notes values (3, 1, 'c', 'x')
--? authenticated c {} deny insert into public.roles values (3, 'x')
--# members who left, members for a time
create table public.clubs (id int primary key, name text);
create table public.club_memberships (id int primary key, club_id int not null references public.clubs (id), user_id uuid not null references auth.users (id), role text not null default 'member', left_at timestamptz, expires_at timestamptz);
create table public.club_news (id int primary key, club_id int not null references public.clubs (id), body text);
--@ seed
insert into public.clubs values (1, 'a'), (2, 'b');
insert into public.club_memberships values (1, 1, 'a', 'admin', null, null), (2, 1, 'b', 'admin', '2020-01-01', null), (3, 1, 'c', 'admin', null, '2020-01-01');
insert into public.club_news values (1, 1, 'x'), (2, 2, 'y');
--? authenticated a {} 1 select count(*) from public.club_news
--? authenticated b {} 0 select count(*) from public.club_news
--? authenticated c {} 0 select count(*) from public.club_news
--? authenticated b {} 0 update public.club_memberships set left_at = null
--? authenticated c {} 0 update public.club_memberships set expires_at = null
--? authenticated b {} deny insert into public.club_memberships values (4, 1, 'b', 'member', null, null)
--# a tenant by claim alone, partitioned
create table public.readings (tenant_id uuid not null, at date not null, value int) partition by range (at);
create table public.readings_1 partition of public.readings for values from ('2026-01-01') to ('2027-01-01');
create table public.devices (tenant_id uuid not null, id int not null, name text, primary key (tenant_id, id));
create table public.alarms (id int primary key, tenant_id uuid not null, device_id int not null, body text, foreign key (tenant_id, device_id) references public.devices (tenant_id, id));
--@ seed
insert into public.readings values ('a', '2026-02-01', 1), ('b', '2026-02-01', 1);
insert into public.devices values ('a', 1, 'a'), ('b', 1, 'b');
insert into public.alarms values (1, 'a', 1, 'a'), (2, 'b', 1, 'b');
--? authenticated a {"app_metadata":{"tenant_id":"a"}} 1 select count(*) from public.readings
--? authenticated a {"app_metadata":{"tenant_id":"a"}} deny select count(*) from public.readings_1
--? authenticated a {"app_metadata":{"tenant_id":"a"}} 1 select count(*) from public.alarms
--? authenticated a {"user_metadata":{"tenant_id":"a"}} 0 select count(*) from public.alarms
--? authenticated a {} 0 select count(*) from public.devices
--? authenticated a {"app_metadata":{"tenant_id":"a"}} deny insert into public.alarms values (3, 'b', 1, 'x')
--? authenticated a {"app_metadata":{"tenant_id":"a"}} deny update public.devices set tenant_id = 'b'
--? anon - {"app_metadata":{"tenant_id":"a"}} deny select count(*) from public.devices
--# tasks of a tenant with people on them
create table public.teams (id int primary key, name text);
create table public.team_members (team_id int not null references public.teams (id), user_id uuid not null references auth.users (id), role text not null default 'member' check (role in ('owner', 'member', 'guest')), primary key (team_id, user_id));
create table public.tasks (id int primary key, team_id int not null references public.teams (id), created_by uuid not null references auth.users (id), assignee_id uuid references auth.users (id), parent_id int references public.tasks (id), title text, deleted_at timestamptz);
create table public.task_watchers (task_id int not null references public.tasks (id), user_id uuid not null references auth.users (id), primary key (task_id, user_id));
create table public.time_entries (id int primary key, task_id int not null references public.tasks (id), user_id uuid not null references auth.users (id), minutes int);
create view public.open_tasks as select * from public.tasks where deleted_at is null;
create materialized view public.task_counts as select team_id, count(*) from public.tasks group by team_id;
grant all on all tables in schema public to anon, authenticated;
--@ seed
insert into public.teams values (1, 'a'), (2, 'b');
insert into public.team_members values (1, 'a', 'owner'), (1, 'c', 'guest'), (2, 'b', 'owner');
insert into public.tasks values (1, 1, 'a', 'c', null, 'x', null), (2, 2, 'b', null, null, 'y', null);
insert into public.task_watchers values (1, 'a'), (2, 'b');
insert into public.time_entries values (1, 1, 'a', 5), (2, 2, 'b', 5);
refresh materialized view public.task_counts;
--? authenticated c {} 1 select count(*) from public.tasks
--? authenticated c {} 0 update public.tasks set title = 'x'
--? authenticated c {} deny insert into public.tasks values (3, 1, 'c', null, null, 'x', null)
--? authenticated a {} deny insert into public.tasks values (3, 1, 'c', null, null, 'forged', null)
--? authenticated a {} 1 update public.tasks set deleted_at = now()
--? authenticated x {} 0 select count(*) from public.open_tasks
--? authenticated x {} deny select count(*) from public.task_counts
--? authenticated x {} 0 select count(*) from public.time_entries
--? authenticated x {} deny insert into public.task_watchers values (1, 'x')
--? authenticated a {} deny insert into public.time_entries values (3, 1, 'c', 5)
