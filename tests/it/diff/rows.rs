//! What is in the rows outlives a change of the types that it is of.

use pgkeel::catalog::scope::Scope;

use super::{apply, client, migration, servers};
use crate::support::database::database_on;
use crate::support::servers::psql;
use crate::support::toolchain::run;

const OLD: &str = "
create type place as (street text, zip int);
create type person as (name text, at place, before place[]);
create type way as range (subtype = place);
create domain home as place check ((value).zip > 0);
create table plain (id int, it place);
create table many (id int, it place[], deep place[]);
create table nested (id int, it person, them person[]);
create table bounded (id int, it home, them home[]);
create table ranges (id int, it way);
create type shelf as (title text, price int);
create table book of shelf;
create view dear as select title from book where price > 9;
create type shade as enum ('dark', 'light', 'none');
create type paint as (shade shade, coats int);
create table wall (id int, it paint, them paint[], shades shade[] default '{dark}');
create table item (name text, price int);
create table cart (id int, it item, them item[]);
create table coin (worth int);
create table purse (id int, it coin, them coin[], carts cart[]);
create table account (id int, note text);
create table savings (id int, note text, rate int generated always as identity);
create table sent (id int, shade shade, it place, walls wall[], thing item, same coin) partition by range (id);
create table sent1 partition of sent for values from (0) to (10);
";

const NEW: &str = "
create type place as (city text, street text, zip bigint);
create type person as (name text, before place[], at place);
create type way as range (subtype = place);
create domain home as place check ((value).zip > 0);
create table plain (id int, it place);
create table many (id int, it place[], deep place[]);
create table nested (id int, it person, them person[]);
create table bounded (id int, it home, them home[]);
create table ranges (id int, it way);
create type shelf as (title text, price bigint);
create table book of shelf;
create view dear as select title from book where price > 9;
create type shade as enum ('light', 'dark');
create type paint as (coats int, shade shade);
create table wall (id int, it paint, them paint[], shades shade[] default '{dark}');
create table item (name text, price numeric(6, 2), many int not null default 1);
create table cart (id int, it item, them item[]);
create table coin (worth bigint);
create table purse (id int, it coin, them coin[], carts cart[]);
create table account (id int, note text);
create table savings (rate int generated always as identity) inherits (account);
create table sent (id int, shade shade, it place, walls wall[], thing item, same coin) partition by list (id);
create table sent1 partition of sent for values in (1, 2);
";

const ROWS: &str = "
insert into plain values (1, row('a, b', 5)), (2, null), (3, row(null, null));
insert into many values (1, array[row('a', 5)::place, null, row(null, null)::place], array[array[row('b', 6)::place, row('c', 7)::place]]),
    (2, null, '{}');
insert into nested values (1, row('n', row('a', 5)::place, array[row('b', 6)::place]), array[row('n', null, null)::person]);
insert into bounded values (1, row('a', 5), array[row('b', 6)::home]), (2, null, null);
insert into ranges values (1, way(row('a', 1)::place, row('b', 2)::place, '(]')), (2, null), (3, 'empty'), (4, way(null, row('b', 2)::place));
insert into book values ('cheap', 1), ('dear', 10);
insert into wall values (1, row('dark', 2), array[row('light', 1)::paint], '{light,dark}');
insert into item values ('an, apple', 2);
insert into cart values (1, row('a, pear', 3), array[row('b', null)::item, null]), (2, null, '{}');
insert into purse values (1, row(5), array[row(6)::coin], array[row(1, row('c', 4), null)::cart]);
insert into many values (3, '[0:1]={\"(d,1)\",\"(e,2)\"}', '[2:2][0:1]={{\"(f,3)\",NULL}}');
insert into purse values (2, null, '[5:6]={(7),(8)}', null);
insert into account values (1, 'above');
insert into savings values (2, 'below');
insert into sent values (1, 'dark', row('a, b', 5), array[row(1, row('dark', 2), null, '{light}')::wall], row('a', 1), row(7)),
    (2, null, null, null, null, null);
";

const ANSWERS: &[(&str, &str)] = &[
    ("plain", "1|(,\"a, b\",5) 2| 3|(,,)"),
    (
        "many",
        r#"1|{"(,a,5)",NULL,"(,,)"}|{{"(,b,6)","(,c,7)"}} 2||{} 3|[0:1]={"(,d,1)","(,e,2)"}|[2:2][0:1]={{"(,f,3)",NULL}}"#,
    ),
    ("nested", r#"1|(n,"{""(,b,6)""}","(,a,5)")|{"(n,,)"}"#),
    ("bounded", "1|(,a,5)|{\"(,b,6)\"} 2||"),
    ("ranges", "1|(\"(,a,1)\",\"(,b,2)\"] 2| 3|empty 4|(,\"(,b,2)\")"),
    ("book", "cheap|1 dear|10"),
    ("dear", "dear"),
    ("item", "an, apple|2.00|1"),
    ("cart", r#"1|("a, pear",3.00,)|{"(b,,)",NULL} 2||{}"#),
    ("purse", r#"1|(5)|{(6)}|{"(1,\"(c,4.00,)\",)"} 2||[5:6]={(7),(8)}|"#),
    ("account", "1|above 2|below"),
    ("only account", "1|above"),
    ("savings", "2|below|1"),
    (
        "sent",
        r#"1|dark|(,"a, b",5)|{"(1,\"(2,dark)\",,{light})"}|(a,1.00,)|(7) 2|||||"#,
    ),
    ("wall", "1|(2,dark)|{\"(1,light)\"}|{light,dark}"),
];

#[tokio::test]
async fn values_are_taken_along() {
    for server in servers() {
        let (old, new) = (database_on(&server, OLD).await, database_on(&server, NEW).await);
        apply(&old, ROWS).unwrap();
        let sql = migration(&old, &new, &Scope::default()).await.unwrap();
        apply(&old, &sql).unwrap_or_else(|error| panic!("{error}\n{sql}"));
        for (relation, answer) in ANSWERS {
            let question = format!("select * from {relation} order by 1");
            let found =
                run(client(psql(), &old).args(["--no-psqlrc", "--tuples-only", "--no-align", "--command", &question]));
            let found = found.unwrap().trim_end().replace('\n', " ");
            assert_eq!(found, *answer, "{relation}");
        }
    }
}

/// A label that rows have cannot go: PostgreSQL says which, and nothing is changed.
#[tokio::test]
async fn a_label_in_use_is_not_lost() {
    for server in servers() {
        let (old, new) = (database_on(&server, OLD).await, database_on(&server, NEW).await);
        apply(&old, "insert into wall values (1, row('none', 2), null, null)").unwrap();
        let sql = migration(&old, &new, &Scope::default()).await.unwrap();
        let error = apply(&old, &sql).unwrap_err();
        assert!(
            error.contains(r#"invalid input value for enum public.shade: "none""#),
            "{error}"
        );
    }
}
