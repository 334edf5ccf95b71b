//! The text of a body, which is read when somebody asks what it calls.

use std::sync::OnceLock;

use crate::sql::calls::{Call, calls};

/// It, and what it calls.
#[derive(Clone, Debug)]
pub(super) struct Text {
    text: String,
    calls: OnceLock<Vec<Call>>,
}

impl Text {
    pub(super) fn new(text: String) -> Self {
        let calls = OnceLock::new();
        Self { text, calls }
    }

    pub(super) fn calls(&self) -> &[Call] {
        self.calls.get_or_init(|| calls(&self.text))
    }
}
