//! RSA keys and the tokens signed with them.

pub(crate) mod issued;
pub(crate) mod jwt;
pub(crate) mod keys;
