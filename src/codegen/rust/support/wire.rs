type Failure = Box<dyn std::error::Error + Send + Sync>;
/// How a value stands in PostgreSQL's binary format.
trait Wire: Sized {
    fn read(from: &mut Reader<'_>) -> Result<Self, Failure>;
    fn write(&self, to: &mut Vec<u8>);
}
fn from_wire<T: Wire>(bytes: &[u8]) -> Result<T, Failure> {
    T::read(&mut Reader(bytes))
}
/// The bytes of a value that are still to be read.
struct Reader<'a>(&'a [u8]);
impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], Failure> {
        let Some((taken, rest)) = self.0.split_first_chunk() else {
            return Err("the value ends too early".into());
        };
        self.0 = rest;
        Ok(*taken)
    }
    fn bytes(&mut self, count: usize) -> Result<Vec<u8>, Failure> {
        let Some((taken, rest)) = self.0.split_at_checked(count) else {
            return Err("the value ends too early".into());
        };
        self.0 = rest;
        Ok(taken.to_vec())
    }
    fn text(&mut self, count: usize) -> Result<String, Failure> {
        Ok(String::from_utf8(self.bytes(count)?)?)
    }
    fn i32(&mut self) -> Result<i32, Failure> {
        self.take().map(i32::from_be_bytes)
    }
    fn u32(&mut self) -> Result<u32, Failure> {
        self.take().map(u32::from_be_bytes)
    }
    fn i64(&mut self) -> Result<i64, Failure> {
        self.take().map(i64::from_be_bytes)
    }
    fn f64(&mut self) -> Result<f64, Failure> {
        self.take().map(f64::from_be_bytes)
    }
    fn u16(&mut self) -> Result<u16, Failure> {
        self.take().map(u16::from_be_bytes)
    }
    fn count(&mut self) -> Result<usize, Failure> {
        Ok(usize::try_from(self.i32()?)?)
    }
}
