//! Base64 (RFC 4648), as far as tokens and Basic credentials need it.

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// In the usual alphabet, padded.
pub(crate) fn encode(text: &str) -> String {
    // One allocation, so that no half-grown copy of a secret stays behind.
    let mut out = String::with_capacity(text.len().div_ceil(3).saturating_mul(4));
    for chunk in text.as_bytes().chunks(3) {
        let bits = (0..3).fold(0, |bits, index| bits << 8 | u32::from(chunk.get(index).copied().unwrap_or_default()));
        for index in 0..4 {
            let letter = ALPHABET.get((bits >> (18 - 6 * index)) as usize & 63).copied().unwrap_or_default();
            out.push(if index > chunk.len() { '=' } else { char::from(letter) });
        }
    }
    out
}

/// From the alphabet of URLs, without padding. `None` when it is anything else, or could be written in another way.
pub(crate) fn decode_url_safe(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    for chunk in text.as_bytes().chunks(4) {
        let mut bits = 0_u32;
        for letter in chunk {
            let letter = match letter {
                b'-' => b'+',
                b'_' => b'/',
                b'+' | b'/' => return None,
                letter => *letter,
            };
            bits = bits << 6 | u32::try_from(ALPHABET.iter().position(|known| *known == letter)?).ok()?;
        }
        let unused = match chunk.len() {
            4 => 0,
            3 => 2,
            2 => 4,
            _ => return None,
        };
        if bits & ((1 << unused) - 1) != 0 {
            return None;
        }
        let whole = (bits >> unused).to_be_bytes();
        out.extend_from_slice(whole.get(5 - chunk.len()..)?);
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

    #[test]
    fn it_is_what_the_crate_for_it_says() {
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
            for text in [[*a, b, c].concat(), [*a, b].concat(), ["abcd", a, b].concat(), ["abc", a, b, c, "A"].concat()] {
                assert_eq!(decode_url_safe(&text), URL_SAFE_NO_PAD.decode(&text).ok(), "{text}");
            }
        }
    }
}
