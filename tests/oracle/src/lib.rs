//! An independent oracle: for every operation that IBM's Python clients have as well, the same arguments through their
//! client and through the catalog have to become the same request, and their pagers have to walk as ours do.
//!
//! [`sets`] makes the arguments from the documents, `python/record.py` gives them to IBM's clients and records what those
//! would have sent, [`ours`] does the same with the catalog, and [`compare`] finds the differences, of which
//! `differences.json` has the reasons. Nothing is sent anywhere.

pub mod compare;
pub mod ours;
pub mod pages;
pub mod record;
pub mod sample;
pub mod sets;
