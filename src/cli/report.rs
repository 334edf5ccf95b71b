//! What the user sees. The only place that colours or draws.

use std::fmt::Write as _;
use std::io::{IsTerminal as _, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anstyle::{AnsiColor, Style};
use indicatif::{HumanBytes, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::args::{Color, Global};
use crate::diagnostic::{Diagnostic, Severity};
use crate::redact::redact;
use crate::{Error, Result, scratch};

/// How long work may take in silence on a terminal.
const PATIENCE: Duration = Duration::from_secs(1);

const RED: Style = AnsiColor::Red.on_default().bold();
const YELLOW: Style = AnsiColor::Yellow.on_default().bold();
const CYAN: Style = AnsiColor::Cyan.on_default().bold();
const GREEN: Style = AnsiColor::Green.on_default();
const DIM: Style = Style::new().dimmed();

/// How messages are shown. They go to standard error; standard output is for results alone.
#[derive(Clone, Copy, Debug)]
pub(super) struct Report {
    level: Level,
    json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Quiet,
    Normal,
    Verbose,
}

impl Report {
    pub(super) fn new(global: &Global) -> Self {
        let choice = match global.color {
            Color::Auto => anstream::ColorChoice::Auto,
            Color::Always => anstream::ColorChoice::Always,
            Color::Never => anstream::ColorChoice::Never,
        };
        choice.write_global();
        let level = match (global.quiet, global.verbose) {
            (true, _) => Level::Quiet,
            (_, true) => Level::Verbose,
            _ => Level::Normal,
        };
        Self {
            level,
            json: global.json,
        }
    }

    /// An error, with all that is known of it. Always shown.
    pub(super) fn error(&self, error: &Error) {
        let location = error.location();
        if self.json {
            let position = location.and_then(|location| location.position);
            return line(
                &serde_json::json!({
                    "level": "error",
                    "message": redact(&error.to_string()),
                    "detail": error.detail().map(redact),
                    "hint": error.hint(),
                    "file": location.map(|location| location.path.display().to_string()),
                    "line": position.map(|(line, _)| line),
                    "column": position.map(|(_, column)| column),
                })
                .to_string(),
            );
        }
        let mut text = format!("{RED}error{RED:#}: {}", redact(&error.to_string()));
        if let Some(location) = location {
            let _ = write!(text, "\n {CYAN}-->{CYAN:#} {location}");
        }
        if let Some(excerpt) = error.excerpt() {
            let _ = write!(text, "\n{}", redact(excerpt));
        }
        if let Some(detail) = error.detail() {
            let _ = write!(text, "\n{DIM}detail{DIM:#}: {}", redact(detail));
        }
        if let Some(hint) = error.hint() {
            let _ = write!(text, "\n{CYAN}hint{CYAN:#}: {hint}");
        }
        line(&text);
    }

    /// What was noticed: warnings, and with `--verbose` the notes.
    pub(super) fn diagnostics(&self, diagnostics: &[Diagnostic]) {
        for diagnostic in diagnostics {
            self.diagnostic(diagnostic);
        }
        let notes = diagnostics
            .iter()
            .filter(|diagnostic| diagnostic.severity == Severity::Note)
            .count();
        if notes > 0 && self.level == Level::Normal && !self.json {
            self.say(&format!(
                "{notes} {} (--verbose shows them)",
                if notes == 1 { "note" } else { "notes" }
            ));
        }
    }

    fn diagnostic(&self, diagnostic: &Diagnostic) {
        let (name, style, least) = match diagnostic.severity {
            Severity::Warning => ("warning", YELLOW, Level::Normal),
            Severity::Note => ("note", CYAN, Level::Verbose),
        };
        if self.level < least {
            return;
        }
        let (subject, message) = (redact(&diagnostic.subject), redact(&diagnostic.message));
        if self.json {
            return line(
                &serde_json::json!({
                    "level": name, "subject": subject, "message": message, "hint": diagnostic.hint,
                })
                .to_string(),
            );
        }
        line(&format!("{style}{name}{style:#}: {subject}: {message}"));
        if let Some(hint) = &diagnostic.hint {
            line(&format!("{CYAN}hint{CYAN:#}: {hint}"));
        }
    }

    /// What was done.
    pub(super) fn done(&self, message: &str) {
        self.info(Level::Normal, &format!("{GREEN}{message}{GREEN:#}"));
    }

    /// What is going on.
    pub(super) fn say(&self, message: &str) {
        self.info(Level::Normal, message);
    }

    /// What was decided, and why: for `--verbose`.
    pub(super) fn detail(&self, message: &str) {
        self.info(Level::Verbose, &format!("{DIM}{message}{DIM:#}"));
    }

    fn info(&self, least: Level, message: &str) {
        if self.level < least {
            return;
        }
        let message = redact(message);
        if self.json {
            let plain = anstream::adapter::strip_str(&message).to_string();
            line(&serde_json::json!({ "level": "info", "message": plain }).to_string());
        } else {
            line(&message);
        }
    }

    /// A finding with its lines, such as a file that is not up to date and its diff: it is the result of the command,
    /// so it goes to standard output, and `--quiet` leaves only its name.
    pub(super) fn finding(&self, name: &str, message: &str, diff: &str) -> Result<()> {
        if self.json {
            line(&serde_json::json!({ "level": "warning", "subject": name, "message": message }).to_string());
        } else {
            line(&format!("{YELLOW}{message}{YELLOW:#}: {name}"));
        }
        if self.level == Level::Quiet {
            return Ok(());
        }
        let mut text = String::new();
        for line in diff.split_inclusive('\n') {
            let style = match line.as_bytes().first() {
                Some(b'+') => AnsiColor::Green.on_default(),
                Some(b'-') => AnsiColor::Red.on_default(),
                Some(b'@') => AnsiColor::Cyan.on_default(),
                _ => Style::new(),
            };
            let body = line.trim_end_matches('\n');
            let _ = writeln!(text, "{style}{body}{style:#}");
        }
        print_to(anstream::stdout(), &text)
    }

    /// What a command has found, coloured: it is the result, so it goes to standard output.
    pub(super) fn findings(&self, text: &str) -> Result<()> {
        print_to(anstream::stdout(), text)
    }

    /// Shows that `what` is going on, once it has taken a while and only on a terminal; until the guard is dropped.
    pub(super) fn progress(&self, what: &str) -> Progress {
        let report = *self;
        if self.json || self.level == Level::Quiet || !std::io::stderr().is_terminal() {
            return Progress {
                report,
                bar: None,
                told: AtomicBool::new(false),
            };
        }
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} ({elapsed})") {
            bar.set_style(style);
        }
        bar.set_message(redact(what).into_owned());
        let shown = bar.clone();
        let task = tokio::spawn(async move {
            tokio::time::sleep(PATIENCE).await;
            shown.set_draw_target(ProgressDrawTarget::stderr());
            shown.enable_steady_tick(Duration::from_millis(120));
        });
        Progress {
            report,
            bar: Some((bar, task)),
            told: AtomicBool::new(false),
        }
    }
}

