//! Numbers on their way to languages that have only signed ones.

use crate::error::invalid;
use crate::error_class::TrustedProfileError;
use trusted_profile_core::token::ExchangeId;

/// Ids and generations count up from 1, and sizes are sizes of memory: nothing is lost.
pub(crate) fn signed<N: TryInto<i64>>(number: N) -> i64 {
    number.try_into().unwrap_or(i64::MAX)
}

/// A number of the program's that cannot be negative.
///
/// # Errors
/// `InvalidArgument` names it.
pub(crate) fn unsigned<N: TryFrom<i64>>(name: &str, number: i64) -> Result<N, TrustedProfileError> {
    N::try_from(number).map_err(|_| invalid(format!("{name}: expected a number from 0 on, within reason, got {number}")))
}

/// The id of an exchange. One that nobody ever gave out, such as a negative one, changes nothing.
pub(crate) const fn exchange_id(id: i64) -> ExchangeId {
    ExchangeId(id.cast_unsigned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_negative_number_is_refused_by_its_name() {
        assert_eq!(unsigned::<usize>("max_file_bytes", 7).unwrap(), 7);
        let refused = unsigned::<u32>("max_attempts", -1).unwrap_err();
        assert!(refused.to_string().contains("max_attempts: expected a number from 0 on"), "{refused}");
        assert!(unsigned::<u32>("max_attempts", 1 << 40).is_err());
        assert_eq!((signed(5_u64), signed(u64::MAX)), (5, i64::MAX));
    }
}
