//! Memory of a WebAssembly guest, for the host that calls it.

use crate::border::tell;
use std::alloc::{Layout, alloc_zeroed, dealloc};
use zeroize::Zeroize as _;

/// What C's `malloc` would align to.
const ALIGNMENT: usize = 8;

/// Memory for what is passed in, all zero; NULL when there is none, or `size` is 0.
#[unsafe(no_mangle)]
pub extern "C" fn tp_alloc(size: usize) -> *mut u8 {
    tell(std::ptr::null_mut(), || match Layout::from_size_align(size, ALIGNMENT) {
        // SAFETY: the layout has a size.
        Ok(layout) if size > 0 => unsafe { alloc_zeroed(layout) },
        _ => std::ptr::null_mut(),
    })
}

/// Overwrites and frees memory of `tp_alloc`, of the size it was made with. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_dealloc(memory: *mut u8, size: usize) {
    if memory.is_null() {
        return;
    }
    if let Ok(layout) = Layout::from_size_align(size, ALIGNMENT) {
        // SAFETY: it came from `tp_alloc` with this size, says the caller.
        unsafe { std::slice::from_raw_parts_mut(memory, size) }.zeroize();
        // SAFETY: so is its layout.
        unsafe { dealloc(memory, layout) };
    }
}
