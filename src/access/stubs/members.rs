//! Tables that say who belongs to what, who shares what with whom, and who has which role.

use super::model::{Call, Helper, Test};
use super::shape::{Scope, Table, UserColumn, is_boolean, is_text, is_time};
use super::{text, words};
use crate::catalog::column::Column;
use crate::catalog::constraint::ForeignKey;
use crate::catalog::{Name, QName};

/// A table of tenants, and the one that says who belongs to which.
pub(super) struct Tenancy<'a> {
    /// The table of tenants.
    pub(super) tenants: &'a QName,
    /// Their key.
    pub(super) key: &'a Name,
    /// The table that says who belongs to them.
    pub(super) members: &'a QName,
    /// Its column with the tenant.
    pub(super) column: &'a Column,
    /// Its column with what a member may do.
    pub(super) role: Option<&'a Column>,
    /// The roles that manage members; empty where none is known.
    pub(super) managers: Vec<String>,
    /// The roles that write, where some only read.
    pub(super) writers: Option<Vec<String>>,
    /// The roles that nobody gives.
    pub(super) tops: Vec<String>,
    /// What gives the user's tenants.
    mine: QName,
    user: UserColumn<'a>,
    live: Test,
}

/// A table of things, and the one that says whom they are shared with.
pub(super) struct Sharing<'a> {
    /// The table of things.
    pub(super) things: &'a QName,
    /// Their key.
    pub(super) key: &'a Name,
    /// The table that says whom they are shared with.
    pub(super) shares: &'a QName,
    /// Its column with the thing.
    pub(super) column: &'a Column,
    /// Its column with the user.
    pub(super) user: UserColumn<'a>,
    /// The column of the thing's owner.
    pub(super) owner: &'a Column,
    reading: Reading<'a>,
    mine: QName,
    live: Test,
}

/// How a share says what it lets others do.
enum Reading<'a> {
    /// It lets them read.
    Plain,
    /// A word says so.
    Word {
        column: &'a Column,
        read: Vec<String>,
        write: Vec<String>,
    },
    /// A truth value says so.
    Flag(&'a Column),
}

/// A table that says who has which role.
pub(super) struct Roles<'a> {
    /// The table.
    pub(super) table: &'a QName,
    /// Its column with the user.
    pub(super) user: UserColumn<'a>,
    /// The roles that may do anything.
    pub(super) admins: Vec<String>,
    said: String,
    has: QName,
    live: Test,
}

const READERS: &[&str] = &[
    "viewer",
    "guest",
    "readonly",
    "read_only",
    "read-only",
    "reader",
    "observer",
    "auditor",
    "billing",
];
const MANAGERS: &[&str] = &[
    "owner",
    "admin",
    "administrator",
    "superadmin",
    "super_admin",
    "founder",
];
const TOPS: &[&str] = &["owner", "superadmin", "super_admin", "superuser", "root", "founder"];
const READ: &[&str] = &[
    "read",
    "reader",
    "view",
    "viewer",
    "comment",
    "commenter",
    "can_view",
    "can_read",
];
const WRITE: &[&str] = &[
    "write",
    "writer",
    "edit",
    "editor",
    "admin",
    "manage",
    "full",
    "can_edit",
    "can_write",
    "read_write",
];

impl<'a> Tenancy<'a> {
    /// What `table` says as a table of members; `None` where it is none.
    pub(super) fn of(scope: &Scope<'a>, table: &Table<'a>, is_declared: bool) -> Option<Self> {
        let name = table.name();
        let (key, user) = joins(scope, table, words::names_membership(&name.name))?;
        let things = scope.tables.get(&key.references)?;
        let role = table.find(is_role);
        let is_named =
            words::names_membership(&name.name) || role.is_some() || words::names_tenant(&key.references.name);
        let is_other = words::names_share(&name.name) || permission(table).is_some() || words::names_mark(&name.name);
        if !is_declared && (!is_named || is_other) {
            return None;
        }
        let told = role.filter(|column| is_text(column) || scope.labels(column).is_some());
        let values = told.and_then(|column| scope.values(table, column));
        let managers = told.map(|_| known(values.as_deref(), MANAGERS, &["owner", "admin"]));
        Some(Self {
            tenants: things.name(),
            key: key.referenced_columns.first()?,
            members: name,
            column: table.column(key.columns.first()?)?,
            role: told,
            managers: managers.unwrap_or_default(),
            writers: values
                .as_ref()
                .filter(|values| values.iter().any(|value| is_in(value, READERS)))
                .map(|values| {
                    let writers = values.iter().filter(|value| !is_in(value, READERS));
                    writers.cloned().collect()
                }),
            tops: known(values.as_deref(), TOPS, TOPS),
            mine: QName::new(
                scope.settings.private_schema.clone(),
                format!("my_{}", things.name().name),
            ),
            user,
            live: live(scope, table),
        })
    }

