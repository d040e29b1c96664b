//! Text and bytes on their way out: followed by a zero byte, and overwritten when freed.

use std::borrow::Cow;
use std::ffi::c_char;
use std::ptr;
use zeroize::Zeroizing;

/// Bytes with a zero byte behind them, for those who expect one.
pub(crate) struct Text(Zeroizing<Vec<u8>>);

impl Text {
    /// The parts, one after the other. The buffer is made in its size, so that no half-grown copy stays behind.
    pub(crate) fn of(parts: &[&[u8]]) -> Self {
        let length: usize = parts.iter().map(|part| part.len()).sum();
        let mut bytes = Zeroizing::new(Vec::with_capacity(length.saturating_add(1)));
        for part in parts {
            bytes.extend_from_slice(part);
        }
        bytes.push(0);
        Self(bytes)
    }

    /// What stands in it, as text.
    pub(crate) fn shown(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(self.0.strip_suffix(b"\0").unwrap_or_default())
    }

    /// What stands in it, with its zero byte.
    pub(crate) fn terminated(&self) -> &[u8] {
        &self.0
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::of(&[text.as_bytes()])
    }
}

/// Hands out bytes that end in a zero byte; `length` is told without it.
///
/// # Safety
/// `length` is NULL or can be written to.
pub(crate) unsafe fn hand_out(terminated: &[u8], length: *mut usize) -> *const u8 {
    let shown = if terminated.is_empty() { b"\0" } else { terminated };
    if !length.is_null() {
        // SAFETY: it is not NULL, and the caller says that it can be written to.
        unsafe { ptr::write(length, shown.len().saturating_sub(1)) };
    }
    shown.as_ptr()
}

/// The same as C's text.
///
/// # Safety
/// As for [`hand_out`].
pub(crate) unsafe fn hand_out_text(terminated: &[u8], length: *mut usize) -> *const c_char {
    // SAFETY: the caller's promise is the same.
    unsafe { hand_out(terminated, length) }.cast()
}
