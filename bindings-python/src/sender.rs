//! The native transport as Python sees it.

use crate::call::Call;
use crate::exchange::Exchange;
use crate::machine::TokenManager;
use pyo3::prelude::*;
use trusted_profile::driver;
use trusted_profile_core::token::ExchangeId;

/// Sends exchanges, with the interpreter released meanwhile, until it is closed.
#[pyclass(frozen, module = "trusted_profile._native")]
pub(crate) struct Sender {
    sender: driver::Sender,
}

#[pymethods]
impl Sender {
    /// Sends the exchange in this thread, and reports its outcome to the machine. What it holds is not copied to Python.
    fn perform(&self, py: Python<'_>, machine: &TokenManager, exchange: &Exchange) -> PyResult<()> {
        let whole = exchange.take()?;
        let id: ExchangeId = whole.id;
        let outcome = py.detach(|| self.sender.send(whole));
        machine.shared().change(|machine| machine.handle(trusted_profile::now(), id, outcome));
        Ok(())
    }

    /// The same for a call.
    fn perform_call(&self, py: Python<'_>, call: &Call, exchange: &Exchange) -> PyResult<()> {
        let whole = exchange.take()?;
        let id: ExchangeId = whole.id;
        call.report(py, || (id, self.sender.send(whole)));
        Ok(())
    }

    /// Ends every exchange that is under way, and those that are begun later.
    fn close(&self) {
        self.sender.close();
    }
}

impl Sender {
    pub(crate) const fn new(sender: driver::Sender) -> Self {
        Self { sender }
    }
}
