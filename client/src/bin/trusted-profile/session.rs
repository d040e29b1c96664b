//! A provider of tokens as the options say, and waiting for it as the user wants.

use crate::cache::Cache;
use crate::exit::Failure;
use crate::print::note;
use crate::source::SourceArguments;
use crate::token::Token;
use clap::Args;
use std::io::{self, IsTerminal as _};
use std::path::PathBuf;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::{Instant, interval_at, timeout};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use trusted_profile::{AccessToken, Builder, Error, ErrorCode, Event, Operation, Policy, TokenProvider};

/// Options of every command that asks for a token, and of the doctor.
#[derive(Args)]
pub(crate) struct AskingArguments {
    #[command(flatten)]
    source: SourceArguments,
    /// A PEM file with further trusted certificates
    #[arg(long, value_name = "FILE", help_heading = "Patience and trust")]
    ca_bundle: Option<PathBuf>,
    /// The most that asking the services may take in all, such as 30s
    #[arg(long, value_name = "DURATION", value_parser = humantime::parse_duration, help_heading = "Patience and trust")]
    pub(crate) timeout: Option<Duration>,
    /// Say on standard error what is sent and answered, without secrets
    #[arg(long, short, help_heading = "Patience and trust")]
    verbose: bool,
}

/// Options of every command that needs a token.
#[derive(Args)]
pub(crate) struct SessionArguments {
    #[command(flatten)]
    asking: AskingArguments,
    /// On first boot: how long "not linked", "not eligible" and "unreachable" are tried again, such as 5m
    #[arg(long, value_name = "DURATION", value_parser = humantime::parse_duration, help_heading = "Patience and trust")]
    wait: Option<Duration>,
}

impl AskingArguments {
    /// The chosen source, with what it is trusted by.
    pub(crate) fn builder(&self) -> Result<Builder, Failure> {
        if self.verbose {
            trace();
        }
        let builder = self.source.builder()?;
        Ok(match &self.ca_bundle {
            Some(path) => builder.ca_bundle(path),
            None => builder,
        })
    }
}

/// Whether tokens are kept for the next run.
#[derive(Args)]
pub(crate) struct CacheArguments {
    /// Keep the token for the next run, in $XDG_RUNTIME_DIR/trusted-profile
    #[arg(long)]
    cache: bool,
    /// With --cache: fetch a new token even if the one that was kept is still good
    #[arg(long, requires = "cache")]
    refresh: bool,
}

/// When to speak of waiting, and how often.
const IMPATIENT_AFTER: Duration = Duration::from_secs(1);
const IMPATIENT_EVERY: Duration = Duration::from_secs(10);

/// A provider, and what was said about it.
pub(crate) struct Session {
    pub(crate) tokens: TokenProvider,
    /// The source's name.
    pub(crate) source: String,
    /// Whether the source, or the base of an assumed profile, has a metadata service.
    pub(crate) has_metadata: bool,
    /// Woken when something became of a refresh.
    pub(crate) news: Arc<Notify>,
    /// The most that everything may take.
    pub(crate) timeout: Option<Duration>,
    cache: Option<Cache>,
    refresh: bool,
}

impl Session {
    /// Nothing is sent yet.
    pub(crate) fn open(arguments: &SessionArguments) -> Result<Self, Failure> {
        Self::with_cache(arguments, &CacheArguments { cache: false, refresh: false })
    }

    pub(crate) fn with_cache(arguments: &SessionArguments, &CacheArguments { cache, refresh }: &CacheArguments) -> Result<Self, Failure> {
        let asking = &arguments.asking;
        let builder = asking.builder()?;
        let cache = if cache { Cache::open(builder.options(), asking.ca_bundle.as_deref())? } else { None };
        let options = builder.options();
        let (source, base) = (options.source.clone(), options.base.as_deref().unwrap_or(options));
        let has_metadata = matches!(base.source.as_str(), "vpc_instance" | "bare_metal");
        let news = Arc::new(Notify::new());
        let policy = Policy { wait_until_ready: arguments.wait.unwrap_or_default(), ..Policy::default() };
        let tokens = builder.policy(policy).on_event(announce(&news)).build()?;
        Ok(Self { tokens, source, has_metadata, news, timeout: asking.timeout, cache, refresh })
    }

