//! The real binary, run in a folder of its own.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A folder with nothing in it but what a test writes there.
pub(crate) struct Folder {
    pub(crate) path: PathBuf,
}

/// What a run of the binary gave.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Folder {
    /// An empty folder for the test called `name`.
    pub(crate) fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cli").join(name);
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Self { path }
    }

    /// Writes a file, and the folders that it is in.
    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) -> &Self {
        let path = self.path.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
        self
    }

    /// The text of a file.
    pub(crate) fn read(&self, name: &str) -> String {
        let path = self.path.join(name);
        std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// The binary with `arguments`, in this folder, and with nothing of the tester's own settings.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pgkeel"));
        command
            .args(arguments)
            .current_dir(&self.path)
            .env("PGPASSFILE", self.path.join("no.pgpass"));
        for (name, _) in std::env::vars_os() {
            let name = name.to_string_lossy();
            let ours = ["PGKEEL_PG_BIN", "PGKEEL_CACHE_DIR", "PGPASSFILE"].contains(&&*name);
            if !ours && (name.starts_with("PG") || name.ends_with("DATABASE_URL") || name == "NO_COLOR") {
                command.env_remove(&*name);
            }
        }
        command
    }

    /// Runs the binary to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with(arguments, &[])
    }

    /// Runs the binary to its end with more environment variables.
    pub(crate) fn run_with(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Ran {
        let output = self
            .command(arguments)
            .envs(environment.iter().copied())
            .output()
            .unwrap();
        Ran {
            code: output.status.code().expect("the binary was killed"),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Ran {
    /// Asserts a failure: exit code 2, nothing on standard output, an error with `message`, and a cure with `hint`.
    #[track_caller]
    pub(crate) fn fails(&self, message: &str, hint: &str) -> &Self {
        assert_eq!(self.code, 2, "{self:?}");
        assert_eq!(self.stdout, "", "{self:?}");
        assert!(self.stderr.contains(message), "no `{message}` in:\n{}", self.stderr);
        let cure = self.stderr.lines().find(|line| line.starts_with("hint: "));
        assert!(
            cure.is_some_and(|cure| cure.contains(hint)),
            "no hint `{hint}` in:\n{}",
            self.stderr
        );
        assert!(!self.stderr.contains("secret"), "a password is shown:\n{}", self.stderr);
        self
    }

    /// Asserts that standard output has each of these.
    #[track_caller]
    pub(crate) fn prints(&self, wanted: &[&str]) -> &Self {
        for text in wanted {
            assert!(self.stdout.contains(text), "no `{text}` in:\n{}", self.stdout);
        }
        self
    }

    /// Asserts that standard error has each of these.
    #[track_caller]
    pub(crate) fn says(&self, wanted: &[&str]) -> &Self {
        for text in wanted {
            assert!(self.stderr.contains(text), "no `{text}` in:\n{}", self.stderr);
        }
        self
    }

    /// Asserts success.
    #[track_caller]
    pub(crate) fn succeeds(&self) -> &Self {
        assert_eq!(self.code, 0, "{}", self.stderr);
        self
    }
}
