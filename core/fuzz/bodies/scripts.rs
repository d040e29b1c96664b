//! Any script in the simulated world breaks no rule.

use crate::world::play::play;
use crate::world::script::Script;
use crate::world::simulation::Options;
use arbitrary::{Arbitrary, Unstructured};

pub(crate) fn run(data: &[u8]) {
    let Ok(script) = Script::arbitrary(&mut Unstructured::new(data)) else { return };
    // Looking for secrets takes most of the time, so only short scripts are searched.
    let world = play(&script, Options { watches_secrets: script.steps.len() <= 20, ..Options::default() });
    assert!(world.violations.is_empty(), "{:#?}\n{script:#?}", world.violations);
}