    /// A usable token: the one kept, or a new one once that is better. Then the one kept serves only if there
    /// is no new one.
    pub(crate) async fn token(&self) -> Result<Token, Failure> {
        let Some(cache) = &self.cache else { return Ok(Token::from(&self.fetch().await?)) };
        let kept = if self.refresh { None } else { cache.read() };
        let kept = match kept {
            Some(kept) if trusted_profile::now().is_before(kept.refresh_at) => return Ok(kept),
            kept => kept,
        };
        match self.fetch().await {
            Ok(token) => {
                let token = Token::from(&token);
                cache.write(&token);
                Ok(token)
            }
            // Failing may have taken long.
            Err(failure) => match kept.filter(|kept| trusted_profile::now().is_before(kept.usable_until)) {
                Some(kept) => {
                    note(format!("--cache: the token that was kept serves once more, since there is no new one: {}", failure.text()));
                    Ok(kept)
                }
                None => Err(failure),
            },
        }
    }

    /// A token from the provider.
    pub(crate) async fn fetch(&self) -> Result<AccessToken, Failure> {
        self.patiently("a token", self.tokens.token()).await
    }

    /// A document of the metadata service.
    pub(crate) async fn metadata<O: Operation>(&self, operation: &O) -> Result<O::Output, Failure> {
        let reply = self.patiently("the metadata service", self.tokens.metadata(operation)).await?;
        Ok(reply.value)
    }

    /// Awaits `work` for as long as the user allows, and tells people at a terminal about it.
    pub(crate) async fn patiently<T>(&self, what: &str, work: impl Future<Output = Result<T, Error>>) -> Result<T, Failure> {
        let bounded = within(self.timeout, work);
        if !io::stderr().is_terminal() {
            return Ok(bounded.await?);
        }
        let mut bounded = pin!(bounded);
        let start = Instant::now();
        let mut impatience = interval_at(start + IMPATIENT_AFTER, IMPATIENT_EVERY);
        loop {
            tokio::select! {
                outcome = &mut bounded => return Ok(outcome?),
                _ = impatience.tick() => {
                    let source = self.tokens.describe().source;
                    note(format!("waiting for {what} ({source}; {} s)", start.elapsed().as_secs()));
                }
            }
        }
    }
}

/// The outcome of `work`, if it comes within what --timeout allows.
pub(crate) async fn within<T>(limit: Option<Duration>, work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    let Some(limit) = limit else { return work.await };
    let late = |_| {
        let limit = humantime::format_duration(limit);
        Err(Error::new(ErrorCode::DeadlineExceeded, format!("nothing within the {limit} that --timeout allows")))
    };
    timeout(limit, work).await.unwrap_or_else(late)
}

/// Wakes whoever waits for a new token, and tells of failures that no caller gets to see.
fn announce(news: &Arc<Notify>) -> impl Fn(&Event) + Send + Sync + 'static {
    let news = Arc::clone(news);
    // There may be an attempt every few seconds for minutes: it is told when the cause changes.
    let told = Mutex::new(None);
    move |event| match event {
        Event::RefreshFailed { error, .. } => {
            note(format!("a refresh failed; the token in use stays: {error}"));
            news.notify_one();
        }
        Event::NotReady { error, remaining, .. } => {
            let code = error.code().as_str();
            if told.lock().unwrap_or_else(PoisonError::into_inner).replace(code) != Some(code) {
                let remaining = remaining.as_millis().div_ceil(1000);
                note(format!("not ready yet, trying again for up to {remaining} s: {code}: {}", error.message()));
            }
        }
        Event::Fetched { .. } | Event::Refreshed { .. } => news.notify_one(),
        _ => {}
    }
}

/// What the library traces, to standard error.
fn trace() {
    let layer = tracing_subscriber::fmt::layer().with_writer(io::stderr).with_ansi(false).with_target(false);
    let library = Targets::new().with_target("trusted_profile", LevelFilter::DEBUG);
    tracing_subscriber::registry().with(layer).with(library).init();
}
