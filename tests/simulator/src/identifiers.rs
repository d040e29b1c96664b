//! Fresh identifiers in the shapes IBM Cloud uses. They are random, so nothing can rely on them.

use uuid::Uuid;

/// A UUID in its usual spelling.
pub(crate) fn uuid() -> String {
    Uuid::new_v4().hyphenated().to_string()
}

/// 32 hexadecimal digits, the shape of account and resource-group ids.
pub(crate) fn hex() -> String {
    Uuid::new_v4().simple().to_string()
}

/// 64 hexadecimal digits, for secrets.
pub(crate) fn secret() -> String {
    format!("{}{}", hex(), hex())
}
