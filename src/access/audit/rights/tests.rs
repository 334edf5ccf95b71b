use serde_json::json;

use super::*;
use crate::config::Rls;

/// Two tables, a view, and roles: `anon` and `authenticated` from outside, `staff` who inherits the latter, `guest` who
/// does not, `boss` who owns it all, `service` with BYPASSRLS.
fn catalog() -> Catalog {
    let catalog = json!({
        "server": { "major": 15 },
        "roles": [
            { "name": "anon", "inherit": false },
            { "name": "authenticated", "inherit": false },
            { "name": "boss" },
            { "name": "guest", "inherit": false },
            { "name": "root", "superuser": true },
            { "name": "service", "bypass_rls": true },
            { "name": "staff" },
        ],
        "memberships": [
            { "role": "authenticated", "member": "guest", "grantor": "root", "inherit": false },
            { "role": "authenticated", "member": "staff", "grantor": "root" },
            { "role": "pg_read_all_data", "member": "service", "grantor": "root" },
        ],
        "schemas": [{ "name": "app", "owner": "boss" }, { "name": "auth", "owner": "root", "reference_only": true }],
        "relations": [
            { "name": "app.docs", "kind": "table", "owner": "boss", "row_security": true },
            { "name": "app.notes", "kind": "table", "owner": "boss", "row_security": true, "force_row_security": true },
            { "name": "app.shown", "kind": "view", "owner": "boss", "options": ["security_invoker=on"] },
        ],
        "columns": [
            { "relation": "app.docs", "name": "id", "type": "integer" },
            { "relation": "app.docs", "name": "title", "type": "text" },
        ],
        "policies": [
            { "relation": "app.docs", "name": "all", "permissive": false, "using": "true" },
            { "relation": "app.docs", "name": "read", "command": "select", "roles": ["authenticated"], "using": "true" },
        ],
        "grants": [
            { "object": { "schema": "app" }, "grantee": "authenticated", "grantor": "boss", "privileges": ["usage"] },
            { "object": { "table": "app.docs" }, "grantee": null, "grantor": "boss", "privileges": ["insert"] },
            { "object": { "table": "app.docs" }, "grantee": "authenticated", "grantor": "boss", "privileges": ["delete"] },
            { "object": { "table": "app.notes" }, "grantee": "boss", "grantor": "boss", "privileges": ["select"] },
            {
                "object": { "column": ["app.docs", "title"] }, "grantee": "authenticated", "grantor": "boss",
                "privileges": ["select"]
            },
        ],
    });
    serde_json::from_value(catalog).expect("a catalog")
}

fn with_rights(test: impl FnOnce(&Catalog, &Rights<'_>)) {
    let catalog = catalog();
    let settings = Settings::new(&Rls::default(), &catalog, &[]).expect("settings");
    test(&catalog, &Rights::new(&catalog, &settings));
}

fn docs() -> ObjectId {
    ObjectId::Table(QName::new("app", "docs"))
}

#[test]
fn privileges_come_from_owners_grants_and_memberships_that_inherit() {
    with_rights(|_, rights| {
        let can = |role: &str, privilege| rights.can(role, privilege, &docs());
        assert!(can("boss", Privilege::Truncate) && can("root", Privilege::Truncate));
        assert!(can("staff", Privilege::Delete) && !can("guest", Privilege::Delete));
        assert!(can("authenticated", Privilege::Insert));
        // The privilege alone is nothing without the schema.
        assert!(rights.holds("anon", Privilege::Insert, &docs()) && !can("anon", Privilege::Insert));
        assert!(rights.public_holds(Privilege::Insert, &docs()));
        // What a predefined role gives.
        assert!(can("service", Privilege::Select) && !can("service", Privilege::Delete));
        // An owner may have taken rights from himself.
        let notes = ObjectId::Table(QName::new("app", "notes"));
        assert!(rights.can("boss", Privilege::Select, &notes) && !rights.can("boss", Privilege::Insert, &notes));
    });
}

#[test]
fn a_column_has_what_it_or_its_table_was_given() {
    with_rights(|catalog, rights| {
        let column = |name: &str| ObjectId::Column(QName::new("app", "docs"), name.into());
        assert!(rights.can("staff", Privilege::Select, &column("title")));
        assert!(!rights.can("staff", Privilege::Select, &column("id")));
        assert!(rights.can("staff", Privilege::Insert, &column("id")));
        assert!(!rights.can("staff", Privilege::Select, &docs()));
        let table = catalog.relation(&QName::new("app", "docs")).expect("a table");
        assert!(rights.can_some("staff", Privilege::Select, table.row));
        let (boss, signed_in) = (Name::from("boss"), Name::from("authenticated"));
        let of = |role, privilege| rights.source(role, privilege, &column("title"));
        assert_eq!(of("boss", Privilege::Select), Some(Source::Owner(&boss)));
        let granted = |grantee| Source::Granted {
            grantee,
            grantor: &boss,
        };
        assert_eq!(of("staff", Privilege::Select), Some(granted(Some(&signed_in))));
        assert_eq!(of("staff", Privilege::Insert), Some(granted(None)));
        assert_eq!(
            of("service", Privilege::Select),
            Some(Source::Predefined("pg_read_all_data"))
        );
    });
}

#[test]
fn row_security_binds_who_neither_bypasses_it_nor_owns() {
    with_rights(|catalog, rights| {
        let relation = |name: &str| catalog.relation(&QName::new("app", name)).expect("a relation");
        let (docs, notes) = (relation("docs"), relation("notes"));
        assert!(rights.is_bound("staff", docs.row) && !rights.is_bound("boss", docs.row));
        assert!(rights.is_bound("boss", notes.row));
        assert!(!rights.is_bound("service", notes.row) && !rights.is_bound("root", notes.row));
        assert_eq!(rights.reach("staff", docs, Event::Select), Reach::Some);
        assert_eq!(rights.reach("staff", docs, Event::Delete), Reach::None);
        assert_eq!(rights.reach("staff", docs, Event::Truncate), Reach::Denied);
        assert_eq!(rights.reach("anon", docs, Event::Select), Reach::Denied);
        assert_eq!(rights.reach("boss", docs, Event::Select), Reach::All);
        assert_eq!(rights.reach("boss", notes, Event::Select), Reach::None);
        let applied = rights.policies("staff", docs, Event::Select);
        assert_eq!((applied.permissive.len(), applied.restrictive.len()), (1, 1));
        assert_eq!(rights.policies("guest", docs, Event::Select).permissive.len(), 0);
        assert_eq!(rights.policies("staff", docs, Event::Truncate), Applied::default());
    });
}

#[test]
fn a_view_reads_as_its_owner_unless_it_says_otherwise() {
    with_rights(|catalog, rights| {
        let mut shown = catalog
            .relation(&QName::new("app", "shown"))
            .expect("a view")
            .row
            .clone();
        let (staff, boss) = (Name::from("staff"), Name::from("boss"));
        assert_eq!(rights.read_as(&staff, &shown), &staff);
        for (option, is_invoker) in [("true", true), ("1", true), ("off", false), ("0", false), ("y", true)] {
            shown.options = vec![format!("security_invoker={option}").into()];
            assert_eq!(shown.is_security_invoker(), is_invoker, "{option}");
        }
        shown.options.clear();
        assert_eq!(rights.read_as(&staff, &shown), &boss);
    });
}
