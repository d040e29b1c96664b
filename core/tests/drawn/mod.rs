//! Scripts as proptest draws them: mostly what happens, now and then what never should.

use crate::world::script::{
    Answer, BaseChoice, Broken, Files, Generation, Knobs, Life, Noise, PolicyChoice, RetryAfter, Script, Shape, SourceChoice, Step,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, RngSeed};

/// The same cases in every run; `PROPTEST_CASES`, `PROPTEST_RNG_SEED` and `PROPTEST_MAX_SHRINK_ITERS`
/// ask for others.
pub(crate) fn config(seed: u64) -> ProptestConfig {
    let given = ProptestConfig::default();
    let rng_seed = if given.rng_seed == RngSeed::Random { RngSeed::Fixed(seed) } else { given.rng_seed };
    let max_shrink_iters = given.max_shrink_iters.min(20_000);
    // The usual generator takes most of an unoptimised run.
    ProptestConfig { rng_seed, rng_algorithm: RngAlgorithm::XorShift, failure_persistence: None, max_shrink_iters, ..given }
}

pub(crate) fn bases() -> impl Strategy<Value = BaseChoice> {
    prop::sample::select(BaseChoice::ALL.to_vec())
}

pub(crate) fn sources() -> impl Strategy<Value = SourceChoice> {
    (bases(), any::<bool>(), any::<bool>()).prop_map(|(base, assumed, client)| SourceChoice { base, assumed, client })
}

pub(crate) fn policies() -> impl Strategy<Value = PolicyChoice> {
    prop_oneof![
        4 => Just(PolicyChoice::Default),
        1 => any::<u16>().prop_map(PolicyChoice::WaitUntilReady),
        4 => knobs().prop_map(|knobs| PolicyChoice::Drawn(Box::new(knobs))),
    ]
}

fn knobs() -> impl Strategy<Value = Knobs> {
    let times = (any::<[u16; 3]>(), any::<[u16; 3]>(), any::<[u16; 2]>(), any::<[u16; 2]>());
    let more = (any::<[u16; 9]>(), any::<[u8; 3]>(), prop::bool::weighted(0.3), prop::bool::weighted(0.3));
    (times, more).prop_map(|((link_local, remote, backoff, refresh_backoff), (n, bytes, small_responses, expects_identity))| {
        let [retry_after_max, cooldown, margin_max, invalidate_window, lease_grace, input_lease, empty_file_grace, probe, wait_until_ready] = n;
        let [max_attempts, refresh_at, refresh_jitter] = bytes;
        Knobs {
            link_local,
            remote,
            max_attempts,
            backoff,
            refresh_backoff,
            retry_after_max,
            cooldown,
            refresh_at,
            refresh_jitter,
            margin_max,
            invalidate_window,
            lease_grace,
            input_lease,
            empty_file_grace,
            probe,
            wait_until_ready,
            small_responses,
            expects_identity,
        }
    })
}

pub(crate) fn answers() -> impl Strategy<Value = Answer> {
    prop_oneof![5 => tokens(), 5 => failures()]
}

pub(crate) fn tokens() -> impl Strategy<Value = Answer> {
    let lives = prop_oneof![
        6 => Just(Life::Hour),
        2 => (1_u8..20).prop_map(Life::Minutes),
        1 => prop::sample::select(vec![Life::Zero, Life::Negative, Life::One, Life::Five, Life::Month, Life::Largest]),
    ];
    let shapes = prop::sample::select(vec![Shape::Number, Shape::Text, Shape::Expiration, Shape::MetadataTimes, Shape::Opaque]);
    (lives, shapes, prop::bool::weighted(0.9)).prop_map(|(life, shape, ours)| Answer::Token { life, shape, ours })
}

/// Anything but a token.
pub(crate) fn failures() -> impl Strategy<Value = Answer> {
    let refusals = (any::<u8>(), any::<u8>(), retry_afters(), any::<bool>())
        .prop_map(|(status, code, retry_after, echoes)| Answer::Refusal { status, code, retry_after, echoes });
    let broken = prop_oneof![
        any::<bool>().prop_map(|echoes| Broken::Html { echoes }),
        prop::sample::select(vec![
            Broken::EmptyObject,
            Broken::Truncated,
            Broken::Nothing,
            Broken::BlankInToken,
            Broken::NotUtf8,
            Broken::Oversized
        ]),
    ];
    let transport = (any::<u8>(), prop::bool::weighted(0.2), any::<bool>()).prop_map(|(kind, reused, detail_echoes)| Answer::Transport {
        kind,
        reused,
        detail_echoes,
    });
    prop_oneof![3 => refusals, 2 => broken.prop_map(Answer::Broken), 4 => transport]
}

