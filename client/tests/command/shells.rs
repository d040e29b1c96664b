//! `completions` and `man`.

use crate::program::{program, run};
use std::process::Command;

#[test]
fn completions_are_what_their_shells_can_read() {
    let folder = tempfile::tempdir().unwrap();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = run(&mut program(&["completions", shell])).printed();
        assert!(script.contains("write-file") && script.contains("cr-token-file"), "{shell}");
        let path = folder.path().join(shell);
        std::fs::write(&path, script).unwrap();
        // Where the shell is there, it judges.
        if ["bash", "zsh", "fish"].contains(&shell)
            && let Ok(output) = Command::new(shell).arg("-n").arg(&path).output()
        {
            assert!(output.status.success(), "{shell}: {}", String::from_utf8_lossy(&output.stderr));
        }
    }
    assert_eq!(run(&mut program(&["completions", "tcsh"])).code, Some(2));
}

#[test]
fn bash_completes_a_command() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("completions");
    std::fs::write(&path, run(&mut program(&["completions", "bash"])).printed()).unwrap();
    let script = "source $1; COMP_WORDS=(trusted-profile wri); COMP_CWORD=1; _trusted__profile trusted-profile wri trusted-profile; echo ${COMPREPLY[@]}";
    let output = Command::new("bash").args(["-c", script, "bash"]).arg(&path).output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap().trim(), "write-file");
}

#[test]
fn the_committed_manual_page_is_current() {
    let page = run(&mut program(&["man"])).printed();
    let committed = include_str!("../../../docs/trusted-profile.1");
    assert!(page == committed, "docs/trusted-profile.1 is out of date (run `make generate`)");
    for (code, _) in [("65", ""), ("77", ""), ("128+N", ""), ("141", "")] {
        assert!(page.contains(&format!(".TP\n\\fB{code}\\fR\n")), "{code}");
    }
    for command in ["TOKEN", "EXEC", "WRITE-FILE", "METADATA", "CALL", "CLAIMS", "DOCTOR", "SIMULATE", "COMPLETIONS", "MAN"] {
        assert!(page.contains(&format!(".SH \"TRUSTED-PROFILE {command}\"\n")), "{command}");
    }
}
