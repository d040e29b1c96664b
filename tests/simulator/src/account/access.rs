//! Access to buckets, granted to IAM identities.

use serde::{Deserialize, Serialize};

/// A service role on a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// May list and read.
    Reader,
    /// May also write.
    Writer,
}