fn retry_afters() -> impl Strategy<Value = RetryAfter> {
    prop_oneof![
        4 => Just(RetryAfter::None),
        2 => (0_u16..60).prop_map(RetryAfter::Seconds),
        1 => Just(RetryAfter::Huge),
        1 => (0_u16..60).prop_map(RetryAfter::Date),
        1 => Just(RetryAfter::Garbage),
    ]
}

pub(crate) fn files() -> impl Strategy<Value = Files> {
    let problems = vec![Files::Empty, Files::NotFound, Files::Denied, Files::TooLarge, Files::TwoLines, Files::NoneTried];
    prop_oneof![
        4 => (any::<u8>(), any::<u8>()).prop_map(|(token, at)| Files::Token { token, at }),
        1 => prop::sample::select(problems),
    ]
}

/// Mostly the newest exchange.
fn newest() -> impl Strategy<Value = u8> {
    prop_oneof![4 => Just(0_u8), 1 => any::<u8>()]
}

pub(crate) fn passes() -> impl Strategy<Value = Step> {
    let usual = prop::sample::select(vec![1, 50, 250, 1_000, 3_000, 5_000, 12_000, 60_000, 600_000, 2_700_000, 3_590_000]);
    prop_oneof![6 => usual, 2 => 0_u32..20_000, 1 => any::<u32>()].prop_map(|millis| Step::Pass { millis })
}

fn noises() -> impl Strategy<Value = Noise> {
    prop_oneof![
        (any::<u64>(), answers()).prop_map(|(id, answer)| Noise::Foreign { id, answer }),
        (any::<u8>(), answers()).prop_map(|(which, answer)| Noise::Duplicate { which, answer }),
        any::<u64>().prop_map(|id| Noise::AbandonForeign { id }),
        any::<u8>().prop_map(|which| Noise::AbandonDuplicate { which }),
        newest().prop_map(|which| Noise::WrongKind { which }),
        (any::<u8>(), any::<u8>()).prop_map(|(slot, back)| Noise::OldGeneration { slot, back }),
    ]
}

pub(crate) fn steps() -> impl Strategy<Value = Step> {
    let generations = prop::sample::select(vec![Generation::Current, Generation::Current, Generation::Previous, Generation::Next]);
    // Callers ask for the last slot mostly, which is the highest number modulo any chain's length.
    let slots = prop_oneof![3 => Just(5_u8), 1 => any::<u8>()];
    prop_oneof![
        28 => (any::<u8>(), slots).prop_map(|(caller, slot)| Step::Poll { caller, slot }),
        3 => any::<u8>().prop_map(|which| Step::PollAgain { which }),
        10 => any::<u8>().prop_map(|caller| Step::WaitAndPoll { caller }),
        8 => Just(Step::Refresh),
        26 => (newest(), answers(), files()).prop_map(|(which, answer, files)| Step::Report { which, answer, files }),
        2 => newest().prop_map(|which| Step::Abandon { which }),
        4 => (any::<u8>(), generations).prop_map(|(slot, generation)| Step::Invalidate { slot, generation }),
        1 => any::<u64>().prop_map(|seed| Step::Fork { seed }),
        12 => passes(),
        2 => (-315_000_000_i32..315_000_000).prop_map(|seconds| Step::SetUnix { seconds }),
        2 => (0_u32..100_000).prop_map(|millis| Step::MonotonicBack { millis }),
        6 => noises().prop_map(Step::Noise),
    ]
}

pub(crate) fn scripts() -> impl Strategy<Value = Script> {
    (sources(), policies(), any::<u64>(), vec(steps(), 0..80)).prop_map(|(source, policy, seed, steps)| Script {
        source,
        policy,
        seed,
        steps,
    })
}
