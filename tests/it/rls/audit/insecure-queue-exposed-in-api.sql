-- finds pgmq.q_mails
do $$ begin execute format('alter database %I set pgrst.db_schemas = ''public, pgmq_public''', current_database()); end $$;
create schema pgmq;
create schema pgmq_public;
create table pgmq.q_mails (id int);
grant usage on schema pgmq to authenticated;
grant select on pgmq.q_mails to authenticated;
-- near miss: protected; read by servers alone
do $$ begin execute format('alter database %I set pgrst.db_schemas = ''public, pgmq_public''', current_database()); end $$;
create schema pgmq;
create schema pgmq_public;
create table pgmq.q_mails (id int);
grant select on pgmq.q_mails to authenticated;
alter table pgmq.q_mails enable row level security;
create table pgmq.q_jobs (id int);
grant select on pgmq.q_jobs to service_role;
