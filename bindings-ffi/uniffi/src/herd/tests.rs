use super::*;
use std::sync::mpsc::{self, Receiver, Sender};
use std::task::{Context, Poll, Waker};

const LONG: Duration = Duration::from_secs(600);

/// A herd whose asking waits for words, and says when it begins.
fn herd() -> (Arc<Herd>, Sender<&'static str>, Receiver<()>) {
    let (words, told) = mpsc::channel();
    let (begun, begins) = mpsc::channel();
    let told = Mutex::new(told);
    let herd = Herd::new(move || {
        begun.send(()).unwrap();
        // Not in the line below, where the lock would be held.
        let words = told.lock().unwrap().recv().unwrap();
        match words {
            "panic" => panic!("on purpose"),
            words => Err(Error::new(ErrorCode::Closed, words)),
        }
    });
    (herd, words, begins)
}

fn message(answer: Result<Answer, oneshot::error::RecvError>) -> String {
    answer.map_or_else(|_| "no answer".to_owned(), |answer| answer.unwrap_err().message().to_owned())
}

#[test]
fn one_thread_asks_for_all_and_a_new_one_for_those_who_come_later() {
    let (herd, words, begins) = herd();
    let early: Vec<_> = (0..100).map(|_| herd.join(None)).collect();
    begins.recv().unwrap();
    words.send("first").unwrap();
    for answer in early {
        assert_eq!(message(answer.blocking_recv()), "first");
    }
    let later = herd.join(None);
    begins.recv().unwrap();
    words.send("second").unwrap();
    assert_eq!(message(later.blocking_recv()), "second");
    herd.end();
    assert!(begins.try_recv().is_err(), "nobody else asked");
}

#[test]
fn who_has_a_limit_is_told_and_the_others_are_not() {
    let (herd, words, begins) = herd();
    let patient = herd.join(None);
    let more_patient = herd.join(Some(LONG));
    begins.recv().unwrap();
    let late = message(herd.join(Some(Duration::ZERO)).blocking_recv());
    assert_eq!(late, "no token within the 0.0 s that the caller allowed; the fetch goes on");
    words.send("at last").unwrap();
    assert_eq!(message(patient.blocking_recv()), "at last");
    assert_eq!(message(more_patient.blocking_recv()), "at last");
    // Also the thread that looked after the limits, of which one was far away.
    herd.end();
    assert!(!herd.lock().is_watching);
}

#[test]
fn who_has_left_is_forgotten() {
    let (herd, words, begins) = herd();
    {
        let mut future = Box::pin(herd.answer(None));
        assert!(matches!(future.as_mut().poll(&mut Context::from_waker(Waker::noop())), Poll::Pending));
    }
    begins.recv().unwrap();
    let stays = herd.join(None);
    words.send("for one").unwrap();
    assert_eq!(message(stays.blocking_recv()), "for one");
    herd.end();
}

#[test]
fn a_panic_leaves_nobody_waiting() {
    let (herd, words, begins) = herd();
    let waits = herd.join(None);
    begins.recv().unwrap();
    words.send("panic").unwrap();
    assert_eq!(message(waits.blocking_recv()), "no answer");
    let next = herd.join(Some(LONG));
    begins.recv().unwrap();
    words.send("again").unwrap();
    assert_eq!(message(next.blocking_recv()), "again");
    herd.end();
}
