//! The examples in `client/deploy`: read by the rules of what they are for, and run as far as a machine without
//! systemd, cloud-init and Kubernetes can.

use crate::program::{pod_token, private_folder, program, run, seeded};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::process::Command;

const UNIT: &str = include_str!("../../deploy/trusted-profile-token.service");
const CLOUD_INIT: &str = include_str!("../../deploy/cloud-init.yaml");
const POD: &str = include_str!("../../deploy/pod.yaml");
const INSTALLED: &str = "/usr/local/bin/trusted-profile";
/// Where `kubelet` puts the token that programs look for.
const POD_TOKEN: (&str, &str) = ("/var/run/secrets/tokens", "sa-token");

/// The value of a setting of the unit.
fn setting(name: &str) -> &'static str {
    UNIT.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('=')).unwrap()
}

#[test]
fn the_unit_is_ready_once_the_first_token_is_there() {
    let (simulator, folder) = (seeded(), private_folder());
    let command: Vec<&str> = setting("ExecStart").split_whitespace().collect();
    let (path, options) = command.split_last().unwrap();
    let (runtime_folder, file) = Path::new(path).strip_prefix("/run").unwrap().to_str().unwrap().split_once('/').unwrap();
    assert_eq!((command[0], setting("Type"), setting("RuntimeDirectory")), (INSTALLED, "notify", runtime_folder));
    // A restart leaves the token where programs read it; being stopped while it waits is no failure.
    assert_eq!((setting("RuntimeDirectoryPreserve"), setting("SuccessExitStatus")), ("restart", "143"));
    let socket = UnixDatagram::bind(folder.path().join("notify")).unwrap();
    let written = folder.path().join(file);
    let url = simulator.metadata_url();
    let mut program = program(&options[1..]);
    program.args(["--endpoint", &url]).arg(&written).env("NOTIFY_SOCKET", folder.path().join("notify"));
    let mut running = program.spawn().unwrap();
    let mut message = [0; 64];
    let length = socket.recv(&mut message).unwrap();
    assert!(message[..length].starts_with(b"READY=1"), "{message:?}");
    assert_eq!(written.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    kill_process(Pid::from_child(&running), Signal::TERM).unwrap();
    assert!(running.wait().unwrap().success());
}

#[test]
fn systemd_understands_the_unit() {
    let folder = private_folder();
    let unit = folder.path().join("trusted-profile-token.service");
    std::fs::write(&unit, UNIT.replace(INSTALLED, env!("CARGO_BIN_EXE_trusted-profile"))).unwrap();
    match Command::new("systemd-analyze").arg("verify").arg(&unit).output() {
        Ok(output) => assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr)),
        // Where there is no systemd, sections and settings are at least what they look like.
        Err(_) => {
            let meant = UNIT.lines().filter(|line| !line.is_empty() && !line.starts_with(['#', '[']));
            assert!(meant.clone().count() > 15 && meant.clone().all(|line| line.contains('=')));
        }
    }
}

#[test]
fn user_data_holds_the_unit_and_commands_that_run() {
    assert!(CLOUD_INIT.starts_with("#cloud-config\n"), "cloud-init looks at the first line");
    let data: Value = serde_saphyr::from_str(CLOUD_INIT).unwrap();
    let file = &data["write_files"][0];
    assert_eq!(file["content"].as_str().unwrap().trim_end(), UNIT.trim_end());
    assert_eq!(file["path"], "/etc/systemd/system/trusted-profile-token.service");
    let user = setting("User");
    assert!(data["users"].as_array().unwrap().iter().any(|entry| entry["name"] == user), "the unit's user is made");
    let simulator = seeded();
    let commands = data["runcmd"]
        .as_array()
        .unwrap()
        .iter()
        .map(|command| -> Vec<&str> { command.as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect() });
    let ours: Vec<Vec<&str>> = commands.filter(|command| command[0] == "trusted-profile").collect();
    assert!(!ours.is_empty());
    for command in ours {
        run(program(&command[1..]).args(["--endpoint", &simulator.metadata_url()])).printed();
    }
}

#[test]
fn the_pod_reads_its_own_token_and_runs_its_program_with_it() {
    let documents: Vec<Value> = serde_saphyr::from_multiple(POD).unwrap();
    let [account, pod] = documents.as_slice() else { panic!("{documents:?}") };
    assert_eq!((&account["kind"], &pod["kind"]), (&Value::from("ServiceAccount"), &Value::from("Pod")));
    let spec = &pod["spec"];
    assert_eq!(spec["serviceAccountName"], account["metadata"]["name"]);
    let projected = &spec["volumes"][0]["projected"]["sources"][0]["serviceAccountToken"];
    assert_eq!((&projected["audience"], &projected["expirationSeconds"]), (&Value::from("iam"), &Value::from(3600)));
    let container = &spec["containers"][0];
    let mount = &container["volumeMounts"][0];
    assert_eq!((mount["mountPath"].as_str(), projected["path"].as_str()), (Some(POD_TOKEN.0), Some(POD_TOKEN.1)));
    assert_eq!((&mount["name"], mount.get("subPath")), (&spec["volumes"][0]["name"], None));

    // The one place that can be written is memory, and the token goes there.
    assert_eq!(container["securityContext"]["readOnlyRootFilesystem"], true);
    let variable = |name: &str| &container["env"].as_array().unwrap().iter().find(|variable| variable["name"] == name).unwrap()["value"];
    let (mount, volume) = (&container["volumeMounts"][1], &spec["volumes"][1]);
    assert_eq!((&mount["mountPath"], &mount["name"], mount.get("readOnly")), (variable("TMPDIR"), &volume["name"], None));
    assert_eq!(volume["emptyDir"]["medium"], "Memory");

    let (simulator, folder) = (seeded(), private_folder());
    let memory = private_folder();
    // As the kubelet makes it for an fsGroup.
    std::fs::set_permissions(memory.path(), Permissions::from_mode(0o2777)).unwrap();
    let words: Vec<&str> = container["command"].as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect();
    let (worker, options) = words.split_last().unwrap();
    assert_eq!((words[0], *worker), (INSTALLED, "/usr/local/bin/worker"));
    let mut command = program(&options[1..]);
    command.args(["sh", "-c", "test -s \"$IC_IAM_TOKEN_FILE\" && echo \"$IC_IAM_TOKEN_FILE\""]);
    for variable in container["env"].as_array().unwrap() {
        command.env(variable["name"].as_str().unwrap(), variable["value"].as_str().unwrap());
    }
    // What the simulator's account and this machine have otherwise than a cluster.
    command.env("TRUSTED_PROFILE_IAM_PROFILE_NAME", simulator.seed().unwrap().pod_profile.name);
    command.env("TRUSTED_PROFILE_CR_TOKEN_FILENAME", pod_token(&simulator, folder.path()));
    command.env("TRUSTED_PROFILE_AUTH_URL", simulator.iam_url());
    command.env("TMPDIR", memory.path());
    assert!(Path::new(run(&mut command).printed().trim()).starts_with(memory.path()));
}
