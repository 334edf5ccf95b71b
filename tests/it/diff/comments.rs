//! The comment on the schema `public`, which every database is born with.

use pgkeel::scratch::Options;

use super::pairs::turn_into;
use crate::support::database::database_on;

#[tokio::test]
async fn the_comment_on_the_schema_public_can_change_go_and_come_back() {
    let server = Options::default();
    let table = "create table public.t (id int);";
    let states = [
        ("standard", ""),
        ("none", "comment on schema public is null;"),
        ("ours", "comment on schema public is 'ours';"),
        ("anew", "drop schema public; create schema public;"),
        ("gone", "drop schema public cascade;"),
    ];
    for (from, old) in states {
        for (to, new) in states {
            if from == to || (from, to) == ("none", "anew") {
                continue;
            }
            let sql = |state: &str| match state.contains("cascade") {
                true => state.to_owned(),
                false => format!("{state} {table}"),
            };
            let (a, b) = (
                database_on(&server, &sql(old)).await,
                database_on(&server, &sql(new)).await,
            );
            turn_into(&server, &format!("comment-{from}-{to}"), &a, &b, &[]).await;
        }
    }
}
