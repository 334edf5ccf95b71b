//! Identifiers out of database names: the same way every time, and never two alike.

use std::collections::HashSet;

/// Makes the wanted identifiers distinct, in place, and says which were changed.
///
/// Of those that want the same, one that is `exact` (spelled just as in the database) keeps it, else the first; the
/// others get `_2`, `_3` and so on, in the order given. An identifier that `reserved` refuses gets a `_` behind it
/// first. The result depends on the names alone.
pub fn distinct(
    wanted: &mut [String],
    exact: impl Fn(usize, &str) -> bool,
    reserved: impl Fn(&str) -> bool,
) -> Vec<usize> {
    let mut changed = Vec::new();
    for (at, name) in wanted.iter_mut().enumerate() {
        if reserved(name) {
            name.push('_');
            changed.push(at);
        }
    }
    let mut taken: HashSet<String> = HashSet::with_capacity(wanted.len());
    let mut losers = Vec::new();
    let (exact_ones, others): (Vec<usize>, Vec<usize>) = (0..wanted.len()).partition(|&at| exact(at, &wanted[at]));
    for at in exact_ones.into_iter().chain(others) {
        if !taken.insert(wanted[at].clone()) {
            losers.push(at);
        }
    }
    losers.sort_unstable();
    for at in losers {
        let free = (2..)
            .map(|number| format!("{}_{number}", wanted[at]))
            .find(|name| !taken.contains(name));
        if let Some(free) = free {
            taken.insert(free.clone());
            wanted[at] = free;
            changed.push(at);
        }
    }
    changed.sort_unstable();
    changed.dedup();
    changed
}

/// Turns a database name into words that an identifier can be made of: every character that is neither a letter nor a
/// digit of any script becomes a break, a leading digit gets a `_` before it, and nothing at all becomes `empty`.
pub fn sanitize(name: &str) -> String {
    let mut words = String::with_capacity(name.len());
    for character in name.chars() {
        match character {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '_' => words.push(character),
            other if other.is_alphanumeric() => words.push(other),
            _ => words.push('_'),
        }
    }
    if words.chars().all(|character| character == '_') {
        return "empty".to_owned();
    }
    if words.starts_with(|first: char| first.is_numeric()) {
        words.insert(0, '_');
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(wanted: &[&str], database: &[&str]) -> Vec<String> {
        let mut wanted: Vec<String> = wanted.iter().map(|&name| name.to_owned()).collect();
        distinct(&mut wanted, |at, name| database[at] == name, |name| name == "class");
        wanted
    }

    #[test]
    fn the_exact_name_wins_and_the_others_are_numbered() {
        assert_eq!(
            names(&["user_id", "user_id", "user_id"], &["UserID", "userId", "user_id"]),
            ["user_id_2", "user_id_3", "user_id"]
        );
        assert_eq!(names(&["a", "a", "a_2"], &["A", "a", "a_2"]), ["a_3", "a", "a_2"]);
    }

    #[test]
    fn reserved_words_make_way() {
        assert_eq!(
            names(&["class", "class_"], &["class", "class_"]),
            ["class__2", "class_"]
        );
    }

    #[test]
    fn any_name_becomes_words() {
        for (name, words) in [
            ("a b", "a_b"),
            ("1st", "_1st"),
            ("", "empty"),
            ("--", "empty"),
            ("über", "über"),
            ("a\"b", "a_b"),
            ("٣x", "_٣x"),
        ] {
            assert_eq!(sanitize(name), words);
        }
    }
}
