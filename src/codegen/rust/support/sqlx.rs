//- wire
use sqlx::TypeInfo as _;
/// How a type is known: by an OID that is the same everywhere, or by its name.
trait Known {
    fn info(self) -> sqlx::postgres::PgTypeInfo;
    fn is(self, ty: &sqlx::postgres::PgTypeInfo) -> bool;
}
impl Known for u32 {
    fn info(self) -> sqlx::postgres::PgTypeInfo {
        sqlx::postgres::PgTypeInfo::with_oid(sqlx::postgres::types::Oid(self))
    }
    fn is(self, ty: &sqlx::postgres::PgTypeInfo) -> bool {
        *ty == self.info()
    }
}
impl Known for &'static str {
    fn info(self) -> sqlx::postgres::PgTypeInfo {
        match self {
            // PostgreSQL casts `oid` and `oid[]` to them.
            "reg*" => 26.info(),
            "reg*[]" => 1028.info(),
            // The type `unknown`: the server says what it must be.
            _ if self.contains('*') => 705.info(),
            _ => sqlx::postgres::PgTypeInfo::with_name(self),
        }
    }
    fn is(self, ty: &sqlx::postgres::PgTypeInfo) -> bool {
        let name = ty.name().rsplit('.').next().unwrap_or_default();
        match self.split_once('*') {
            Some((start, end)) => name.starts_with(start) && name.ends_with(end),
            None => name == self,
        }
    }
}
macro_rules! wire {
    ($type:ident, $known:literal, $array:literal) => {
        impl sqlx::Type<sqlx::Postgres> for $type {
            fn type_info() -> sqlx::postgres::PgTypeInfo {
                Known::info($known)
            }
            fn compatible(ty: &sqlx::postgres::PgTypeInfo) -> bool {
                match ty.kind() {
                    sqlx::postgres::PgTypeKind::Domain(base) => Self::compatible(base),
                    _ => Known::is($known, ty),
                }
            }
        }
        impl sqlx::postgres::PgHasArrayType for $type {
            fn array_type_info() -> sqlx::postgres::PgTypeInfo {
                Known::info($array)
            }
            fn array_compatible(ty: &sqlx::postgres::PgTypeInfo) -> bool {
                elements_compatible::<Self>(ty)
            }
        }
        impl sqlx::Decode<'_, sqlx::Postgres> for $type {
            fn decode(value: sqlx::postgres::PgValueRef<'_>) -> Result<Self, Failure> {
                match value.format() {
                    sqlx::postgres::PgValueFormat::Binary => from_wire(value.as_bytes()?),
                    sqlx::postgres::PgValueFormat::Text => Err("only the binary format is read".into()),
                }
            }
        }
        impl sqlx::Encode<'_, sqlx::Postgres> for $type {
            fn encode_by_ref(
                &self,
                buf: &mut sqlx::postgres::PgArgumentBuffer,
            ) -> Result<sqlx::encode::IsNull, Failure> {
                self.write(buf);
                Ok(sqlx::encode::IsNull::No)
            }
        }
    };
}
//- compatible
/// Whether `T` can be decoded from a type, seen through domains.
pub fn compatible<T: sqlx::Type<sqlx::Postgres>>(
    ty: &sqlx::postgres::PgTypeInfo,
) -> bool {
    match ty.kind() {
        sqlx::postgres::PgTypeKind::Domain(base) => compatible::<T>(base),
        _ => T::compatible(ty),
    }
}
/// Whether a type is an array of what `T` can be decoded from, seen through domains.
pub fn elements_compatible<T: sqlx::Type<sqlx::Postgres>>(
    ty: &sqlx::postgres::PgTypeInfo,
) -> bool {
    match ty.kind() {
        sqlx::postgres::PgTypeKind::Domain(base) => elements_compatible::<T>(base),
        sqlx::postgres::PgTypeKind::Array(element) => compatible::<T>(element),
        _ => false,
    }
}
//- named
/// Whether a type, seen through domains, is called so. sqlx names it as the connection's
/// `search_path` has it: with its schema, or without.
pub fn is_named(ty: &sqlx::postgres::PgTypeInfo, name: &'static str) -> bool {
    if let sqlx::postgres::PgTypeKind::Domain(base) = ty.kind() {
        return is_named(base, name);
    }
    let mut quoted = false;
    let dot = name
        .find(|letter| {
            quoted ^= letter == '"';
            letter == '.' && !quoted
        });
    let bare = &name[dot.map_or(0, |dot| dot + 1)..];
    let is = |name| *ty == sqlx::postgres::PgTypeInfo::with_name(name);
    is(name) || is(bare)
}
macro_rules! named {
    ($type:ident, $name:literal) => {
        super::pg::named!($type, $name, $name);
    };
    ($type:ident, $name:literal, $seen:literal) => {
        impl sqlx::Type<sqlx::Postgres> for $type {
            fn type_info() -> sqlx::postgres::PgTypeInfo {
                sqlx::postgres::PgTypeInfo::with_name($name)
            }
            fn compatible(ty: &sqlx::postgres::PgTypeInfo) -> bool {
                super::pg::is_named(ty, $seen)
            }
        }
        impl sqlx::postgres::PgHasArrayType for $type {
            fn array_type_info() -> sqlx::postgres::PgTypeInfo {
                sqlx::postgres::PgTypeInfo::with_name(concat!($name, "[]"))
            }
            fn array_compatible(ty: &sqlx::postgres::PgTypeInfo) -> bool {
                super::pg::elements_compatible::<Self>(ty)
            }
        }
    };
}
pub(crate) use named;
//- domain
/// What holds the value of a domain goes to PostgreSQL as the domain's base.
pub fn base_info<T: sqlx::Type<sqlx::Postgres>, N>(
    _: fn(T) -> N,
) -> sqlx::postgres::PgTypeInfo {
    T::type_info()
}
/// As [`base_info`], of an array.
pub fn base_array_info<T: sqlx::postgres::PgHasArrayType, N>(
    _: fn(T) -> N,
) -> sqlx::postgres::PgTypeInfo {
    T::array_type_info()
}
/// Whether what a domain's newtype holds can be decoded from a type.
pub fn base_compatible<T: sqlx::Type<sqlx::Postgres>, N>(
    _: fn(T) -> N,
    ty: &sqlx::postgres::PgTypeInfo,
) -> bool {
    compatible::<T>(ty)
}
macro_rules! domain {
    ($type:ident) => {
        super::pg::domain!($type, super::pg::base_array_info($type));
    };
    ($type:ident, $array:expr) => {
        impl sqlx::Type<sqlx::Postgres> for $type {
            fn type_info() -> sqlx::postgres::PgTypeInfo {
                super::pg::base_info($type)
            }
            fn compatible(ty: &sqlx::postgres::PgTypeInfo) -> bool {
                super::pg::base_compatible($type, ty)
            }
        }
        impl sqlx::postgres::PgHasArrayType for $type {
            fn array_type_info() -> sqlx::postgres::PgTypeInfo {
                $array
            }
            fn array_compatible(ty: &sqlx::postgres::PgTypeInfo) -> bool {
                super::pg::elements_compatible::<Self>(ty)
            }
        }
    };
}
pub(crate) use domain;
//- unchecked
/// Decodes the next field of a composite type without a look at its type: sqlx does not see
/// through every domain.
pub fn unchecked<T>(
    decoder: &mut sqlx::postgres::types::PgRecordDecoder<'_>,
) -> Result<T, sqlx::error::BoxDynError>
where
    T: sqlx::Type<sqlx::Postgres> + for<'r> sqlx::Decode<'r, sqlx::Postgres>,
{
    Ok(decoder.try_decode::<Unchecked<T>>()?.0)
}
struct Unchecked<T>(T);
impl<T: sqlx::Type<sqlx::Postgres>> sqlx::Type<sqlx::Postgres> for Unchecked<T> {
    fn type_info() -> sqlx::postgres::PgTypeInfo {
        T::type_info()
    }
    fn compatible(_: &sqlx::postgres::PgTypeInfo) -> bool {
        true
    }
}
impl<'r, T> sqlx::Decode<'r, sqlx::Postgres> for Unchecked<T>
where
    T: sqlx::Decode<'r, sqlx::Postgres>,
{
    fn decode(
        value: sqlx::postgres::PgValueRef<'r>,
    ) -> Result<Self, sqlx::error::BoxDynError> {
        T::decode(value).map(Self)
    }
}
//- typed
/// Encodes the next field of a composite type, whose type is not the one that sqlx takes its
/// Rust type for.
pub fn encode<T>(
    encoder: &mut sqlx::postgres::types::PgRecordEncoder<'_>,
    value: &T,
    ty: &'static str,
) -> Result<(), sqlx::error::BoxDynError>
where
    T: sqlx::Type<sqlx::Postgres> + for<'q> sqlx::Encode<'q, sqlx::Postgres>,
{
    encoder.encode(Typed(value, ty))?;
    Ok(())
}
struct Typed<'a, T>(&'a T, &'static str);
impl<T: sqlx::Type<sqlx::Postgres>> sqlx::Type<sqlx::Postgres> for Typed<'_, T> {
    fn type_info() -> sqlx::postgres::PgTypeInfo {
        T::type_info()
    }
}
impl<'q, T> sqlx::Encode<'q, sqlx::Postgres> for Typed<'_, T>
where
    T: sqlx::Encode<'q, sqlx::Postgres>,
{
    fn encode_by_ref(
        &self,
        buf: &mut sqlx::postgres::PgArgumentBuffer,
    ) -> Result<sqlx::encode::IsNull, sqlx::error::BoxDynError> {
        self.0.encode_by_ref(buf)
    }
    fn produces(&self) -> Option<sqlx::postgres::PgTypeInfo> {
        Some(sqlx::postgres::PgTypeInfo::with_name(self.1))
    }
}
//- json
/// Encodes the next field of a composite type as `json`: sqlx would write it as `jsonb`.
pub fn encode_json<T: serde::Serialize>(
    encoder: &mut sqlx::postgres::types::PgRecordEncoder<'_>,
    value: &Option<T>,
) -> Result<(), sqlx::error::BoxDynError> {
    let text = value.as_ref().map(serde_json::to_string).transpose()?;
    encode(encoder, &text, "json")
}
//- range
impl<'r, T> sqlx::Decode<'r, sqlx::Postgres> for Range<T>
where
    T: sqlx::Type<sqlx::Postgres> + for<'a> sqlx::Decode<'a, sqlx::Postgres>,
{
    fn decode(
        value: sqlx::postgres::PgValueRef<'r>,
    ) -> Result<Self, sqlx::error::BoxDynError> {
        // The first bit says that the range is empty, which sqlx's own type cannot.
        if value.as_bytes()?.first().is_some_and(|flags| flags & 1 == 1) {
            return Ok(Self::Empty);
        }
        let range = sqlx::postgres::types::PgRange::decode(value)?;
        Ok(Self::Bounds(range.start, range.end))
    }
}
impl<'q, T: sqlx::Encode<'q, sqlx::Postgres>> sqlx::Encode<'q, sqlx::Postgres>
for Range<T> {
    fn encode_by_ref(
        &self,
        buf: &mut sqlx::postgres::PgArgumentBuffer,
    ) -> Result<sqlx::encode::IsNull, sqlx::error::BoxDynError> {
        match self {
            Self::Empty => {
                buf.push(1);
                Ok(sqlx::encode::IsNull::No)
            }
            Self::Bounds(start, end) => {
                let (start, end) = (start.as_ref(), end.as_ref());
                sqlx::postgres::types::PgRange {
                    start,
                    end,
                }
                    .encode_by_ref(buf)
            }
        }
    }
}
//- subtype
/// A type that PostgreSQL has a range over, with the OIDs of the range and of its array.
pub trait Subtype: sqlx::Type<sqlx::Postgres> {
    const RANGE: u32;
    const ARRAY: u32;
}
impl<T: Subtype> sqlx::Type<sqlx::Postgres> for Range<T> {
    fn type_info() -> sqlx::postgres::PgTypeInfo {
        sqlx::postgres::PgTypeInfo::with_oid(sqlx::postgres::types::Oid(T::RANGE))
    }
    fn compatible(ty: &sqlx::postgres::PgTypeInfo) -> bool {
        match ty.kind() {
            sqlx::postgres::PgTypeKind::Domain(base) => Self::compatible(base),
            sqlx::postgres::PgTypeKind::Range(subtype) => compatible::<T>(subtype),
            _ => false,
        }
    }
}
impl<T: Subtype> sqlx::postgres::PgHasArrayType for Range<T> {
    fn array_type_info() -> sqlx::postgres::PgTypeInfo {
        sqlx::postgres::PgTypeInfo::with_oid(sqlx::postgres::types::Oid(T::ARRAY))
    }
    fn array_compatible(ty: &sqlx::postgres::PgTypeInfo) -> bool {
        elements_compatible::<Self>(ty)
    }
}
