//! The formats of findings that other programs read: each is what its own reader takes, whatever objects are called.

use serde_json::Value;

use crate::support::command::{Folder, Ran};
use crate::support::toolchain::{python, tsc};

/// A table whose name has all that means something to one of the formats.
const NAME: &str = "a<b>&\"\"c\"\"%0A:,d]]>'e\n\tf\u{1}\u{ffff}\u{1f600}";

/// What each command prints of a project where something is wrong with that table.
fn printed(test: &str, format: &str) -> Vec<(&'static str, String)> {
    let folder = Folder::new(&format!("formats-{test}-{format}"));
    let table = format!("create table public.\"{NAME}\" (id int, code char(3));\n");
    let folder_of = |words: &[&str]| folder.run(&[words, &["--format", format][..]].concat());
    folder.write("schema.sql", &table);
    folder.write(
        "new 100%.sql",
        format!("alter table public.\"{NAME}\" add column note json;\n"),
    );
    folder.write(
        "policies.sql",
        format!("{table}alter table public.\"{NAME}\" enable row level security;\ncreate role anon;\ngrant all on public.\"{NAME}\" to anon;\n"),
    );
    folder
        .run(&["pull", "--source", "empty", "--out", "schema.snapshot.json"])
        .succeeds();
    folder.write("migrations/20260101000000_first.sql", &table);
    let found = |ran: Ran| {
        assert_eq!(ran.code, 1, "{ran:?}");
        ran.stdout
    };
    vec![
        (
            "lint",
            found(folder_of(&["lint", "new 100%.sql", "--source", "schema.sql"])),
        ),
        ("advise", found(folder_of(&["advise", "--source", "schema.sql"]))),
        ("audit", found(folder_of(&["rls", "audit", "--source", "policies.sql"]))),
        ("check", found(folder_of(&["check", "--only", "migrations"]))),
    ]
}

#[test]
fn sarif_is_what_its_schema_says() {
    let logs = printed("sarif", "sarif");
    let mut files = Vec::new();
    for (command, text) in &logs {
        let log = serde_json::from_str::<Value>(text).unwrap();
        let results = log["runs"][0]["results"].as_array().unwrap();
        assert!(!results.is_empty(), "{command}");
        for result in results {
            let uri = &result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
            let uri = uri.as_str().unwrap();
            assert!(
                !uri.contains([' ', '"']) && (*command != "lint" || uri == "new%20100%25.sql"),
                "{uri}"
            );
            // A result names its rule by its place.
            let rule = &log["runs"][0]["tool"]["driver"]["rules"][result["ruleIndex"].as_u64().unwrap() as usize];
            assert_eq!(rule["id"], result["ruleId"]);
        }
        files.push((
            format!("{command}.ts"),
            format!("import type {{ Log }} from \"sarif\";\nexport const log: Log = {text};\n"),
        ));
    }
    tsc("sarif", &files).unwrap();
    // That something is checked at all.
    let broken = files[0].1.replace("\"level\": \"warning\"", "\"level\": \"dreadful\"");
    tsc("sarif-broken", &[("broken.ts", broken)]).unwrap_err();
}

#[test]
fn junit_is_xml_that_says_the_same() {
    const READ: &str = "import sys, json
from xml.etree import ElementTree
read = []
for name in sys.argv[1:] or ['lint', 'advise', 'audit', 'check']:
    suite = ElementTree.parse(name + '.xml').getroot().find('testsuite')
    cases = suite.findall('testcase')
    failures = [case for case in cases if case.find('failure') is not None]
    assert len(cases) == int(suite.get('tests')) and len(failures) == int(suite.get('failures')) > 0
    read.append([[case.get('classname'), case.get('name'), case.find('failure').get('message')] for case in failures])
print(json.dumps(read))
";
    let mut files = vec![("read.py".to_owned(), READ.to_owned())];
    files.extend(
        printed("junit", "junit")
            .into_iter()
            .map(|(command, text)| (format!("{command}.xml"), text)),
    );
    let read = python("junit", &files, "read.py", &[]).unwrap();
    let read = serde_json::from_str::<Vec<Vec<[String; 3]>>>(&read).unwrap();
    for ((command, text), read) in printed("junit", "json").into_iter().zip(read) {
        let found = serde_json::from_str::<Value>(&text).unwrap()["findings"].take();
        // What XML has no sign for is left out.
        let text = |value: &Value| value.as_str().unwrap().replace(['\u{1}', '\u{ffff}'], "");
        let found = found.as_array().unwrap().iter();
        let mut found = found
            .map(|one| [text(&one["rule"]), text(&one["subject"]), text(&one["message"])])
            .collect::<Vec<_>>();
        let mut read = read;
        found.sort();
        read.sort();
        assert_eq!(read, found, "{command}");
    }
}

#[test]
fn annotations_of_github_are_a_line_each() {
    for ((command, annotations), (_, json)) in printed("github", "github").into_iter().zip(printed("github", "json")) {
        let found = serde_json::from_str::<Value>(&json).unwrap()["findings"].take();
        let found = found.as_array().unwrap();
        let lines = annotations.lines().collect::<Vec<_>>();
        assert_eq!(lines.len(), found.len(), "{command}: {annotations}");
        for (line, finding) in lines.into_iter().zip(found) {
            let (head, message) = line.trim_start_matches("::").split_once("::").unwrap();
            let plain = |text: &str| {
                let text = text.replace("%2C", ",").replace("%3A", ":").replace("%0D", "\r");
                text.replace("%0A", "\n").replace("%25", "%")
            };
            let commands = |sign: char| sign.is_control() && !"\t\r\n".contains(sign);
            let text = |key: &str| finding[key].as_str().unwrap();
            let wanted = format!("{}: {}", text("subject"), text("message"));
            let wanted = wanted.replace(commands, "\u{fffd}");
            assert!(plain(message).starts_with(&wanted), "{command}: {line}");
            let (_, properties) = head.split_once(' ').unwrap();
            for property in properties.split(',') {
                let (name, value) = property.split_once('=').unwrap();
                let wanted = match name {
                    "title" => text("rule").to_owned(),
                    "file" => finding["location"]["file"].as_str().unwrap().to_owned(),
                    "line" => finding["location"]["line"].to_string(),
                    "col" => finding["location"]["column"].to_string(),
                    other => panic!("{other}"),
                };
                assert_eq!(plain(value), wanted, "{command}");
            }
        }
    }
}
