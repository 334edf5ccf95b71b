use super::Rule;
use super::anon_security_definer_function_executable::executable;
use crate::finding::Severity;

pub(super) const RULE: Rule = Rule::new(
    "authenticated-security-definer-function-executable",
    Severity::Warning,
    "A SECURITY DEFINER function runs with its owner's rights, past every policy. One that does not ask who calls gives \
     the same to everybody who signs up.",
    |context| {
        let signed_in = context.settings.signed_in().collect::<Vec<_>>();
        executable(context, &RULE, &signed_in)
    },
);
