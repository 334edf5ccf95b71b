//! What names of tables and columns say. A name alone never opens anything: it decides between meanings that the
//! structure leaves open, and what is kept from users who own a row.

/// The words of a name in lower case and in the singular: `userIds` and `user_ids` are `user`, `id`.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut was_lower = false;
    let mut fresh = true;
    for character in name.chars() {
        if !character.is_alphanumeric() {
            fresh = true;
            continue;
        }
        if fresh || (was_lower && character.is_uppercase()) {
            words.push(String::new());
        }
        fresh = false;
        was_lower = character.is_lowercase() || character.is_ascii_digit();
        if let Some(word) = words.last_mut() {
            word.extend(character.to_lowercase());
        }
    }
    words.into_iter().map(|word| singular(&word)).collect()
}

fn singular(word: &str) -> String {
    let kept = [
        "status", "address", "access", "has", "is", "was", "as", "this", "canvas", "news", "bus", "series",
    ];
    if word == "ids" {
        return "id".to_owned();
    }
    if kept.contains(&word) || word.len() < 4 || word.ends_with("ss") || word.ends_with("us") {
        return word.to_owned();
    }
    if let Some(stem) = word.strip_suffix("ies") {
        return format!("{stem}y");
    }
    for ending in ["sses", "xes", "ches", "shes"] {
        if word.ends_with(ending) {
            return word[..word.len() - 2].to_owned();
        }
    }
    word.strip_suffix('s').unwrap_or(word).to_owned()
}

/// Whether one of the words of `name` is in the list.
pub(super) fn has(name: &str, list: &[&str]) -> bool {
    words(name).iter().any(|word| list.contains(&word.as_str()))
}

/// Whether all that the name says is in the list, fillers aside.
fn is_only(name: &str, list: &[&str]) -> bool {
    let words = words(name);
    let mut said = words.iter().filter(|word| !FILLERS.contains(&word.as_str())).peekable();
    said.peek().is_some() && said.all(|word| list.contains(&word.as_str()))
}

const FILLERS: &[&str] = &["id", "uuid", "by", "fk", "key", "ref", "auth", "the"];

/// A column whose user is the one that the row belongs to.
pub(super) fn names_owner(column: &str) -> bool {
    const OWNERS: &[&str] = &[
        "user", "owner", "profile", "account", "uid", "userid", "owned", "member",
    ];
    is_only(column, OWNERS)
}

/// A column whose user made the row.
pub(super) fn names_maker(column: &str) -> bool {
    #[rustfmt::skip]
    const MAKERS: &[&str] = &[
        "author", "creator", "created", "uploader", "uploaded", "posted", "poster", "submitted", "submitter",
        "writer", "written", "publisher", "user", "profile", "actor",
    ];
    is_only(column, MAKERS) && !names_owner(column)
}

/// A column whose user added the row to what it belongs to: nobody adds one in another's name, and the row is not his for
/// that.
pub(super) fn names_sender(column: &str) -> bool {
    const SENDERS: &[&str] = &["sender", "adder", "commenter", "requester", "proposer"];
    #[rustfmt::skip]
    const DID: &[&str] = &[
        "sent", "added", "requested", "proposed", "recorded", "logged", "entered", "opened", "started",
    ];
    let words = words(column);
    is_only(column, SENDERS) || words.last().is_some_and(|last| last == "by") && is_only(column, DID)
}

/// A column whose user did something with the row later on: he has no rights by that.
pub(super) fn names_bystander(column: &str) -> bool {
    #[rustfmt::skip]
    const BYSTANDERS: &[&str] = &[
        "updated", "updater", "modified", "modifier", "edited", "editor", "changed", "deleted", "archived",
        "approved", "approver", "reviewed", "reviewer", "verified", "verifier", "assigned", "assignee", "closed",
        "resolved", "invited", "inviter", "published", "moderated", "moderator", "last", "completed", "locked",
    ];
    has(column, BYSTANDERS)
}

/// A column whose user did what a row of a log tells.
pub(super) fn names_actor(column: &str) -> bool {
    #[rustfmt::skip]
    const ACTORS: &[&str] = &[
        "actor", "performed", "performer", "changed", "triggered", "initiated", "initiator",
    ];
    is_only(column, ACTORS) || names_owner(column) || names_maker(column)
}

