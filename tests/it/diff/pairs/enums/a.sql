create type mood as enum ('sad', 'ok', 'happy', 'gone');
create type size as enum ('s', 'm', 'l');
create domain good_mood as mood check (value <> 'sad');
create type pair as (one mood, other size);
create table person (
    id int primary key,
    mood mood not null default 'ok',
    moods mood[] default '{ok,happy}',
    size size default 's',
    good good_mood,
    check (mood <> 'sad'),
    constraint sized check (size = any (array['s', 'm']::size[]))
);
create index person_mood on person (mood) where mood <> 'sad';
create view happy as select id, mood from person where mood = 'happy';
create view moods as select mood, count(*) as n from person group by mood order by mood;
create function cheer(m mood default 'ok') returns mood language sql as $$ select 'happy'::mood $$;
create function cheered() returns trigger language plpgsql as $$ begin return new; end $$;
create trigger cheered before insert on person for each row when (new.mood = 'ok') execute function cheered();
alter table person enable row level security;
create policy visible on person using (mood in ('ok', 'happy'));
comment on type mood is 'how it goes';
create schema more_enum_into_array;
set search_path = more_enum_into_array;
create type e as enum ('a', 'b', 'c');
create table t (id int, a e default 'a');