/// Work that is shown; it is wiped away when this is dropped.
pub(super) struct Progress {
    report: Report,
    bar: Option<(ProgressBar, tokio::task::JoinHandle<()>)>,
    /// Whether it was said that something is fetched.
    told: AtomicBool,
}

impl Progress {
    /// Shows what is going on now.
    pub(super) fn message(&self, what: &str) {
        if let Some((bar, _)) = &self.bar {
            bar.set_message(redact(what).into_owned());
        }
    }

    /// Shows what a scratch server is busy with. What is fetched from where is said even where nothing is drawn.
    pub(super) fn show(&self, step: &scratch::Progress) {
        match step {
            scratch::Progress::Preparing { version } => {
                self.message(&format!("preparing PostgreSQL {version}, which is done once"));
            }
            scratch::Progress::Downloading {
                file,
                from,
                received,
                total,
            } => {
                if !self.told.swap(true, Ordering::Relaxed) {
                    self.report
                        .say(&format!("no PostgreSQL is at hand: fetching {file} from {from}, once"));
                }
                let mut text = format!("fetching {file}: {}", HumanBytes(*received));
                if let Some(total) = total {
                    let _ = write!(text, " of {}", HumanBytes(*total));
                }
                self.message(&text);
            }
            scratch::Progress::Unpacking { to } => self.message(&format!("unpacking to {}", to.display())),
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((bar, task)) = self.bar.take() {
            task.abort();
            bar.finish_and_clear();
        }
    }
}

/// Writes a result to standard output, byte for byte. A reader that has gone away, such as `head`, is no failure.
///
/// # Errors
/// Where it cannot be written.
pub(super) fn print(text: &str) -> Result<()> {
    print_to(std::io::stdout(), text)
}

/// `1 table`, `2 tables`: so many of what has a regular plural.
pub(super) fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

fn print_to(mut stdout: impl std::io::Write, text: &str) -> Result<()> {
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Error::new(format!("cannot write to standard output: {error}")))
        }
        _ => Ok(()),
    }
}

/// Writes one message to standard error, which nobody can be told about if it fails.
fn line(text: &str) {
    let _ = writeln!(anstream::stderr(), "{text}");
}
