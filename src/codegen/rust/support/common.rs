//- range
/// A value of a range type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Range<T> {
    /// The range that contains nothing.
    Empty,
    /// From the one to the other.
    Bounds(std::ops::Bound<T>, std::ops::Bound<T>),
}
//- some
/// Reads a field that is there: `null` is the value's own, and not the field's absence.
pub fn some<'de, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
where
    T: serde::Deserialize<'de>,
    D: serde::Deserializer<'de>,
{
    T::deserialize(deserializer).map(Some)
}