/// A column or table that is about tenants.
pub(super) fn names_tenant(name: &str) -> bool {
    #[rustfmt::skip]
    const TENANTS: &[&str] = &[
        "tenant", "org", "organization", "organisation", "workspace", "company", "team", "account",
    ];
    let words = words(name);
    let said = words
        .iter()
        .filter(|word| !FILLERS.contains(&word.as_str()))
        .collect::<Vec<_>>();
    matches!(said.as_slice(), [word] if TENANTS.contains(&word.as_str()))
}

/// A column with the key of a tenant, rather than what he is called.
pub(super) fn names_tenant_key(name: &str) -> bool {
    const KEYS: &[&str] = &["id", "uuid", "key", "slug", "tenant", "org"];
    names_tenant(name) && words(name).last().is_some_and(|last| KEYS.contains(&last.as_str()))
}

/// A join table whose rows say who belongs to what.
pub(super) fn names_membership(table: &str) -> bool {
    const MEMBERS: &[&str] = &["member", "membership", "staff", "participant", "belonging"];
    let words = words(table);
    let ends_in_user = words.len() > 1 && words.iter().any(|word| word == "user");
    ends_in_user && !has(table, ROLE_WORDS) || has(table, MEMBERS)
}

/// Words of tables that say who has which role.
pub(super) const ROLE_WORDS: &[&str] = &["role"];

/// A join table whose rows let others at something.
pub(super) fn names_share(table: &str) -> bool {
    #[rustfmt::skip]
    const SHARES: &[&str] = &[
        "share", "shared", "sharing", "grant", "collaborator", "permission", "access", "acl", "viewer", "editor",
    ];
    has(table, SHARES)
}

/// A join table of a user's own harmless marks on things.
pub(super) fn names_mark(table: &str) -> bool {
    #[rustfmt::skip]
    const MARKS: &[&str] = &[
        "like", "favorite", "favourite", "bookmark", "reaction", "vote", "star", "saved", "wishlist", "watch", "read",
        "view", "dismissal", "pin", "follow", "note", "preference", "setting", "progress", "rating", "cart", "heart",
    ];
    has(table, MARKS)
}

/// A log: what is in it stays as it is.
pub(super) fn names_log(table: &str) -> bool {
    has(table, &["log", "audit", "history", "trail", "changelog", "logbook"])
}

/// Work of servers.
pub(super) fn names_machinery(table: &str) -> bool {
    let words = words(table);
    let is = |word: &str| words.iter().any(|other| other == word);
    let ends = |word: &str| words.last().is_some_and(|last| last == word);
    is("queue")
        || is("outbox")
        || is("webhook")
        || is("cron")
        || is("idempotency")
        || is("dlq")
        || (ends("job") || ends("event") || ends("task") || ends("delivery")) && words.len() > 1 && is_machine(&words)
        || is_provider(table)
        || is_history(table)
}

/// What a provider of services sends.
pub(super) fn is_provider(table: &str) -> bool {
    #[rustfmt::skip]
    const PROVIDERS: &[&str] = &["stripe", "paddle", "lemonsqueezy", "paypal", "plaid", "twilio", "sendgrid"];
    words(table)
        .first()
        .is_some_and(|first| PROVIDERS.contains(&first.as_str()))
}

fn is_machine(words: &[String]) -> bool {
    #[rustfmt::skip]
    const MACHINES: &[&str] = &[
        "background", "worker", "email", "mail", "notification", "push", "sync", "import", "export", "billing",
        "payment", "inbound", "outbound", "integration", "domain", "dead", "scheduled", "async", "system", "provider",
        "retry",
    ];
    words.iter().any(|word| MACHINES.contains(&word.as_str()))
}

/// Tables in which tools record migrations.
fn is_history(table: &str) -> bool {
    #[rustfmt::skip]
    const TOOLS: &[&str] = &[
        "schema_migrations", "migrations", "alembic_version", "flyway_schema_history", "_prisma_migrations",
        "ar_internal_metadata", "goose_db_version", "knex_migrations", "knex_migrations_lock", "databasechangelog",
        "databasechangeloglock", "__drizzle_migrations", "django_migrations", "_sqlx_migrations",
    ];
    TOOLS.contains(&table)
}

