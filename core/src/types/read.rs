//! The reader of all types.

use super::slot::{Items, Model, Place, Scalar, Shape, Slot};
use serde::Deserializer;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserialize, DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::fmt;

/// Reads a value into a place. What cannot go there is given back, and the place is empty then.
pub(super) struct Reader<'a>(pub(super) &'a mut dyn Slot);

impl<'de> DeserializeSeed<'de> for Reader<'_> {
    type Value = Option<Value>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<Value>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Reader<'_> {
    fn scalar(self, scalar: Scalar<'_>) -> Option<Value> {
        if self.0.put(scalar) {
            return None;
        }
        self.0.clear();
        Some(scalar.json())
    }

    fn whole(self, value: Value) -> Option<Value> {
        let refused = self.0.put_json(value).err();
        if refused.is_some() {
            self.0.clear();
        }
        refused
    }
}

impl<'de> Visitor<'de> for Reader<'_> {
    type Value = Option<Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Option<Value>, E> {
        Ok(self.scalar(Scalar::Null))
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<Option<Value>, E> {
        Ok(self.scalar(Scalar::Flag(flag)))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Option<Value>, E> {
        Ok(self.scalar(Scalar::Integer(number)))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Option<Value>, E> {
        Ok(self.scalar(i64::try_from(number).map_or(Scalar::Large(number), Scalar::Integer)))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Option<Value>, E> {
        Ok(self.scalar(Scalar::Real(number)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Option<Value>, E> {
        Ok(self.scalar(Scalar::Text(text)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Option<Value>, A::Error> {
        let odd = match self.0.open(Shape::List) {
            Some(Place::Items(items)) => match add_all(items, &mut list)? {
                None => return Ok(None),
                Some(odd) => odd,
            },
            _ => return Ok(self.whole(Value::deserialize(SeqAccessDeserializer::new(list))?)),
        };
        // One item of another type: the list as a whole is not what was expected.
        let mut all = match self.0.json() {
            Some(Value::Array(all)) => all,
            _ => Vec::new(),
        };
        all.push(odd);
        while let Some(item) = list.next_element()? {
            all.push(item);
        }
        self.0.clear();
        Ok(Some(Value::Array(all)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Option<Value>, A::Error> {
        let odd = match self.0.open(Shape::Object) {
            Some(Place::Model(model)) => return fill(model, &mut object).map(|()| None),
            Some(Place::Items(items)) => match add_named(items, &mut object)? {
                None => return Ok(None),
                Some(odd) => odd,
            },
            None => return Ok(self.whole(Value::deserialize(MapAccessDeserializer::new(object))?)),
        };
        let mut all = match self.0.json() {
            Some(Value::Object(all)) => all,
            _ => Map::new(),
        };
        all.insert(odd.0, odd.1);
        while let Some((name, value)) = object.next_entry()? {
            all.insert(name, value);
        }
        self.0.clear();
        Ok(Some(Value::Object(all)))
    }
}

/// Reads the items of a list up to its end, or to the first that cannot go there.
fn add_all<'de, A: SeqAccess<'de>>(items: &mut dyn Items, list: &mut A) -> Result<Option<Value>, A::Error> {
    loop {
        let mut read = Ok(None);
        items.add("", &mut |slot| read = list.next_element_seed(Reader(slot)));
        match read? {
            Some(None) => {}
            Some(Some(odd)) => return Ok(Some(odd)),
            None => return Ok(None),
        }
    }
}

/// The same for an object with any names.
fn add_named<'de, A: MapAccess<'de>>(items: &mut dyn Items, object: &mut A) -> Result<Option<(String, Value)>, A::Error> {
    while let Some(name) = object.next_key::<String>()? {
        let mut read = Ok(None);
        items.add(&name, &mut |slot| read = object.next_value_seed(Reader(slot)));
        if let Some(odd) = read? {
            return Ok(Some((name, odd)));
        }
    }
    Ok(None)
}

/// Reads properties.
fn fill<'de, A: MapAccess<'de>>(model: &mut dyn Model, object: &mut A) -> Result<(), A::Error> {
    let names = model.names();
    let mut next = 0;
    let mut has_other = false;
    while let Some(name) = object.next_key_seed(Name { names, next })? {
        match name {
            Named::Known(index) => {
                next = index + 1;
                let Some(slot) = model.slot_mut(index) else { continue };
                let odd = object.next_value_seed(Reader(slot))?;
                let name = names.get(index).copied().unwrap_or_default();
                match odd {
                    Some(odd) => keep(model, name, odd)?,
                    // It had come before, and counts the second time.
                    None if has_other => drop(model.other_mut().and_then(|other| other.remove(name))),
                    None => continue,
                }
            }
            Named::Unknown(name) => {
                let value = object.next_value()?;
                keep(model, &name, value)?;
            }
        }
        has_other = true;
    }
    Ok(())
}

/// Keeps what has no place in a property.
fn keep<E: Error>(model: &mut dyn Model, name: &str, value: Value) -> Result<(), E> {
    let other = model.other_mut().ok_or_else(|| E::custom(format_args!("{name} is unknown, or of another type")))?;
    other.insert(name, value);
    Ok(())
}

/// A name in an object: the index of one that is known.
enum Named {
    Known(usize),
    Unknown(String),
}

/// Finds a name among sorted ones. Services write them sorted, so that the next is mostly the one after the last.
struct Name {
    names: &'static [&'static str],
    next: usize,
}

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Named;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Named, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Name {
    type Value = Named;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Named, E> {
        let is_next = self.names.get(self.next).is_some_and(|name| *name == text);
        let index = if is_next { Ok(self.next) } else { self.names.binary_search(&text) };
        Ok(index.map_or_else(|_| Named::Unknown(text.to_owned()), Named::Known))
    }
}
