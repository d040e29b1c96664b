//! The client as threads use it.

use crate::script::Call;
use crate::{Answer, Driver, Failure, Token};
use std::thread;
use std::time::Duration;
use trusted_profile::{Builder, ErrorCode, blocking};

/// Callers are threads; giving up is a short timeout of the caller's own.
pub struct Blocking {
    provider: blocking::TokenProvider,
}

impl Driver for Blocking {
    const NAME: &'static str = "threads";

    fn open(builder: Builder) -> Result<Self, Failure> {
        Ok(Self { provider: builder.build_blocking().map_err(|e| e.to_string())? })
    }

    fn call(&self, call: &Call, is_time_to_cancel: &(dyn Fn() -> bool + Sync)) -> Vec<Answer> {
        thread::scope(|scope| {
            let callers: Vec<_> = (0..call.callers).map(|number| scope.spawn(move || self.ask(call, number, is_time_to_cancel))).collect();
            callers.into_iter().map(|caller| caller.join().unwrap_or(Answer::Cancelled)).collect()
        })
    }

    fn invalidate(&self, token: &Token) {
        self.provider.invalidate(token);
    }

    fn failed_refreshes(&self) -> u32 {
        self.provider.describe().status.slots.last().map_or(0, |slot| slot.failed_refreshes)
    }
}

impl Blocking {
    fn ask(&self, call: &Call, number: usize, is_time_to_cancel: &(dyn Fn() -> bool + Sync)) -> Answer {
        let gives_up = number < call.cancelled;
        let limit = call.timeout_ms.map(Duration::from_millis);
        loop {
            let answer = self.provider.token(if gives_up { Some(Duration::from_millis(5)) } else { limit });
            return match answer {
                Ok(token) => Answer::Token(token),
                // A thread that gives up asks again until its time has come, like a caller that polls.
                Err(error) if gives_up && error.code() == ErrorCode::DeadlineExceeded => {
                    if !is_time_to_cancel() {
                        continue;
                    }
                    Answer::Cancelled
                }
                Err(error) if limit.is_some() && error.code() == ErrorCode::DeadlineExceeded => Answer::Cancelled,
                Err(error) => Answer::Error(error),
            };
        }
    }
}
