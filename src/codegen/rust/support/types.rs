//- Interval
/// A value of `interval`: its three parts are independent of each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Interval {
    pub months: i32,
    pub days: i32,
    pub microseconds: i64,
}
impl Wire for Interval {
    fn read(from: &mut Reader<'_>) -> Result<Self, Failure> {
        Ok(Self {
            microseconds: from.i64()?,
            days: from.i32()?,
            months: from.i32()?,
        })
    }
    fn write(&self, to: &mut Vec<u8>) {
        to.extend(self.microseconds.to_be_bytes());
        to.extend(self.days.to_be_bytes());
        to.extend(self.months.to_be_bytes());
    }
}
wire!(Interval, 1186, 1187);
//- TimeTz
/// A value of `timetz`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct TimeTz {
    /// Since midnight.
    pub microseconds: i64,
    /// East of UTC, in seconds.
    pub offset: i32,
}
impl Wire for TimeTz {
    fn read(from: &mut Reader<'_>) -> Result<Self, Failure> {
        Ok(Self {
            microseconds: from.i64()?,
            offset: -from.i32()?,
        })
    }
    fn write(&self, to: &mut Vec<u8>) {
        to.extend(self.microseconds.to_be_bytes());
        to.extend((-self.offset).to_be_bytes());
    }
}
wire!(TimeTz, 1266, 1270);
//- Money
/// A value of `money`, in the smallest unit of the currency that the server's `lc_monetary` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Money(pub i64);
impl Wire for Money {
    fn read(from: &mut Reader<'_>) -> Result<Self, Failure> {
        from.i64().map(Self)
    }
    fn write(&self, to: &mut Vec<u8>) {
        to.extend(self.0.to_be_bytes());
    }
}
wire!(Money, 790, 791);
//- Xml
/// A value of `xml`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Xml(pub String);
impl Wire for Xml {
    fn read(from: &mut Reader<'_>) -> Result<Self, Failure> {
        from.text(from.0.len()).map(Self)
    }
    fn write(&self, to: &mut Vec<u8>) {
        to.extend(self.0.as_bytes());
    }
}
wire!(Xml, 142, 143);
//- Jsonpath
/// A value of `jsonpath`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Jsonpath(pub String);
impl Wire for Jsonpath {
    fn read(from: &mut Reader<'_>) -> Result<Self, Failure> {
        from.versioned().map(Self)
    }
    fn write(&self, to: &mut Vec<u8>) {
        write_versioned(&self.0, to);
    }
}
wire!(Jsonpath, 4072, 4073);
//- Ltree
/// A value of `ltree`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Ltree(pub String);
impl Wire for Ltree {
    fn read(from: &mut Reader<'_>) -> Result<Self, Failure> {
        from.versioned().map(Self)
    }
    fn write(&self, to: &mut Vec<u8>) {
        write_versioned(&self.0, to);
    }
}
wire!(Ltree, "ltree", "ltree[]");
//- Lquery
/// A value of `lquery`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Lquery(pub String);
impl Wire for Lquery {
    fn read(from: &mut Reader<'_>) -> Result<Self, Failure> {
        from.versioned().map(Self)
    }
    fn write(&self, to: &mut Vec<u8>) {
        write_versioned(&self.0, to);
    }
}
wire!(Lquery, "lquery", "lquery[]");
//- Ltxtquery
/// A value of `ltxtquery`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Ltxtquery(pub String);
impl Wire for Ltxtquery {
    fn read(from: &mut Reader<'_>) -> Result<Self, Failure> {
        from.versioned().map(Self)
    }
    fn write(&self, to: &mut Vec<u8>) {
        write_versioned(&self.0, to);
    }
}
wire!(Ltxtquery, "ltxtquery", "ltxtquery[]");
//- Versioned
impl Reader<'_> {
    fn versioned(&mut self) -> Result<String, Failure> {
        let [version] = self.take()?;
        if version != 1 {
            return Err(format!("version {version} of the format").into());
        }
        self.text(self.0.len())
    }
}
fn write_versioned(text: &str, to: &mut Vec<u8>) {
    to.push(1);
    to.extend(text.as_bytes());
}
//- Tsvector
/// A value of `tsvector`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Tsvector {
    pub lexemes: Vec<Lexeme>,
}
/// A word of a [`Tsvector`] and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Lexeme {
    pub word: String,
    /// The position in the lower 14 bits, the weight above it: 3 is `A`, 0 is `D`.
    pub positions: Vec<u16>,
}
impl Wire for Tsvector {
    fn read(from: &mut Reader<'_>) -> Result<Self, Failure> {
        let mut lexemes = Vec::new();
        for _ in 0..from.count()? {
            let Some(end) = from.0.iter().position(|&byte| byte == 0) else {
                return Err("a lexeme does not end".into());
            };
            let word = from.text(end)?;
            from.take::<1>()?;
            let mut positions = Vec::new();
            for _ in 0..from.u16()? {
                positions.push(from.u16()?);
            }
            lexemes.push(Lexeme { word, positions });
        }
        Ok(Self { lexemes })
    }
    fn write(&self, to: &mut Vec<u8>) {
        to.extend((self.lexemes.len() as u32).to_be_bytes());
        for lexeme in &self.lexemes {
            to.extend(lexeme.word.as_bytes());
            to.push(0);
            to.extend((lexeme.positions.len() as u16).to_be_bytes());
            for position in &lexeme.positions {
                to.extend(position.to_be_bytes());
            }
        }
    }
}
wire!(Tsvector, 3614, 3643);
//- Tsquery
/// A value of `tsquery`, as it stands in PostgreSQL's binary format.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Tsquery(pub Vec<u8>);
impl Wire for Tsquery {
    fn read(from: &mut Reader<'_>) -> Result<Self, Failure> {
        from.bytes(from.0.len()).map(Self)
    }
    fn write(&self, to: &mut Vec<u8>) {
        to.extend(&self.0);
    }
}
wire!(Tsquery, 3615, 3645);
//- Snapshot
/// A value of `pg_snapshot`, as it stands in PostgreSQL's binary format.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Snapshot(pub Vec<u8>);
impl Wire for Snapshot {
    fn read(from: &mut Reader<'_>) -> Result<Self, Failure> {
        from.bytes(from.0.len()).map(Self)
    }
    fn write(&self, to: &mut Vec<u8>) {
        to.extend(&self.0);
    }
}
wire!(Snapshot, 5038, 5039);
//- Lsn
/// A value of `pg_lsn`: a place in the write-ahead log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Lsn(pub u64);
impl Wire for Lsn {
    fn read(from: &mut Reader<'_>) -> Result<Self, Failure> {
        from.take().map(|bytes| Self(u64::from_be_bytes(bytes)))
    }
    fn write(&self, to: &mut Vec<u8>) {
        to.extend(self.0.to_be_bytes());
    }
}
wire!(Lsn, 3220, 3221);
//- Xid
/// A value of `xid`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Xid(pub u32);
impl Wire for Xid {
    fn read(from: &mut Reader<'_>) -> Result<Self, Failure> {
        from.u32().map(Self)
    }
    fn write(&self, to: &mut Vec<u8>) {
        to.extend(self.0.to_be_bytes());
    }
}
wire!(Xid, 28, 1011);
//- Xid8
/// A value of `xid8`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Xid8(pub u64);
impl Wire for Xid8 {
    fn read(from: &mut Reader<'_>) -> Result<Self, Failure> {
        from.take().map(|bytes| Self(u64::from_be_bytes(bytes)))
    }
    fn write(&self, to: &mut Vec<u8>) {
        to.extend(self.0.to_be_bytes());
    }
}
wire!(Xid8, 5069, 271);
//- Cid
/// A value of `cid`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Cid(pub u32);
impl Wire for Cid {
    fn read(from: &mut Reader<'_>) -> Result<Self, Failure> {
        from.u32().map(Self)
    }
    fn write(&self, to: &mut Vec<u8>) {
        to.extend(self.0.to_be_bytes());
    }
}
wire!(Cid, 29, 1012);
//- Tid
/// A value of `tid`: where a row stands in its table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Tid {
    pub block: u32,
    pub offset: u16,
}
impl Wire for Tid {
    fn read(from: &mut Reader<'_>) -> Result<Self, Failure> {
        Ok(Self {
            block: from.u32()?,
            offset: from.u16()?,
        })
    }
    fn write(&self, to: &mut Vec<u8>) {
        to.extend(self.block.to_be_bytes());
        to.extend(self.offset.to_be_bytes());
    }
}
wire!(Tid, 27, 1010);
//- Reg
/// A value of `regclass`, `regproc` and the like: the OID that it stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Reg(pub u32);
impl Wire for Reg {
    fn read(from: &mut Reader<'_>) -> Result<Self, Failure> {
        from.u32().map(Self)
    }
    fn write(&self, to: &mut Vec<u8>) {
        to.extend(self.0.to_be_bytes());
    }
}
wire!(Reg, "reg*", "reg*[]");
//- Macaddr8
/// A value of `macaddr8`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Macaddr8(pub [u8; 8]);
impl Wire for Macaddr8 {
    fn read(from: &mut Reader<'_>) -> Result<Self, Failure> {
        from.take().map(Self)
    }
    fn write(&self, to: &mut Vec<u8>) {
        to.extend(self.0);
    }
}
wire!(Macaddr8, 774, 775);
//- Point
/// A value of `point`.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Point {
    pub x: f64,
    pub y: f64,
}
impl Wire for Point {
    fn read(from: &mut Reader<'_>) -> Result<Self, Failure> {
        Ok(Self {
            x: from.f64()?,
            y: from.f64()?,
        })
    }
    fn write(&self, to: &mut Vec<u8>) {
        to.extend(self.x.to_be_bytes());
        to.extend(self.y.to_be_bytes());
    }
}
wire!(Point, 600, 1017);
//- Points
impl Reader<'_> {
    fn points(&mut self) -> Result<Vec<Point>, Failure> {
        (0..self.count()?).map(|_| Point::read(self)).collect()
    }
}
fn write_points(points: &[Point], to: &mut Vec<u8>) {
    to.extend((points.len() as u32).to_be_bytes());
    for point in points {
        point.write(to);
    }
}
//- Line
/// A value of `line`: all points where `ax + by + c = 0`.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Line {
    pub a: f64,
    pub b: f64,
    pub c: f64,
}
impl Wire for Line {
    fn read(from: &mut Reader<'_>) -> Result<Self, Failure> {
        Ok(Self {
            a: from.f64()?,
            b: from.f64()?,
            c: from.f64()?,
        })
    }
    fn write(&self, to: &mut Vec<u8>) {
        to.extend(self.a.to_be_bytes());
        to.extend(self.b.to_be_bytes());
        to.extend(self.c.to_be_bytes());
    }
}
wire!(Line, 628, 629);
//- Lseg
/// A value of `lseg`.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Lseg {
    pub start: Point,
    pub end: Point,
}
impl Wire for Lseg {
    fn read(from: &mut Reader<'_>) -> Result<Self, Failure> {
        Ok(Self {
            start: Point::read(from)?,
            end: Point::read(from)?,
        })
    }
    fn write(&self, to: &mut Vec<u8>) {
        self.start.write(to);
        self.end.write(to);
    }
}
wire!(Lseg, 601, 1018);
//- Rect
/// A value of `box`.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Rect {
    pub upper_right: Point,
    pub lower_left: Point,
}
impl Wire for Rect {
    fn read(from: &mut Reader<'_>) -> Result<Self, Failure> {
        Ok(Self {
            upper_right: Point::read(from)?,
            lower_left: Point::read(from)?,
        })
    }
    fn write(&self, to: &mut Vec<u8>) {
        self.upper_right.write(to);
        self.lower_left.write(to);
    }
}
wire!(Rect, 603, 1020);
//- Path
/// A value of `path`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Path {
    pub closed: bool,
    pub points: Vec<Point>,
}
impl Wire for Path {
    fn read(from: &mut Reader<'_>) -> Result<Self, Failure> {
        Ok(Self {
            closed: from.take()? == [1],
            points: from.points()?,
        })
    }
    fn write(&self, to: &mut Vec<u8>) {
        to.push(u8::from(self.closed));
        write_points(&self.points, to);
    }
}
wire!(Path, 602, 1019);
//- Polygon
/// A value of `polygon`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Polygon(pub Vec<Point>);
impl Wire for Polygon {
    fn read(from: &mut Reader<'_>) -> Result<Self, Failure> {
        from.points().map(Self)
    }
    fn write(&self, to: &mut Vec<u8>) {
        write_points(&self.0, to);
    }
}
wire!(Polygon, 604, 1027);
//- Circle
/// A value of `circle`.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Circle {
    pub center: Point,
    pub radius: f64,
}
impl Wire for Circle {
    fn read(from: &mut Reader<'_>) -> Result<Self, Failure> {
        Ok(Self {
            center: Point::read(from)?,
            radius: from.f64()?,
        })
    }
    fn write(&self, to: &mut Vec<u8>) {
        self.center.write(to);
        to.extend(self.radius.to_be_bytes());
    }
}
wire!(Circle, 718, 719);
//- Hstore
/// A value of `hstore`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Hstore(pub std::collections::BTreeMap<String, Option<String>>);
impl Wire for Hstore {
    fn read(from: &mut Reader<'_>) -> Result<Self, Failure> {
        let mut pairs = std::collections::BTreeMap::new();
        for _ in 0..from.count()? {
            let length = from.count()?;
            let key = from.text(length)?;
            let value = match from.i32()? {
                -1 => None,
                length => Some(from.text(usize::try_from(length)?)?),
            };
            pairs.insert(key, value);
        }
        Ok(Self(pairs))
    }
    fn write(&self, to: &mut Vec<u8>) {
        to.extend((self.0.len() as u32).to_be_bytes());
        for (key, value) in &self.0 {
            to.extend((key.len() as u32).to_be_bytes());
            to.extend(key.as_bytes());
            let Some(value) = value else {
                to.extend((-1_i32).to_be_bytes());
                continue;
            };
            to.extend((value.len() as u32).to_be_bytes());
            to.extend(value.as_bytes());
        }
    }
}
wire!(Hstore, "hstore", "hstore[]");
//- Cube
/// A value of `cube`: two opposite corners. A point has no second one.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Cube {
    pub corner: Vec<f64>,
    pub opposite: Option<Vec<f64>>,
}
impl Wire for Cube {
    fn read(from: &mut Reader<'_>) -> Result<Self, Failure> {
        let header = from.u32()?;
        let mut read = || -> Result<Vec<f64>, Failure> {
            (0..header & 0x7fff_ffff).map(|_| from.f64()).collect()
        };
        let corner = read()?;
        let opposite = if header >> 31 == 1 { None } else { Some(read()?) };
        Ok(Self { corner, opposite })
    }
    fn write(&self, to: &mut Vec<u8>) {
        let point = u32::from(self.opposite.is_none()) << 31;
        to.extend((point | self.corner.len() as u32).to_be_bytes());
        for number in self.corner.iter().chain(self.opposite.iter().flatten()) {
            to.extend(number.to_be_bytes());
        }
    }
}
wire!(Cube, "cube", "cube[]");
//- Geometry
/// A value of `geometry`, as EWKB.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Geometry(pub Vec<u8>);
impl Wire for Geometry {
    fn read(from: &mut Reader<'_>) -> Result<Self, Failure> {
        from.bytes(from.0.len()).map(Self)
    }
    fn write(&self, to: &mut Vec<u8>) {
        to.extend(&self.0);
    }
}
wire!(Geometry, "geometry", "geometry[]");
//- Geography
/// A value of `geography`, as EWKB.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Geography(pub Vec<u8>);
impl Wire for Geography {
    fn read(from: &mut Reader<'_>) -> Result<Self, Failure> {
        from.bytes(from.0.len()).map(Self)
    }
    fn write(&self, to: &mut Vec<u8>) {
        to.extend(&self.0);
    }
}
wire!(Geography, "geography", "geography[]");
//- Raw
/// A value of a type that has no Rust type, as it stands in PostgreSQL's binary format.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Raw(pub Vec<u8>);
impl Wire for Raw {
    fn read(from: &mut Reader<'_>) -> Result<Self, Failure> {
        from.bytes(from.0.len()).map(Self)
    }
    fn write(&self, to: &mut Vec<u8>) {
        to.extend(&self.0);
    }
}
wire!(Raw, "*", "*[]");
