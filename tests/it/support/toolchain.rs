//! The compilers of the languages pgkeel writes, and the clients that its output is for.
//!
//! They are installed under `target/toolchain`, once for each content of the lock files in `tests/toolchain`. Starting
//! a compiler costs seconds: a test hands over as many files as it has. Each call works in a folder of its own, named
//! after its `project`, which is left behind to look at; two tests never share a name.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Checks TypeScript with `tsc`, as strictly as `tests/toolchain/node/tsconfig.json` says. Relative imports end in
/// `.js`. The error is what the compiler said.
pub(crate) fn tsc<N: AsRef<str>, T: AsRef<str>>(project: &str, files: &[(N, T)]) -> Result<(), String> {
    let toolchain = node_toolchain();
    let dir = project_dir(&toolchain, project, files);
    let config = r#"{
  "extends": "../../tsconfig.json",
  "compilerOptions": { "rootDir": ".", "outDir": "out" },
  "include": ["**/*.ts"]
}
"#;
    fs::write(dir.join("tsconfig.json"), config).unwrap();
    run(Command::new(toolchain.join("node_modules/.bin/tsc"))
        .arg("--project")
        .arg(&dir)
        .current_dir(&dir))
    .map(drop)
}

/// Checks TypeScript as [`tsc`] does, then runs `main` (a file's name without its ending) with node; gives what it
/// printed.
pub(crate) fn node<N: AsRef<str>, T: AsRef<str>>(
    project: &str,
    files: &[(N, T)],
    main: &str,
    env: &[(&str, String)],
) -> Result<String, String> {
    tsc(project, files)?;
    let dir = node_toolchain().join("work").join(project);
    let program = dir.join("out").join(format!("{main}.js"));
    run(Command::new("node")
        .arg(program)
        .current_dir(&dir)
        .envs(env.iter().cloned()))
}

/// Checks Python with `mypy`, as strictly as `tests/toolchain/python/mypy.ini` says. The error is what it said.
pub(crate) fn mypy<N: AsRef<str>, T: AsRef<str>>(project: &str, files: &[(N, T)]) -> Result<(), String> {
    let toolchain = python_toolchain();
    let dir = project_dir(&toolchain, project, files);
    // The cache of the libraries' types is worth sharing, but mypy does not guard it.
    let _lock = lock(&toolchain.join("mypy.lock"));
    run(Command::new(toolchain.join("bin/mypy"))
        .arg("--config-file")
        .arg(toolchain.join("mypy.ini"))
        .arg("--cache-dir")
        .arg(toolchain.join("mypy_cache"))
        .args(
            files
                .iter()
                .map(|(name, _)| name.as_ref())
                .filter(|name| name.ends_with(".py")),
        )
        .current_dir(&dir))
    .map(drop)
}

/// Runs the Python file `main` with every warning an error; gives what it printed. It can import its neighbours.
pub(crate) fn python<N: AsRef<str>, T: AsRef<str>>(
    project: &str,
    files: &[(N, T)],
    main: &str,
    env: &[(&str, String)],
) -> Result<String, String> {
    let toolchain = python_toolchain();
    let dir = project_dir(&toolchain, project, files);
    run(Command::new(toolchain.join("bin/python"))
        .args(["-B", "-X", "utf8", "-W", "error"])
        .arg(main)
        .current_dir(&dir)
        .envs(env.iter().cloned()))
}

/// Checks a crate of these files under `src/` (`lib.rs` or `main.rs` among them) with `cargo check`: the crates are
/// those of `tests/toolchain/rust/Cargo.toml`, and a warning is an error. `../sqlx.toml` is beside its `Cargo.toml`.
pub(crate) fn cargo_check<N: AsRef<str>, T: AsRef<str>>(
    project: &str,
    files: &[(N, T)],
    env: &[(&str, String)],
) -> Result<(), String> {
    cargo(project, files, "check", env).map(drop)
}

/// Builds a crate as [`cargo_check`] checks it and runs its `main.rs`; gives what it printed.
pub(crate) fn cargo_run<N: AsRef<str>, T: AsRef<str>>(
    project: &str,
    files: &[(N, T)],
    env: &[(&str, String)],
) -> Result<String, String> {
    cargo(project, files, "run", env)
}

/// Asserts of a library as [`cargo_check`] has it that clippy has nothing to say, and that rustfmt leaves it as it is.
pub(crate) fn clippy_and_rustfmt<N: AsRef<str>, T: AsRef<str>>(project: &str, files: &[(N, T)]) -> Result<(), String> {
    cargo(project, files, "clippy", &[])?;
    let lib = rust_toolchain().join("work").join(project).join("src/lib.rs");
    run(Command::new("rustfmt").args(["--check", "--edition", "2024"]).arg(lib)).map(drop)
}

fn rust_toolchain() -> PathBuf {
    install("rust", &["rust/Cargo.toml", "rust/Cargo.lock"], "", |_| ())
}

fn cargo<N: AsRef<str>, T: AsRef<str>>(
    project: &str,
    files: &[(N, T)],
    command: &str,
    env: &[(&str, String)],
) -> Result<String, String> {
    let toolchain = rust_toolchain();
    let dir = project_dir(&toolchain, project, &[] as &[(&str, &str)]);
    // Crates of one name share a fingerprint, and cargo would take the one for the other, already built.
    for file in ["Cargo.toml", "Cargo.lock"] {
        let text = fs::read_to_string(toolchain.join(file)).unwrap();
        let name = format!("name = \"golden-{project}\"");
        fs::write(dir.join(file), text.replace("name = \"pgkeel-golden\"", &name)).unwrap();
    }
    write_files(&dir.join("src"), files);
    run(Command::new(env!("CARGO"))
        .args([command, "--quiet", "--locked", "--target-dir"])
        .arg(target_dir().join("golden-crate"))
        .env("RUSTFLAGS", "-Dwarnings")
        .current_dir(&dir)
        .envs(env.iter().cloned()))
}

