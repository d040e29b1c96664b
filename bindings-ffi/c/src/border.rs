//! What crosses from C: handles, text, bytes; and what never crosses to it: a panic.

use crate::result::{Outcome, tp_result};
use std::ffi::c_char;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::slice;
use std::sync::{Mutex, MutexGuard, TryLockError};
use trusted_profile_core::{Error, ErrorCode};

/// An argument that cannot be used.
pub(crate) fn invalid(message: impl Into<String>) -> Error {
    Error::new(ErrorCode::InvalidArgument, message)
}

/// Does the work of a function that returns a result. NULL is the result that says nothing.
pub(crate) fn answer(work: impl FnOnce() -> Result<Option<Outcome>, Error>) -> *mut tp_result {
    // What a panic may leave behind half done is a machine, which is changed only by its own calls, or nothing.
    let outcome = match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(None)) => return std::ptr::null_mut(),
        Ok(Ok(Some(outcome))) => outcome,
        Ok(Err(error)) => Outcome::failed(error),
        Err(_) => Outcome::failed(Error::new(ErrorCode::Internal, "a defect of this library: it panicked")),
    };
    Box::into_raw(Box::new(tp_result::new(outcome)))
}

/// Does the work of a function that returns something else; `otherwise` takes the place of what a panic prevents.
pub(crate) fn tell<R>(otherwise: R, work: impl FnOnce() -> R) -> R {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or(otherwise)
}

/// A handle that is lent for a call.
///
/// # Safety
/// `handle` is NULL or a live handle of this library, which nobody frees during the call.
pub(crate) unsafe fn lent<'a, T>(name: &str, handle: *const T) -> Result<&'a T, Error> {
    // SAFETY: not NULL means live, says the caller, and handles are only lent shared.
    unsafe { handle.as_ref() }.ok_or_else(|| invalid(format!("{name}: expected a handle, got NULL")))
}

/// A handle that is given back to be freed.
///
/// # Safety
/// `handle` is NULL or came from `Box::into_raw` and is used by nobody any more.
pub(crate) unsafe fn free<T>(handle: *mut T) {
    if !handle.is_null() {
        // SAFETY: it came from a box, and the caller gives it back for good.
        let owned = unsafe { Box::from_raw(handle) };
        tell((), move || drop(owned));
    }
}

/// Hands a new handle to the caller.
///
/// # Safety
/// `place` is NULL or can be written to.
pub(crate) unsafe fn give<T>(name: &str, place: *mut *mut T, make: impl FnOnce() -> Result<T, Error>) -> Result<(), Error> {
    if place.is_null() {
        return Err(invalid(format!("{name}: expected a place for the handle, got NULL")));
    }
    // SAFETY: it is not NULL, and the caller says that it can be written to.
    unsafe { place.write(std::ptr::null_mut()) };
    let made = Box::new(make()?);
    // SAFETY: as above.
    unsafe { place.write(Box::into_raw(made)) };
    Ok(())
}

/// Bytes that are lent for a call.
///
/// # Safety
/// `length` bytes can be read at `data`, or `length` is 0.
pub(crate) unsafe fn bytes<'a>(name: &str, data: *const u8, length: usize) -> Result<&'a [u8], Error> {
    if length == 0 {
        return Ok(&[]);
    }
    if data.is_null() {
        return Err(invalid(format!("{name}: expected {length} bytes, got NULL")));
    }
    if isize::try_from(length).is_err() {
        return Err(invalid(format!("{name}: expected a length that fits into memory, got {length}")));
    }
    // SAFETY: not NULL, no longer than any object can be, and the caller says that it can be read.
    Ok(unsafe { slice::from_raw_parts(data, length) })
}

/// Text that is lent for a call.
///
/// # Safety
/// As for [`bytes`].
pub(crate) unsafe fn text<'a>(name: &str, data: *const c_char, length: usize) -> Result<&'a str, Error> {
    // SAFETY: the caller's promise is the same.
    let bytes = unsafe { bytes(name, data.cast(), length) }?;
    // What it holds instead may be a secret, so that only the place is told.
    std::str::from_utf8(bytes).map_err(|e| invalid(format!("{name}: expected UTF-8, got something else at byte {}", e.valid_up_to())))
}

/// What is behind a handle that one thread at a time may use. Nobody is made to wait: a second thread is a mistake of the
/// program, and in a child of `fork` the thread that holds it may not exist.
pub(crate) fn alone<'a, T>(name: &str, shared: &'a Mutex<T>) -> Result<MutexGuard<'a, T>, Error> {
    match shared.try_lock() {
        Ok(guard) => Ok(guard),
        Err(TryLockError::Poisoned(poisoned)) => Ok(poisoned.into_inner()),
        Err(TryLockError::WouldBlock) => {
            Err(invalid(format!("{name}: another thread is using it; hold a lock of your own during each call")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accessors::{tp_result_error, tp_result_kind};
    use crate::error_code::tp_error;
    use crate::names::tp_kind;
    use crate::result::tp_result_free;

    #[test]
    fn a_panic_is_an_error_and_no_more() {
        let result = answer(|| panic!("on purpose"));
        // SAFETY: the result was just made.
        let error = unsafe { tp_result_error(result) };
        // SAFETY: as above; it is not used any more.
        unsafe { tp_result_free(result) };
        assert_eq!(error, tp_error::TP_ERROR_INTERNAL as u32);
        assert_eq!(tell(7, || panic!("on purpose")), 7);
    }

    #[test]
    fn a_machine_in_use_is_refused_and_one_after_a_panic_is_not() {
        let shared = Mutex::new(1);
        let held = shared.lock().unwrap();
        let words = alone("machine", &shared).unwrap_err().to_string();
        assert!(words.contains("machine: another thread is using it"), "{words}");
        drop(held);
        tell((), || {
            let _held = shared.lock().unwrap();
            panic!("on purpose")
        });
        assert_eq!(*alone("machine", &shared).unwrap(), 1);
    }

    #[test]
    fn what_cannot_be_text_names_its_argument() {
        // SAFETY: one byte can be read.
        let words = unsafe { text("source", b"\xff".as_ptr().cast(), 1) }.unwrap_err().to_string();
        assert!(words.contains("source: expected UTF-8, got something else at byte 0"), "{words}");
        // SAFETY: NULL is never read.
        let words = unsafe { text("source", std::ptr::null(), 3) }.unwrap_err().to_string();
        assert!(words.contains("source: expected 3 bytes, got NULL"), "{words}");
        // SAFETY: a length that no object has is never read.
        let words = unsafe { bytes("body", b"x".as_ptr(), usize::MAX) }.unwrap_err().to_string();
        assert!(words.contains("body: expected a length that fits into memory"), "{words}");
    }

    #[test]
    fn nothing_to_say_is_null() {
        let result = answer(|| Ok(None));
        // SAFETY: NULL is a result.
        assert_eq!(unsafe { tp_result_kind(result) }, tp_kind::TP_DONE as u32);
    }
}
