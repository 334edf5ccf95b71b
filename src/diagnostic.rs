//! What pgkeel noticed on the way: data, not text on a terminal.

/// A note or warning about one thing, kept apart from the result so that the caller decides how to show it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Diagnostic {
    /// How much it matters.
    pub severity: Severity,
    /// The object, file or setting it is about, as the user would name it.
    pub subject: String,
    /// What is the matter: a lowercase fragment.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// Whether something could not be looked at, so that what is found is not all there may be.
    pub is_gap: bool,
}

/// How much a [`Diagnostic`] matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Something was left out or may be wrong.
    Warning,
    /// A decision the user may want to know of.
    Note,
}

impl Diagnostic {
    /// A warning about `subject`.
    pub fn warning(subject: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Warning,
            subject: subject.into(),
            message: message.into(),
            hint: None,
            is_gap: false,
        }
    }

    /// A warning that `subject` could not be looked at.
    pub fn gap(subject: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            is_gap: true,
            ..Self::warning(subject, message)
        }
    }

    /// A note about `subject`.
    pub fn note(subject: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Note,
            ..Self::warning(subject, message)
        }
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}
