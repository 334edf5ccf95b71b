//! Foreign-data wrappers, servers, user mappings and the options of all that is foreign.

use sqlx::postgres::PgRow;
use sqlx::{FromRow, Result};

use crate::catalog::foreign::{ForeignDataWrapper, Server, UserMapping};
use crate::catalog::relation::ForeignOption;
use crate::catalog::{Name, ObjectId};
use crate::diagnostic::Diagnostic;

use super::Reader;
use super::names::catalogs::{PG_FOREIGN_DATA_WRAPPER, PG_FOREIGN_SERVER, PG_USER_MAPPING};
use super::values::{NONE, Oid};

#[derive(FromRow)]
struct OptionRow<'r> {
    class: Oid,
    oid: Oid,
    attnum: i32,
    name: &'r str,
    value: Option<&'r str>,
}

/// Keeps the options until what they belong to is read.
pub(super) fn take_option(reader: &mut Reader<'_>, row: &PgRow) -> Result<()> {
    let row = OptionRow::from_row(row)?;
    let option = ForeignOption {
        name: row.name.into(),
        value: row.value.map(str::to_owned),
    };
    let options = reader.foreign_options.entry((row.class, row.oid, row.attnum));
    options.or_default().push(option);
    Ok(())
}

#[derive(FromRow)]
struct Wrapper<'r> {
    oid: Oid,
    name: &'r str,
    owner: Oid,
    handler: Oid,
    validator: Oid,
}

pub(super) fn take_wrapper(reader: &mut Reader<'_>, row: &PgRow) -> Result<()> {
    let row = Wrapper::from_row(row)?;
    let name = Name::from(row.name);
    let object = ObjectId::ForeignDataWrapper(name.clone());
    reader.names.add_object(PG_FOREIGN_DATA_WRAPPER, row.oid, object);
    let options = reader.take_foreign_options(PG_FOREIGN_DATA_WRAPPER, row.oid, 0);
    reader.draft.foreign_data_wrappers.push(ForeignDataWrapper {
        name,
        owner: reader.names.role(row.owner),
        handler: reader.names.routine_name(row.handler),
        validator: reader.names.routine_name(row.validator),
        options,
        extension: reader.names.extension(PG_FOREIGN_DATA_WRAPPER, row.oid),
    });
    Ok(())
}

#[derive(FromRow)]
struct ServerRow<'r> {
    oid: Oid,
    name: &'r str,
    owner: Oid,
    wrapper: &'r str,
    server_type: Option<&'r str>,
    version: Option<&'r str>,
}

pub(super) fn take_server(reader: &mut Reader<'_>, row: &PgRow) -> Result<()> {
    let row = ServerRow::from_row(row)?;
    let name = Name::from(row.name);
    let object = ObjectId::Server(name.clone());
    if reader.is_ours(PG_FOREIGN_SERVER, row.oid, &object) {
        let options = reader.take_foreign_options(PG_FOREIGN_SERVER, row.oid, 0);
        reader.draft.servers.push(Server {
            name,
            owner: reader.names.role(row.owner),
            wrapper: row.wrapper.into(),
            server_type: row.server_type.map(str::to_owned),
            version: row.version.map(str::to_owned),
            options,
        });
    }
    reader.names.add_object(PG_FOREIGN_SERVER, row.oid, object);
    Ok(())
}

#[derive(FromRow)]
struct Mapping<'r> {
    oid: Oid,
    is_hidden: bool,
    server: &'r str,
    role: Oid,
}

pub(super) fn take_user_mapping(reader: &mut Reader<'_>, row: &PgRow) -> Result<()> {
    let row = Mapping::from_row(row)?;
    let server = Name::from(row.server);
    let role = (row.role != NONE).then(|| reader.names.role(row.role));
    let object = ObjectId::UserMapping(server.clone(), role.clone().unwrap_or(Name::new_static("public")));
    let options = reader.take_foreign_options(PG_USER_MAPPING, row.oid, 0);
    reader.names.add_object(PG_USER_MAPPING, row.oid, object);
    if row.is_hidden {
        let warning = "their options are not read, unless the role owns the server or is a superuser";
        let warning = Diagnostic::warning("user mappings", warning);
        if !reader.diagnostics.contains(&warning) {
            reader.diagnostics.push(warning);
        }
    }
    reader.draft.user_mappings.push(UserMapping { server, role, options });
    Ok(())
}

impl Reader<'_> {
    /// The options of a foreign object, sorted.
    pub(super) fn take_foreign_options(&mut self, catalog: Oid, oid: Oid, column: i32) -> Vec<ForeignOption> {
        if self.foreign_options.is_empty() {
            return Vec::new();
        }
        let mut options = self.foreign_options.remove(&(catalog, oid, column)).unwrap_or_default();
        options.sort();
        options
    }
}
