//! Pages and their items as streams.

use super::caller::Caller;
use crate::Json;
use futures_core::Stream;
use std::collections::VecDeque;
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use trusted_profile_core::Error;
use trusted_profile_core::call::{Call, Manner};
use trusted_profile_core::operation::{Content, Entry, Reply};

type Page = Option<Result<Reply<Content>, Error>>;

/// The pages of an operation, one call each; nothing is sent before the first is asked for. After an error there are none.
#[must_use = "a stream does nothing unless it is polled"]
pub struct Pages {
    turning: Pin<Box<dyn Future<Output = (Walk, Page)> + Send>>,
}

/// How far a walk has come.
enum Walk {
    /// The operation, which knows where its items are, and the call.
    On(Box<Caller>, Box<Call>),
    Over(Option<Entry>),
}

impl Pages {
    pub(super) fn new(caller: Caller, operation: &str, arguments: Json) -> Self {
        let operation = operation.to_owned();
        let turning = async move {
            match caller.begin(&operation, arguments, Manner::Pages) {
                Ok(call) => Walk::On(Box::new(caller), Box::new(call)).turn().await,
                Err(error) => (Walk::Over(None), Some(Err(error))),
            }
        };
        Self { turning: Box::pin(turning) }
    }

    /// The next page, if there is one.
    pub async fn next(&mut self) -> Page {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// The next page, and the operation that it is of.
    fn poll_page(&mut self, context: &mut Context<'_>) -> Poll<(Option<Entry>, Page)> {
        let (walk, page) = ready!(self.turning.as_mut().poll(context));
        let entry = match &walk {
            Walk::On(_, call) => Some(call.entry()),
            Walk::Over(entry) => *entry,
        };
        self.turning = Box::pin(walk.turn());
        Poll::Ready((entry, page))
    }
}

impl Walk {
    async fn turn(self) -> (Self, Page) {
        match self {
            Self::On(caller, mut call) => match caller.turn(&mut call).await {
                Ok(Some(page)) => (Self::On(caller, call), Some(Ok(page))),
                end => (Self::Over(Some(call.entry())), end.transpose()),
            },
            over @ Self::Over(_) => (over, None),
        }
    }
}

impl Stream for Pages {
    type Item = Result<Reply<Content>, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_page(context).map(|(_, page)| page)
    }
}

impl fmt::Debug for Pages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pages")
    }
}

/// The items of all pages of an operation. After an error there are none.
#[must_use = "a stream does nothing unless it is polled"]
pub struct Items {
    pages: Pages,
    waiting: VecDeque<Json>,
}

impl Items {
    pub(super) fn of(pages: Pages) -> Self {
        Self { pages, waiting: VecDeque::new() }
    }

    /// The next item, if there is one.
    pub async fn next(&mut self) -> Option<Result<Json, Error>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }
}

impl Stream for Items {
    type Item = Result<Json, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(item) = self.waiting.pop_front() {
                return Poll::Ready(Some(Ok(item)));
            }
            match ready!(self.pages.poll_page(context)) {
                (Some(entry), Some(Ok(page))) => self.waiting = items(entry, page),
                (_, Some(Err(error))) => return Poll::Ready(Some(Err(error))),
                (_, None) | (None, _) => return Poll::Ready(None),
            }
        }
    }
}

impl fmt::Debug for Items {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Items({} waiting)", self.waiting.len())
    }
}

/// The items of a page, taken out of it. The call has made sure that they are a list, if they are there.
pub(super) fn items(entry: Entry, page: Reply<Content>) -> VecDeque<Json> {
    match (entry.paging(), page.value) {
        (Some(paging), Content::Json(json)) => json.take_items(paging.items).into(),
        _ => VecDeque::new(),
    }
}
