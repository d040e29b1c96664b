//! Settings as a program finds them: variables, files and their owners, in a process of its own.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use simulator::{Config, Service, ServiceAccountToken, Simulator};
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

/// The example `environment` in a folder of its own, with nothing in its environment.
fn program(folder: &TempDir) -> Command {
    let tests = std::env::current_exe().unwrap();
    let built = tests.ancestors().nth(2).unwrap().join("examples").join("environment");
    let mut command = Command::new(built);
    command.arg("my-service").env_clear().current_dir(folder.path());
    command
}

fn printed(command: &mut Command) -> Result<String, String> {
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    if output.status.success() { Ok(text(output.stdout)) } else { Err(text(output.stderr)) }
}

fn write(path: &Path, text: &str, mode: u32) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

#[test]
fn variables_choose_an_instance() {
    let (simulator, folder) = (Simulator::start_blocking(Config::seeded()).unwrap(), tempfile::tempdir().unwrap());
    let shown = printed(
        program(&folder)
            .env("MY_SERVICE_AUTH_TYPE", "vpc")
            .env("MY_SERVICE_AUTH_URL", simulator.metadata_url())
            .env("MY_SERVICE_SCOPE", "x"),
    )
    .unwrap();
    assert!(shown.contains(&simulator.seed().unwrap().instance_profile.iam_id), "{shown}");
    assert!(shown.contains("(MY_SERVICE_AUTH_TYPE in the environment says vpc)"), "{shown}");
    assert!(shown.contains("endpoint: MY_SERVICE_AUTH_URL in the environment"), "{shown}");
    assert!(shown.contains("passed over: MY_SERVICE_SCOPE in the environment: this source has no use for it"), "{shown}");
}

#[test]
fn a_file_in_the_working_directory_counts_only_if_nobody_else_may_write_it() {
    let (simulator, folder) = (Simulator::start_blocking(Config::seeded()).unwrap(), tempfile::tempdir().unwrap());
    let seed = simulator.seed().unwrap();
    let path = folder.path().join("ibm-credentials.env");
    let settings = format!("MY_SERVICE_APIKEY={}\nMY_SERVICE_AUTH_URL={}\n", seed.api_key.value, simulator.iam_url());
    write(&path, &settings, 0o600);
    let shown = printed(&mut program(&folder)).unwrap();
    assert!(shown.contains("api_key: ") && shown.contains("ibm-credentials.env, line 1"), "{shown}");
    assert!(!shown.contains(&seed.api_key.value), "{shown}");
    // The same file, writable by everybody: the variables are taken instead.
    write(&path, &settings, 0o666);
    let mut command = program(&folder);
    let shown = printed(command.env("MY_SERVICE_AUTH_TYPE", "vpc").env("MY_SERVICE_AUTH_URL", simulator.metadata_url())).unwrap();
    assert!(shown.contains("vpc_instance: ") && shown.contains("passed over: ") && shown.contains("chmod go-w"), "{shown}");
}

#[test]
fn a_file_in_the_home_directory_or_one_that_is_named() {
    let (simulator, folder) = (Simulator::start_blocking(Config::seeded()).unwrap(), tempfile::tempdir().unwrap());
    let home = tempfile::tempdir().unwrap();
    let settings = format!("export MY_SERVICE_AUTH_TYPE='vpc'\nMY_SERVICE_AUTH_URL=\"{}\"\n", simulator.metadata_url());
    let path = home.path().join("ibm-credentials.env");
    write(&path, &settings, 0o644);
    for (name, value) in [("HOME", home.path()), ("IBM_CREDENTIALS_FILE", path.as_path())] {
        let shown = printed(program(&folder).env(name, value)).unwrap();
        assert!(shown.contains("ibm-credentials.env, line 1 says vpc"), "{shown}");
    }
    let error = printed(program(&folder).env("IBM_CREDENTIALS_FILE", folder.path().join("none"))).unwrap_err();
    assert!(error.contains("invalid_argument: IBM_CREDENTIALS_FILE: ") && error.contains("none: not found"), "{error}");
}

/// R21: the node's metadata service is there, and is left alone.
#[test]
fn a_pod_is_never_its_node() {
    let (simulator, folder) = (Simulator::start_blocking(Config::seeded()).unwrap(), tempfile::tempdir().unwrap());
    let mut command = program(&folder);
    let error = printed(command.env("KUBERNETES_SERVICE_HOST", "10.0.0.1").env("IBMCLOUD_CR_PROFILE", "worker")).unwrap_err();
    assert!(error.contains("cr_token_unavailable") && error.contains("/var/run/secrets/tokens/sa-token: not found"), "{error}");
    assert!(error.contains("audience") || error.contains("serviceAccountToken"), "the pod's YAML is the hint: {error}");
    let error = printed(program(&folder).env("CE_APP", "app")).unwrap_err();
    assert!(error.contains("profile: expected one of") && error.contains("CE_APP is set"), "{error}");
    assert!(simulator.journal().entries().iter().all(|entry| entry.service != Service::Metadata));
}

#[test]
fn the_command_lines_variables() {
    let (simulator, folder) = (Simulator::start_blocking(Config::seeded()).unwrap(), tempfile::tempdir().unwrap());
    let seed = simulator.seed().unwrap();
    let mut command = program(&folder);
    command.env("IBMCLOUD_CR_VPC_URL", simulator.metadata_url()).env("IBMCLOUD_CR_PROFILE", &seed.instance_profile.id);
    let shown = printed(&mut command).unwrap();
    assert!(shown.contains(&seed.instance_profile.iam_id) && shown.contains("IBMCLOUD_CR_VPC_URL is set"), "{shown}");
}

#[test]
fn settings_without_an_auth_type_are_those_of_a_pod() {
    let (simulator, folder) = (Simulator::start_blocking(Config::seeded()).unwrap(), tempfile::tempdir().unwrap());
    let seed = simulator.seed().unwrap();
    let token = ServiceAccountToken { cluster_id: seed.cluster.id.clone(), ..ServiceAccountToken::default() };
    let file = simulator.start_cr_token_file(folder.path(), "sa-token", token, None).unwrap();
    let path = file.path().display().to_string();
    let mut command = program(&folder);
    command.env("MY_SERVICE_CR_TOKEN_FILENAME", &path).env("MY_SERVICE_IAM_PROFILE_ID", &seed.pod_profile.id);
    let shown = printed(command.env("MY_SERVICE_AUTH_URL", format!("{}/identity/token", simulator.iam_url()))).unwrap();
    assert!(shown.contains(&seed.pod_profile.iam_id) && shown.contains("neither AUTH_TYPE nor APIKEY"), "{shown}");
}

#[test]
fn verification_is_not_for_settings_to_switch_off() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = program(&folder);
    let error = printed(command.env("MY_SERVICE_APIKEY", "hunter2hunter2").env("MY_SERVICE_AUTH_DISABLE_SSL", "true")).unwrap_err();
    assert!(error.contains("MY_SERVICE_AUTH_DISABLE_SSL: expected false") && !error.contains("hunter2"), "{error}");
}
