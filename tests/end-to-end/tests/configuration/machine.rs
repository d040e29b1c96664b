//! The machine of a case: its files below a folder that stands for `/`.

use serde_json::{Value, json};
use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use vectors::configuration::{File, Given};

/// A case of the corpus.
pub(crate) struct Case {
    pub(crate) why: String,
    pub(crate) given: Given,
}

/// Variables that say where files are looked for.
const PLACES: [&str; 2] = ["HOME", "IBM_CREDENTIALS_FILE"];

/// Writes the case's files below `root`, and tells the script what it needs.
pub(crate) fn make(case: &Case, root: &Path) -> Value {
    let place = |path: &str| if path.starts_with('/') { below(root, path).display().to_string() } else { path.to_owned() };
    case.given.files.iter().for_each(|file| write(file, &below(root, &file.path)));
    let folder = case.given.working_directory.as_deref().map(|path| below(root, path));
    folder.iter().for_each(|folder| fs::create_dir_all(folder).unwrap());
    let mut variables: serde_json::Map<String, Value> =
        case.given.variables.iter().map(|(name, value)| (name.clone(), json!(value.expose()))).collect();
    // Without this one, Python would ask the system for the home of whoever runs the tests.
    variables.entry("HOME").or_insert_with(|| json!("/nobody"));
    for name in PLACES {
        if let Some(value) = variables.get_mut(name) {
            *value = json!(place(value.as_str().unwrap()));
        }
    }
    json!({ "service": case.given.service, "variables": variables, "folder": folder })
}

fn below(root: &Path, path: &str) -> PathBuf {
    root.join(path.trim_start_matches('/'))
}

fn write(file: &File, path: &Path) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    match (&file.text, file.problem.as_deref()) {
        (Some(text), _) => fs::write(path, text).unwrap(),
        // Root may read everything, but nobody can follow a link to itself.
        (None, Some("denied")) => return symlink(path, path).unwrap(),
        (None, Some("not_text")) => fs::write(path, b"MY_SERVICE_APIKEY=\xff\xfe\n").unwrap(),
        (None, Some("too_large")) => fs::write(path, "#\n".repeat(64 * 1024)).unwrap(),
        (None, other) => panic!("no such file can be made: {other:?}"),
    }
    let mode = if file.mode == 0 { 0o600 } else { file.mode };
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}