    /// The column is one of the user's tenants.
    pub(super) fn mine(&self, column: &Name) -> Test {
        Test::Among(
            column.clone(),
            Call {
                helper: self.mine.clone(),
                argument: None,
            },
        )
    }

    /// The column is one of the tenants in which the user has one of these roles.
    pub(super) fn mine_as(&self, column: &Name, roles: &[String]) -> Test {
        Test::Among(
            column.clone(),
            Call {
                helper: suffixed(&self.mine, "as"),
                argument: Some(roles.to_vec()),
            },
        )
    }

    /// The column is one of the tenants in which the user writes.
    pub(super) fn mine_to_write(&self, column: &Name) -> Test {
        match &self.writers {
            Some(roles) => self.mine_as(column, roles),
            None => self.mine(column),
        }
    }

    /// Names the helpers after the schema too.
    pub(super) fn tell_apart(&mut self) {
        let name = format!("my_{}_{}", self.tenants.schema, self.tenants.name);
        self.mine.name = name.into();
    }

    /// The functions that the tests call.
    pub(super) fn helpers(&self, claims: &crate::access::Claims) -> Vec<Helper> {
        let test = Test::User(self.user.column.name.clone(), self.user.column.data_type.clone()).and(self.live.clone());
        let helper = |name: &QName, said: Option<String>, purpose: String| Helper {
            name: name.clone(),
            table: self.members.clone(),
            takes_list: said.is_some(),
            set_of: Some(self.column.data_type.clone()),
            purpose,
            body: text::set_of(&self.column.name, self.members, &test, said.as_deref(), claims),
        };
        let mut helpers = vec![helper(
            &self.mine,
            None,
            format!("the user's own {}, by {}", self.tenants, self.members),
        )];
        if let Some(role) = self.role {
            helpers.push(helper(
                &suffixed(&self.mine, "as"),
                Some(text::as_text(&role.name)),
                format!(
                    "the {} in which the user has one of these roles, by {}",
                    self.tenants, self.members
                ),
            ));
        }
        helpers
    }
}

impl<'a> Sharing<'a> {
    /// What `table` says as a table of shares; `None` where it is none.
    pub(super) fn of(scope: &Scope<'a>, table: &Table<'a>) -> Option<Self> {
        let (key, user) = joins(scope, table, words::names_share(&table.name().name))?;
        let things = scope.tables.get(&key.references)?;
        let owner = owner(scope, things)?;
        let permission = permission(table);
        if !words::names_share(&table.name().name) && permission.is_none() {
            return None;
        }
        let reading = match permission {
            None => Reading::Plain,
            Some(column) if is_boolean(column) => Reading::Flag(column),
            Some(column) => {
                let values = scope.values(table, column);
                let write = known(values.as_deref(), WRITE, WRITE);
                let mut read = known(values.as_deref(), READ, READ);
                read.extend(write.iter().cloned());
                Reading::Word { column, read, write }
            }
        };
        Some(Self {
            things: things.name(),
            key: key.referenced_columns.first()?,
            shares: table.name(),
            column: table.column(key.columns.first()?)?,
            user,
            owner,
            reading,
            mine: QName::new(
                scope.settings.private_schema.clone(),
                format!("shared_{}", things.name().name),
            ),
            live: live(scope, table),
        })
    }

    /// The thing is shared with the user.
    pub(super) fn to_read(&self) -> Test {
        let argument = match &self.reading {
            Reading::Word { read, .. } => Some(read.clone()),
            _ => None,
        };
        self.among(self.mine.clone(), argument)
    }

    /// The thing is shared with the user so that he may change it; `None` where shares say no such thing.
    pub(super) fn to_write(&self) -> Option<Test> {
        match &self.reading {
            Reading::Plain => None,
            Reading::Word { write, .. } if write.is_empty() => None,
            Reading::Word { write, .. } => Some(self.among(self.mine.clone(), Some(write.clone()))),
            Reading::Flag(_) => Some(self.among(suffixed(&self.mine, "to_write"), None)),
        }
    }

