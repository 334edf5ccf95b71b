//! Access control lists (manual, section 5.8): read, and compared with what an object has by itself.

use crate::catalog::Name;
use crate::catalog::access::Privilege;
use crate::catalog::acl::{Acl, AclKind, Held};

use super::values::{Texts, unknown};

/// Reads an `aclitem[]` in its text form.
pub(super) fn parse(text: &str) -> sqlx::Result<Acl> {
    let mut acl = Acl::new();
    for item in Texts::parse(text)?.0 {
        let (key, held) = parse_item(&item).ok_or_else(|| unknown("access privilege", &item))?;
        // One pair has one item; were there two, both count.
        let entry: &mut Held = acl.entry(key).or_default();
        entry.privileges.extend(held.privileges);
        entry.grantable.extend(held.grantable);
        for list in [&mut entry.privileges, &mut entry.grantable] {
            list.sort();
            list.dedup();
        }
    }
    Ok(acl)
}

/// What an object has by itself when `owner` makes it. The kinds are those of the server's `acldefault`, with `p` for the
/// schema `public`.
pub(super) fn default(kind: &str, owner: &Name, major: u32) -> sqlx::Result<Acl> {
    let kind = match kind {
        "r" => AclKind::Relation,
        "s" => AclKind::Sequence,
        "c" => AclKind::Column,
        "f" => AclKind::Routine,
        "l" => AclKind::Language,
        "T" => AclKind::Type,
        "n" => AclKind::Schema,
        "p" => AclKind::PublicSchema,
        "F" => AclKind::ForeignDataWrapper,
        "S" => AclKind::Server,
        "L" => AclKind::LargeObject,
        other => return Err(unknown("kind of object with privileges", other)),
    };
    Ok(kind.default(owner, major))
}

/// The entries of `acl` that `baseline` does not have the same; what only `baseline` has is there without privileges.
pub(super) fn differences(mut acl: Acl, baseline: &Acl) -> Acl {
    for (key, held) in baseline {
        match acl.get(key) {
            Some(same) if same == held => {
                acl.remove(key);
            }
            Some(_) => {}
            None => {
                acl.insert(key.clone(), Held::default());
            }
        }
    }
    acl
}

/// Reads `grantee=privileges/grantor`, where `*` marks what may be passed on.
fn parse_item(item: &str) -> Option<((Option<Name>, Name), Held)> {
    let (grantee, rest) = role(item)?;
    let (letters, grantor) = rest.strip_prefix('=')?.split_once('/')?;
    let (grantor, rest) = role(grantor)?;
    if !rest.is_empty() {
        return None;
    }
    let mut held = Held::default();
    for letter in letters.chars() {
        match letter {
            '*' => held.grantable.push(*held.privileges.last()?),
            letter => held.privileges.push(privilege(letter)?),
        }
    }
    Some((((!grantee.is_empty()).then_some(grantee), grantor), held))
}

/// Reads a role's name, quoted or not, up to `=` or the end; gives what follows.
fn role(text: &str) -> Option<(Name, &str)> {
    let Some(mut rest) = text.strip_prefix('"') else {
        let end = text.find('=').unwrap_or(text.len());
        return Some((text[..end].into(), &text[end..]));
    };
    let mut name = String::new();
    loop {
        let (part, after) = rest.split_once('"')?;
        name.push_str(part);
        match after.strip_prefix('"') {
            Some(after) => {
                name.push('"');
                rest = after;
            }
            None => return Some((name.into(), after)),
        }
    }
}

fn privilege(letter: char) -> Option<Privilege> {
    Some(match letter {
        'r' => Privilege::Select,
        'a' => Privilege::Insert,
        'w' => Privilege::Update,
        'd' => Privilege::Delete,
        'D' => Privilege::Truncate,
        'x' => Privilege::References,
        't' => Privilege::Trigger,
        'm' => Privilege::Maintain,
        'X' => Privilege::Execute,
        'U' => Privilege::Usage,
        'C' => Privilege::Create,
        'c' => Privilege::Connect,
        'T' => Privilege::Temporary,
        's' => Privilege::Set,
        'A' => Privilege::AlterSystem,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(acl: &Acl, grantee: Option<&str>, grantor: &str) -> (Vec<Privilege>, Vec<Privilege>) {
        let held = &acl[&(grantee.map(Name::from), Name::from(grantor))];
        (held.privileges.clone(), held.grantable.clone())
    }

    #[test]
    fn items_are_read_whatever_the_roles_are_called() {
        let acl = parse(r#"{=r/postgres,"\"a=b/\"\"c\"=wr*/\"d e\"",postgres=X/postgres}"#).expect("an ACL");
        assert_eq!(acl.len(), 3);
        assert_eq!(one(&acl, None, "postgres").0, [Privilege::Select]);
        assert_eq!(
            one(&acl, Some("a=b/\"c"), "d e"),
            (vec![Privilege::Select, Privilege::Update], vec![Privilege::Select])
        );
        assert_eq!(parse("{}").expect("an empty ACL").len(), 0);
        assert!(parse("{a=?/b}").is_err() && parse("{a}").is_err());
    }

    #[test]
    fn what_goes_without_saying_is_not_said() {
        let owner = Name::from("me");
        let baseline = default("f", &owner, 15).expect("a kind");
        let of = |text: &str| differences(parse(text).expect("an ACL"), &baseline);
        assert!(of("{=X/me,me=X/me}").is_empty());
        let revoked = of("{me=X/me,you=X/me}");
        assert_eq!(one(&revoked, None, "me").0, []);
        assert_eq!(one(&revoked, Some("you"), "me").0, [Privilege::Execute]);
        assert_eq!(revoked.len(), 2);
        assert_eq!(of("{}").len(), 2);
        let tables =
            |major| default("r", &owner, major).expect("a kind")[&(Some(owner.clone()), owner.clone())].clone();
        assert!(tables(17).privileges.contains(&Privilege::Maintain));
        assert!(!tables(16).privileges.contains(&Privilege::Maintain));
    }
}
