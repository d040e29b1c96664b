//! The name that somebody probably meant.

/// The one of `known` that is closest to `given`, if any is close. Capitals, `_`, `-` and dots do not count.
pub(crate) fn nearest<T: AsRef<str>>(given: &str, known: impl IntoIterator<Item = T>) -> Option<T> {
    let given = plain(given);
    let mut best: Option<(usize, T)> = None;
    for name in known {
        let other = plain(name.as_ref());
        let distance = distance(&given, &other);
        let is_close = distance <= given.len().max(other.len()) / 3;
        if is_close && best.as_ref().is_none_or(|(least, _)| distance < *least) {
            best = Some((distance, name));
        }
    }
    best.map(|(_, name)| name)
}

fn plain(name: &str) -> Vec<u8> {
    name.bytes().filter(u8::is_ascii_alphanumeric).map(|b| b.to_ascii_lowercase()).collect()
}

/// How many letters have to be put in, left out or replaced.
fn distance(a: &[u8], b: &[u8]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (above, y) in row.iter_mut().skip(1).zip(b) {
            let replaced = diagonal + usize::from(x != y);
            diagonal = *above;
            left = replaced.min(left + 1).min(*above + 1);
            *above = left;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or(a.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        for (a, b, expected) in
            [("", "", 0), ("a", "", 1), ("", "abc", 3), ("kitten", "sitting", 3), ("limit", "limit", 0), ("ab", "ba", 2)]
        {
            assert_eq!((distance(a.as_bytes(), b.as_bytes()), distance(b.as_bytes(), a.as_bytes())), (expected, expected), "{a} {b}");
        }
    }

    #[test]
    fn only_what_is_close_is_suggested() {
        let known = ["limit", "start", "resource_group_id"];
        assert_eq!(nearest("limti", known), None);
        assert_eq!(nearest("limits", known), Some("limit"));
        assert_eq!(nearest("resourceGroupId", known), Some("resource_group_id"));
        assert_eq!(nearest("resource_grup.id", known), Some("resource_group_id"));
        assert_eq!(nearest("", known), None);
        assert_eq!(nearest("colour", known), None);
    }
}
