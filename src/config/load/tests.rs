use super::*;
use crate::config::json_schema::JsonSchema;
use crate::config::overrides::Names;
use crate::config::python::Python;
use crate::config::rust::{Rust, RustStyle};
use crate::config::typescript::{Typescript, TypescriptStyle, Wire};
use crate::config::{
    Advise, Database, Migrations, Name, Override, Platform, REFERENCE, Rename, Rls, Scope, Scratch, Snapshot,
};

/// The reference with every setting switched on.
fn switched_on() -> String {
    REFERENCE
        .lines()
        .map(|line| match line.strip_prefix('#') {
            Some(setting) if !setting.starts_with([' ', '#']) => format!("{setting}\n"),
            _ => format!("{line}\n"),
        })
        .collect()
}

fn read(text: &str) -> Result<Config> {
    parse(text, Path::new("pgkeel.toml"))
}

fn refused(text: &str) -> (String, String, Option<(u32, u32)>) {
    let error = read(text).expect_err(text);
    let position = error.location().and_then(|location| location.position);
    (error.to_string(), error.hint().unwrap_or_default().to_owned(), position)
}

#[test]
fn the_reference_names_every_key() {
    let text = switched_on();
    let config = read(&text).unwrap();
    assert_eq!(
        config.generate.iter().map(Generate::lang).collect::<Vec<_>>(),
        Lang::ALL
    );
    assert!(matches!(config.names.get("public.user"), Some(Name::All(name)) if name == "Account"));
    assert_eq!(config.names["public.user.type"].get(Lang::Python), Some("kind"));
    assert_eq!(config.names["public.user.type"].get(Lang::Typescript), None);

    let has = |section: &str, keys: &[&str]| {
        assert!(!keys.is_empty(), "{section}");
        for key in keys {
            let stands = text.lines().any(|line| {
                line == format!("[{key}]")
                    || line == format!("[[{key}]]")
                    || line.starts_with(&format!("{key} = "))
                    || line.contains(&format!("{{ {key} = "))
                    || line.contains(&format!(", {key} = "))
            });
            assert!(stands, "reference.toml does not name `{key}` of {section}");
        }
    };
    has("the file", fields::<Config>());
    has("[database]", fields::<Database>());
    has("[scope]", fields::<Scope>());
    has("[snapshot]", fields::<Snapshot>());
    has("[scratch]", fields::<Scratch>());
    has("[types]", fields::<Override>());
    has("[names]", fields::<Names>());
    has("[migrations]", fields::<Migrations>());
    has("renames", fields::<Rename>());
    has("[rls]", fields::<Rls>());
    has("[advise]", fields::<Advise>());
    let part = |lang: &str| {
        text.split("[[generate]]")
            .find(|part| part.contains(&format!("lang = \"{lang}\"")))
            .unwrap()
            .to_owned()
    };
    for (lang, keys) in [
        ("typescript", fields::<Typescript>()),
        ("rust", fields::<Rust>()),
        ("python", fields::<Python>()),
        ("json-schema", fields::<JsonSchema>()),
    ] {
        let part = part(lang);
        for key in keys {
            assert!(
                part.contains(&format!("\n{key} = ")),
                "reference.toml does not name `{key}` of {lang}"
            );
        }
    }
}

#[test]
fn the_reference_is_the_default_where_it_says_so() {
    // As it stands, all is switched off.
    assert_eq!(read(REFERENCE).unwrap(), Config::default());
    let config = read(&switched_on()).unwrap();
    assert_eq!(config.database, Database::default());
    assert_eq!(config.snapshot, Snapshot::default());
    for (entry, lang) in config.generate.iter().zip(Lang::ALL) {
        let default = Generate::new(lang);
        assert_eq!(
            (&entry.out, entry.layout, entry.style()),
            (&default.out, default.layout, default.style())
        );
    }
    assert_eq!(config.scope.platform, Some(Platform::Supabase));
}

#[test]
fn defaults_follow_style_and_wire() {
    let config = read("[[generate]]\nlang = \"typescript\"\nstyle = \"kysely\"\n[[generate]]\nlang = \"rust\"\nlayout = \"per-schema\"").unwrap();
    let Language::Typescript(options) = &config.generate[0].language else {
        panic!("typescript is first")
    };
    assert_eq!(
        (options.style, options.wire()),
        (TypescriptStyle::Kysely, Wire::NodePostgres)
    );
    assert_eq!(config.generate[1].out, Path::new("types"));
    let Language::Rust(options) = &config.generate[1].language else {
        panic!("rust is second")
    };
    assert_eq!(options.style, RustStyle::Sqlx);
}

