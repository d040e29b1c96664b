//! Where a program's own requests may take a token.

use crate::error::thrown;
use trusted_profile_core::{Error, wire};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

/// Origins that were checked once, to be asked about each request.
#[wasm_bindgen]
pub struct Origins {
    origins: wire::AllowedOrigins,
}

#[wasm_bindgen]
impl Origins {
    /// `origins` are separated by line breaks, which no origin has.
    #[wasm_bindgen(constructor)]
    pub fn new(origins: &str) -> Result<Self, JsValue> {
        let origins = wire::AllowedOrigins::new(origins.lines()).map_err(|e| thrown(&Error::from(e)))?;
        Ok(Self { origins })
    }

    /// Whether a request to `url` may carry the token.
    pub fn allows(&self, url: &str) -> bool {
        self.origins.allows(url)
    }
}
