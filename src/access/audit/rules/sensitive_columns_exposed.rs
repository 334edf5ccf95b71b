use super::{Rule, policies};
use crate::access::audit::Context;
use crate::access::audit::context::{column_name, listed};
use crate::access::audit::rights::Reach;
use crate::catalog::Name;
use crate::catalog::access::Privilege;
use crate::catalog::column::Column;
use crate::catalog::constraint::ConstraintKind;
use crate::catalog::lookup::RelationRef;
use crate::catalog::trigger::Event;
use crate::finding::{Finding, Severity};

pub(super) const RULE: Rule = Rule::new(
    "sensitive-columns-exposed",
    Severity::Error,
    "What gives access, or identifies somebody, belongs in a table that the API does not serve, or behind column \
     privileges: policies decide on rows alone.",
    look,
);

fn look(context: &Context<'_>) -> Vec<Finding> {
    let tables = context
        .tables()
        .filter(|table| context.is_exposed(&table.row.name.schema));
    let mut findings = Vec::new();
    for table in tables {
        for column in table
            .columns()
            .iter()
            .filter(|column| is_sensitive(column) && !is_reference(table, column))
        {
            let readers = context.settings.outside.iter().filter(|role| {
                context.rights.can(role, Privilege::Select, &column.object()) && reads_all(context, role, table)
            });
            let readers = readers.collect::<Vec<_>>();
            if readers.is_empty() {
                continue;
            }
            let how = match table.row.row_security {
                false => "row-level security is off",
                true => "a policy shows every row",
            };
            let message = format!("{} can read it for every row: {how}", listed(&readers));
            findings.push(RULE.about.finding(column_name(&table.row.name, &column.name), message));
        }
    }
    findings
}

fn reads_all<'a>(context: &Context<'a>, role: &'a Name, table: RelationRef<'a>) -> bool {
    match context.rights.reach(role, table, Event::Select) {
        Reach::All => true,
        Reach::Denied | Reach::None => false,
        Reach::Some => {
            let applied = context.rights.policies(role, table, Event::Select);
            let is_open = |policy| policies::is_open(context, policy, table, Some(role));
            applied.permissive.into_iter().any(is_open) && applied.restrictive.into_iter().all(is_open)
        }
    }
}

/// Whether the column points at another table: `session_id` is then the key of a session, and opens none.
fn is_reference(table: RelationRef<'_>, column: &Column) -> bool {
    table.constraints().iter().any(|constraint| match &constraint.kind {
        ConstraintKind::ForeignKey(key) => key.columns.contains(&column.name),
        _ => false,
    })
}

/// Whether the column's name, and its type, say that it holds a secret or somebody's identity.
fn is_sensitive(column: &Column) -> bool {
    let name = snake(&column.name);
    let words = name.split('_').collect::<Vec<_>>();
    let is_about = |word: &str| {
        [
            "at", "on", "count", "expires", "expiry", "length", "hint", "policy", "type", "name", "url",
        ]
        .contains(&word)
    };
    let is_question =
        ["is", "has", "needs", "requires", "num", "max", "min", "reset"].contains(&words[0]) && words.len() > 1;
    let is_state = matches!(
        column.data_type.as_str(),
        "boolean" | "date" | "interval" | "timestamp with time zone" | "timestamp without time zone"
    );
    if is_state || is_question || words.last().is_some_and(|last| is_about(last)) {
        return false;
    }
    let is_number = matches!(column.data_type.as_str(), "integer" | "bigint" | "smallint" | "numeric");
    let identifies = IDENTITIES.iter().any(|mark| has(&words, mark));
    identifies || !is_number && SECRETS.iter().any(|mark| has(&words, mark))
}

/// `creditCard` as `credit_card`.
fn snake(name: &str) -> String {
    let mut snake = String::new();
    let mut was_lower = false;
    for sign in name.chars() {
        if sign.is_uppercase() && was_lower {
            snake.push('_');
        }
        was_lower = sign.is_lowercase();
        snake.extend(sign.to_lowercase());
    }
    snake
}

/// Whether the words of a name have those of a mark in a row.
fn has(words: &[&str], mark: &str) -> bool {
    let mark = mark.split('_').collect::<Vec<_>>();
    words.windows(mark.len()).any(|window| window == mark)
}

/// What lets somebody in; a number is none of these.
#[rustfmt::skip]
const SECRETS: [&str; 25] = [
    "password", "passwd", "pwd", "passphrase", "secret", "secrets", "private_key", "secret_key", "api_key", "apikey",
    "auth_key", "encryption_key", "token", "jwt", "totp", "recovery_code", "recovery_codes", "backup_code",
    "backup_codes", "session_key", "session_id", "auth_code", "credential", "credentials", "two_factor",
];
/// What identifies somebody or is his alone, or lets him in as a number too.
#[rustfmt::skip]
const IDENTITIES: [&str; 39] = [
    "ssn", "social_security", "driver_license", "drivers_license", "license_number", "passport", "passport_number",
    "passport_id", "national_id", "tax_id", "credit_card", "card_number", "cvv", "cvc", "cvn", "bank_account",
    "account_number", "routing_number", "iban", "swift_code", "bic", "medical_record", "health_record", "patient_id",
    "insurance_number", "health_insurance", "medical_insurance", "treatment", "biometric", "fingerprint",
    "facial_recognition", "mac_address", "imei", "pin", "pin_code", "passcode", "otp", "verification_code", "2fa",
];
