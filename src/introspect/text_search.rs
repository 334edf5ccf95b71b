//! Text search parsers, templates, dictionaries and configurations (`pg_ts_parser`, `pg_ts_template`, `pg_ts_dict`,
//! `pg_ts_config`, `pg_ts_config_map`).

use sqlx::postgres::PgRow;
use sqlx::{FromRow, Result};

use crate::catalog::text_search::{
    Mapping, TextSearchConfiguration, TextSearchDictionary, TextSearchParser, TextSearchTemplate,
};
use crate::catalog::{ObjectId, QName};

use super::Reader;
use super::names::catalogs::{PG_TS_CONFIG, PG_TS_DICT, PG_TS_PARSER, PG_TS_TEMPLATE};
use super::values::Oid;

#[derive(FromRow)]
struct Parser<'r> {
    oid: Oid,
    schema: Oid,
    name: &'r str,
    start: Oid,
    token: Oid,
    end: Oid,
    lextypes: Oid,
    headline: Oid,
}

pub(super) fn take_parser(reader: &mut Reader<'_>, row: &PgRow) -> Result<()> {
    let row = Parser::from_row(row)?;
    let names = &reader.names;
    let name = names.qualify(row.schema, row.name);
    let object = ObjectId::TextSearchParser(name.clone());
    if reader.is_ours(PG_TS_PARSER, row.oid, &object)
        && let Some(start) = names.routine_name(row.start)
        && let Some(token) = names.routine_name(row.token)
        && let Some(end) = names.routine_name(row.end)
        && let Some(lextypes) = names.routine_name(row.lextypes)
    {
        reader.draft.text_search_parsers.push(TextSearchParser {
            name,
            start,
            token,
            end,
            lextypes,
            headline: names.routine_name(row.headline),
        });
    }
    reader.names.add_object(PG_TS_PARSER, row.oid, object);
    Ok(())
}

#[derive(FromRow)]
struct Template<'r> {
    oid: Oid,
    schema: Oid,
    name: &'r str,
    init: Oid,
    lexize: Oid,
}

pub(super) fn take_template(reader: &mut Reader<'_>, row: &PgRow) -> Result<()> {
    let row = Template::from_row(row)?;
    let names = &reader.names;
    let name = names.qualify(row.schema, row.name);
    let object = ObjectId::TextSearchTemplate(name.clone());
    if reader.is_ours(PG_TS_TEMPLATE, row.oid, &object)
        && let Some(lexize) = names.routine_name(row.lexize)
    {
        reader.draft.text_search_templates.push(TextSearchTemplate {
            name,
            init: names.routine_name(row.init),
            lexize,
        });
    }
    reader.names.add_object(PG_TS_TEMPLATE, row.oid, object);
    Ok(())
}

#[derive(FromRow)]
struct Dictionary<'r> {
    oid: Oid,
    schema: Oid,
    name: &'r str,
    owner: Oid,
    template: Oid,
    options: Option<&'r str>,
}

pub(super) fn take_dictionary(reader: &mut Reader<'_>, row: &PgRow) -> Result<()> {
    let row = Dictionary::from_row(row)?;
    let name = reader.names.qualify(row.schema, row.name);
    let object = ObjectId::TextSearchDictionary(name.clone());
    if reader.is_ours(PG_TS_DICT, row.oid, &object)
        && let Some(ObjectId::TextSearchTemplate(template)) = reader.names.object(PG_TS_TEMPLATE, row.template, 0)
    {
        reader.draft.text_search_dictionaries.push(TextSearchDictionary {
            name,
            owner: reader.names.role(row.owner),
            template,
            options: row.options.map(str::to_owned),
        });
    }
    reader.names.add_object(PG_TS_DICT, row.oid, object);
    Ok(())
}

#[derive(FromRow)]
struct Configuration<'r> {
    oid: Oid,
    schema: Oid,
    name: &'r str,
    owner: Oid,
    parser: Oid,
}

pub(super) fn take_configuration(reader: &mut Reader<'_>, row: &PgRow) -> Result<()> {
    let row = Configuration::from_row(row)?;
    let name = reader.names.qualify(row.schema, row.name);
    let object = ObjectId::TextSearchConfiguration(name.clone());
    if reader.is_ours(PG_TS_CONFIG, row.oid, &object)
        && let Some(ObjectId::TextSearchParser(parser)) = reader.names.object(PG_TS_PARSER, row.parser, 0)
    {
        reader.draft.text_search_configurations.push(TextSearchConfiguration {
            name,
            owner: reader.names.role(row.owner),
            parser,
            mappings: Vec::new(),
        });
    }
    reader.names.add_object(PG_TS_CONFIG, row.oid, object);
    Ok(())
}

#[derive(FromRow)]
struct MappingRow<'r> {
    configuration: Oid,
    token: &'r str,
    dictionaries: Vec<Oid>,
}

pub(super) fn take_mapping(reader: &mut Reader<'_>, row: &PgRow) -> Result<()> {
    let row = MappingRow::from_row(row)?;
    let dictionaries = row
        .dictionaries
        .iter()
        .filter_map(|oid| dictionary(reader, *oid))
        .collect();
    let Some(ObjectId::TextSearchConfiguration(name)) = reader.names.object(PG_TS_CONFIG, row.configuration, 0) else {
        return Ok(());
    };
    let mut configurations = reader.draft.text_search_configurations.iter_mut();
    if let Some(configuration) = configurations.find(|configuration| configuration.name == name) {
        configuration.mappings.push(Mapping {
            token: row.token.into(),
            dictionaries,
        });
    }
    Ok(())
}

fn dictionary(reader: &Reader<'_>, oid: Oid) -> Option<QName> {
    match reader.names.object(PG_TS_DICT, oid, 0)? {
        ObjectId::TextSearchDictionary(name) => Some(name),
        _ => None,
    }
}
