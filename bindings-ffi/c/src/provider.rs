//! Providers: the machine together with a transport, for programs without a loop of their own.

use crate::border::{answer, free, give, invalid, lent, text};
use crate::callback::tp_settings;
use crate::files::tp_files;
use crate::machine::read_policy;
use crate::result::{Outcome, nanoseconds, tp_result};
use std::ffi::c_char;
use std::sync::Arc;
use std::time::Duration;
use trusted_profile::blocking::TokenProvider;
use trusted_profile::{Builder, Error, SourceOptions, driver};

/// Gives out tokens, and fetches and refreshes them as needed. Any number of threads may use it at once. Each exchange runs
/// in a short thread of its own, so that a caller that gives up harms nobody. A child of `fork` goes on with its tokens and
/// fetches for itself, if at that moment no other thread was inside a call and none of the library's was just reporting.
pub struct tp_provider {
    /// Shared with walks through pages, which find it closed once it was freed.
    pub(crate) provider: Arc<TokenProvider>,
}

impl Drop for tp_provider {
    fn drop(&mut self) {
        self.provider.close();
    }
}

/// Builds a provider.
///
/// # Safety
/// `settings` is NULL or live.
unsafe fn build(builder: Builder, policy: &str, settings: *const tp_settings) -> Result<tp_provider, Error> {
    let builder = builder.policy(read_policy(policy)?);
    // SAFETY: the caller's promise is the same.
    let builder = match unsafe { settings.as_ref() } {
        Some(settings) => settings.apply(builder)?,
        None => builder,
    };
    Ok(tp_provider { provider: Arc::new(builder.build_blocking()?) })
}

/// A provider for the options of a source. Nothing is sent before its first use.
///
/// `source` and `policy` are as for `tp_machine_new`; `settings` may be NULL.
/// Returns NULL and sets `*provider`, which is freed by `tp_provider_free`, or `TP_FAILED`: `TP_ERROR_INVALID_ARGUMENT` names the
/// option that cannot be used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_provider_new(
    source: *const c_char,
    source_length: usize,
    policy: *const c_char,
    policy_length: usize,
    settings: *const tp_settings,
    provider: *mut *mut tp_provider,
) -> *mut tp_result {
    answer(|| {
        let made = || {
            // SAFETY: text and length are the caller's promise.
            let source = unsafe { text("source", source, source_length) }?;
            // SAFETY: as above.
            let policy = unsafe { text("policy", policy, policy_length) }?;
            let builder = Builder::from_options(SourceOptions::from_json(source)?);
            // SAFETY: the handle is the caller's promise.
            unsafe { build(builder, policy, settings) }
        };
        // SAFETY: the place is the caller's promise.
        unsafe { give("provider", provider, made) }?;
        Ok(None)
    })
}

/// A provider for the source that the program's surroundings say `service` has: IBM's settings of it (variables, credential
/// file, `VCAP_SERVICES`), the variables of IBM's command line or, where there are none, what kind of compute this is. Without
/// a service: `trusted-profile`, for programs that call none in particular.
///
/// The rest is as for `tp_provider_new`; the error names the setting that cannot be used, and where it was found.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_provider_from_environment(
    service: *const c_char,
    service_length: usize,
    policy: *const c_char,
    policy_length: usize,
    settings: *const tp_settings,
    provider: *mut *mut tp_provider,
) -> *mut tp_result {
    answer(|| {
        let made = || {
            // SAFETY: text and length are the caller's promise.
            let service = match unsafe { text("service", service, service_length) }? {
                "" => trusted_profile::DEFAULT_SERVICE,
                service => service,
            };
            // SAFETY: as above.
            let policy = unsafe { text("policy", policy, policy_length) }?;
            let builder = TokenProvider::from_environment(service)?;
            // SAFETY: the handle is the caller's promise.
            unsafe { build(builder, policy, settings) }
        };
        // SAFETY: the place is the caller's promise.
        unsafe { give("provider", provider, made) }?;
        Ok(None)
    })
}

/// A token that is usable now: at once, if there is one, while a refresh runs beside it. Ask before every request.
///
/// `timeout_ms` is the caller's own bound in milliseconds; less than 0 leaves it to the policy. Returns `TP_READY`, or `TP_FAILED`
/// with the likely causes: `TP_ERROR_DEADLINE_EXCEEDED` after `timeout_ms`, `TP_ERROR_CLOSED` after `tp_provider_close`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_provider_token(provider: *const tp_provider, timeout_ms: i64) -> *mut tp_result {
    answer(|| {
        // SAFETY: the handle is the caller's promise.
        let provider = unsafe { lent("provider", provider) }?;
        provider.provider.token(timeout(timeout_ms)).map(|token| Some(Outcome::Ready(token)))
    })
}