    fn among(&self, helper: QName, argument: Option<Vec<String>>) -> Test {
        Test::Among(self.key.clone(), Call { helper, argument })
    }

    /// The functions that the tests call.
    pub(super) fn helpers(&self, claims: &crate::access::Claims) -> Vec<Helper> {
        let test = Test::User(self.user.column.name.clone(), self.user.column.data_type.clone()).and(self.live.clone());
        let helper = |name: QName, test: &Test, said: Option<String>| Helper {
            purpose: format!("the {} that are shared with the user, by {}", self.things, self.shares),
            table: self.shares.clone(),
            takes_list: said.is_some(),
            set_of: Some(self.column.data_type.clone()),
            body: text::set_of(&self.column.name, self.shares, test, said.as_deref(), claims),
            name,
        };
        match &self.reading {
            Reading::Plain => vec![helper(self.mine.clone(), &test, None)],
            Reading::Word { column, .. } => vec![helper(self.mine.clone(), &test, Some(text::as_text(&column.name)))],
            Reading::Flag(column) => {
                let writes = test.clone().and(Test::Is(column.name.clone(), true));
                vec![
                    helper(self.mine.clone(), &test, None),
                    helper(suffixed(&self.mine, "to_write"), &writes, None),
                ]
            }
        }
    }
}

impl<'a> Roles<'a> {
    /// What `table` says as a table of roles; `None` where it is none.
    pub(super) fn of(scope: &Scope<'a>, table: &Table<'a>, is_declared: bool) -> Option<Self> {
        let name = table.name();
        if !is_declared && !words::has(&name.name, words::ROLE_WORDS) {
            return None;
        }
        let users = scope.user_columns(table);
        let user = users
            .into_iter()
            .find(|user| !words::names_bystander(&user.column.name))?;
        let role = table.find(|column| is_role(column) && column.name != user.column.name)?;
        let leads = table
            .keys
            .iter()
            .find(|key| key.columns.as_slice() == [role.name.clone()]);
        // With a third key the role holds there alone.
        let others = table
            .keys
            .iter()
            .filter(|key| !scope.users.contains_key(&key.references) && key.columns.as_slice() != [role.name.clone()]);
        if others.count() > 0 {
            return None;
        }
        let (said, values) = match leads {
            Some(key) => {
                let roles = scope.tables.get(&key.references)?;
                let said = roles.find(|column| {
                    is_text(column) && words::has(&column.name, &["name", "key", "slug", "code", "role"])
                })?;
                let key = key.referenced_columns.first()?;
                (text::as_text_in(&role.name, roles.name(), key, &said.name), None)
            }
            None if is_text(role) || scope.labels(role).is_some() => {
                (text::as_text(&role.name), scope.values(table, role))
            }
            None => return None,
        };
        Some(Self {
            table: name,
            user,
            admins: admins(values.as_deref()),
            said,
            has: QName::new(scope.settings.private_schema.clone(), "has_role"),
            live: live(scope, table),
        })
    }

    /// The user has one of these roles.
    pub(super) fn one_of(&self, roles: &[String]) -> Test {
        Test::Asked(Call {
            helper: self.has.clone(),
            argument: Some(roles.to_vec()),
        })
    }

    /// The function that the test calls.
    pub(super) fn helper(&self, claims: &crate::access::Claims) -> Helper {
        let test = Test::User(self.user.column.name.clone(), self.user.column.data_type.clone()).and(self.live.clone());
        Helper {
            name: self.has.clone(),
            table: self.table.clone(),
            takes_list: true,
            set_of: None,
            purpose: format!("whether the user has one of these roles, by {}", self.table),
            body: text::any_of(self.table, &test, Some(&self.said), claims),
        }
    }
}

/// The roles that may do anything, of those that there are.
pub(super) fn admins(values: Option<&[String]>) -> Vec<String> {
    const ADMINS: &[&str] = &["admin", "administrator", "superadmin", "super_admin", "owner"];
    known(values, ADMINS, &["admin"])
}

/// The column of the user that a row belongs to: the only one that is called so.
pub(super) fn owner<'a>(scope: &Scope<'a>, table: &Table<'a>) -> Option<&'a Column> {
    let users = scope.user_columns(table);
    let mut owners = users
        .iter()
        .filter(|user| words::names_owner(&user.column.name) || words::names_maker(&user.column.name));
    let owner = owners.next()?;
    owners.next().is_none().then_some(owner.column)
}

