//! What commands print of findings, and many databases at a time.

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
