//! `pgkeel.toml`, as the commands see it.

use crate::support::command::Folder;

const RUST: &str = "[[generate]]\nlang = \"rust\"\n";

#[test]
fn a_bad_key_is_shown_where_it_stands() {
    let folder = Folder::new("bad-key");
    folder.write("pgkeel.toml", "[database]\nurl-emv = \"X\"\n");
    let ran = folder.run(&["generate"]);
    ran.fails("unknown key `url-emv`", "did you mean `url-env`?");
    assert!(ran.stderr.contains(" --> pgkeel.toml:2:1\n"), "{}", ran.stderr);
    assert!(ran.stderr.contains("2 | url-emv = \"X\"\n  | ^"), "{}", ran.stderr);
}

#[test]
fn a_bad_file_is_named() {
    let folder = Folder::new("bad-config");
    folder.write("not.toml", "[[[").write("latin1.toml", b"# \xe9");
    folder
        .run(&["pull", "--config", "none.toml"])
        .fails("cannot read none.toml", "--config");
    folder
        .run(&["pull", "--config", "latin1.toml"])
        .fails("cannot read latin1.toml", "--config");
    let ran = folder.run(&["pull", "--config", "not.toml"]);
    assert!(ran.code == 2 && ran.stderr.contains(" --> not.toml:1:"), "{ran:?}");
}

#[test]
fn a_password_in_the_file_is_refused_and_not_shown() {
    let folder = Folder::new("password");
    folder.write("pgkeel.toml", "[database]\nurl-env = \"postgres://me:secret@h/db\"\n");
    folder
        .run(&["generate", "-v"])
        .fails("`url-env` holds a password", "name that variable in `url-env`");
    let ran = folder.run(&["generate", "--json"]);
    let error: serde_json::Value = serde_json::from_str(ran.stderr.lines().last().unwrap()).unwrap();
    assert_eq!((&error["level"], &error["line"]), (&"error".into(), &2.into()));
    assert!(!ran.stderr.contains("secret"));
}

#[test]
fn the_file_is_found_above_and_its_paths_are_its_own() {
    let folder = Folder::new("above");
    folder
        .write("pgkeel.toml", RUST)
        .write("a/b/c.txt", "")
        .write("migrations/1_a.sql", "select 1/0;");
    let mut command = folder.command(&["generate"]);
    let output = command.current_dir(folder.path.join("a/b")).output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(
        stderr.contains("reading ../../migrations, because DATABASE_URL is not set"),
        "{stderr}"
    );
    assert!(stderr.contains(" --> ../../migrations/1_a.sql:1:1"), "{stderr}");
}

#[test]
fn a_flag_wins_over_the_environment_which_wins_over_the_file() {
    let folder = Folder::new("precedence");
    let nobody = |name: &str| format!("postgres://{name}@127.0.0.1:1/db");
    folder
        .write("pgkeel.toml", format!("[database]\nurl-env = \"APP_DB\"\n{RUST}"))
        .write(
            ".env",
            format!(
                "# a comment\nAPP_DB='{}'\nOTHER={}\nbroken line\n",
                nobody("dotenv"),
                nobody("other")
            ),
        )
        .write("migrations/1_a.sql", "select 1;");
    let generate = |arguments: &[&str], environment: &[(&str, &str)]| {
        folder
            .run_with(&[&["generate"], arguments].concat(), environment)
            .stderr
    };
    let environment = nobody("environment");
    assert!(generate(&[], &[]).contains("no server listens at dotenv@127.0.0.1:1/db"));
    assert!(generate(&[], &[("APP_DB", &environment)]).contains("no server listens at environment@127.0.0.1:1/db"));
    let typed = nobody("typed");
    let told = generate(&["--source", &typed], &[("APP_DB", &environment)]);
    assert!(told.contains("no server listens at typed@127.0.0.1:1/db"), "{told}");
    // Only the named variable is taken from .env.
    let ran = folder.run(&["generate", "--source", "env:OTHER"]);
    ran.fails("the environment variable `OTHER` is not set", "export OTHER=");
}

#[test]
fn options_that_exclude_each_other_are_refused() {
    let folder = Folder::new("options");
    folder.write("pgkeel.toml", format!("{RUST}stile = \"sqlx\"\n"));
    folder
        .run(&["generate"])
        .fails("unknown key `stile`", "did you mean `style`?");
    folder.write(
        "pgkeel.toml",
        format!("{RUST}style = \"plain\"\nsqlx-toml = \"sqlx.toml\"\n"),
    );
    folder.run(&["generate"]).fails(
        "`sqlx-toml` does not go with `style = \"plain\"`",
        "take style \"sqlx\"",
    );
    folder.write("pgkeel.toml", format!("{RUST}wire = \"psycopg\"\n"));
    folder.run(&["generate"]).fails(
        "`wire` is no option of `lang = \"rust\"`",
        "it belongs to typescript, python",
    );
    folder.write(
        "pgkeel.toml",
        format!("{RUST}[scope]\nexclude = [\"spatial_ref_sys\"]\n[database]\nurl-env = \"X\"\n"),
    );
    folder
        .run(&["generate", "--source", "empty"])
        .fails("[scope] exclude", "schema.name");
}

#[test]
fn what_the_readme_configures_is_right() {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let examples: Vec<&str> = readme
        .split("```toml\n")
        .skip(1)
        .filter_map(|rest| rest.split("```").next())
        // Others are of a Cargo.toml.
        .filter(|example| !example.contains("dependencies]"))
        .collect();
    assert!(!examples.is_empty());
    for example in examples {
        let config = pgkeel::config::load::parse(example, std::path::Path::new("README.md")).unwrap();
        assert!(!config.generate.is_empty());
    }
}
