//! The exit codes, which scripts rely on.

use std::process::ExitCode;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exit {
    /// Clean, or done.
    Clean = 0,
    /// There is a difference or a finding.
    Difference = 1,
    /// A failure, or misuse.
    Failure = 2,
    /// A destructive step that was not allowed.
    Refused = 3,
    /// Ended by SIGINT, as a shell reports it.
    Interrupted = 130,
    /// Ended by SIGTERM, as a shell reports it.
    #[cfg(unix)]
    Terminated = 143,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
