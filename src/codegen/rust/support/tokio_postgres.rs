//- wire
/// How a type is known: by an OID that is the same everywhere, or by its name.
trait Known {
    fn is(self, ty: &postgres_types::Type) -> bool;
}
impl Known for u32 {
    fn is(self, ty: &postgres_types::Type) -> bool {
        ty.oid() == self
    }
}
impl Known for &'static str {
    fn is(self, ty: &postgres_types::Type) -> bool {
        match self.split_once('*') {
            Some((start, end)) => {
                ty.name().starts_with(start) && ty.name().ends_with(end)
            }
            None => ty.name() == self,
        }
    }
}
macro_rules! wire {
    ($type:ident, $known:literal, $array:literal) => {
        impl postgres_types::FromSql<'_> for $type {
            fn from_sql(_: &postgres_types::Type, raw: &[u8]) -> Result<Self, Failure> {
                from_wire(raw)
            }
            fn accepts(ty: &postgres_types::Type) -> bool {
                Known::is($known, base(ty))
            }
        }
        impl postgres_types::ToSql for $type {
            fn to_sql(
                &self,
                _: &postgres_types::Type,
                out: &mut postgres_types::private::BytesMut,
            ) -> Result<postgres_types::IsNull, Failure> {
                let mut bytes = Vec::new();
                self.write(&mut bytes);
                out.extend_from_slice(&bytes);
                Ok(postgres_types::IsNull::No)
            }
            fn accepts(ty: &postgres_types::Type) -> bool {
                Known::is($known, base(ty))
            }
            postgres_types::to_sql_checked!();
        }
    };
}
//- base
/// What a domain restricts, through every level; any other type is itself.
pub fn base(ty: &postgres_types::Type) -> &postgres_types::Type {
    match ty.kind() {
        postgres_types::Kind::Domain(inner) => base(inner),
        _ => ty,
    }
}
//- domain
/// Whether what a domain's newtype holds is read from the domain's base.
pub fn reads<'a, T: postgres_types::FromSql<'a>, N>(
    _: fn(T) -> N,
    ty: &postgres_types::Type,
) -> bool {
    T::accepts(base(ty))
}
/// Whether what a domain's newtype holds is written as the domain's base.
pub fn writes<T: postgres_types::ToSql, N>(
    _: fn(T) -> N,
    ty: &postgres_types::Type,
) -> bool {
    T::accepts(base(ty))
}
macro_rules! domain {
    ($type:ident) => {
        impl<'a> postgres_types::FromSql<'a> for $type {
            fn from_sql(
                ty: &postgres_types::Type,
                raw: &'a [u8],
            ) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
                postgres_types::FromSql::from_sql(super::pg::base(ty), raw).map($type)
            }
            fn accepts(ty: &postgres_types::Type) -> bool {
                super::pg::reads($type, ty)
            }
        }
        impl postgres_types::ToSql for $type {
            fn to_sql(
                &self,
                ty: &postgres_types::Type,
                out: &mut postgres_types::private::BytesMut,
            ) -> Result<postgres_types::IsNull, Box<dyn std::error::Error + Sync + Send>> {
                self.0.to_sql(super::pg::base(ty), out)
            }
            fn accepts(ty: &postgres_types::Type) -> bool {
                super::pg::writes($type, ty)
            }
            postgres_types::to_sql_checked!();
        }
    };
}
pub(crate) use domain;
//- range
use std::ops::Bound;
impl<'a, T: postgres_types::FromSql<'a>> Range<T> {
    fn read(
        subtype: &postgres_types::Type,
        from: &mut Reader<'a>,
    ) -> Result<Self, Failure> {
        let [flags] = from.take()?;
        if flags & 1 == 1 {
            return Ok(Self::Empty);
        }
        let mut bound = |inclusive: u8, infinite: u8| {
            if flags & infinite != 0 {
                return Ok(Bound::Unbounded);
            }
            let length = from.count()?;
            let Some((value, rest)) = from.0.split_at_checked(length) else {
                return Err("the range ends too early".into());
            };
            from.0 = rest;
            let value = T::from_sql(subtype, value)?;
            let bound: Result<_, Failure> = match flags & inclusive {
                0 => Ok(Bound::Excluded(value)),
                _ => Ok(Bound::Included(value)),
            };
            bound
        };
        Ok(Self::Bounds(bound(2, 8)?, bound(4, 16)?))
    }
}
impl<T: postgres_types::ToSql> Range<T> {
    fn write(
        &self,
        subtype: &postgres_types::Type,
        to: &mut postgres_types::private::BytesMut,
    ) -> Result<(), Failure> {
        let Self::Bounds(start, end) = self else {
            to.extend_from_slice(&[1]);
            return Ok(());
        };
        let flag = |bound: &Bound<T>, inclusive: u8, infinite: u8| match bound {
            Bound::Included(_) => inclusive,
            Bound::Excluded(_) => 0,
            Bound::Unbounded => infinite,
        };
        to.extend_from_slice(&[flag(start, 2, 8) | flag(end, 4, 16)]);
        for bound in [start, end] {
            let value = match bound {
                Bound::Included(value) | Bound::Excluded(value) => value,
                Bound::Unbounded => continue,
            };
            let mut bytes = postgres_types::private::BytesMut::new();
            if let postgres_types::IsNull::Yes = value.to_sql(subtype, &mut bytes)? {
                return Err("a bound of a range is null".into());
            }
            to.extend_from_slice(&u32::try_from(bytes.len())?.to_be_bytes());
            to.extend_from_slice(&bytes);
        }
        Ok(())
    }
}
impl<'a, T: postgres_types::FromSql<'a>> postgres_types::FromSql<'a> for Range<T> {
    fn from_sql(ty: &postgres_types::Type, raw: &'a [u8]) -> Result<Self, Failure> {
        let postgres_types::Kind::Range(subtype) = base(ty).kind() else {
            return Err("not a range".into());
        };
        Self::read(subtype, &mut Reader(raw))
    }
    fn accepts(ty: &postgres_types::Type) -> bool {
        match base(ty).kind() {
            postgres_types::Kind::Range(subtype) => T::accepts(subtype),
            _ => false,
        }
    }
}
impl<T: postgres_types::ToSql> postgres_types::ToSql for Range<T> {
    fn to_sql(
        &self,
        ty: &postgres_types::Type,
        out: &mut postgres_types::private::BytesMut,
    ) -> Result<postgres_types::IsNull, Failure> {
        let postgres_types::Kind::Range(subtype) = base(ty).kind() else {
            return Err("not a range".into());
        };
        self.write(subtype, out)?;
        Ok(postgres_types::IsNull::No)
    }
    fn accepts(ty: &postgres_types::Type) -> bool {
        match base(ty).kind() {
            postgres_types::Kind::Range(subtype) => T::accepts(subtype),
            _ => false,
        }
    }
    postgres_types::to_sql_checked!();
}
//- multirange
/// A value of a multirange type: ranges in order, none of which touches another.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Multirange<T>(pub Vec<Range<T>>);
impl<'a, T> postgres_types::FromSql<'a> for Multirange<T>
where
    T: postgres_types::FromSql<'a>,
{
    fn from_sql(ty: &postgres_types::Type, raw: &'a [u8]) -> Result<Self, Failure> {
        let postgres_types::Kind::Multirange(subtype) = base(ty).kind() else {
            return Err("not a multirange".into());
        };
        let mut from = Reader(raw);
        let mut ranges = Vec::new();
        for _ in 0..from.count()? {
            from.count()?;
            ranges.push(Range::read(subtype, &mut from)?);
        }
        Ok(Self(ranges))
    }
    fn accepts(ty: &postgres_types::Type) -> bool {
        match base(ty).kind() {
            postgres_types::Kind::Multirange(subtype) => T::accepts(subtype),
            _ => false,
        }
    }
}
impl<T: postgres_types::ToSql> postgres_types::ToSql for Multirange<T> {
    fn to_sql(
        &self,
        ty: &postgres_types::Type,
        out: &mut postgres_types::private::BytesMut,
    ) -> Result<postgres_types::IsNull, Failure> {
        let postgres_types::Kind::Multirange(subtype) = base(ty).kind() else {
            return Err("not a multirange".into());
        };
        out.extend_from_slice(&u32::try_from(self.0.len())?.to_be_bytes());
        for range in &self.0 {
            let mut bytes = postgres_types::private::BytesMut::new();
            range.write(subtype, &mut bytes)?;
            out.extend_from_slice(&u32::try_from(bytes.len())?.to_be_bytes());
            out.extend_from_slice(&bytes);
        }
        Ok(postgres_types::IsNull::No)
    }
    fn accepts(ty: &postgres_types::Type) -> bool {
        match base(ty).kind() {
            postgres_types::Kind::Multirange(subtype) => T::accepts(subtype),
            _ => false,
        }
    }
    postgres_types::to_sql_checked!();
}