/// A table that only looks things up.
pub(super) fn names_lookup(table: &str) -> bool {
    #[rustfmt::skip]
    const LOOKUPS: &[&str] = &[
        "country", "currency", "language", "locale", "timezone", "zone", "region", "state", "province", "city",
        "county", "continent", "category", "subcategory", "genre", "type", "kind", "unit", "status", "priority",
        "color", "colour", "size", "industry", "weekday", "month", "iso", "lookup", "ref", "reference", "nationality",
        "holiday", "measure", "measurement", "skill", "topic", "vat", "tax", "exchange",
    ];
    // A code opens something, and a rate is paid, unless it is known of what they are.
    #[rustfmt::skip]
    const CODED: &[&str] = &[
        "zip", "postal", "post", "area", "error", "dialing", "dial", "airport", "icd", "naics", "hs", "interest",
        "conversion", "shipping", "duty",
    ];
    let words = words(table);
    let is = |list: &[&str], word: &String| list.contains(&word.as_str());
    match words.as_slice() {
        [.., of, last] if last == "code" || last == "rate" => is(LOOKUPS, of) || is(CODED, of),
        [.., last] => is(LOOKUPS, last) || words[0] == "ref",
        [] => false,
    }
}

/// A table whose rows are worth something to whoever knows them.
pub(super) fn names_worth(table: &str) -> bool {
    #[rustfmt::skip]
    const WORTH: &[&str] = &[
        "coupon", "voucher", "gift", "invite", "invitation", "promo", "promotion", "discount", "referral",
        "redemption", "recovery", "backup", "verification", "activation", "reset", "signup", "unlock", "pass",
        "passcode", "license", "licence", "pay", "salary", "wage", "commission", "hourly",
    ];
    has(table, WORTH)
}

/// A table of people or firms: never a table that only looks things up.
pub(super) fn names_people(table: &str) -> bool {
    #[rustfmt::skip]
    const PEOPLE: &[&str] = &[
        "user", "customer", "client", "patient", "employee", "contact", "person", "people", "member", "supplier",
        "vendor", "lead", "guest", "student", "teacher", "subscriber", "candidate", "applicant", "tenant",
        "organization", "organisation", "company", "account", "profile", "team", "workspace", "project", "secret",
        "key", "token",
    ];
    has(table, PEOPLE)
}

/// A column such as tables have that only look things up.
pub(super) fn is_lookup_column(column: &str) -> bool {
    #[rustfmt::skip]
    const HARMLESS: &[&str] = &[
        "id", "code", "iso", "iso2", "iso3", "alpha", "alpha2", "alpha3", "numeric", "name", "label", "title",
        "description", "slug", "symbol", "abbreviation", "abbr", "short", "long", "native", "english", "sort",
        "order", "position", "rank", "icon", "emoji", "flag", "color", "colour", "hex", "active", "enabled", "is",
        "created", "updated", "at", "parent", "kind", "type", "value", "key", "digit", "decimal", "phone", "prefix",
        "dial", "calling", "continent", "region", "country", "currency", "language", "locale", "timezone", "offset",
        "utc", "unit", "factor", "plural", "display", "category", "group", "min", "max", "rate", "weight", "default",
        "tld", "capital", "latitude", "longitude", "lat", "lng", "minor", "state", "province",
    ];
    words(column).iter().all(|word| HARMLESS.contains(&word.as_str()))
}

/// A table of what is written for all who are signed in.
pub(super) fn names_content(table: &str) -> bool {
    #[rustfmt::skip]
    const CONTENT: &[&str] = &[
        "article", "post", "page", "news", "announcement", "faq", "doc", "documentation", "product", "catalog",
        "catalogue", "category", "tag", "topic", "lesson", "course", "menu", "banner", "blog", "guide", "bulletin",
        "release", "changelog", "tutorial", "help", "content", "event", "book", "movie", "recipe", "video", "story",
    ];
    let words = words(table);
    words.last().is_some_and(|last| CONTENT.contains(&last.as_str()))
}

