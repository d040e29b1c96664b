//! What holds of whole rounds: every caller is answered in time, a failing round is one round
//! however many wait for it, and failing refreshes are nobody's business but `status`.
#![expect(clippy::panic, clippy::indexing_slicing, reason = "a test may panic")]

mod drawn;
mod world;

use drawn::{config, failures, files, policies, scripts, sources, steps, tokens};
use proptest::collection::vec;
use proptest::prelude::*;
use std::time::Duration;
use trusted_profile_core::{Action, Error, Slot};
use world::play::play;
use world::script::{Answer, Files, Life, PolicyChoice, SourceChoice, Step};
use world::simulation::{Caller, Options, World};

/// How one exchange goes: not reported at all, or failed after a part of its time.
#[derive(Clone, Debug)]
struct Failing {
    is_reported: bool,
    after: u8,
    answer: Answer,
    files: Files,
}

fn failing() -> impl Strategy<Value = Vec<Failing>> {
    let one = (prop::bool::weighted(0.7), any::<u8>(), failures(), files());
    let drawn = vec(one.prop_map(|(is_reported, after, answer, files)| Failing { is_reported, after, answer, files }), 1..12);
    // A driver that is stuck, and one whose every exchange takes all its time.
    (drawn, 0..4_u8).prop_map(|(mut all, kind)| {
        for failing in &mut all {
            match kind {
                0 => failing.is_reported = false,
                1 => failing.after = 255,
                _ => {}
            }
        }
        all
    })
}

/// Asks until there is an answer, waits exactly as told unless woken, and lets every exchange fail.
/// Gives the answer, and how long it took.
fn ask_until_answered(world: &mut World, slot: Slot, failing: &[Failing]) -> (Option<Action>, Duration) {
    let mut caller = Caller { slot: Some(slot), ..Caller::default() };
    world.clocks.wait(Duration::ZERO);
    let start = world.clocks.clamped().monotonic;
    // The unit of work that is under way: when it reports, and what.
    let mut work: Option<(Duration, &Failing)> = None;
    for failing in failing.iter().cycle().take(3_000) {
        match world.poll(slot, &mut caller) {
            Action::Wait { at_most } => {
                let now = world.clocks.clamped().monotonic;
                let report = work.take_if(|(at, _)| *at <= now + at_most);
                world.clocks.wait(report.map_or(at_most, |(at, _)| at.saturating_sub(now)));
                if let Some((_, failing)) = report {
                    world.report(0, &failing.answer, failing.files);
                }
            }
            begun @ (Action::Send(_) | Action::NeedInput { .. }) => {
                let time = if let Action::Send(exchange) = &begun { exchange.timeout } else { Duration::from_millis(500) };
                let at = world.clocks.clamped().monotonic + time.mul_f64(f64::from(failing.after) / 255.0);
                work = failing.is_reported.then_some((at, failing));
            }
            answer => return (Some(answer), world.clocks.clamped().monotonic - start),
        }
    }
    (None, world.clocks.clamped().monotonic - start)
}

proptest! {
    #![proptest_config(config(21))]

    /// From any state, with time moving and every exchange failing or forgotten, a caller is
    /// answered within the round's budget, a lease and `wait_until_ready`; and so is the next one.
    #[test]
    fn every_caller_is_answered_in_time(script in scripts(), which in any::<u8>(), failing in failing()) {
        let mut world = play(&script, Options::default());
        let slot = world.slot(which);
        let most = world.bounds(slot).answer;
        for _ in 0..2 {
            let (answer, took) = ask_until_answered(&mut world, slot, &failing);
            prop_assert!(took <= most, "{:?} after {:?}, and {:?} is the most", answer, took, most);
            // Retries without end are allowed on first boot, as long as time passes.
            prop_assert!(answer.is_some() || took > Duration::ZERO);
            world.clocks.wait(world.policy.cooldown);
        }
        prop_assert!(world.violations.is_empty(), "{:?}", world.violations);
    }

    /// R3: callers that wait for a failing round get one error, however late they ask again, and
    /// cost no exchange more than a single caller would.
    #[test]
    fn a_failing_round_is_one_round(
        source in sources(), policy in policies(), seed in any::<u64>(), which in any::<u8>(),
        callers in 2_usize..16, failing in failing(),
    ) {
        let alone = fail_together(source, &policy, seed, which, 1, &failing);
        let together = fail_together(source, &policy, seed, which, callers, &failing);
        prop_assert_eq!(alone.1, together.1, "exchanges");
        prop_assert!(together.0.iter().all(|error| *error == alone.0[0]), "{:?}, alone {:?}", together.0, alone.0);
        prop_assert!(together.2.is_empty(), "{:?}", together.2);
    }

    /// R2: whatever happens to refreshes, the token is handed out, byte for byte, until its end.
    #[test]
    fn failing_refreshes_do_not_matter(
        source in sources(), seed in any::<u64>(), token in long_tokens(),
        steps in vec(refresh_steps(), 1..60), end in 0.0..1.0_f64,
    ) {
        let mut world = World::new(source, &PolicyChoice::Default, seed, Options::default());
        let slot = world.machine.last_slot();
        let first = fetch(&mut world, slot, &token);
        let start = world.clocks.clamped().monotonic;
        for step in &steps {
            world.step(step);
            if world.model.slot(slot).usable(world.clocks.clamped()).is_none() {
                break;
            }
            let action = world.poll(slot, &mut Caller::default());
            let Action::Ready(token) = &action else { panic!("{action:?}") };
            prop_assert_eq!(token.expose(), first.as_str());
        }
        let life = Duration::from_secs(3600).mul_f64(end);
        world.clocks.wait(life.saturating_sub(world.clocks.clamped().monotonic - start));
        prop_assert!(world.violations.is_empty(), "{:?}", world.violations);
    }
}

