--# queues, jobs and webhooks
-- With a user or without: servers work on them.
create table public.job_queue (id bigint generated always as identity primary key, kind text, payload jsonb, run_at timestamptz);
create table public.email_queue (id int primary key, user_id uuid not null references auth.users (id), template text, status text);
create table public.background_jobs (id int primary key, user_id uuid references auth.users (id), args jsonb, state text);
create table public.outbox (id int primary key, topic text, body jsonb);
create table public.webhook_endpoints (id int primary key, user_id uuid not null references auth.users (id), url text, signing_secret text);
create table public.webhook_deliveries (id int primary key, endpoint_id int not null references public.webhook_endpoints (id), response jsonb);
create table public.idempotency_keys (key text primary key, response jsonb);
create table public.stripe_customers (user_id uuid primary key references auth.users (id), customer text);
--@ seed
insert into public.job_queue (kind) values ('x');
insert into public.email_queue values (1, 'a', 'x', 'x');
insert into public.background_jobs values (1, 'a', '{}', 'x');
insert into public.outbox values (1, 'x', '{}');
insert into public.webhook_endpoints values (1, 'a', 'x', 'x');
insert into public.webhook_deliveries values (1, 1, '{}');
insert into public.idempotency_keys values ('x', '{}');
insert into public.stripe_customers values ('a', 'x');
--? authenticated a {} deny select count(*) from public.job_queue
--? authenticated a {} deny insert into public.job_queue (kind) values ('x')
--? authenticated a {} deny insert into public.email_queue values (2, 'a', 'x', 'x')
--? authenticated a {} deny update public.background_jobs set state = 'x'
--? authenticated a {} deny select count(*) from public.outbox
--? authenticated a {} deny select signing_secret from public.webhook_endpoints
--? authenticated a {} deny select count(*) from public.webhook_deliveries
--? authenticated a {} deny select count(*) from public.idempotency_keys
--? authenticated a {} deny update public.stripe_customers set customer = 'x'
--? anon - {} deny select count(*) from public.job_queue
--# keys and tokens
create table public.api_keys (id int primary key, user_id uuid not null references auth.users (id), name text, key_hash text not null);
create table public.sessions (id int primary key, user_id uuid not null references auth.users (id), refresh_token text);
create table public.push_subscriptions (id int primary key, user_id uuid not null references auth.users (id), endpoint text, auth_secret text);
create table public.integrations (id int primary key, user_id uuid not null references auth.users (id), provider text, access_token text);
create table public.app_secrets (name text primary key, value text);
create table public.mfa_factors (id int primary key, user_id uuid not null references auth.users (id), phone text);
create table public.login_attempts (id int primary key, email text, ip text);
--@ seed
insert into public.api_keys values (1, 'a', 'x', 'x');
insert into public.sessions values (1, 'a', 'x');
insert into public.push_subscriptions values (1, 'a', 'x', 'x');
insert into public.integrations values (1, 'a', 'x', 'x');
insert into public.app_secrets values ('x', 'x');
insert into public.mfa_factors values (1, 'a', 'x');
insert into public.login_attempts values (1, 'x', 'x');
--? authenticated a {} deny select key_hash from public.api_keys
--? authenticated b {} deny select count(*) from public.api_keys
--? authenticated a {} deny select refresh_token from public.sessions
--? authenticated a {} deny select auth_secret from public.push_subscriptions
--? authenticated a {} deny select access_token from public.integrations
--? authenticated a {} deny select count(*) from public.app_secrets
--? authenticated a {} deny insert into public.mfa_factors values (2, 'a', 'x')
--? authenticated a {} deny select count(*) from public.login_attempts
--? anon - {} deny select count(*) from public.app_secrets
--# codes that are worth something
-- They look like tables that only look things up, and whoever reads one has what it gives.
create table public.coupons (code text primary key, value int, active boolean);
create table public.gift_cards (code text primary key, value int);
create table public.invite_codes (id int primary key, code text not null, active boolean);
create table public.promo_codes (id int primary key, code text, rate int);
create table public.access_codes (code text primary key, label text);
create table public.recovery_codes (id int primary key, code text);
create table public.referral_codes (code text primary key, created_at timestamptz);
create table public.pay_rates (id int primary key, name text, rate int, currency text);
create table public.baskets (id int primary key, user_id uuid not null references auth.users (id), coupon text references public.coupons (code), gift text references public.gift_cards (code), entry text references public.access_codes (code), referral text references public.referral_codes (code));
--@ seed
insert into public.coupons values ('x', 1, true);
insert into public.pay_rates values (1, 'x', 1, 'x');
--? anon - {} deny select count(*) from public.coupons
--? authenticated a {} deny select count(*) from public.coupons
--? authenticated a {} deny select count(*) from public.gift_cards
--? anon - {} deny select count(*) from public.invite_codes
--? authenticated a {} deny select count(*) from public.invite_codes
--? authenticated a {} deny select count(*) from public.promo_codes
--? authenticated a {} deny select count(*) from public.access_codes
--? authenticated a {} deny select count(*) from public.recovery_codes
--? authenticated a {} deny select count(*) from public.referral_codes
--? authenticated a {} deny select count(*) from public.pay_rates
--? authenticated a {} 0 select count(*) from public.baskets
--# what everybody looks up
create table public.countries (code text primary key, name text not null);
create table public.currencies (code text primary key, name text, symbol text);
create table public.order_statuses (id int primary key, name text not null, sort_order int);
create table public.categories (id int primary key, parent_id int references public.categories (id), name text, slug text);
create table public.addresses (id int primary key, user_id uuid not null references auth.users (id), country text references public.countries (code), currency text references public.currencies (code));
--@ seed
insert into public.countries values ('at', 'Austria');
insert into public.currencies values ('eur', 'Euro', 'x');
insert into public.order_statuses values (1, 'new', 1);
insert into public.categories values (1, null, 'x', 'x');
insert into public.addresses values (1, 'a', 'at', 'eur'), (2, 'b', 'at', 'eur');
--? anon - {} 1 select count(*) from public.countries
--? authenticated a {} 1 select count(*) from public.currencies
--? authenticated a {} deny insert into public.countries values ('xx', 'x')
--? authenticated a {} deny update public.order_statuses set name = 'x'
--? authenticated a {} deny delete from public.categories
--? anon - {} deny truncate public.categories
--? authenticated a {} 1 select count(*) from public.addresses
--# settings, flags, plans, migrations
-- None of them says whom it is for.
create table public.app_settings (key text primary key, value jsonb);
create table public.feature_flags (name text primary key, enabled boolean, rules jsonb);
create table public.plans (id text primary key, name text, price int, stripe_price_id text);
create table public.schema_migrations (version text primary key);
create table public.employees (id int primary key, name text, salary int);
create table public.leads (id int primary key, email text, phone text);
create table public.suppliers (id int primary key, name text);
create table public.contact_requests (id int primary key, email text, message text);
create table public.products (id int primary key, name text, cost int, price int);
--@ seed
insert into public.app_settings values ('x', '{}');
insert into public.employees values (1, 'x', 1);
--? anon - {} deny select count(*) from public.app_settings
--? authenticated a {} deny update public.feature_flags set enabled = true
--? authenticated a {} deny update public.plans set price = 0
--? authenticated a {} deny select count(*) from public.schema_migrations
--? authenticated a {} deny select count(*) from public.employees
--? anon - {} deny select count(*) from public.leads
--? authenticated a {} deny select count(*) from public.suppliers
--? authenticated a {} deny select count(*) from public.contact_requests
--? authenticated a {} deny update public.products set price = 0
--# logs
create table public.audit_log (id bigint generated always as identity primary key, actor_id uuid not null references auth.users (id), action text, at timestamptz not null default now());
create table public.login_history (id bigint generated always as identity primary key, user_id uuid not null references auth.users (id), ip text, created_at timestamptz default now());
create table public.change_logs (id bigint generated always as identity primary key, table_name text, old jsonb, new jsonb);
create table public.activity_logs (id bigint generated always as identity primary key, actor_id uuid references auth.users (id), target_user_id uuid references auth.users (id), body text);
--@ seed
insert into public.audit_log (actor_id, action) values ('a', 'x'), ('b', 'y');
insert into public.login_history (user_id) values ('a');
insert into public.change_logs (table_name) values ('x');
insert into public.activity_logs (actor_id) values ('a');
--? authenticated a {} 1 select count(*) from public.audit_log
--? authenticated a {} 1 insert into public.audit_log (actor_id, action) values ('a', 'x')
--? authenticated a {} deny insert into public.audit_log (actor_id, action) values ('b', 'x')
--? authenticated a {} deny insert into public.audit_log (actor_id, action, at) values ('a', 'x', '2000-01-01')
--? authenticated a {} deny update public.audit_log set action = 'x'
--? authenticated a {} deny delete from public.audit_log
--? authenticated a {} deny truncate public.login_history
--? authenticated a {} deny select count(*) from public.change_logs
--? authenticated b {} 0 select count(*) from public.activity_logs
--# rows worth money
create table public.wallets (user_id uuid primary key references auth.users (id), balance numeric not null default 0);
create table public.wallet_transactions (id int primary key, wallet uuid not null references public.wallets (user_id), amount numeric);
create table public.credits (id int primary key, user_id uuid not null references auth.users (id), amount int);
create table public.purchases (id int primary key, user_id uuid not null references auth.users (id), sku text);
create table public.badges_earned (id int primary key, user_id uuid not null references auth.users (id), badge text);
--@ seed
insert into public.wallets values ('a', 1), ('b', 1);
insert into public.wallet_transactions values (1, 'a', 1), (2, 'b', 1);
insert into public.credits values (1, 'a', 1), (2, 'b', 1);
insert into public.purchases values (1, 'a', 'x');
--? authenticated a {} deny update public.wallets set balance = 100
--? authenticated a {} deny insert into public.wallet_transactions values (3, 'a', 100)
--? authenticated a {} 1 select count(*) from public.credits
--? authenticated a {} deny insert into public.credits values (3, 'a', 100)
--? authenticated a {} deny insert into public.purchases values (3, 'a', 'x')
--? authenticated a {} deny insert into public.badges_earned values (3, 'a', 'x')
--? authenticated b {} 0 select count(*) from public.purchases
--# files and buckets of one's own
create table public.files (id int primary key, bucket_id text not null default 'avatars', name text not null, size int);
create table public.documents (id int primary key, bucket text not null, path text not null);
--@ seed
insert into public.files values (1, 'avatars', 'a/x.png', 1), (2, 'avatars', 'b/x.png', 1), (3, 'other', 'a/x.png', 1);
insert into public.documents values (1, 'x', 'a/x');
--? authenticated a {} 1 select count(*) from public.files
--? authenticated a {} 1 insert into public.files values (4, 'avatars', 'a/y.png', 1)
--? authenticated a {} deny insert into public.files values (4, 'avatars', 'b/y.png', 1)
--? authenticated a {} deny insert into public.files values (4, 'other', 'a/y.png', 1)
--? authenticated a {} deny update public.files set name = 'b/z.png'
--? authenticated a {} deny select count(*) from public.documents
--? anon - {} deny select count(*) from public.files
--# things that are shared
create table public.recipes (id int primary key, owner_id uuid not null references auth.users (id), body text);
create table public.recipe_shares (recipe_id int not null references public.recipes (id), user_id uuid not null references auth.users (id), can_edit boolean not null default false, expires_at timestamptz, primary key (recipe_id, user_id));
create table public.recipe_steps (id int primary key, recipe_id int not null references public.recipes (id), body text);
--@ seed
insert into public.recipes values (1, 'a', 'a'), (2, 'b', 'b'), (3, 'a', 'c');
insert into public.recipe_shares values (1, 'b', false, null), (3, 'b', true, null), (1, 'c', true, '2020-01-01');
insert into public.recipe_steps values (1, 1, 'x'), (2, 2, 'y'), (3, 3, 'z');
--? authenticated b {} 3 select count(*) from public.recipes
--? authenticated c {} 0 select count(*) from public.recipes
--? authenticated b {} 2 update public.recipes set body = 'x'
--? authenticated b {} deny update public.recipes set owner_id = 'b'
--? authenticated b {} deny insert into public.recipe_shares values (1, 'x', true, null)
--? authenticated b {} 0 update public.recipe_shares set can_edit = true where recipe_id = 1
--? authenticated x {} deny insert into public.recipe_shares values (1, 'x', true, null)
--? authenticated b {} 3 select count(*) from public.recipe_steps
--? authenticated b {} deny insert into public.recipe_steps values (4, 1, 'x')
--? authenticated c {} 0 delete from public.recipe_steps
