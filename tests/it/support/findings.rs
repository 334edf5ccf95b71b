//! What commands print of findings, the cases of their rules, and many databases at a time.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Mutex;

use serde_json::Value;

/// How many are worked on at a time.
const WORKERS: usize = 3;

/// The findings that a command printed as JSON.
pub(crate) fn findings(json: &str) -> Vec<Value> {
    let document = serde_json::from_str::<Value>(json).unwrap_or_else(|error| panic!("{error}: {json}"));
    assert_eq!(document["version"], 1);
    document["findings"].as_array().unwrap().clone()
}

/// Those of a rule.
pub(crate) fn of_rule(json: &str, rule: &str) -> Vec<Value> {
    let mut found = findings(json);
    found.retain(|finding| finding["rule"] == rule);
    found
}

/// A rule's case, and what is nearly one.
pub(crate) struct RuleCase {
    /// The rule, which the file is named after.
    pub(crate) rule: String,
    /// The subjects of what is found: the lines `-- finds SUBJECT`.
    pub(crate) finds: BTreeSet<String>,
    pub(crate) hit: String,
    /// What stands from the line `-- near miss` on.
    pub(crate) near_miss: String,
}

/// The cases in a folder under `tests/it`, of which each of `rules`, in order, has one.
pub(crate) fn rule_cases<'a>(folder: &str, rules: impl Iterator<Item = &'a str>) -> Vec<RuleCase> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it").join(folder);
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let cases = files.map(|path| {
        let rule = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        let (hit, near_miss) = text.split_once("-- near miss").expect("a near miss");
        let finds = hit.lines().filter_map(|line| line.strip_prefix("-- finds "));
        let finds = finds.map(str::to_owned).collect::<BTreeSet<_>>();
        assert!(!finds.is_empty(), "{rule}: what is found?");
        RuleCase {
            rule,
            finds,
            hit: hit.to_owned(),
            near_miss: format!("-- near miss{near_miss}"),
        }
    });
    let mut cases = cases.collect::<Vec<_>>();
    cases.sort_by(|a, b| a.rule.cmp(&b.rule));
    let named = cases.iter().map(|case| case.rule.as_str()).collect::<Vec<_>>();
    assert_eq!(named, rules.collect::<Vec<_>>(), "one file a rule");
    cases
}

/// What `each` gives of all, sorted, by a few threads.
pub(crate) fn in_parallel<T: Send>(items: Vec<T>, each: impl Fn(&T) -> Vec<String> + Sync) -> Vec<String> {
    let items = Mutex::new(items);
    let next = || items.lock().unwrap().pop();
    let mut all = std::thread::scope(|scope| {
        let work = || {
            let mut results = Vec::new();
            while let Some(item) = next() {
                results.extend(each(&item));
            }
            results
        };
        let workers = (0..WORKERS).map(|_| scope.spawn(work)).collect::<Vec<_>>();
        workers
            .into_iter()
            .flat_map(|worker| worker.join().unwrap())
            .collect::<Vec<_>>()
    });
    all.sort();
    all
}
