//! `provide`: what the program's side brought.

use super::TokenManager;
use super::action::{ExternalToken, FileProblem, FileRead, InputReply, Slot};
use super::failure::Failed;
use super::round::{Kind, WaitsFor};
use super::source::{Source, without_scheme};
use crate::error::{Error, ErrorCode};
use crate::operation::ExchangeId;
use crate::retry::{Backoff, Class};
use crate::secret::Secret;
use crate::services::is_header_text;
use crate::time::Now;
use crate::wire::Redactor;

impl TokenManager {
    /// Reports the reply to a [`super::Action::NeedInput`]. An id that is late, foreign or reported
    /// before changes nothing, and so does a reply of the wrong kind. Wake all waiters afterwards.
    pub fn provide(&mut self, now: Now, id: ExchangeId, reply: InputReply) {
        let now = self.begin(now);
        let fits = |waits_for: &WaitsFor| {
            matches!((waits_for, &reply), (WaitsFor::Files, InputReply::CrTokenFile(_)) | (WaitsFor::External, InputReply::External(_)))
        };
        let Some((slot, live)) = self.take_live(id, fits) else { return };
        match reply {
            InputReply::CrTokenFile(reads) => self.files_read(slot, now, reads),
            InputReply::External(Ok(token)) => self.external_token(slot, now, live.sent, &token),
            InputReply::External(Err(words)) => self.external_failed(slot, now, &Redactor::default().excerpt(&words)),
        }
    }

    fn external_token(&mut self, slot: Slot, now: Now, sent: Now, token: &ExternalToken) {
        let text = without_scheme(token.access_token.expose());
        if is_header_text(text) {
            self.commit(slot, now, sent, Secret::new(text), token.expires_in);
        } else {
            self.external_failed(slot, now, "it returned something that cannot be sent as a token");
        }
    }

    fn external_failed(&mut self, slot: Slot, now: Now, words: &str) {
        let error = Error::new(ErrorCode::ExternalSourceFailed, format!("the token callback failed: {words}")).explained(&[]);
        self.attempt_failed(slot, now, Failed::new(error, Class::Transient));
    }

    /// R9: the first file that holds a token wins; an error tells of every path.
    fn files_read(&mut self, slot: Slot, now: Now, reads: Vec<FileRead>) {
        let max_bytes = self.policy.max_file_bytes;
        let mut problems = Vec::new();
        let mut found = None;
        for read in reads {
            match read.result.and_then(|text| if text.expose().len() > max_bytes { Err(FileProblem::TooLarge) } else { one_token(&text) }) {
                Ok(token) => {
                    found = Some(token);
                    break;
                }
                Err(problem) => problems.push((read.path, problem)),
            }
        }
        match found {
            Some(token) => self.cr_token_found(slot, now, token),
            None => self.no_cr_token(slot, now, &problems),
        }
    }

    fn cr_token_found(&mut self, slot: Slot, now: Now, token: Secret) {
        let Some(round) = &mut self.slots.get_mut(slot).round else { return };
        match round.refused_cr_token.take() {
            // Still the token that was refused: asking again would bring the same answer.
            Some((refused, error)) if refused == token => self.attempt_failed(slot, now, Failed::new(error, Class::Fatal)),
            _ => {
                round.cr_token = Some(token);
                round.not_before = now.monotonic;
            }
        }
    }

    fn no_cr_token(&mut self, slot: Slot, now: Now, problems: &[(String, FileProblem)]) {
        let is_configured = matches!(self.base_source(), Source::Container(container) if container.cr_token_file.is_some());
        let is_empty = problems.iter().any(|(_, problem)| *problem == FileProblem::Empty);
        let (backoff, grace) = (Backoff { base: self.policy.backoff_base, max: self.policy.backoff_max }, self.policy.empty_file_grace);
        let conditions = self.facts.conditions();
        let Some(round) = &mut self.slots.get_mut(slot).round else { return };
        if let Some((_, refusal)) = round.refused_cr_token.take() {
            self.attempt_failed(slot, now, Failed::new(refusal, Class::Fatal));
            return;
        }
        let mut error = Error::new(ErrorCode::CrTokenUnavailable, "no compute resource token could be read");
        for (path, problem) in problems {
            error = error.with_note(format!("{path}: {}", problem.as_str()));
        }
        let error = error.explained(&conditions);
        // A file is empty for a moment while some tool rewrites it in place.
        let may_fill = is_configured && is_empty && round.kind == Kind::Awaited && now.monotonic < round.started.saturating_add(grace);
        if may_fill {
            round.failures = round.failures.saturating_add(1);
            round.last_error = Some(error);
            round.not_before = now.monotonic.saturating_add(backoff.jittered(round.failures, &mut self.random));
        } else {
            self.attempt_failed(slot, now, Failed::new(error, Class::Fatal));
        }
    }
}

/// The text of a token file as one token, without the blanks around it.
fn one_token(text: &Secret) -> Result<Secret, FileProblem> {
    match text.expose().trim_ascii() {
        "" => Err(FileProblem::Empty),
        token if is_header_text(token) => Ok(Secret::new(token)),
        _ => Err(FileProblem::NotText),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_holds_one_token() {
        let read = |text: &str| one_token(&Secret::new(text)).map(|t| t.expose().to_owned());
        assert_eq!(read(" abc\r\n"), Ok("abc".into()));
        assert_eq!(read("\n \t"), Err(FileProblem::Empty));
        for bad in ["a b", "a\nb", "a\u{0}b", "ü"] {
            assert_eq!(read(bad), Err(FileProblem::NotText));
        }
    }
}
