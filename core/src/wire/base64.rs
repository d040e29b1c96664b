//! Base64 (RFC 4648), as far as tokens and Basic credentials need it. `base64ct` takes the same time for every
//! secret of one length, and has no tables.

use base64ct::{Base64, Base64UrlUnpadded, Encoding as _};

/// In the usual alphabet, padded.
pub(crate) fn encode(text: &str) -> String {
    Base64::encode_string(text.as_bytes())
}

/// From the alphabet of URLs, without padding. `None` when it is anything else, or could be written in another way.
pub(crate) fn decode_url_safe(text: &str) -> Option<Vec<u8>> {
    Base64UrlUnpadded::decode_vec(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

    #[test]
    fn it_is_what_the_crate_that_the_tests_use_says() {
        let text = "a\u{0}ü😀~?>f\u{7f}\u{ff}\u{fb}\u{3ff}";
        for (start, _) in text.char_indices() {
            for (end, _) in text.char_indices().filter(|(end, _)| *end >= start) {
                let text = &text[start..end];
                assert_eq!(encode(text), STANDARD.encode(text));
                let coded = URL_SAFE_NO_PAD.encode(text);
                assert_eq!(decode_url_safe(&coded), Some(text.as_bytes().to_vec()));
                assert_eq!(decode_url_safe(&STANDARD.encode(text)), URL_SAFE_NO_PAD.decode(STANDARD.encode(text)).ok());
            }
        }
        let letters = ["A", "Q", "f", "g", "_", "-", "/", "+", "=", "!", "é"];
        for (a, b, c) in letters.iter().flat_map(|a| letters.iter().map(move |b| (a, b))).flat_map(|(a, b)| letters.map(|c| (a, b, c))) {
            for text in [
                [*a, b, c].concat(),
                (*a).to_owned(),
                ["abcd", a].concat(),
                [*a, b].concat(),
                ["abcd", a, b].concat(),
                ["abc", a, b, c, "A"].concat(),
            ] {
                assert_eq!(decode_url_safe(&text), URL_SAFE_NO_PAD.decode(&text).ok(), "{text}");
            }
        }
    }
}
