//! The programs that may be shown, and what runs them.

use std::fs;
use std::path::Path;

/// A file that is an example, and the tests of which one has to run it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// What a code block has to call its language.
    pub language: &'static str,
    /// The path, from the root.
    pub path: String,
    /// The files of the tests, from the root, and how each of them would name the program.
    tests: Vec<(&'static str, String)>,
}

/// The examples of a folder that are of one language.
struct Folder {
    begin: &'static str,
    end: &'static str,
    language: &'static str,
    /// A test that runs some of them, and how it names one: `*` stands for the name.
    tests: &'static [(&'static str, &'static str)],
}

const fn folder(begin: &'static str, end: &'static str, language: &'static str, tests: &'static [(&'static str, &'static str)]) -> Folder {
    Folder { begin, end, language, tests }
}

const KOTLIN: &str = "bindings-ffi/uniffi/kotlin/src/test/kotlin/provider/ProgramsTest.kt";

const FOLDERS: &[Folder] = &[
    folder("client/examples/", ".rs", "rust", &[("client/tests/examples.rs", "(\"*\")"), ("client/tests/environment.rs", "(\"*\")")]),
    folder("client/examples/shell/", ".sh", "sh", &[("client/tests/command/samples.rs", "(\"*\"")]),
    folder("client/deploy/", ".yaml", "yaml", &[("client/tests/command/deploy.rs", "deploy/*.yaml\"")]),
    folder("client/deploy/", ".service", "ini", &[("client/tests/command/deploy.rs", "deploy/*.service\"")]),
    folder("bindings-python/examples/", ".py", "python", &[("bindings-python/tests/libraries/test_examples.py", "\"*.py\"")]),
    folder("bindings-js/examples/", ".ts", "ts", &[("bindings-js/tests/examples/examples.test.ts", "\"*.ts\"")]),
    folder("bindings-js/examples/", ".html", "html", &[("bindings-js/tests/examples/examples.test.ts", "\"*.html\"")]),
    folder("bindings-ffi/c/examples/", ".c", "c", &[("bindings-ffi/c/tests/examples/examples.c", "./*")]),
    folder("bindings-ffi/go/examples/", "/main.go", "go", &[("bindings-ffi/go/examples_test.go", "\"*\":")]),
    folder("bindings-ffi/go/sdkcore/examples/", "/main.go", "go", &[("bindings-ffi/go/sdkcore/examples_test.go", "\"*\":")]),
    folder("bindings-ffi/uniffi/kotlin/examples/", ".kt", "kotlin", &[(KOTLIN, "\"*\" to")]),
    folder("bindings-ffi/uniffi/kotlin/examples/java/", ".java", "java", &[(KOTLIN, "\"*\" to")]),
];

impl Program {
    /// The program at `path`, from the root. None: it is not where examples are.
    #[must_use]
    pub fn of(path: &str) -> Option<Self> {
        let of = |folder: &Folder| {
            let name = path.strip_prefix(folder.begin)?.strip_suffix(folder.end)?;
            let tests = folder.tests.iter().map(|(test, pattern)| (*test, pattern.replace('*', name))).collect();
            Some(Self { language: folder.language, path: path.to_owned(), tests })
        };
        FOLDERS.iter().find_map(of)
    }

    /// Whether a test runs it: each language has one that knows all of its examples by name.
    ///
    /// # Errors
    /// What would have to run it.
    pub fn is_run(&self, root: &Path) -> Result<(), String> {
        let runs = |(test, name): &(&str, String)| fs::read_to_string(root.join(test)).is_ok_and(|text| names(&text, name));
        if self.tests.iter().any(runs) {
            return Ok(());
        }
        let tests: Vec<&str> = self.tests.iter().map(|(test, _)| *test).collect();
        Err(format!("{} is not run by {}", self.path, tests.join(" or ")))
    }
}

/// Whether `name` is in `text`, and not as the beginning of a longer one.
fn names(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let next = text.get(at + name.len()..).and_then(|rest| rest.chars().next());
        !next.is_some_and(|next| next.is_alphanumeric() || next == '_')
    })
}
