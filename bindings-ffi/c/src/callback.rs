//! What a program may give a provider beside its source: callbacks, roots, a proxy.

use crate::border::{alone, answer, free, lent, tell, text};
use crate::result::tp_result;
use std::ffi::{c_char, c_void};
use std::sync::Mutex;
use std::time::Duration;
use trusted_profile::{Builder, CallbackError, ExternalToken, Secret};
use trusted_profile_core::wire::to_text;

/// What a token callback answers. It lives as long as the call of the callback.
pub struct tp_answer {
    answer: Mutex<Option<Result<ExternalToken, String>>>,
}

/// The program's own source of tokens, for `external`. It may block, and is called from threads of this library, one call at a
/// time. It calls `tp_answer_token` or `tp_answer_failure` once. `user` is what was given along with it.
pub type tp_token_callback = Option<unsafe extern "C" fn(user: *mut c_void, answer: *mut tp_answer)>;

/// Is told of everything that happens, as JSON, one event at a time and in their order, from whichever thread reports it.
/// It must not block for long, and may call the provider. The text lives as long as the call.
pub type tp_event_callback = Option<unsafe extern "C" fn(user: *mut c_void, event: *const c_char, event_length: usize)>;

/// Whatever a provider is to have beside its source. Used by one thread at a time, and not needed any more once the
/// provider is made.
pub struct tp_settings {
    given: Mutex<Given>,
}

#[derive(Clone, Default)]
struct Given {
    ca_bundle: Option<String>,
    private_proxy: Option<String>,
    on_token: Option<(TokenCallback, User)>,
    on_event: Option<(EventCallback, User)>,
}

type TokenCallback = unsafe extern "C" fn(*mut c_void, *mut tp_answer);
type EventCallback = unsafe extern "C" fn(*mut c_void, *const c_char, usize);

/// What the program gave along with a callback.
#[derive(Clone, Copy)]
struct User(*mut c_void);

// SAFETY: nothing is read behind it here; the program that gave it knows that callbacks come from other threads.
unsafe impl Send for User {}
// SAFETY: as above.
unsafe impl Sync for User {}

impl User {
    /// As a whole, so that closures take this value along and not the bare pointer in it.
    const fn pointer(self) -> *mut c_void {
        self.0
    }
}

/// Settings that say nothing yet. They are freed by `tp_settings_free`.
#[unsafe(no_mangle)]
pub extern "C" fn tp_settings_new() -> *mut tp_settings {
    tell(std::ptr::null_mut(), || Box::into_raw(Box::new(tp_settings { given: Mutex::default() })))
}

/// Frees settings. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_settings_free(settings: *mut tp_settings) {
    // SAFETY: the caller gives the handle back.
    unsafe { free(settings) };
}

/// Changes settings.
///
/// # Safety
/// `settings` is NULL or live.
unsafe fn set(settings: *mut tp_settings, change: impl FnOnce(&mut Given) -> Result<(), trusted_profile::Error>) -> *mut tp_result {
    answer(|| {
        // SAFETY: the caller's promise is the same.
        let settings = unsafe { lent("settings", settings) }?;
        change(&mut *alone("settings", &settings.given)?)?;
        Ok(None)
    })
}

/// A PEM file with further trusted roots, beside the system's. Returns NULL, or `TP_FAILED` of a bad argument.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_settings_ca_bundle(settings: *mut tp_settings, path: *const c_char, path_length: usize) -> *mut tp_result {
    let change = |given: &mut Given| {
        // SAFETY: text and length are the caller's promise.
        given.ca_bundle = Some(unsafe { text("ca_bundle", path, path_length) }?.to_owned());
        Ok(())
    };
    // SAFETY: the handle is the caller's promise.
    unsafe { set(settings, change) }
}

/// A proxy for the private endpoints, which take none from the environment. Returns NULL, or `TP_FAILED` of a bad argument.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_settings_private_proxy(settings: *mut tp_settings, url: *const c_char, url_length: usize) -> *mut tp_result {
    let change = |given: &mut Given| {
        // SAFETY: text and length are the caller's promise.
        given.private_proxy = Some(unsafe { text("private_proxy", url, url_length) }?.to_owned());
        Ok(())
    };
    // SAFETY: the handle is the caller's promise.
    unsafe { set(settings, change) }
}