fn node_toolchain() -> PathBuf {
    let inputs = [
        "node/package.json",
        "node/package-lock.json",
        "node/.npmrc",
        "node/tsconfig.json",
    ];
    install("node", &inputs, "", npm_ci)
}

/// A virtual environment with what the tests need of Python.
pub(crate) fn python_toolchain() -> PathBuf {
    let python = find_python();
    let inputs = ["python/requirements.txt", "python/mypy.ini"];
    install("python", &inputs, &python, |dir| {
        must(
            Command::new(&python).args(["-m", "venv"]).arg(dir),
            "install python3-venv",
        );
        pip_install(&dir.join("bin/python"), dir, &[]);
    })
}

/// Installs what the `requirements.txt` in `dir` names, and nothing else.
pub(crate) fn pip_install(python: &Path, dir: &Path, options: &[&str]) {
    let mut pip = Command::new(python);
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
    pip.args([
        "--require-hashes",
        "--only-binary",
        ":all:",
        "--requirement",
        "requirements.txt",
    ]);
    must(
        pip.args(options).current_dir(dir),
        "the tests need the packages of tests/toolchain once",
    );
}

/// The interpreter to make virtual environments with: the first of the usual names that is 3.10 or newer.
fn find_python() -> String {
    let describe = "import sys; assert sys.version_info >= (3, 10); print(sys.executable)";
    [
        "python3",
        "python3.14",
        "python3.13",
        "python3.12",
        "python3.11",
        "python3.10",
    ]
    .iter()
    .find_map(|name| run(Command::new(name).args(["-c", describe])).ok())
    .map(|path| path.trim().to_owned())
    .expect("install python3, 3.10 or newer, with venv: the tests check Python with it")
}

/// Installs what the `package-lock.json` in `dir` names.
pub(crate) fn npm_ci(dir: &Path) {
    must(
        Command::new("npm")
            .args(["ci", "--ignore-scripts", "--loglevel=error"])
            .current_dir(dir),
        "install node 20 or newer, with npm: the tests check TypeScript with it",
    );
}

/// The folder `target/toolchain/NAME`, set up as [`install_in`] does.
pub(crate) fn install(name: &str, inputs: &[&str], also: &str, setup: impl FnOnce(&Path)) -> PathBuf {
    install_in(&target_dir().join("toolchain"), name, inputs, also, setup)
}

/// The folder `BASE/NAME`, set up by `setup` from copies of `inputs` (below `tests/toolchain`). It is made again when an
/// input or `also` has changed; other test processes wait.
pub(crate) fn install_in(base: &Path, name: &str, inputs: &[&str], also: &str, setup: impl FnOnce(&Path)) -> PathBuf {
    let dir = base.join(name);
    fs::create_dir_all(base).unwrap();
    let _lock = lock(&dir.with_extension("lock"));
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/toolchain");
    let contents = inputs
        .iter()
        .map(|input| fs::read_to_string(source.join(input)).unwrap())
        .collect::<Vec<_>>();
    let stamp = format!("{also}\n{}", contents.join("\n"));
    if fs::read_to_string(dir.join("stamp")).is_ok_and(|old| old == stamp) {
        return dir;
    }
    if dir.exists() {
        fs::remove_dir_all(&dir).unwrap();
    }
    fs::create_dir_all(&dir).unwrap();
    for (input, content) in inputs.iter().zip(&contents) {
        fs::write(dir.join(Path::new(input).file_name().unwrap()), content).unwrap();
    }
    setup(&dir);
    fs::write(dir.join("stamp"), stamp).unwrap();
    dir
}

/// Builds the empty folder of `project` with `files` in it.
fn project_dir<N: AsRef<str>, T: AsRef<str>>(toolchain: &Path, project: &str, files: &[(N, T)]) -> PathBuf {
    let dir = toolchain.join("work").join(project);
    if dir.exists() {
        fs::remove_dir_all(&dir).unwrap();
    }
    fs::create_dir_all(&dir).unwrap();
    write_files(&dir, files);
    dir
}

fn write_files<N: AsRef<str>, T: AsRef<str>>(dir: &Path, files: &[(N, T)]) {
    for (name, text) in files {
        let path = dir.join(name.as_ref());
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text.as_ref()).unwrap();
    }
}

/// Holds `path` against other threads and processes until it is dropped.
fn lock(path: &Path) -> File {
    let file = File::create(path).unwrap();
    file.lock().unwrap();
    file
}

/// Runs a command to its end: what it printed, or as an error everything it said.
pub(crate) fn run(command: &mut Command) -> Result<String, String> {
    let output = command
        .output()
        .map_err(|error| format!("{}: {error}", command.get_program().display()))?;
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        return Ok(stdout);
    }
    let arguments = command.get_args().collect::<Vec<_>>().join(OsStr::new(" "));
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!(
        "{} {}: {}\n{stdout}{said}",
        command.get_program().display(),
        arguments.display(),
        output.status
    ))
}

/// Runs a command of the set-up; a failure ends the test with what cures it.
pub(crate) fn must(command: &mut Command, cure: &str) {
    if let Err(error) = run(command) {
        panic!("{error}\nhint: {cure}");
    }
}

/// The target directory of this build.
pub(crate) fn target_dir() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap()
}
