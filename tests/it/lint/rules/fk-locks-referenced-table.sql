-- run per-file
-- finds public.members
create table invoices (id bigint primary key, member_id bigint not null references members);

-- near miss
create table parents (id bigint primary key);
create table invoices (id bigint primary key, parent_id bigint references parents, sibling bigint references invoices);