fn long_tokens() -> impl Strategy<Value = Answer> {
    tokens().prop_map(|token| match token {
        Answer::Token { shape, .. } => Answer::Token { life: Life::Hour, shape, ours: true },
        other => other,
    })
}

/// Steps of a program whose token is due and whose service is down.
fn refresh_steps() -> impl Strategy<Value = Step> {
    let report = (failures(), files()).prop_map(|(answer, files)| Step::Report { which: 0, answer, files });
    let pass = prop_oneof![1_u32..20_000, 1_u32..400_000].prop_map(|millis| Step::Pass { millis });
    let other = steps().prop_filter("a failure", |step| {
        !matches!(step, Step::Invalidate { .. } | Step::Report { answer: Answer::Token { .. }, .. } | Step::SetUnix { .. })
    });
    prop_oneof![4 => pass, 4 => Just(Step::Refresh), 4 => report, 2 => Just(Step::Poll { caller: 0, slot: 5 }), 1 => other]
}

/// Gets a token for every slot of the chain.
fn fetch(world: &mut World, slot: Slot, answer: &Answer) -> String {
    let mut caller = Caller { slot: Some(slot), ..Caller::default() };
    for _ in 0..20 {
        if let Action::Ready(token) = world.poll(slot, &mut caller) {
            return token.expose().to_owned();
        }
        world.report(0, answer, Files::Token { token: 0, at: 0 });
    }
    panic!("no token came: {:?}", world.machine.status());
}

/// `callers` ask at the same time; the first follows the protocol, the others ask whenever it does,
/// and the last one only long after. Gives the errors, the number of exchanges, and what was wrong.
fn fail_together(
    source: SourceChoice,
    policy: &PolicyChoice,
    seed: u64,
    which: u8,
    callers: usize,
    failing: &[Failing],
) -> (Vec<Option<Error>>, usize, Vec<String>) {
    let mut world = World::new(source, policy, seed, Options::default());
    let slot = world.slot(which);
    let mut waiting: Vec<Caller> = (0..callers).map(|_| Caller { slot: Some(slot), ..Caller::default() }).collect();
    let mut errors: Vec<Option<Error>> = vec![None; callers];
    for (step, failing) in failing.iter().cycle().take(2_000).enumerate() {
        let is_first_step = step == 0;
        let mut next = None;
        for (place, caller) in waiting.iter_mut().enumerate().filter(|(place, _)| is_first_step || place + 1 < callers || callers == 1) {
            if errors[place].is_some() {
                continue;
            }
            match world.poll(slot, caller) {
                Action::Failed(error) => errors[place] = Some(error),
                action => next = next.or(Some(action)),
            }
        }
        let Some(next) = next else { break };
        go_on(&mut world, next, failing);
    }
    world.clocks.wait(Duration::from_secs(86_400));
    if let (Some(caller), Some(error)) = (waiting.last_mut(), errors.last_mut())
        && error.is_none()
        && let Action::Failed(late) = world.poll(slot, caller)
    {
        *error = Some(late);
    }
    let wrong = world.violations.iter().map(|violation| format!("{violation:?}")).collect();
    (errors, world.exchanges.len(), wrong)
}

/// Time passes until the next thing happens.
fn go_on(world: &mut World, next: Action, failing: &Failing) {
    match next {
        Action::Wait { at_most } => world.clocks.wait(at_most),
        _ if failing.is_reported => {
            world.clocks.wait(Duration::from_millis(u64::from(failing.after)));
            world.report(0, &failing.answer, failing.files);
        }
        _ => {}
    }
}
