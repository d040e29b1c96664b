//! The book as it is read: where the links of its pages lead.

use crate::{files, root};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

/// How many links were looked at, and a line for each that leads nowhere.
#[derive(Debug, Default)]
pub struct Links {
    /// Those within the book.
    pub inside: usize,
    /// Pages and targets.
    pub broken: Vec<String>,
}

/// Where the repository is read.
const REPOSITORY: &str = "https://github.com/trusted-profile/trusted-profile/";

/// Follows every link from a page of the book below `folder` to another file or part of it, or to a file or folder of the
/// repository. Addresses of other hosts are not called; those of this machine and of no scheme but `https` and `mailto` are mistakes.
///
/// # Errors
/// If a page cannot be read.
pub fn follow(folder: &Path) -> io::Result<Links> {
    let mut pages = BTreeMap::new();
    for path in files(folder, "html")? {
        let name = path.strip_prefix(folder).unwrap_or(&path).to_path_buf();
        pages.insert(name, fs::read_to_string(&path)?);
    }
    let parts: BTreeMap<&Path, BTreeSet<&str>> = pages.iter().map(|(name, text)| (name.as_path(), values(text, "id").collect())).collect();
    let mut links = Links::default();
    for (page, text) in &pages {
        // What cannot be found is shown by a server at any depth, and says so in a `<base>`.
        if page == Path::new("404.html") {
            continue;
        }
        for link in values(text, "href").chain(values(text, "src")) {
            if let Some(scheme) = scheme(link) {
                if !["https", "mailto", "data"].contains(&scheme) || !is_in_repository(link, &root()) {
                    links.broken.push(format!("{}: {link}", page.display()));
                }
                continue;
            }
            links.inside += 1;
            let (path, part) = link.split_once('#').unwrap_or((link, ""));
            let target = if path.is_empty() { Some(page.clone()) } else { beside(page, path) };
            let leads = target.is_some_and(|target| match parts.get(target.as_path()) {
                Some(ids) => part.is_empty() || ids.contains(part),
                None => part.is_empty() && folder.join(&target).is_file(),
            });
            if !leads {
                links.broken.push(format!("{}: {link}", page.display()));
            }
        }
    }
    Ok(links)
}

/// Whether the file or folder of the repository that an address names is below `root`. Other addresses are no matter.
fn is_in_repository(link: &str, root: &Path) -> bool {
    let Some((kind, path)) = link.strip_prefix(REPOSITORY).and_then(|rest| rest.split_once("/main/")) else { return true };
    let place = root.join(path.split(['#', '?']).next().unwrap_or_default());
    match kind {
        "blob" => place.is_file(),
        "tree" => place.is_dir(),
        _ => true,
    }
}

/// The values of an attribute in all tags. What is text has no `<`, code included.
fn values<'a>(html: &'a str, attribute: &str) -> impl Iterator<Item = &'a str> {
    let begin = format!(" {attribute}=\"");
    let tags = html.split('<').skip(1).filter_map(|rest| rest.split('>').next());
    tags.filter_map(move |tag| tag.split_once(&begin)?.1.split('"').next())
}

/// What stands before the first colon of an address, if it is one.
fn scheme(link: &str) -> Option<&str> {
    let (scheme, _) = link.split_once(':')?;
    scheme.bytes().all(|byte| byte.is_ascii_alphanumeric()).then_some(scheme)
}

/// The file that a relative `path` on `page` means. None: it is outside of the book.
fn beside(page: &Path, path: &str) -> Option<PathBuf> {
    let path = path.split('?').next().unwrap_or_default();
    let mut target = page.parent()?.to_path_buf();
    for component in Path::new(path).components() {
        match component {
            Component::ParentDir if !target.pop() => return None,
            Component::ParentDir | Component::CurDir => {}
            Component::Normal(name) => target.push(name),
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(target)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The broken ones of a book whose page `a/b.html` has this link.
    fn broken(link: &str) -> usize {
        let folder =
            std::env::temp_dir().join(format!("book-{}-{:x}", std::process::id(), link.len() * 31 + usize::from(link.as_bytes()[0])));
        fs::create_dir_all(folder.join("a")).unwrap();
        fs::write(folder.join("index.html"), "<h1 id=\"top\">").unwrap();
        fs::write(folder.join("style.css"), "").unwrap();
        fs::write(folder.join("a/b.html"), format!("<h2 id=\"here\"><a class=\"x\" href=\"{link}\">")).unwrap();
        let links = follow(&folder);
        fs::remove_dir_all(&folder).unwrap();
        links.unwrap().broken.len()
    }

    #[test]
    fn links_that_lead_somewhere() {
        for link in [
            "b.html\">x</a> src=\"y",
            "../index.html",
            "../index.html#top",
            "#here",
            "b.html#here",
            "../style.css",
            "https://example.com/x",
            "https://github.com/trusted-profile/trusted-profile",
            "https://github.com/trusted-profile/trusted-profile/blob/main/tests/book/Cargo.toml#L1",
            "https://github.com/trusted-profile/trusted-profile/tree/main/tests/book/",
            "../a/./b.html",
        ] {
            assert_eq!(broken(link), 0, "{link}");
        }
    }

    #[test]
    fn links_that_do_not() {
        for link in [
            "index.html",
            "../index.html#here",
            "#top",
            "../index.md",
            "../../index.html",
            "/index.html",
            "http://127.0.0.1/",
            "file:x",
            "https://github.com/trusted-profile/trusted-profile/blob/main/tests/book/nothing.toml",
            "https://github.com/trusted-profile/trusted-profile/blob/main/tests/book",
            "https://github.com/trusted-profile/trusted-profile/tree/main/tests/book/Cargo.toml",
        ] {
            assert_eq!(broken(link), 1, "{link}");
        }
    }
}