/// The identity token of this instance or bare metal server, for calls of the metadata service.
///
/// As `tp_provider_token`; `TP_ERROR_INVALID_ARGUMENT` where the source has none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_provider_identity_token(provider: *const tp_provider, timeout_ms: i64) -> *mut tp_result {
    answer(|| {
        // SAFETY: the handle is the caller's promise.
        let provider = unsafe { lent("provider", provider) }?;
        provider.provider.identity_token(timeout(timeout_ms)).map(|token| Some(Outcome::Ready(token)))
    })
}

pub(crate) fn timeout(milliseconds: i64) -> Option<Duration> {
    u64::try_from(milliseconds).ok().map(Duration::from_millis)
}

/// Tells the provider that a service refused the token of this `TP_READY` with 401. A newer token stays.
///
/// Returns NULL, or `TP_FAILED` with `TP_ERROR_INVALID_ARGUMENT`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_provider_invalidate(provider: *const tp_provider, ready: *const tp_result) -> *mut tp_result {
    answer(|| {
        // SAFETY: the handle is the caller's promise.
        let provider = unsafe { lent("provider", provider) }?;
        // SAFETY: so is the result.
        let ready = unsafe { lent("ready", ready) }?;
        match &ready.outcome {
            Outcome::Ready(token) => provider.provider.invalidate(token),
            other => return Err(invalid(format!("ready: expected TP_READY, got a result of kind {}", other.kind() as u32))),
        }
        Ok(None)
    })
}

/// Which source this is and why, and how it is doing: `TP_JSON` with `source`, `reason`, `settings`, `passed_over`, and what
/// `tp_machine_status` has. It holds no secret.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_provider_describe(provider: *const tp_provider) -> *mut tp_result {
    answer(|| {
        // SAFETY: the handle is the caller's promise.
        let provider = unsafe { lent("provider", provider) }?;
        Ok(Some(Outcome::json(&provider.provider.describe().to_json())))
    })
}

/// Ends what is under way and joins its threads. Callers that wait get `TP_ERROR_CLOSED`; a token that is cached can still be
/// had. Returns NULL, or `TP_FAILED` with `TP_ERROR_INVALID_ARGUMENT`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_provider_close(provider: *const tp_provider) -> *mut tp_result {
    answer(|| {
        // SAFETY: the handle is the caller's promise.
        unsafe { lent("provider", provider) }?.provider.close();
        Ok(None)
    })
}

/// Closes and frees a provider; nobody may be inside a call of it. Results stay valid. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_provider_free(provider: *mut tp_provider) {
    // SAFETY: the caller gives the handle back.
    unsafe { free(provider) };
}

/// For loops of one's own: both clocks as `tp_machine_poll` wants them, in nanoseconds. NULL is fine. The library without transport has
/// none, as it has neither `tp_seed` nor `tp_files_read`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_clocks(monotonic: *mut u64, unix_time: *mut u64) {
    let now = crate::border::tell(None, || Some(trusted_profile::now())).unwrap_or_default();
    // SAFETY: NULL, or it can be written to, says the caller.
    if let Some(place) = unsafe { monotonic.as_mut() } {
        *place = nanoseconds(now.monotonic);
    }
    // SAFETY: as above.
    if let Some(place) = unsafe { unix_time.as_mut() } {
        *place = nanoseconds(now.unix);
    }
}

/// For loops of one's own: a seed for `tp_machine_new` and `tp_machine_after_fork`, another one in every process.
#[unsafe(no_mangle)]
pub extern "C" fn tp_seed() -> u64 {
    crate::border::tell(0, driver::seed)
}

/// For loops of one's own: reads the files of a `TP_NEED_FILES`, for `tp_machine_provide_files`. It blocks as reading files does.
///
/// Returns NULL and sets `*files`, which is freed by `tp_files_free`, or `TP_FAILED` with `TP_ERROR_INVALID_ARGUMENT`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_files_read(needed: *const tp_result, files: *mut *mut tp_files) -> *mut tp_result {
    answer(|| {
        let made = || {
            // SAFETY: the result is the caller's promise.
            match &unsafe { lent("needed", needed) }?.outcome {
                Outcome::NeedFiles { paths, max_bytes, .. } => {
                    let paths: Vec<String> = paths.iter().map(|path| path.shown().into_owned()).collect();
                    Ok(tp_files::of(driver::read_files(&paths, *max_bytes)))
                }
                other => Err(invalid(format!("needed: expected TP_NEED_FILES, got a result of kind {}", other.kind() as u32))),
            }
        };
        // SAFETY: the place is the caller's promise.
        unsafe { give("files", files, made) }?;
        Ok(None)
    })
}
