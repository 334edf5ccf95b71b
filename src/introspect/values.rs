//! The values of catalog rows. In PostgreSQL's simple protocol every value arrives as its text.

use std::str::FromStr;

use sqlx::error::BoxDynError;
use sqlx::postgres::{PgHasArrayType as _, PgRow, PgTypeInfo, PgValueRef};
use sqlx::{Decode, Postgres, Row as _, Type, ValueRef as _};

use crate::catalog::Name;

pub(super) use sqlx::postgres::types::Oid;

/// No object (`InvalidOid`).
pub(super) const NONE: Oid = Oid(0);

/// A `text[]` or `name[]` without NULLs. The driver's own reading takes an element `"NULL"`, which is a fine name, for
/// no value.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Texts(pub(super) Vec<String>);

impl Texts {
    /// Reads the text form of an array.
    pub(super) fn parse(text: &str) -> sqlx::Result<Self> {
        array_elements(text).map(Self).map_err(sqlx::Error::Decode)
    }

    /// The elements in their order.
    pub(super) fn into_names(self) -> Vec<Name> {
        self.0.into_iter().map(Name::from).collect()
    }

    /// The elements, sorted.
    pub(super) fn into_sorted_names(self) -> Vec<Name> {
        let mut names = self.into_names();
        names.sort();
        names
    }
}

impl Type<Postgres> for Texts {
    fn type_info() -> PgTypeInfo {
        String::array_type_info()
    }

    fn compatible(info: &PgTypeInfo) -> bool {
        String::array_compatible(info)
    }
}

impl<'r> Decode<'r, Postgres> for Texts {
    fn decode(value: PgValueRef<'r>) -> Result<Self, BoxDynError> {
        array_elements(value.as_str()?).map(Self)
    }
}

/// An `oid[]`, `oidvector`, `int2[]` or `int2vector`: in braces or not, and with bounds where it counts from 0.
#[derive(Debug, PartialEq)]
pub(super) struct Numbers<T>(pub(super) Vec<T>);

/// Several OIDs.
pub(super) type Oids = Numbers<u32>;

impl Oids {
    pub(super) fn iter(&self) -> impl Iterator<Item = Oid> {
        self.0.iter().copied().map(Oid)
    }
}

impl<T> Type<Postgres> for Numbers<T> {
    fn type_info() -> PgTypeInfo {
        i16::array_type_info()
    }

    fn compatible(_: &PgTypeInfo) -> bool {
        true
    }
}

impl<'r, T: FromStr<Err: Into<BoxDynError>>> Decode<'r, Postgres> for Numbers<T> {
    fn decode(value: PgValueRef<'r>) -> Result<Self, BoxDynError> {
        let text = value.as_str()?;
        let text = text.split_once('=').map_or(text, |(_bounds, elements)| elements);
        let elements = text
            .trim_matches(['{', '}'])
            .split([',', ' '])
            .filter(|element| !element.is_empty());
        let elements = elements.map(|element| element.parse().map_err(Into::into));
        elements.collect::<Result<_, _>>().map(Self)
    }
}

/// The elements of a one-dimensional array in its text form (manual, section 8.15.6).
fn array_elements(text: &str) -> Result<Vec<String>, BoxDynError> {
    let inner = text
        .strip_prefix('{')
        .and_then(|text| text.strip_suffix('}'))
        .ok_or_else(|| format!("`{text}` is not an array"))?;
    let mut elements = Vec::new();
    let mut characters = inner.chars();
    if inner.is_empty() {
        return Ok(elements);
    }
    let (mut element, mut quoted) = (String::new(), false);
    while let Some(character) = characters.next() {
        match character {
            '"' => quoted = !quoted,
            '\\' => element.extend(characters.next()),
            ',' if !quoted => elements.push(std::mem::take(&mut element)),
            _ => element.push(character),
        }
    }
    elements.push(element);
    Ok(elements)
}

/// The text of a column by position, for rows by the hundred thousand: finding columns by name and checking
/// their types takes longer there than PostgreSQL does to send them.
pub(super) fn text(row: &PgRow, at: usize) -> sqlx::Result<&str> {
    let value = row.try_get_raw(at)?;
    value.as_str().map_err(|source| wrong(at, source))
}

/// The text of a column by position; `None` for NULL.
pub(super) fn optional_text(row: &PgRow, at: usize) -> sqlx::Result<Option<&str>> {
    let value = row.try_get_raw(at)?;
    if value.is_null() {
        return Ok(None);
    }
    value.as_str().map(Some).map_err(|source| wrong(at, source))
}

/// A number in a column by position.
pub(super) fn number<T: FromStr<Err: Into<BoxDynError>>>(row: &PgRow, at: usize) -> sqlx::Result<T> {
    text(row, at)?
        .parse()
        .map_err(|source: T::Err| wrong(at, source.into()))
}

/// An OID in a column by position.
pub(super) fn oid(row: &PgRow, at: usize) -> sqlx::Result<Oid> {
    number(row, at).map(Oid)
}

/// The OIDs of an `oid[]` in its text form.
pub(super) fn oids(text: &str) -> sqlx::Result<Vec<Oid>> {
    let numbers = text
        .trim_matches(['{', '}'])
        .split(',')
        .filter(|number| !number.is_empty());
    numbers.map(|number| Ok(Oid(parse(number)?))).collect()
}

/// The numbers of an `int2vector` in its text form.
pub(super) fn int2vector(text: &str) -> sqlx::Result<Vec<i16>> {
    text.split_ascii_whitespace().map(parse).collect()
}

fn parse<T: std::str::FromStr<Err: Into<BoxDynError>>>(number: &str) -> sqlx::Result<T> {
    number
        .parse()
        .map_err(|source: T::Err| sqlx::Error::Decode(source.into()))
}

/// A boolean in a column by position.
pub(super) fn flag(row: &PgRow, at: usize) -> sqlx::Result<bool> {
    Ok(text(row, at)? == "t")
}

/// A value that the catalog cannot hold, as far as we know it.
pub(super) fn unknown(what: &str, value: &str) -> sqlx::Error {
    sqlx::Error::Decode(format!("`{value}` is no {what} that pgkeel knows").into())
}

fn wrong(at: usize, source: BoxDynError) -> sqlx::Error {
    sqlx::Error::ColumnDecode {
        index: at.to_string(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn array_elements_are_names_whatever_they_look_like() {
        let read = |text: &str| array_elements(text).expect("an array");
        assert_eq!(read("{}"), Vec::<String>::new());
        assert_eq!(read("{a,\"NULL\",\"\"}"), ["a", "NULL", ""]);
        assert_eq!(read(r#"{"a,b","c\"d","e\\f"}"#), ["a,b", "c\"d", "e\\f"]);
        assert!(array_elements("a").is_err());
    }
}