/// The key to a thing and the user's column of a join table: together they are unique, or the table's name says that it
/// is one. A key to roles leads to no thing.
fn joins<'a>(scope: &Scope<'a>, table: &Table<'a>, is_named: bool) -> Option<(&'a ForeignKey, UserColumn<'a>)> {
    let users = scope.user_columns(table);
    let users = users.iter().filter(|user| user.references.is_some());
    let mut users = users.filter(|user| !words::names_bystander(&user.column.name));
    users.find_map(|user| {
        let things = table.keys.iter().filter(|key| {
            let [column] = key.columns.as_slice() else {
                return false;
            };
            let is_thing = *column != user.column.name
                && !scope.users.contains_key(&key.references)
                && key.references != *table.name()
                && !table.column(column).is_some_and(is_role);
            is_thing && (is_named || table.is_unique(&[column, &user.column.name]))
        });
        match things.collect::<Vec<_>>().as_slice() {
            [key] => Some((**key, *user)),
            _ => None,
        }
    })
}

/// Whether a join of a user and something else is unique in the table, so that a row of it may be a right.
pub(super) fn is_join(scope: &Scope<'_>, table: &Table<'_>) -> bool {
    joins(scope, table, false).is_some()
}

/// Whether a row of the table says what a user may do.
pub(super) fn says_what_may_be_done(table: &Table<'_>) -> bool {
    role(table).is_some() || permission(table).is_some()
}

/// The column with a role.
pub(super) fn role<'a>(table: &Table<'a>) -> Option<&'a Column> {
    table.find(is_role)
}

fn is_role(column: &Column) -> bool {
    words::words(&column.name).last().is_some_and(|word| word == "role") || words::words(&column.name) == ["role", "id"]
}

fn permission<'a>(table: &Table<'a>) -> Option<&'a Column> {
    let is = |column: &Column| {
        let words = words::words(&column.name);
        let is_flag = is_boolean(column)
            && words.len() == 2
            && words[0] == "can"
            && ["edit", "write", "update"].contains(&words[1].as_str());
        is_flag || words::has(&column.name, &["permission", "access"]) && !is_time(column)
    };
    table.find(is)
}

/// What a row has to be for what it says to hold now.
fn live(scope: &Scope<'_>, table: &Table<'_>) -> Test {
    const ACTIVE: &[&str] = &[
        "active",
        "accepted",
        "approved",
        "confirmed",
        "enabled",
        "member",
        "joined",
    ];
    let mut test = Test::Always;
    for column in table.columns() {
        let words = words::words(&column.name);
        let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
        let name = column.name.clone();
        let more = if is_time(column)
            && has(&[
                "deleted",
                "revoked",
                "removed",
                "left",
                "banned",
                "suspended",
                "disabled",
                "ended",
            ]) {
            Test::Null(name)
        } else if is_time(column) && has(&["expires", "expire", "expiry", "until", "expired"]) {
            Test::Lasting(name)
        } else if is_time(column) && has(&["accepted", "confirmed", "activated"]) {
            Test::Past(name)
        } else if is_boolean(column) && has(&["active", "enabled", "accepted", "confirmed", "approved"]) {
            Test::Is(name, true)
        } else if is_boolean(column)
            && has(&[
                "revoked",
                "deleted",
                "banned",
                "suspended",
                "disabled",
                "pending",
                "blocked",
                "removed",
            ])
        {
            Test::Is(name, false)
        } else if has(&["status", "state"]) && (is_text(column) || scope.labels(column).is_some()) {
            let values = scope.values(table, column);
            Test::In(name, known(values.as_deref(), ACTIVE, ACTIVE))
        } else {
            continue;
        };
        test = test.and(more);
    }
    test
}

/// Those of `values` that are in the list, or `otherwise` where no values are known.
fn known(values: Option<&[String]>, list: &[&str], otherwise: &[&str]) -> Vec<String> {
    match values {
        Some(values) => values.iter().filter(|value| is_in(value, list)).cloned().collect(),
        None => otherwise.iter().map(|word| (*word).to_owned()).collect(),
    }
}

fn is_in(value: &str, list: &[&str]) -> bool {
    list.contains(&value.to_lowercase().as_str())
}

fn suffixed(name: &QName, suffix: &str) -> QName {
    QName::new(name.schema.clone(), format!("{}_{suffix}", name.name))
}
