//! Every driver plays every scenario, and every broken driver is caught.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should say so and stop")]

use drivers::judge::{Report, judge};
use drivers::scenario::{Corpus, Defect, Job, Scenario};
use drivers::{subprocess, tasks, threads};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

/// The drivers by name, and with how many event loops they play. The last two are one driver.
const DRIVERS: [(&str, usize); 6] = [("threads", 1), ("tokio", 1), ("asyncio", 1), ("asyncio, two loops", 2), ("node", 1), ("go", 1)];

/// One job, and what it has to show.
struct Trial<'a> {
    job: Job,
    scenario: &'a Scenario,
    defect: Option<&'a Defect>,
}

#[test]
fn the_contract_can_be_kept_and_breaking_it_shows() {
    let started = Instant::now();
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("drivers-{}", std::process::id()));
    prepare(&folder).unwrap_or_else(|missing| panic!("{missing}"));
    let corpus: Corpus = serde_json::from_str(include_str!("../scenarios.json")).unwrap();
    let results: Vec<(usize, usize, Vec<String>)> = thread::scope(|scope| {
        let (corpus, folder) = (&corpus, &folder);
        // All are started before the first is joined.
        let running = DRIVERS.map(|(driver, loops)| scope.spawn(move || run(corpus, driver, loops, folder)));
        running.into_iter().map(|driver| driver.join().unwrap()).collect()
    });
    std::fs::remove_dir_all(&folder).unwrap();
    let scenarios: usize = results.iter().map(|(scenarios, ..)| scenarios).sum();
    let broken = DRIVERS.iter().flat_map(|(driver, _)| corpus.defects.iter().filter(|defect| defect.is_for(driver))).count();
    let caught: usize = results.iter().map(|(_, caught, _)| caught).sum();
    let problems: Vec<String> = results.into_iter().flat_map(|(.., problems)| problems).collect();
    // Straight to the file: what a passing test prints is not shown.
    writeln!(
        std::io::stdout(),
        "drivers: 5 drivers, {} scenarios run, each with and without a pause, 0 skipped; broken drivers: {caught} of {broken} caught; {:.1} s",
        scenarios / 2,
        started.elapsed().as_secs_f64()
    )
    .unwrap();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert_eq!(caught, broken);
}

/// A missing tool is a failure: a proof that is skipped proves nothing.
fn prepare(folder: &Path) -> Result<(), String> {
    subprocess::require("python3", &["-c", "import sys; sys.exit(sys.version_info < (3, 10))"], "Python 3.10 or later")?;
    subprocess::require("node", &["--version"], "Node.js")?;
    subprocess::require("go", &["version"], "Go")?;
    std::fs::create_dir_all(folder).map_err(|error| error.to_string())?;
    subprocess::build_go(&source("go_driver"), &folder.join("go-driver"))
}

fn source(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// One driver plays everything. How many plays of scenarios, how many defects were caught, and what is wrong.
fn run(corpus: &Corpus, driver: &str, loops: usize, folder: &Path) -> (usize, usize, Vec<String>) {
    let trials = trials(corpus, driver, loops);
    let jobs: Vec<Job> = trials.iter().map(|trial| trial.job.clone()).collect();
    let reports = match play(driver, &jobs, folder) {
        Ok(reports) if reports.len() == jobs.len() => reports,
        Ok(reports) => return (0, 0, vec![format!("{driver}: {} reports of {} jobs", reports.len(), jobs.len())]),
        Err(words) => return (0, 0, vec![format!("{driver}: {words}")]),
    };
    let (mut scenarios, mut caught, mut problems) = (0, 0, Vec::new());
    for (trial, report) in trials.iter().zip(&reports) {
        let failed = judge(&trial.scenario.expect, report);
        let hook = if trial.job.hook { ", with the pause" } else { "" };
        match trial.defect {
            None => {
                scenarios += 1;
                problems.extend(failed.iter().map(|(_, words)| format!("{driver}: {}{hook}: {words}", trial.scenario.name)));
            }
            Some(defect) if failed.iter().any(|(name, _)| *name == defect.fails) => caught += 1,
            Some(defect) => problems.push(format!("{driver}: not caught: {}; found {report:?}", defect.what)),
        }
    }
    problems.extend(differences(driver, &trials, &reports));
    (scenarios, caught, problems)
}

/// Every scenario with and without the pause, then every defect.
fn trials<'a>(corpus: &'a Corpus, driver: &str, loops: usize) -> Vec<Trial<'a>> {
    let mut trials = Vec::new();
    for scenario in corpus.scenarios.iter().filter(|scenario| scenario.is_for(driver)) {
        for hook in [false, true] {
            trials.push(Trial { job: scenario.job(&corpus.patient, hook, "", loops), scenario, defect: None });
        }
    }
    for defect in corpus.defects.iter().filter(|defect| defect.is_for(driver)) {
        let scenario = corpus.scenarios.iter().find(|scenario| scenario.name == defect.scenario).unwrap();
        let job = scenario.job(&corpus.impatient, defect.hook, &defect.name, loops);
        trials.push(Trial { job, scenario, defect: Some(defect) });
    }
    trials
}

/// A pause between poll and wait must not change anything, unless the scenario leaves it open.
fn differences(driver: &str, trials: &[Trial], reports: &[Report]) -> Vec<String> {
    let plays: Vec<_> = trials.iter().zip(reports).filter(|(trial, _)| trial.defect.is_none()).collect();
    let pairs = plays.chunks_exact(2).filter_map(|pair| match pair {
        [(trial, without), (_, with)] if without != with && !trial.scenario.expect.to_string().contains('[') => {
            Some(format!("{driver}: {}: the pause changed {without:?} into {with:?}", trial.scenario.name))
        }
        _ => None,
    });
    pairs.collect()
}

fn play(driver: &str, jobs: &[Job], folder: &Path) -> Result<Vec<Report>, String> {
    let script = |name| source(name);
    let command = match driver {
        "threads" => return Ok(jobs.iter().map(threads::play).collect()),
        "tokio" => return Ok(jobs.iter().map(tasks::play).collect()),
        "node" => vec![PathBuf::from("node"), script("node_stage.mjs")],
        "go" => vec![folder.join("go-driver")],
        // Nothing is written beside the sources.
        _ => vec![PathBuf::from("python3"), PathBuf::from("-B"), script("asyncio_stage.py")],
    };
    let command: Vec<&Path> = command.iter().map(PathBuf::as_path).collect();
    let host = Path::new(env!("CARGO_BIN_EXE_machine-host"));
    subprocess::play(host, &command, jobs, &folder.join(driver), Duration::from_secs(600))
}
