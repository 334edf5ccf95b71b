-- finds public.papers_tags_idx
-- finds public.papers_lower_idx
-- finds public.papers_price_idx
create table public.papers (id int primary key, user_id uuid, title text, tags text[], price numeric(10, 2));
alter table public.papers enable row level security;
create policy own on public.papers to authenticated using (user_id = (select auth.uid()));
create index papers_tags_idx on public.papers using gin (tags);
create index papers_lower_idx on public.papers (lower(title));
create index papers_price_idx on public.papers (price);
-- near miss: comparisons that are LEAKPROOF, what a policy asks itself, a key, and a table that nobody from outside reads
create table public.papers (id int primary key, user_id uuid, title text, price numeric(10, 2));
alter table public.papers enable row level security;
create policy cheap on public.papers to authenticated using (price < 10);
create index papers_title_idx on public.papers (title, user_id);
create index papers_price_idx on public.papers (price);
create table public.prices (price numeric unique, tags text[]);
alter table public.prices enable row level security;
revoke all on public.prices from anon, authenticated;
create index prices_tags_idx on public.prices using gin (tags);
