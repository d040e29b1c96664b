//! Compressed answers that are far larger than they look.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;

const MEMBER: usize = 1 << 20;

/// The body with `bytes` of padding, compressed.
///
/// A gzip file may have several members (RFC 1952, 2.2). One member of padding is compressed once
/// and repeated, so that a bomb costs no more than the body it makes.
pub(crate) fn bomb(body: &[u8], bytes: usize) -> Vec<u8> {
    let (head, tail) = padding_frame(body);
    let mut out = member(&head);
    let filler = member(&vec![b'a'; MEMBER]);
    for _ in 0..bytes / MEMBER {
        out.extend_from_slice(&filler);
    }
    out.extend_from_slice(&member(&vec![b'a'; bytes % MEMBER]));
    out.extend_from_slice(&member(&tail));
    out
}

/// What stands before and after the padding, so that a JSON object stays one.
pub(crate) fn padding_frame(body: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let inside = body.strip_prefix(b"{").and_then(|rest| rest.strip_suffix(b"}"));
    match inside {
        Some(inside) => {
            let comma: &[u8] = if inside.is_empty() { b"" } else { b"," };
            let head = [b"{", inside, comma, b"\"padding\":\""].concat();
            (head, b"\"}".to_vec())
        }
        None => (body.to_vec(), Vec::new()),
    }
}

fn member(data: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    // Writing to a Vec cannot fail.
    let _ = encoder.write_all(data);
    encoder.finish().unwrap_or_default()
}
