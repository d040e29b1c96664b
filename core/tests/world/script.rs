//! What may happen to a token machine, as plain data: drawn by proptest, or read from a fuzzer's bytes.

use arbitrary::Arbitrary;

/// One life of one machine.
#[derive(Clone, Debug, Arbitrary)]
pub struct Script {
    pub source: SourceChoice,
    pub policy: PolicyChoice,
    pub seed: u64,
    pub steps: Vec<Step>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Arbitrary)]
pub enum BaseChoice {
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
pub struct SourceChoice {
    pub base: BaseChoice,
    /// A second profile is assumed with the base's token.
    pub assumed: bool,
    /// IAM is called as a registered client, which has a secret of its own.
    pub client: bool,
}

/// Raw numbers, folded into the ranges that `Policy::validate` accepts; see `sources::policy`.
#[derive(Clone, Debug, Arbitrary)]
pub enum PolicyChoice {
    Default,
    /// The defaults, with a first boot that is waited for.
    WaitUntilReady(u16),
    /// Every knob drawn.
    Drawn(Box<Knobs>),
}

#[derive(Clone, Debug, Arbitrary)]
pub struct Knobs {
    pub link_local: [u16; 3],
    pub remote: [u16; 3],
    pub max_attempts: u8,
    pub backoff: [u16; 2],
    pub refresh_backoff: [u16; 2],
    pub retry_after_max: u16,
    pub cooldown: u16,
    pub refresh_at: u8,
    pub refresh_jitter: u8,
    pub margin_max: u16,
    pub invalidate_window: u16,
    pub lease_grace: u16,
    pub input_lease: u16,
    pub empty_file_grace: u16,
    pub probe: u16,
    pub wait_until_ready: u16,
    pub small_responses: bool,
    /// Tokens of other accounts and profiles are refused.
    pub expects_identity: bool,
}

/// One thing that happens. Numbers that pick something are taken modulo how many there are.
#[derive(Clone, Debug, Arbitrary)]
pub enum Step {
    /// A caller asks, with the ticket it has.
    Poll { caller: u8, slot: u8 },
    /// A caller that was told of a failure asks again with its old ticket.
    PollAgain { which: u8 },
    /// Both clocks move by exactly what the caller was told to wait, and it asks.
    WaitAndPoll { caller: u8 },
    /// A volunteer looks for work.
    Refresh,
    /// An exchange that was not reported yet is, however late.
    Report { which: u8, answer: Answer, files: Files },
    Abandon { which: u8 },
    Invalidate { slot: u8, generation: Generation },
    Fork { seed: u64 },
    /// Both clocks move: time, or a suspended machine.
    Pass { millis: u32 },
    /// The wall clock alone is set, by up to 68 years either way.
    SetUnix { seconds: i32 },
    /// The monotonic clock steps back, as none should.
    StepBack { millis: u32 },
    /// Something that must change nothing.
    Noise(Noise),
}

#[derive(Clone, Debug, Arbitrary)]
pub enum Noise {
    Foreign { id: u64, answer: Answer },
    Duplicate { which: u8, answer: Answer },
    AbandonForeign { id: u64 },
    AbandonDuplicate { which: u8 },
    WrongKind { which: u8 },
    OldGeneration { slot: u8, back: u8 },
}

#[derive(Clone, Copy, Debug, Arbitrary)]
pub enum Generation {
    Current,
    Previous,
    Next,
}

/// What comes back from a service or a callback.
#[derive(Clone, Debug, Arbitrary)]
pub enum Answer {
    Token { life: Life, shape: Shape, ours: bool },
    Refusal { status: u8, code: u8, retry_after: RetryAfter, echoes: bool },
    Broken(Broken),
    /// `detail_echoes`: a careless transport quotes what it sent.
    Transport { kind: u8, reused: bool, detail_echoes: bool },
}

#[derive(Clone, Copy, Debug, Arbitrary)]
pub enum Life {
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
pub enum Shape {
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
pub enum RetryAfter {
    None,
    Seconds(u16),
    Huge,
    Date(u16),
    Garbage,
}

/// Successes without the promised content, and worse.
#[derive(Clone, Copy, Debug, Arbitrary)]
pub enum Broken {
    Html { echoes: bool },
    EmptyObject,
    Truncated,
    Oversized,
    Nothing,
    TokenWithBlank,
    NotUtf8,
}

/// What the driver finds in the token files.
#[derive(Clone, Copy, Debug, Arbitrary)]
pub enum Files {
    /// Token number `token` in the file number `at`, the ones before it missing.
    Token { token: u8, at: u8 },
    Empty,
    NotFound,
    Denied,
    TooLarge,
    TwoLines,
    NoneTried,
}
