//- range
/// A value of a range type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Range<T> {
    /// The range that contains nothing.
    Empty,
    /// From the one to the other.
    Bounds(std::ops::Bound<T>, std::ops::Bound<T>),
}
//- set
/// A field that is there: `null` is its own value, and not its absence.
pub mod set {
    pub fn serialize<T, S>(value: &Option<T>, to: S) -> Result<S::Ok, S::Error>
    where
        T: serde::Serialize,
        S: serde::Serializer,
    {
        serde::Serialize::serialize(value, to)
    }
    pub fn deserialize<'de, T, D>(from: D) -> Result<Option<T>, D::Error>
    where
        T: serde::Deserialize<'de>,
        D: serde::Deserializer<'de>,
    {
        T::deserialize(from).map(Some)
    }
}
