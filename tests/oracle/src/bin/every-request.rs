//! Prints every set of arguments and the request that the catalog makes of it, a line of JSON each, for the tests of other
//! languages: they have to make the same.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command for tests")]

use catalog_gen::spec::Spec;
use catalog_gen::workspace_root;
use oracle::{ours, sets};
use serde_json::json;
use std::process::ExitCode;
use trusted_profile_core::catalog;
use trusted_profile_core::wire::Json;

fn main() -> ExitCode {
    match lines() {
        Ok(lines) => {
            println!("{}", lines.join("\n"));
            ExitCode::SUCCESS
        }
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}

fn lines() -> Result<Vec<String>, String> {
    let spec = Spec::read(&workspace_root().join("core/spec"))?;
    sets::all(&spec).into_iter().map(line).collect()
}

fn line(set: sets::Set) -> Result<String, String> {
    let id = format!("{}.{}", set.service, set.operation);
    let arguments = Json::from(serde_json::Value::Object(set.arguments.clone()));
    let made = match catalog::build(&id, &arguments, &ours::target()?) {
        Ok(request) => {
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            let headers: Vec<_> = request.headers().iter().map(|(name, value)| (name.as_str(), text(value.as_bytes()))).collect();
            json!({
                "method": request.method().as_str(),
                "url": request.uri().to_string(),
                "headers": headers.into_iter().collect::<std::collections::BTreeMap<_, _>>(),
                "body": text(request.body()),
            })
        }
        Err(error) => json!({ "refused": error.message() }),
    };
    Ok(json!({ "service": set.service, "operation": set.operation, "set": set.set, "arguments": set.arguments, "request": made })
        .to_string())
}