/// A column that decides what its row's user may do or owes: nothing that he writes himself.
pub(super) fn is_privileged(column: &str) -> bool {
    #[rustfmt::skip]
    const PRIVILEGED: &[&str] = &[
        "plan", "tier", "role", "credit", "balance", "admin", "administrator", "superuser", "superadmin", "staff",
        "permission", "verified", "verification", "approved", "approver", "approval", "banned", "ban", "suspended",
        "blocked", "stripe", "subscription", "subscribed", "entitlement", "quota", "paid", "premium", "pro", "vip",
        "trusted", "moderator", "moderated", "moderation", "clearance", "reputation", "karma", "kyc", "score",
        "wallet", "billing", "scope", "privilege", "owner", "level", "license", "trial", "coin", "point", "reviewed",
        "reviewer", "internal",
    ];
    has(column, PRIVILEGED)
}

/// A column that nobody should read from outside, or a table of such things.
pub(super) fn is_secret(column: &str) -> bool {
    #[rustfmt::skip]
    const SECRETS: &[&str] = &[
        "password", "passwd", "passphrase", "secret", "salt", "otp", "totp", "mfa", "token", "credential", "hash",
        "hashed", "encrypted", "pin", "ssn", "cvv", "cvc",
    ];
    let words = words(column);
    let is_key = words.iter().any(|word| word == "private" || word == "api") && words.iter().any(|word| word == "key");
    is_key || words.iter().any(|word| SECRETS.contains(&word.as_str()))
}

/// A table whose rows are worth money or rights: its user reads them, and only servers write.
pub(super) fn names_entitlement(table: &str) -> bool {
    #[rustfmt::skip]
    const WORTH: &[&str] = &[
        "payment", "wallet", "subscription", "license", "licence", "entitlement", "balance", "credit", "transaction",
        "ledger", "payout", "purchase", "refund", "grade", "reward", "role", "permission", "ban", "enrollment",
        "enrolment", "charge", "quota", "usage", "verification", "badge", "certificate",
    ];
    has(table, WORTH)
}

/// A column about a user that he may well write himself, whatever its type is.
pub(super) fn is_personal(column: &str) -> bool {
    #[rustfmt::skip]
    const PERSONAL: &[&str] = &[
        "public", "private", "newsletter", "marketing", "opt", "notification", "notify", "theme", "locale",
        "language", "timezone", "setting", "preference", "link", "social", "birthday", "birthdate", "birth", "dob",
        "age", "height", "weight", "gender", "dark", "currency", "country", "avatar", "interest", "onboarded",
        "onboarding", "visibility", "working", "hour", "updated", "seen", "latitude", "longitude", "address",
    ];
    has(column, PERSONAL)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fall_into_words() {
        assert_eq!(words("userIds"), ["user", "id"]);
        assert_eq!(words("org_members"), ["org", "member"]);
        assert_eq!(words("Job Queues"), ["job", "queue"]);
        assert_eq!(words("categories"), ["category"]);
        assert_eq!(words("status"), ["status"]);
    }

    #[test]
    fn owners_are_told_from_others() {
        for name in ["user_id", "owner", "userId", "profile_id", "owned_by", "auth_user_id"] {
            assert!(names_owner(name), "{name}");
        }
        for name in ["author_id", "created_by", "creatorId"] {
            assert!(names_maker(name) && !names_owner(name), "{name}");
        }
        for name in [
            "assigned_to",
            "reported_user_id",
            "blocked_user",
            "invited_by",
            "target_user_id",
            "student_id",
        ] {
            assert!(!names_owner(name) && !names_maker(name), "{name}");
        }
    }

    #[test]
    fn what_users_must_not_write_themselves_is_known() {
        for name in [
            "plan",
            "is_admin",
            "role",
            "credits",
            "balance",
            "email_verified",
            "stripe_customer_id",
            "isPro",
        ] {
            assert!(is_privileged(name), "{name}");
        }
        for name in ["display_name", "bio", "avatar_url", "title", "problem", "explanation"] {
            assert!(!is_privileged(name), "{name}");
        }
        assert!(is_secret("password_hash") && is_secret("api_key") && !is_secret("key"));
    }
}
