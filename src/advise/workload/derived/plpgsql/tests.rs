use super::*;

fn of(body: &str) -> Body {
    read(body).unwrap_or_else(|| panic!("no block in {body}"))
}

fn shown(body: &Body) -> Vec<&str> {
    body.statements.iter().map(|statement| statement.sql.as_str()).collect()
}

#[test]
fn statements_are_found_without_what_is_not_theirs() {
    let body = of("
        declare
          a int := (select max(x) from t);
          c cursor (k int) for select 1 from u where id = k;
        begin
          select case when a > 1 then b end, d into strict r.f, g[1] from t where e = 1;
          with z as (insert into t values (1) returning id) select id into a from z;
          insert into t (x) select y from u returning x into a;
          insert into t values (1) on conflict do nothing;
          perform h from t;
          a := count(*) from t;
          a := a + 1;
          if exists (select from t) then delete from t; elsif a in (select 2) then null; end if;
          return query select 3;
          return (select 4);
          open d for select 5;
          execute 'update t set x = $1; select 6' using a;
          raise notice '%', (select 7);
          call p(a);
          truncate t;
          exit when (select true);
        exception when others then
          update t set x = 8;
        end");
    assert_eq!(
        shown(&body),
        [
            "SELECT (select max(x) from t)",
            "select 1 from u where id = k",
            "select case when a > 1 then b end, d  from t where e = 1",
            "with z as (insert into t values (1) returning id) select id  from z",
            "insert into t (x) select y from u returning x",
            "insert into t values (1) on conflict do nothing",
            "SELECT h from t",
            "SELECT count(*) from t",
            "SELECT exists (select from t)",
            "delete from t",
            "SELECT a in (select 2)",
            "select 3",
            "SELECT (select 4)",
            "select 5",
            "update t set x = $1",
            "select 6",
            "SELECT (select 7)",
            "call p(a)",
            "SELECT (select true)",
            "update t set x = 8",
        ]
    );
    assert_eq!((body.dynamic, body.unread), (0, 0));
    let chances = body.statements.iter().map(|statement| statement.chance);
    assert_eq!(
        chances.filter(|chance| *chance < 1.0).collect::<Vec<_>>(),
        [0.5, 0.5, 0.05]
    );
    assert_eq!(body.statements[2].line, 6);
}

#[test]
fn loops_count_what_can_be_counted() {
    let body = of("begin
        for i in 1..20 loop delete from a; end loop;
        for i in reverse n..1 loop delete from b; end loop;
        for r in select * from c loop
          foreach x in array (select y from d) loop delete from e; end loop;
        end loop;
        while exists (select from f) loop null; end loop;
      end");
    let loops = body.statements.iter().map(|statement| statement.loops.clone());
    let rounds = Loop::Times(ROUNDS);
    assert_eq!(
        loops.collect::<Vec<_>>(),
        [
            vec![Loop::Times(20.0)],
            vec![rounds],
            vec![],
            vec![Loop::Rows(2)],
            vec![Loop::Rows(2), rounds],
            vec![rounds]
        ],
        "{:?}",
        shown(&body)
    );
}

#[test]
fn variables_are_known_where_they_stand() {
    let body = of("<<outer>> declare a int; b t.x%type; c t%rowtype; d alias for $1;
      begin
        declare a text; begin delete from t; end;
        for i in 1..2 loop delete from u; end loop;
        delete from v;
        execute 'delete from w';
      end");
    let known = |number: usize| {
        let variables = body.statements[number].variables.iter().flatten();
        variables
            .map(|variable| (variable.name.to_string(), variable.declared.clone()))
            .collect::<Vec<_>>()
    };
    let of_type = |name: &str, kind: &str| (name.to_owned(), Declared::Type(kind.to_owned()));
    let outer = [
        ("outer".to_owned(), Declared::Label),
        of_type("a", "int"),
        ("b".to_owned(), Declared::LikeColumn(vec!["t".into(), "x".into()])),
        ("c".to_owned(), Declared::LikeRow(vec!["t".into()])),
        ("d".to_owned(), Declared::Alias("$1".into())),
    ];
    assert_eq!(known(0), [&outer[..], &[of_type("a", "text")]].concat());
    assert_eq!(known(1), [&outer[..], &[of_type("i", "integer")]].concat());
    assert_eq!(known(2), outer);
    assert_eq!(body.statements[3].variables, None, "a text knows no names");
}

#[test]
fn what_is_not_understood_is_left_out_and_counted() {
    let body = of("begin
        execute format('delete from %I', a);
        return query execute a || b;
        select 1 from t where where x;
        delete from t;
      end");
    assert_eq!(body.dynamic, 2);
    assert_eq!(shown(&body).last(), Some(&"delete from t"));
    assert!(
        body.unread > 0 || shown(&body).contains(&"select 1 from t where where x"),
        "{:?}",
        shown(&body)
    );
    assert!(read("no block at all").is_none_or(|body| body.statements.is_empty()));
    assert_eq!(block("do $$ begin null; end $$"), Some(" begin null; end ".to_owned()));
    assert_eq!(block("do language plperl $$ 1 $$"), None);
    assert!(of("#variable_conflict use_variable\nbegin end").prefers_variables);
}