#[test]
fn unknown_keys_name_the_nearest() {
    for (text, message, hint, position) in [
        (
            "[databse]\n",
            "unknown key `databse`",
            "did you mean `database`?",
            (1, 2),
        ),
        (
            "[database]\nurl_env = \"X\"",
            "unknown key `url_env`",
            "did you mean `url-env`?",
            (2, 1),
        ),
        (
            "[[generat]]\nlang = \"rust\"",
            "unknown key `generat`",
            "did you mean `generate`?",
            (1, 3),
        ),
        (
            "[[generate]]\nlang = \"rust\"\n  stile = \"sqlx\"",
            "unknown key `stile`",
            "did you mean `style`?",
            (3, 3),
        ),
        (
            "[[generate]]\nlang = \"rust\"\nlay-out = \"single\"",
            "unknown key `lay-out`",
            "did you mean `layout`?",
            (3, 1),
        ),
        (
            "[[generate]]\nlang = \"typescirpt\"",
            "unknown value `typescirpt`",
            "did you mean `typescript`?",
            (2, 8),
        ),
        (
            "[[generate]]\nlang = \"rust\"\nstyle = \"sqlxx\"",
            "unknown value `sqlxx`",
            "did you mean `sqlx`?",
            (3, 9),
        ),
        (
            "[types]\n\"public.e\" = { rest = \"x\" }",
            "unknown key `rest`",
            "did you mean `rust`?",
            (2, 16),
        ),
        (
            "[migrations]\nrenames = [{ form = \"a\", to = \"b\" }]",
            "unknown key `form`",
            "did you mean `from`?",
            (2, 14),
        ),
        ("zzz = 1", "unknown key `zzz`", "there are: ", (1, 1)),
    ] {
        let (found, cure, at) = refused(text);
        assert_eq!((found.as_str(), at), (message, Some(position)), "{text}");
        assert!(cure.starts_with(hint), "{text}: {cure}");
    }
}

#[test]
fn an_option_of_another_language_is_named() {
    let (message, hint, at) = refused("[[generate]]\nlang = \"python\"\ndatetime = \"jiff\"");
    assert_eq!(message, "`datetime` is no option of `lang = \"python\"`");
    assert_eq!((hint.as_str(), at), ("it belongs to rust", Some((3, 1))));
}

#[test]
fn what_is_wrong_is_placed() {
    for (text, part, at) in [
        ("[database\n", "", (1, 10)),
        ("a = 1\na = 2", "duplicate key", (2, 1)),
        ("[scope]\nschemas = \"public\"", "expected a sequence", (2, 11)),
        ("[[generate]]\nout = \"x\"", "names no language", (1, 1)),
        ("generate = 1", "list of tables", (1, 12)),
        (
            "[[generate]]\nlang = \"python\"\nversion = 3.10",
            "expected a string",
            (3, 11),
        ),
        (
            "[[generate]]\nlang = \"python\"\nversion = \"3.9\"",
            "no Python \"3.9\"",
            (3, 11),
        ),
        (
            "[[generate]]\nlang = \"python\"\nstyle = \"dataclass\"\nbase = \"a:B\"",
            "`base` does not go",
            (1, 1),
        ),
        (
            "[[generate]]\nlang = \"python\"\nbase = \"a:B; import os\"",
            "not a module and a class",
            (1, 1),
        ),
        (
            "[[generate]]\nlang = \"rust\"\nstyle = \"tokio-postgres\"\ndecimal = \"bigdecimal\"",
            "`decimal",
            (1, 1),
        ),
        (
            "[[generate]]\nlang = \"rust\"\nstyle = \"plain\"\nsqlx-toml = \"sqlx.toml\"",
            "`sqlx-toml` does not go",
            (1, 1),
        ),
        (
            "[[generate]]\nlang = \"typescript\"\ncase = \"camel\"",
            "`case = \"camel\"` does not go",
            (1, 1),
        ),
        ("[columns]\n\"public.orders\" = {}", "schema.relation.column", (2, 1)),
        ("[types]\npublic.email = { rust = \"X\" }", "schema.type", (2, 1)),
    ] {
        let (message, _, found) = refused(text);
        assert!(message.contains(part), "{text}: {message}");
        assert_eq!(found, Some(at), "{text}: {message}");
    }
}

#[test]
fn no_secret_gets_in_or_out() {
    for text in [
        "[database]\nurl-env = \"postgres://me:secret@h/db\"",
        "[database]\nurl = \"postgres://me:secret@h/db\"",
        "[database]\nurl-env = \"postgres://h/db?password=secret\"",
        "[scratch]\nreleases = \"https://me:secret@mirror\"",
        "[scope]\nschemas = [\"postgres://me:secret@h\"]",
        "url = \"postgres://me:secret@h\" nonsense",
    ] {
        let error = read(text).expect_err(text);
        assert!(!format!("{error:?}").contains("secret"), "{error:?}");
    }
    let (message, hint, at) = refused("[database]\nurl-env = \"postgres://h/db\"");
    assert_eq!(message, "`url-env` is not the name of an environment variable");
    assert!(hint.contains("DATABASE_URL") && at == Some((2, 11)));
}