/// The callback of an `external` source, also where that is the base of `assume`; no provider of any other source is made
/// with it (`TP_ERROR_INVALID_ARGUMENT`). `user` has to be fit for any thread, and to live until the provider is freed and the
/// last call of the callback has returned: a call that is under way is not waited for. A provider is not freed from inside a
/// callback. Returns NULL, or `TP_FAILED` of a bad argument.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_settings_on_token(
    settings: *mut tp_settings,
    callback: tp_token_callback,
    user: *mut c_void,
) -> *mut tp_result {
    let change = |given: &mut Given| {
        given.on_token = callback.map(|callback| (callback, User(user)));
        Ok(())
    };
    // SAFETY: the handle is the caller's promise.
    unsafe { set(settings, change) }
}

/// Who is told of what happens. `user` is as for `tp_settings_on_token`. Returns NULL, or `TP_FAILED` of a bad argument.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_settings_on_event(
    settings: *mut tp_settings,
    callback: tp_event_callback,
    user: *mut c_void,
) -> *mut tp_result {
    let change = |given: &mut Given| {
        given.on_event = callback.map(|callback| (callback, User(user)));
        Ok(())
    };
    // SAFETY: the handle is the caller's promise.
    unsafe { set(settings, change) }
}

impl tp_settings {
    /// The builder with what was given.
    pub(crate) fn apply(&self, builder: Builder) -> Result<Builder, trusted_profile::Error> {
        let given = alone("settings", &self.given)?.clone();
        let builder = given.ca_bundle.iter().fold(builder, Builder::ca_bundle);
        let builder = given.private_proxy.iter().fold(builder, Builder::private_proxy);
        let builder = match given.on_token {
            Some((callback, user)) => builder.callback_blocking(move || ask(callback, user)),
            None => builder,
        };
        Ok(match given.on_event {
            Some((callback, user)) => builder.on_event(move |event| {
                let event = to_text(&event.to_json());
                // SAFETY: the program gave the callback for this, and the text lives through the call.
                unsafe { callback(user.pointer(), event.as_ptr().cast(), event.len()) };
            }),
            None => builder,
        })
    }
}

fn ask(callback: TokenCallback, user: User) -> Result<ExternalToken, CallbackError> {
    let mut answer = tp_answer { answer: Mutex::default() };
    // SAFETY: the program gave the callback for this, and the answer lives through the call.
    unsafe { callback(user.pointer(), &raw mut answer) };
    let answer = answer.answer.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    match answer {
        Some(answer) => answer.map_err(CallbackError::from),
        None => Err(CallbackError::from("it gave no answer")),
    }
}

/// Answers with an IAM access token and its remaining life in nanoseconds. Returns NULL, or `TP_FAILED` of a bad argument.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_answer_token(
    answered: *mut tp_answer,
    token: *const c_char,
    token_length: usize,
    expires_in: u64,
) -> *mut tp_result {
    answer(|| {
        // SAFETY: the handle is the caller's promise.
        let answered = unsafe { lent("answer", answered) }?;
        // SAFETY: so are the text and its length.
        let token = unsafe { text("token", token, token_length) }?;
        let token = ExternalToken { access_token: Secret::new(token), expires_in: Duration::from_nanos(expires_in) };
        *alone("answer", &answered.answer)? = Some(Ok(token));
        Ok(None)
    })
}

/// Answers that there is no token, in words without secrets. Returns NULL, or `TP_FAILED` of a bad argument.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_answer_failure(answered: *mut tp_answer, words: *const c_char, words_length: usize) -> *mut tp_result {
    answer(|| {
        // SAFETY: the handle is the caller's promise.
        let answered = unsafe { lent("answer", answered) }?;
        // SAFETY: so are the text and its length.
        let words = unsafe { text("words", words, words_length) }?.to_owned();
        *alone("answer", &answered.answer)? = Some(Err(words));
        Ok(None)
    })
}
