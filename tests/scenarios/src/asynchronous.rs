//! The client as tasks use it.

use crate::script::Call;
use crate::{Answer, Driver, Failure, Token};
use std::time::Duration;
use tokio::runtime::{self, Runtime};
use trusted_profile::{Builder, TokenProvider};

/// Callers are tasks on a runtime with two threads; giving up aborts the task.
pub struct Asynchronous {
    runtime: Runtime,
    provider: TokenProvider,
}

impl Driver for Asynchronous {
    const NAME: &'static str = "tasks";

    fn open(builder: Builder) -> Result<Self, Failure> {
        let runtime = runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().map_err(|e| e.to_string())?;
        Ok(Self { runtime, provider: builder.build().map_err(|e| e.to_string())? })
    }

    fn call(&self, call: &Call, is_time_to_cancel: &(dyn Fn() -> bool + Sync)) -> Vec<Answer> {
        self.runtime.block_on(async {
            let tasks: Vec<_> = (0..call.callers)
                .map(|_| {
                    let (provider, limit) = (self.provider.clone(), call.timeout_ms.map(Duration::from_millis));
                    tokio::spawn(async move {
                        match limit {
                            Some(limit) => tokio::time::timeout(limit, provider.token()).await.ok(),
                            None => Some(provider.token().await),
                        }
                    })
                })
                .collect();
            if call.cancelled > 0 {
                while !is_time_to_cancel() {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
                tasks.iter().take(call.cancelled).for_each(tokio::task::JoinHandle::abort);
            }
            let mut answers = Vec::new();
            for task in tasks {
                answers.push(match task.await {
                    Ok(Some(Ok(token))) => Answer::Token(token),
                    Ok(Some(Err(error))) => Answer::Error(error),
                    Ok(None) | Err(_) => Answer::Cancelled,
                });
            }
            answers
        })
    }

    fn invalidate(&self, token: &Token) {
        self.provider.invalidate(token);
    }

    fn failed_refreshes(&self) -> u32 {
        self.provider.describe().status.slots.last().map_or(0, |slot| slot.failed_refreshes)
    }
}
