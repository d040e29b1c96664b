//! State that a child of `fork` does not take over.

use std::mem;
use std::sync::{Arc, OnceLock};

/// A value for each process that uses it.
///
/// `fork` copies a lock as it is. One that another thread held at that moment stays locked in the
/// child for ever, because that thread does not exist there. What waited in a list still stands in it,
/// although its stack is somebody else's by now. So a child makes a value of its own, and never touches
/// its parent's, not even to drop it.
pub(crate) struct PerProcess<T> {
    process: u32,
    value: Arc<T>,
    /// The child's. Only a child looks here, so that the parent never holds this lock when it forks.
    child: OnceLock<Box<Self>>,
}

impl<T: Default> PerProcess<T> {
    /// The value of this process.
    pub(crate) fn get(&self) -> &T {
        self.of(std::process::id())
    }

    fn of(&self, process: u32) -> &T {
        let mut cell = self;
        while cell.process != process {
            cell = cell.child.get_or_init(|| Box::new(Self::made_by(process)));
        }
        &cell.value
    }

    fn made_by(process: u32) -> Self {
        Self { process, value: Arc::default(), child: OnceLock::new() }
    }
}

impl<T> PerProcess<T> {
    fn dropped_by(&self, process: u32) {
        if self.process != process {
            // One that nobody ever drops.
            mem::forget(Arc::clone(&self.value));
        }
    }
}

impl<T> Drop for PerProcess<T> {
    fn drop(&mut self) {
        self.dropped_by(std::process::id());
    }
}

impl<T: Default> Default for PerProcess<T> {
    fn default() -> Self {
        Self::made_by(std::process::id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    #[test]
    fn a_child_is_not_stopped_by_a_lock_that_its_parent_held() {
        let shared = PerProcess::<Mutex<Vec<&str>>>::made_by(1);
        let mut held = shared.of(1).lock().unwrap();
        held.push("parent");
        // As in a child of fork: nobody will ever unlock the parent's.
        shared.of(2).try_lock().unwrap().push("child");
        let held_by_child = shared.of(2).try_lock().unwrap();
        shared.of(3).try_lock().unwrap().push("grandchild");
        assert_eq!((held.as_slice(), held_by_child.as_slice()), (&["parent"][..], &["child"][..]));
        assert_eq!(*shared.of(3).try_lock().unwrap(), ["grandchild"]);
    }

    #[test]
    fn a_child_does_not_drop_what_is_its_parents() {
        let dropped = |by: u32| {
            let shared = PerProcess::<Mutex<()>>::made_by(1);
            let value = Arc::downgrade(&shared.value);
            shared.dropped_by(by);
            // As its own process drops it, whichever that is in a test.
            mem::forget(Arc::clone(&shared.value));
            drop(shared);
            value.strong_count()
        };
        // The test's own copy, that of the drop by this process, and the one that the child forgot.
        assert_eq!(dropped(2), dropped(1) + 1);
    }

    #[test]
    fn a_child_is_not_stopped_by_what_its_parent_was_just_making() {
        let shared = PerProcess::<OnceLock<u32>>::made_by(1);
        let made = shared.of(1).get_or_init(|| {
            // The fork happens here.
            assert_eq!(shared.of(2).get_or_init(|| 2), &2);
            1
        });
        assert_eq!((made, shared.of(1).get(), shared.of(2).get()), (&1, Some(&1), Some(&2)));
    }

    #[test]
    fn a_process_keeps_its_value() {
        let shared = PerProcess::<Mutex<u32>>::default();
        *shared.get().lock().unwrap() += 1;
        *shared.get().lock().unwrap() += 1;
        assert_eq!(*shared.get().lock().unwrap(), 2);
        assert_eq!(*shared.of(std::process::id().wrapping_add(1)).lock().unwrap(), 0);
    }
}
