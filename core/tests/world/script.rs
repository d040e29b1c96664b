//! What may happen to a token machine, as plain data: drawn by proptest, or read from a fuzzer's bytes.

use arbitrary::{Arbitrary, Result, Unstructured};

/// One life of one machine.
#[derive(Clone, Debug)]
pub(crate) struct Script {
    pub(crate) source: SourceChoice,
    pub(crate) policy: PolicyChoice,
    pub(crate) seed: u64,
    pub(crate) steps: Vec<Step>,
}

impl<'a> Arbitrary<'a> for Script {
    /// Steps until the bytes are used up: a derived list would stop at every other step.
    fn arbitrary(bytes: &mut Unstructured<'a>) -> Result<Self> {
        let (source, policy, seed) = (bytes.arbitrary()?, bytes.arbitrary()?, bytes.arbitrary()?);
        let mut steps = Vec::new();
        while !bytes.is_empty() && steps.len() < 150 {
            steps.push(bytes.arbitrary()?);
        }
        Ok(Self { source, policy, seed, steps })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Arbitrary)]
pub(crate) enum BaseChoice {
    VpcAuto,
    VpcHttp,
    VpcHttps,
    BareMetal,
    ContainerDefaultFiles,
    ContainerOneFile,
    ApiKey,
    External,
    Bearer,
}

#[derive(Clone, Copy, Debug, Arbitrary)]
pub(crate) struct SourceChoice {
    pub(crate) base: BaseChoice,
    /// A second profile is assumed with the base's token.
    pub(crate) assumed: bool,
    /// IAM is called as a registered client, which has a secret of its own.
    pub(crate) client: bool,
}

/// Raw numbers, folded into the ranges that `Policy::validate` accepts; see `sources::policy`.
#[derive(Clone, Debug, Arbitrary)]
pub(crate) enum PolicyChoice {
    Default,
    /// The defaults, with a first boot that is waited for.
    WaitUntilReady(u16),
    /// Every knob drawn.
    Drawn(Box<Knobs>),
}

#[derive(Clone, Debug, Arbitrary)]
pub(crate) struct Knobs {
    pub(crate) link_local: [u16; 3],
    pub(crate) remote: [u16; 3],
    pub(crate) max_attempts: u8,
    pub(crate) backoff: [u16; 2],
    pub(crate) refresh_backoff: [u16; 2],
    pub(crate) retry_after_max: u16,
    pub(crate) cooldown: u16,
    pub(crate) refresh_at: u8,
    pub(crate) refresh_jitter: u8,
    pub(crate) margin_max: u16,
    pub(crate) invalidate_window: u16,
    pub(crate) lease_grace: u16,
    pub(crate) input_lease: u16,
    pub(crate) empty_file_grace: u16,
    pub(crate) probe: u16,
    pub(crate) wait_until_ready: u16,
    pub(crate) small_responses: bool,
    /// Tokens of other accounts and profiles are refused.
    pub(crate) expects_identity: bool,
}

/// One thing that happens. Numbers that pick something are taken modulo how many there are.
#[derive(Clone, Debug, Arbitrary)]
pub(crate) enum Step {
    /// A caller asks, with the ticket it has.
    Poll {
        caller: u8,
        slot: u8,
    },
    /// A caller that was told of a failure asks again with its old ticket.
    PollAgain {
        which: u8,
    },
    /// Both clocks move by exactly what the caller was told to wait, and it asks.
    WaitAndPoll {
        caller: u8,
    },
    /// A volunteer looks for work.
    Refresh,
    /// An exchange that was not reported yet is, however late.
    Report {
        which: u8,
        answer: Answer,
        files: Files,
    },
    Abandon {
        which: u8,
    },
    Invalidate {
        slot: u8,
        generation: Generation,
    },
    Fork {
        seed: u64,
    },
    /// Both clocks move: time, or a suspended machine.
    Pass {
        millis: u32,
    },
    /// The wall clock alone is set, by up to 68 years either way.
    SetUnix {
        seconds: i32,
    },
    /// The monotonic clock steps back, as none should.
    MonotonicBack {
        millis: u32,
    },
    /// Something that must change nothing.
    Noise(Noise),
}

#[derive(Clone, Debug, Arbitrary)]
pub(crate) enum Noise {
    Foreign { id: u64, answer: Answer },
    Duplicate { which: u8, answer: Answer },
    AbandonForeign { id: u64 },
    AbandonDuplicate { which: u8 },
    WrongKind { which: u8 },
    OldGeneration { slot: u8, back: u8 },
}

#[derive(Clone, Copy, Debug, Arbitrary)]
pub(crate) enum Generation {
    Current,
    Previous,
    Next,
}

/// What comes back from a service or a callback.
#[derive(Clone, Debug, Arbitrary)]
pub(crate) enum Answer {
    Token {
        life: Life,
        shape: Shape,
        ours: bool,
    },
    Refusal {
        status: u8,
        code: u8,
        retry_after: RetryAfter,
        echoes: bool,
    },
    Broken(Broken),
    /// `detail_echoes`: a careless transport quotes what it sent.
    Transport {
        kind: u8,
        reused: bool,
        detail_echoes: bool,
    },
}

#[derive(Clone, Copy, Debug, Arbitrary)]
pub(crate) enum Life {
    Zero,
    Negative,
    One,
    Five,
    Minutes(u8),
    Hour,
    Month,
    Largest,
}

/// How the answer tells the life.
#[derive(Clone, Copy, Debug, Arbitrary)]
pub(crate) enum Shape {
    Number,
    Text,
    /// `expires_in` says more, `expiration` against `Date` decides.
    Expiration,
    /// `created_at` and `expires_at`, as the metadata service has it.
    MetadataTimes,
    /// Not a JWT.
    Opaque,
}

#[derive(Clone, Copy, Debug, Arbitrary)]
pub(crate) enum RetryAfter {
    None,
    Seconds(u16),
    Huge,
    Date(u16),
    Garbage,
}

/// Successes without the promised content, and worse.
#[derive(Clone, Copy, Debug, Arbitrary)]
pub(crate) enum Broken {
    Html { echoes: bool },
    EmptyObject,
    Truncated,
    Oversized,
    Nothing,
    BlankInToken,
    NotUtf8,
}

/// What the driver finds in the token files.
#[derive(Clone, Copy, Debug, Arbitrary)]
pub(crate) enum Files {
    /// Token number `token` in the file number `at`, the ones before it missing.
    Token {
        token: u8,
        at: u8,
    },
    Empty,
    NotFound,
    Denied,
    TooLarge,
    TwoLines,
    NoneTried,
}
