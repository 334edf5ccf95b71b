-- finds public.profiles.profiles_email_fkey
create table public.profiles (id int primary key, email text references auth.users (email));
-- near miss: the primary key; a unique key of one's own
create table public.people (id int primary key, email text unique);
create table public.profiles (id uuid primary key references auth.users (id), email text references public.people (email));
