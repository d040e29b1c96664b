//! What every generated type says of itself, so that one reader and one writer serve them all. What is derived for a
//! struct is as much code again for every property of it; this is a name and a place.

use super::Other;
use serde_json::Value;
use std::fmt;

/// An object of an API: a schema, or the arguments of an operation.
///
/// What is generated implements this; there is no reason to do so by hand. To read and to write, see
/// [`from_json`](super::from_json) and [`to_json`](super::to_json).
pub trait Model {
    /// The API's names of its properties, sorted.
    fn names(&self) -> &'static [&'static str];

    /// The property whose name is at `index`.
    fn slot(&self, index: usize) -> Option<&dyn Slot>;

    /// The same, to be filled.
    fn slot_mut(&mut self, index: usize) -> Option<&mut dyn Slot>;

    /// What is not in its properties: it comes after them. None: there may be nothing else.
    fn other(&self) -> Option<&Other> {
        self.slot(self.names().len())?.other()
    }

    /// The same, to be filled.
    fn other_mut(&mut self) -> Option<&mut Other> {
        self.slot_mut(self.names().len())?.other_mut()
    }
}

/// A place for a value.
pub trait Slot {
    /// Takes a value that is neither an object nor a list. Or does not, if it is none that goes here.
    fn put(&mut self, scalar: Scalar<'_>) -> bool;

    /// Makes room for an object or a list that is filled part by part. None: it has to come as a whole, or not at all.
    fn open(&mut self, shape: Shape) -> Option<Place<'_>>;

    /// Takes a whole value, or gives it back.
    ///
    /// # Errors
    /// The value, if it is none that goes here.
    fn put_json(&mut self, value: Value) -> Result<(), Value>;

    /// Forgets what is here.
    fn clear(&mut self);

    /// What is here, if there is something.
    fn json(&self) -> Option<Value>;

    /// The same for `Debug`: a secret shows nothing.
    fn shown(&self) -> Option<&dyn fmt::Debug>;

    /// What has no place in the properties of an object, if this is where it is.
    fn other(&self) -> Option<&Other> {
        None
    }

    /// The same, to be filled.
    fn other_mut(&mut self) -> Option<&mut Other> {
        None
    }
}

/// A value that is neither an object nor a list. `Debug` does not show texts, since they may be secrets.
#[derive(Clone, Copy, PartialEq)]
#[expect(missing_docs, reason = "they are what they are called")]
pub enum Scalar<'a> {
    Null,
    Flag(bool),
    Integer(i64),
    /// One that is larger.
    Large(u64),
    Real(f64),
    Text(&'a str),
}

impl Scalar<'_> {
    /// As JSON.
    #[must_use]
    pub fn json(self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Flag(flag) => flag.into(),
            Self::Integer(number) => number.into(),
            Self::Large(number) => number.into(),
            Self::Real(number) => number.into(),
            Self::Text(text) => text.into(),
        }
    }
}

impl fmt::Debug for Scalar<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(_) => f.write_str("Text(..)"),
            other => write!(f, "{}", other.json()),
        }
    }
}

/// What is made of parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// `{}`.
    Object,
    /// `[]`.
    List,
}

/// Where parts go.
#[expect(missing_debug_implementations, reason = "it is there while something is read")]
pub enum Place<'a> {
    /// To properties that are known by name.
    Model(&'a mut dyn Model),
    /// One after the other.
    Items(&'a mut dyn Items),
}

/// Items of one kind: of a list, or of an object with any names.
pub trait Items {
    /// Has `fill` fill the place of one more item, which is kept when there is something in it then.
    fn add(&mut self, name: &str, fill: &mut dyn FnMut(&mut dyn Slot));
}

/// A type of values.
pub trait Typed: Sized + fmt::Debug {
    /// The value, if it is one of this type.
    fn from_scalar(_: Scalar<'_>) -> Option<Self> {
        None
    }

    /// An empty one that is filled part by part, if this type is made of such parts.
    fn fresh(_: Shape) -> Option<Self> {
        None
    }

    /// Where its parts go.
    fn place(&mut self) -> Option<Place<'_>> {
        None
    }

    /// The value, if it is one of this type, and one that is read as a whole.
    ///
    /// # Errors
    /// The value, if it is not.
    fn from_whole(value: Value) -> Result<Self, Value> {
        Err(value)
    }

    /// As JSON.
    fn json(&self) -> Value;

    /// Whether it stands for none, where there has to be one.
    fn is_none(&self) -> bool {
        false
    }
}

impl<M: Model + Default + fmt::Debug> Typed for M {
    fn fresh(shape: Shape) -> Option<Self> {
        (shape == Shape::Object).then(Self::default)
    }

    fn place(&mut self) -> Option<Place<'_>> {
        Some(Place::Model(self))
    }

    fn json(&self) -> Value {
        super::write::object(self)
    }
}

/// A property that may be absent.
impl<T: Typed> Slot for Option<T> {
    fn put(&mut self, scalar: Scalar<'_>) -> bool {
        let read = T::from_scalar(scalar);
        let is_read = read.is_some();
        *self = read;
        is_read
    }

    fn open(&mut self, shape: Shape) -> Option<Place<'_>> {
        *self = T::fresh(shape);
        self.as_mut()?.place()
    }

    fn put_json(&mut self, value: Value) -> Result<(), Value> {
        *self = Some(T::from_whole(value)?);
        Ok(())
    }

    fn clear(&mut self) {
        *self = None;
    }

    fn json(&self) -> Option<Value> {
        self.as_ref().map(T::json)
    }

    fn shown(&self) -> Option<&dyn fmt::Debug> {
        self.as_ref().map(|value| value as &dyn fmt::Debug)
    }
}

/// A property that is always there.
impl<T: Typed + Default> Slot for T {
    fn put(&mut self, scalar: Scalar<'_>) -> bool {
        T::from_scalar(scalar).map(|read| *self = read).is_some()
    }

    fn open(&mut self, shape: Shape) -> Option<Place<'_>> {
        *self = T::fresh(shape)?;
        self.place()
    }

    fn put_json(&mut self, value: Value) -> Result<(), Value> {
        *self = T::from_whole(value)?;
        Ok(())
    }

    fn clear(&mut self) {
        *self = T::default();
    }

    fn json(&self) -> Option<Value> {
        (!self.is_none()).then(|| Typed::json(self))
    }

    fn shown(&self) -> Option<&dyn fmt::Debug> {
        Some(self)
    }
}
