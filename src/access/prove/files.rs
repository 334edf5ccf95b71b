//! The buckets of Supabase's storage that policies are about.

use std::collections::BTreeSet;

use super::shape::files;
use super::{Files, values};
use crate::access::audit::rights::read_by;
use crate::catalog::Catalog;
use crate::catalog::policy::Policy;

/// What the policies of the table of files ask to be tested: each bucket that they name, by users, and by tenants where
/// they look into other tables; any bucket where they name none.
pub fn buckets(catalog: &Catalog) -> Vec<Files> {
    let policies = catalog.policies.iter().filter(|policy| policy.relation == files());
    let policies = policies.collect::<Vec<_>>();
    if policies.is_empty() {
        return Vec::new();
    }
    let mut buckets = policies
        .iter()
        .flat_map(|policy| named_by(policy))
        .collect::<BTreeSet<_>>();
    if buckets.is_empty() {
        buckets.insert("pgkeel".to_owned());
    }
    let wanted = buckets.into_iter().flat_map(|bucket| {
        let about = policies.iter().copied().filter(|policy| {
            let buckets = named_by(policy);
            buckets.is_empty() || buckets.contains(&bucket)
        });
        let looks_elsewhere = |policy: &&Policy| {
            let read = read_by(catalog, &policy.object());
            read.iter().any(|name| name.schema != "storage")
        };
        let (by_tenants, by_users) = about.partition::<Vec<&Policy>, _>(looks_elsewhere);
        let both = [(false, !by_users.is_empty()), (true, !by_tenants.is_empty())];
        both.into_iter()
            .filter(|(_, is_wanted)| *is_wanted)
            .map(move |(by_tenant, _)| Files {
                bucket: bucket.clone(),
                by_tenant,
            })
    });
    wanted.collect()
}

fn named_by(policy: &Policy) -> Vec<String> {
    let texts = policy.using.iter().chain(&policy.check);
    texts.flat_map(|text| named(text)).collect()
}

/// The buckets that an expression compares with, in the server's own words.
fn named(text: &str) -> Vec<String> {
    let compared = text.split("bucket_id").skip(1).flat_map(|rest| {
        let rest = rest.trim_start_matches(['"', ')', ' ']);
        let Some(value) = rest.strip_prefix("= ") else {
            return Vec::new();
        };
        let end = match value.starts_with("ANY") {
            true => value.find(']'),
            false => value.find([')', ' ']),
        };
        values::constants(&value[..end.unwrap_or(value.len())])
    });
    compared.collect()
}

#[cfg(test)]
mod tests {
    use super::named;

    #[test]
    fn buckets_are_read_from_what_they_are_compared_with() {
        assert_eq!(
            named("((bucket_id = 'avatars'::text) AND (name = 'x'::text))"),
            ["avatars"]
        );
        assert_eq!(
            named("(objects.bucket_id = ANY (ARRAY['a'::text, 'b c'::text]))"),
            ["a", "b c"]
        );
        assert!(named("(owner_id = 'bucket'::text)").is_empty());
    }
}
