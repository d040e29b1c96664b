//! `--cache`.

use crate::program::{Outcome, on_instance, pod_token, private_folder, program, run, seeded};
use serde_json::Value;
use simulator::{Fault, FaultRule, Service, ServiceAccountToken, Simulator};
use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

struct World {
    simulator: Simulator,
    runtime: TempDir,
}

impl World {
    fn new() -> Self {
        Self { simulator: seeded(), runtime: private_folder() }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = program(&on_instance(arguments, &self.simulator.metadata_url()));
        command.env("XDG_RUNTIME_DIR", self.runtime.path());
        command
    }

    /// A run of `token --cache`: the token, whether it was kept, and what was said.
    fn token(&self) -> (String, bool, String) {
        let outcome = run(&mut self.command(&["token", "--cache", "--json"]));
        let said = outcome.stderr.clone();
        let json: Value = serde_json::from_str(&outcome.printed()).unwrap();
        (json["access_token"].as_str().unwrap().to_owned(), json["cached"].as_bool().unwrap(), said)
    }

    fn folder(&self) -> PathBuf {
        self.runtime.path().join("trusted-profile")
    }

    fn entries(&self) -> Vec<PathBuf> {
        fs::read_dir(self.folder()).unwrap().map(|entry| entry.unwrap().path()).collect()
    }

    fn entry(&self) -> PathBuf {
        let entries = self.entries();
        assert_eq!(entries.len(), 1, "{entries:?}");
        entries[0].clone()
    }

    /// Puts `value` at `place` of the only entry.
    fn change(&self, place: &str, value: &Value) {
        let mut kept: Value = serde_json::from_str(&fs::read_to_string(self.entry()).unwrap()).unwrap();
        *kept.pointer_mut(place).unwrap() = value.clone();
        fs::write(self.entry(), kept.to_string()).unwrap();
    }

    fn fetches(&self) -> usize {
        self.simulator.journal().count(Service::Metadata, "POST", "/identity/v1/iam_tokens")
    }
}

fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().permissions().mode() & 0o7777
}

#[test]
fn a_token_is_fetched_once_for_every_command_and_kept_in_private() {
    let world = World::new();
    let (token, cached, said) = world.token();
    assert_eq!((cached, said.as_str()), (false, ""));
    assert_eq!(world.token(), (token.clone(), true, String::new()));
    let metadata = world.simulator.metadata_url();
    let arguments = [&on_instance(&["exec", "--cache"], &metadata)[..], &["--", "sh", "-c", "echo $IC_IAM_TOKEN"]].concat();
    assert_eq!(run(program(&arguments).env("XDG_RUNTIME_DIR", world.runtime.path())).printed().trim(), token);
    assert_eq!(run(&mut world.command(&["claims", "--cache"])).code, Some(0));
    assert_eq!(world.fetches(), 1);
    assert_eq!((mode(&world.folder()), mode(&world.entry())), (0o700, 0o600));
    let kept: Value = serde_json::from_str(&fs::read_to_string(world.entry()).unwrap()).unwrap();
    let seconds = |name: &str| kept[name].as_u64().unwrap();
    assert_eq!(seconds("expires_at") - seconds("usable_until"), 10, "the margin of ten seconds");
    // Seven to eight tenths of the token's life after its beginning.
    assert!((720..=1080).contains(&(seconds("expires_at") - seconds("refresh_at"))), "{kept}");
    assert_eq!(kept["since_boot"].is_object(), cfg!(target_os = "linux"));
}

#[test]
fn another_source_has_another_entry() {
    let world = World::new();
    let profile = world.simulator.seed().unwrap().instance_profile.id;
    let (token, ..) = world.token();
    let other = run(&mut world.command(&["token", "--cache", "--profile-id", &profile])).printed();
    assert_ne!(other.trim(), token);
    assert_eq!((world.entries().len(), world.fetches()), (2, 2));
    assert_eq!(world.token().0, token);
}

#[test]
fn a_token_file_stands_for_whom_it_vouches_for() {
    let world = World::new();
    let (seed, iam) = (world.simulator.seed().unwrap(), world.simulator.iam_url());
    let folder = private_folder();
    pod_token(&world.simulator, folder.path());
    let token = |place: &Path| {
        let arguments = ["token", "--cache", "--json", "--source", "container", "--profile-id", &seed.pod_profile.id];
        let mut command = program(&[&arguments[..], &["--endpoint", &iam, "--cr-token-file", "./sa-token"]].concat());
        run(command.env("XDG_RUNTIME_DIR", world.runtime.path()).current_dir(place))
    };
    let cached = |outcome: Outcome| serde_json::from_str::<Value>(&outcome.printed()).unwrap()["cached"].as_bool().unwrap();
    assert!(!cached(token(folder.path())));
    assert!(cached(token(folder.path())));
    // The same words elsewhere name another file.
    let elsewhere = private_folder();
    assert!(token(elsewhere.path()).failed(66).contains("cr_token_unavailable"));
    // Somebody else's token in the same file does not get what was kept.
    fs::remove_file(folder.path().join("sa-token")).unwrap();
    let other = ServiceAccountToken {
        cluster_id: seed.cluster.id.clone(),
        service_account: "somebody-else".to_owned(),
        ..ServiceAccountToken::default()
    };
    world.simulator.start_cr_token_file(folder.path(), "sa-token", other, None).unwrap();
    assert_eq!(token(folder.path()).code, Some(77));
    assert_eq!(world.entries().len(), 1);
}

