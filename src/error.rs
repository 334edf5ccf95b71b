//! The one error type: what failed, where, and how to mend it.

use std::fmt;
use std::path::{Path, PathBuf};

/// The result of everything that can fail in pgkeel.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A failure that names the thing it is about and, where one is known, the cure.
///
/// Messages are lowercase fragments without a full stop. [`fmt::Display`] gives the message alone; the command line
/// adds the location, the excerpt and the `hint:` line.
pub struct Error(Box<Inner>);

struct Inner {
    message: String,
    hint: Option<String>,
    detail: Option<String>,
    location: Option<Location>,
    excerpt: Option<String>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// A place in a file. Lines and columns count from 1, columns in characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// The file, as the user named it.
    pub path: PathBuf,
    /// The line and, where it is known, the column.
    pub position: Option<(u32, u32)>,
}

impl Error {
    /// An error with `message` alone.
    pub fn new(message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            message: message.into(),
            hint: None,
            detail: None,
            location: None,
            excerpt: None,
            source: None,
        }))
    }

    /// An error about the file at `path`: the message is `what` and the system's reason.
    pub fn io(what: &str, path: &Path, source: std::io::Error) -> Self {
        Self::new(format!("{what} {}: {source}", path.display())).with_source(source)
    }

    /// Adds the cure.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// Adds what PostgreSQL or a library said beyond the message, if anything.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.0.detail = Some(detail.into()).filter(|detail| !detail.is_empty());
        self
    }

    /// Adds the file, and the line and column in it.
    #[must_use]
    pub fn at(mut self, path: impl Into<PathBuf>, position: Option<(u32, u32)>) -> Self {
        self.0.location = Some(Location {
            path: path.into(),
            position,
        });
        self
    }

    /// Adds the source lines around the place, with a caret.
    #[must_use]
    pub fn with_excerpt(mut self, excerpt: impl Into<String>) -> Self {
        self.0.excerpt = Some(excerpt.into());
        self
    }

    /// Adds the underlying error.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// What mends it.
    pub fn hint(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }

    /// What PostgreSQL or a library said beyond the message.
    pub fn detail(&self) -> Option<&str> {
        self.0.detail.as_deref()
    }

    /// The file, line and column it is about.
    pub fn location(&self) -> Option<&Location> {
        self.0.location.as_ref()
    }

    /// The source lines around the place, with a caret under it.
    pub fn excerpt(&self) -> Option<&str> {
        self.0.excerpt.as_deref()
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path.display())?;
        match self.position {
            Some((line, column)) => write!(f, ":{line}:{column}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")?;
        if let Some(location) = self.location() {
            write!(f, "\n --> {location}")?;
        }
        if let Some(excerpt) = self.excerpt() {
            write!(f, "\n{excerpt}")?;
        }
        if let Some(detail) = self.detail() {
            write!(f, "\ndetail: {detail}")?;
        }
        if let Some(hint) = self.hint() {
            write!(f, "\nhint: {hint}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0
            .source
            .as_deref()
            .map(|source| source as &(dyn std::error::Error + 'static))
    }
}
