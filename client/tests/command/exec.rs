//! `exec`: the command in the program's place.

use crate::program::{Running, on_instance, program, run, seeded};
use simulator::Service;
use std::os::unix::fs::PermissionsExt as _;

#[test]
fn the_command_takes_the_programs_place() {
    let simulator = seeded();
    let metadata = simulator.metadata_url();
    let script = "echo $$; echo $1; echo $IC_IAM_TOKEN; echo ${IC_IAM_TOKEN_FILE-none}; grep SigIgn /proc/self/status; exit 42";
    let mut running = Running::start(
        program(&[&on_instance(&["exec"], &metadata)[..], &["--", "sh", "-c", script, "sh", "an argument"]].concat())
            .env("IC_IAM_TOKEN_FILE", "/outer/run"),
    );
    assert_eq!(running.line(), running.id().to_string());
    assert_eq!(running.line(), "an argument");
    assert!(running.line().starts_with("ey"));
    assert_eq!(running.line(), "none");
    // A command that cannot be told by SIGPIPE that nobody reads would run on.
    let ignored = u64::from_str_radix(running.line().trim_start_matches("SigIgn:\t"), 16).unwrap();
    assert_eq!(ignored & (1 << (13 - 1)), 0, "SIGPIPE is ignored");
    assert_eq!(running.end(), (Some(42), String::new()));
}

#[test]
fn a_command_that_cannot_be_run_costs_no_token() {
    let simulator = seeded();
    let metadata = simulator.metadata_url();
    let folder = tempfile::tempdir().unwrap();
    let (plain, odd) = (folder.path().join("plain"), folder.path().join("odd"));
    std::fs::write(&plain, "").unwrap();
    let exec = |how: &[&str], command: &str| {
        run(program(&[&on_instance(&["exec"], &metadata)[..], how, &["--", command]].concat()).env("PATH", folder.path()))
    };
    for how in [&[][..], &["--token-file"]] {
        for command in ["no-such-command", "/no/such/command", "plain/x"] {
            assert!(exec(how, command).failed(127).contains("not found"), "{command}");
        }
        for command in ["plain", plain.to_str().unwrap(), "/"] {
            assert!(exec(how, command).failed(126).contains("cannot be run"), "{command}");
        }
    }
    assert_eq!(simulator.journal().count(Service::Metadata, "PUT", "/identity/v1/token"), 0);
    // What only the kernel can tell.
    std::fs::write(&odd, "#!/no/such/interpreter\n").unwrap();
    std::fs::set_permissions(&odd, std::fs::Permissions::from_mode(0o755)).unwrap();
    for how in [&[][..], &["--token-file"]] {
        assert_eq!(exec(how, "odd").code, Some(127));
    }
    assert!(run(&mut program(&on_instance(&["exec"], &metadata))).failed(2).contains("COMMAND"));
}