#[test]
fn an_entry_that_cannot_be_trusted_is_told_of_and_replaced() {
    let world = World::new();
    let (first, ..) = world.token();
    let entry = world.entry();
    let elsewhere = world.runtime.path().join("elsewhere");
    let mistakes: [(&str, &dyn Fn()); 6] = [
        ("its mode is 0644, not 0600", &|| fs::set_permissions(&entry, Permissions::from_mode(0o644)).unwrap()),
        ("it is not an entry of this cache", &|| fs::write(&entry, "hunter2").unwrap()),
        ("it is not an entry of this cache", &|| fs::write(&entry, "{}").unwrap()),
        ("valid UTF-8", &|| fs::write(&entry, [0xff]).unwrap()),
        ("it is not a file", &|| {
            fs::rename(&entry, &elsewhere).unwrap();
            symlink(&elsewhere, &entry).unwrap();
        }),
        ("its token could not stand in a header", &|| {
            let text = fs::read_to_string(&entry).unwrap();
            fs::write(&entry, text.replace("{\"token\":\"", "{\"token\":\" ")).unwrap();
        }),
    ];
    let mut before = first;
    for (why, mistake) in mistakes {
        mistake();
        let (token, cached, said) = world.token();
        assert!(said.contains(why) && said.lines().count() == 1 && !said.contains("hunter2"), "{why}: {said}");
        assert!(!cached && token != before, "{why}");
        assert_eq!(world.token(), (token.clone(), true, String::new()), "{why}");
        assert_eq!(mode(&entry), 0o600);
        before = token;
    }
}

#[test]
fn an_entry_counts_only_while_both_clocks_say_so() {
    let world = World::new();
    world.token();
    let changes: &[(&str, Value)] = &[("/usable_until", 1.into())];
    #[cfg(target_os = "linux")]
    let changes = &[
        changes[0].clone(),
        ("/since_boot/usable_until", 1.into()),
        ("/since_boot/boot_id", "00000000-0000-0000-0000-000000000000".into()),
        ("/since_boot", Value::Null),
    ];
    for (place, value) in changes {
        world.change(place, value);
        let (_, cached, said) = world.token();
        assert_eq!((cached, said.as_str()), (false, ""), "{place}");
        assert!(world.token().1);
    }
}

#[test]
fn a_token_near_its_end_serves_only_while_there_is_no_new_one() {
    let world = World::new();
    let (first, ..) = world.token();
    let places: &[&str] = if cfg!(target_os = "linux") { &["/refresh_at", "/since_boot/refresh_at"] } else { &["/refresh_at"] };
    let mut before = first;
    for place in places {
        world.change(place, &1.into());
        world.simulator.inject(FaultRule::on(Service::Metadata, Fault::NotListening {}));
        let (token, cached, said) = world.token();
        assert_eq!((&token, cached), (&before, true), "{place}");
        assert!(said.contains("serves once more, since there is no new one: metadata_unreachable"), "{said}");
        world.simulator.clear_faults();
        let (token, cached, said) = world.token();
        assert!(token != before && !cached && said.is_empty(), "{place}: {said}");
        assert_eq!(world.token(), (token.clone(), true, String::new()));
        before = token;
    }
}

#[test]
fn a_new_token_can_be_asked_for() {
    let world = World::new();
    let (first, ..) = world.token();
    let refreshed = run(&mut world.command(&["token", "--cache", "--refresh"])).printed();
    assert_ne!(refreshed.trim(), first);
    assert_eq!(world.token(), (refreshed.trim().to_owned(), true, String::new()));
    world.simulator.inject(FaultRule::on(Service::Metadata, Fault::NotListening {}));
    assert!(run(&mut world.command(&["token", "--cache", "--refresh"])).failed(69).contains("metadata_unreachable"));
    assert!(run(&mut world.command(&["token", "--refresh"])).failed(2).contains("--cache"));
}

#[test]
fn without_a_private_place_it_is_refused_with_the_reason() {
    let world = World::new();
    let refused = |runtime: Option<&Path>| {
        let mut command = world.command(&["token", "--cache"]);
        match runtime {
            Some(path) => command.env("XDG_RUNTIME_DIR", path),
            None => command.env_remove("XDG_RUNTIME_DIR"),
        };
        run(&mut command).failed(78)
    };
    assert!(refused(None).contains("XDG_RUNTIME_DIR is not set"));
    assert!(refused(Some(Path::new("here"))).contains("not an absolute path"));
    assert!(refused(Some(Path::new("/no/such/folder"))).contains("/no/such/folder"));
    fs::set_permissions(world.runtime.path(), Permissions::from_mode(0o755)).unwrap();
    assert!(refused(Some(world.runtime.path())).contains("its mode is 0755, not 0700"));
    fs::set_permissions(world.runtime.path(), Permissions::from_mode(0o700)).unwrap();
    fs::create_dir(world.folder()).unwrap();
    fs::set_permissions(world.folder(), Permissions::from_mode(0o770)).unwrap();
    assert!(refused(Some(world.runtime.path())).contains("its mode is 0770, not 0700"));
    fs::remove_dir(world.folder()).unwrap();
    symlink("/tmp", world.folder()).unwrap();
    assert!(refused(Some(world.runtime.path())).contains("it is not a folder"));
    assert_eq!(world.fetches(), 0);
    // It is a choice, so its absence costs nothing.
    assert_eq!(run(&mut world.command(&["token"])).code, Some(0));
}
