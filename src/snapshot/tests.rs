use super::*;

const PATH: &str = "schema.snapshot.json";

const SOUND: &str = r#"{
"pgkeel_snapshot": 1,
"server": {"major":18},
"schemas": [
{"name":"app","owner":"me"},
{"name":"public","owner":"me"}
],
"data_types": [
{"sql":"integer","type":"pg_catalog.int4"}
],
"relations": [
{"name":"public.t","kind":"table","owner":"me"}
],
"columns": [
{"relation":"public.t","name":"z","type":"integer"},
{"relation":"public.t","name":"a","type":"integer","not_null":true}
],
"policies": [
{"relation":"public.t","name":"p"}
]
}
"#;

fn read(text: &str) -> Result<Catalog> {
    parse(text, Path::new(PATH), Depth::Whole)
}

/// The line and message of the error.
fn fails(text: &str) -> (u32, String) {
    let error = read(text).expect_err("a broken snapshot");
    let location = error.location().expect("a place");
    assert!(location.path.ends_with(PATH));
    assert!(error.hint().expect("a cure").contains("pgkeel pull"));
    (location.position.expect("a line").0, error.to_string())
}

fn without(text: &str) -> String {
    SOUND.replace(text, "")
}

#[test]
fn what_is_read_is_written_again() {
    let catalog = read(SOUND).expect("a sound snapshot");
    assert_eq!(catalog.columns[0].name, "z", "columns keep their order");
    assert_eq!(render(&catalog).expect("text"), SOUND);
    assert_eq!(
        read(&SOUND.replace('\n', "\r\n")).expect("with carriage returns"),
        catalog
    );
    let empty = Catalog::default();
    assert_eq!(read(&render(&empty).expect("text")).expect("an empty snapshot"), empty);
    assert!(is_snapshot(SOUND) && !is_snapshot("{}"));
}

#[test]
fn for_types_only_what_they_need_is_read() {
    let catalog = parse(SOUND, Path::new(PATH), Depth::Types).expect("a sound snapshot");
    assert_eq!((catalog.columns.len(), catalog.policies.len()), (2, 0));
}

#[test]
fn a_snapshot_that_is_cut_short_is_refused() {
    for (at, _) in SOUND.match_indices('\n').rev().skip(1) {
        let cut = &SOUND[..at];
        let error = read(cut).expect_err(cut);
        assert!(error.hint().is_some(), "{cut}");
    }
    assert_eq!(fails(&SOUND[..SOUND.len() - 3]).1, "the snapshot is cut short");
    assert_eq!(fails("").1, "the snapshot is cut short");
    assert_eq!(fails("{\"pgkeel_snapshot\": 1}").0, 1);
}

#[test]
fn merges_by_hand_are_refused_where_they_are_wrong() {
    let conflict = SOUND.replace("{\"name\":\"app\"", "<<<<<<< HEAD\n{\"name\":\"app\"");
    assert_eq!(
        fails(&conflict),
        (5, "the snapshot holds an unresolved merge conflict".to_owned())
    );
    // Also where nobody reads.
    let conflict = SOUND.replace("\n]", "\n>>>>>>> main\n]");
    let error = parse(&conflict, Path::new("s.json"), Depth::Types).expect_err("a marker is left");
    assert_eq!(error.to_string(), "the snapshot holds an unresolved merge conflict");
    let row = "{\"name\":\"app\",\"owner\":\"me\"},\n";
    assert_eq!(
        fails(&SOUND.replace(row, &row.repeat(2))),
        (6, "the row stands twice".to_owned())
    );
    let column = "{\"relation\":\"public.t\",\"name\":\"z\",\"type\":\"integer\"},\n";
    assert_eq!(
        fails(&SOUND.replace(column, &column.repeat(2))).1,
        "the row stands twice"
    );
    let swapped = SOUND.replace("\"app\"", "\"zoo\"");
    assert_eq!(fails(&swapped), (6, "the row stands out of order".to_owned()));
    assert_eq!(fails(&SOUND.replace("\"owner\":\"me\"},", "\"owner\":\"me\"}")).0, 5);
    let two = SOUND.replace("\"schemas\": [", "\"schemas\": [\n],\n\"schemas\": [");
    assert_eq!(fails(&two), (6, "the section `schemas` stands twice".to_owned()));
}

#[test]
fn what_is_not_known_is_refused() {
    assert!(
        fails(&SOUND.replace("\"schemas\"", "\"schemata\""))
            .1
            .contains("`schemata`")
    );
    let (line, message) = fails(&SOUND.replace("\"owner\":\"me\"},", "\"color\":1},"));
    assert!(line == 5 && message.contains("unknown field `color`"), "{message}");
    let (line, message) = fails(&SOUND.replace("snapshot\": 1", "snapshot\": 2"));
    assert!(line == 2 && message.contains("format 2"), "{message}");
    assert!(fails("{\n\"a\": 1\n}\n").1.contains("not a snapshot"));
}

#[test]
fn rows_that_lead_nowhere_are_refused() {
    let no_type = without("{\"sql\":\"integer\",\"type\":\"pg_catalog.int4\"}\n");
    assert_eq!(fails(&no_type).0, 14);
    let no_relation = without("{\"name\":\"public.t\",\"kind\":\"table\",\"owner\":\"me\"}\n");
    let (line, message) = fails(&no_relation);
    assert!(line == 14 && message.contains("the relation `public.t`"), "{message}");
    let key = "\"policies\": [";
    let constraint = r#""constraints": [
{"relation":"public.t","name":"t_pkey","kind":{"primary_key":{"columns":["b"]}}}
],
"policies": ["#;
    let (line, message) = fails(&SOUND.replace(key, constraint));
    assert!(line == 19 && message.contains("the column `b`"), "{message}");
}
