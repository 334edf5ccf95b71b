create type mood as enum ('ok', 'fine', 'happy', 'sad');
create type size as enum ('xs', 's', 'm', 'l', 'xl');
create domain good_mood as mood check (value <> 'sad');
create type pair as (one mood, other size);
create table person (
    id int primary key,
    mood mood not null default 'fine',
    moods mood[] default '{fine,happy}',
    size size default 'xs',
    good good_mood,
    check (mood <> 'sad'),
    constraint sized check (size = any (array['xs', 's', 'm']::size[]))
);
create index person_mood on person (mood) where mood <> 'sad';
create view happy as select id, mood from person where mood = 'happy';
create view moods as select mood, count(*) as n from person group by mood order by mood;
create function cheer(m mood default 'fine') returns mood language sql as $$ select 'happy'::mood $$;
create function cheered() returns trigger language plpgsql as $$ begin return new; end $$;
create trigger cheered before insert on person for each row when (new.mood = 'fine') execute function cheered();
alter table person enable row level security;
create policy visible on person using (mood in ('ok', 'happy', 'fine'));
comment on type mood is 'how it goes today';
create schema more_enum_into_array;
set search_path = more_enum_into_array;
create type e as enum ('c', 'a');
create table t (id int, a e[] default '{a,c}');
