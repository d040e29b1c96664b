//! The rules in force and how often each has struck.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::script::{Fault, FaultId, FaultRule};
use crate::serve::Gate;
use crate::service::Service;

#[derive(Default)]
pub(crate) struct Faults {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    next_id: u64,
    rules: Vec<(FaultId, FaultRule)>,
}

impl Faults {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn add(&self, rule: FaultRule) -> FaultId {
        let mut inner = self.lock();
        inner.next_id += 1;
        let id = FaultId(inner.next_id);
        inner.rules.push((id, rule));
        id
    }

    pub(crate) fn remove(&self, id: FaultId) -> bool {
        let mut inner = self.lock();
        let before = inner.rules.len();
        inner.rules.retain(|(candidate, _)| *candidate != id);
        inner.rules.len() != before
    }

    pub(crate) fn clear(&self) {
        self.lock().rules.clear();
    }

    pub(crate) fn list(&self) -> Vec<(FaultId, FaultRule)> {
        self.lock().rules.clone()
    }

    /// What the service's ports are to do, if a rule says so.
    pub(crate) fn gate(&self, service: Service) -> Option<Gate> {
        self.lock().rules.iter().filter(|(_, rule)| rule.service == service).find_map(|(_, rule)| match rule.fault {
            Fault::NotListening {} => Some(Gate::Closed),
            Fault::Unreachable {} => Some(Gate::Deaf),
            _ => None,
        })
    }

    /// Takes a strike at a connection just accepted.
    pub(crate) fn refuses_connection(&self, service: Service) -> bool {
        self.strike(|rule| rule.service == service && matches!(rule.fault, Fault::Refuse {})).is_some()
    }

    /// Takes the fault that this request meets, if any.
    pub(crate) fn for_request(&self, service: Service, method: &str, path: &str) -> Option<FaultRule> {
        self.strike(|rule| {
            rule.service == service
                && !rule.fault.is_about_connections()
                && rule.method.as_deref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(method))
                && rule.path.as_deref().is_none_or(|wanted| path_matches(wanted, path))
        })
    }

    /// The oldest matching rule that is due; counts the strike and drops a rule that is used up.
    fn strike(&self, matches: impl Fn(&FaultRule) -> bool) -> Option<FaultRule> {
        let mut inner = self.lock();
        let mut struck = None;
        for (id, rule) in &mut inner.rules {
            if !matches(rule) {
                continue;
            }
            if rule.after > 0 {
                rule.after -= 1;
                continue;
            }
            if let Some(times) = rule.times.as_mut() {
                if *times == 0 {
                    continue;
                }
                *times -= 1;
            }
            struck = Some((*id, rule.clone()));
            break;
        }
        let (id, rule) = struck?;
        if rule.times == Some(0) {
            inner.rules.retain(|(candidate, _)| *candidate != id);
        }
        Some(rule)
    }
}

fn path_matches(wanted: &str, path: &str) -> bool {
    match wanted.strip_suffix('*') {
        Some(prefix) => path.starts_with(prefix),
        None => wanted == path,
    }
}
