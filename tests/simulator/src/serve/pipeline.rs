//! The way of a request: journal, host check, fault, service, and back.

use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use hyper::header::{HeaderName, HeaderValue};
use hyper::{Request, Response, StatusCode};
use tokio::time::sleep;

use super::connection::Place;
use super::gate::Gate;
use super::wire::{Cut, Paced};
use super::{cors, host};
use crate::exchange::{Answer, Circumstances, Issue, Received};
use crate::faults::{Delivery, Fault, FaultRule, alter};
use crate::service::Service;
use crate::spec::Api;
use crate::{api, control, iam, identifiers, metadata, object_store, refusals};

/// Larger request bodies are refused.
const MOST: usize = 1 << 20;

pub(crate) async fn respond(place: Place, cut: Arc<Cut>, request: Request<Incoming>) -> Response<Paced> {
    let received = read(&place, request).await;
    // Laying out accounts is not what tests want to see.
    let sequence = (received.service != Service::Control).then(|| place.world.journal.received(&received, place.connection));
    if place.listener.gate() == Gate::Silent {
        return std::future::pending().await;
    }
    let mut circumstances = circumstances(&place, &received);
    if let Some(answer) = turned_away(&place, &received, &circumstances) {
        return send(&place, sequence, &received, &circumstances, Delivery::plain(answer), cut);
    }
    let rule = place.world.faults.for_request(received.service, &received.method, &received.path);
    let Some(rule) = rule else {
        let answer = dispatch(&place, &received, &circumstances);
        return send(&place, sequence, &received, &circumstances, Delivery::plain(answer), cut);
    };
    if let Some(sequence) = sequence {
        place.world.journal.struck(sequence, &kind(&rule.fault));
    }
    let skew = suffer(&rule, &cut, &mut circumstances).await;
    // A latency shows the service's clock and state after the wait, not before.
    circumstances.now = place.world.account().now(received.service).plus_seconds(skew);
    let answer = if needs_answer(&rule.fault) { dispatch(&place, &received, &circumstances) } else { Answer::empty(StatusCode::OK) };
    let delivery = alter(&rule.fault, received.service, circumstances.now, &circumstances.request_id, answer);
    send(&place, sequence, &received, &circumstances, delivery, cut)
}

/// The part of a fault that comes before the answer; returns the seconds the clock is off by.
/// Some faults never get further.
async fn suffer(rule: &FaultRule, cut: &Cut, circumstances: &mut Circumstances) -> i64 {
    if rule.delay_ms > 0 {
        sleep(Duration::from_millis(rule.delay_ms)).await;
    }
    match &rule.fault {
        Fault::Latency { ms } => sleep(Duration::from_millis(*ms)).await,
        Fault::Hang {} => std::future::pending().await,
        Fault::Reset {} => {
            cut.now(true);
            std::future::pending().await
        }
        Fault::Close {} => {
            cut.now(false);
            std::future::pending().await
        }
        Fault::OpaqueToken {} => circumstances.issue.opaque = true,
        Fault::ExpiredOnArrival {} => circumstances.issue.expired = true,
        Fault::Skew { seconds } => return *seconds,
        _ => {}
    }
    0
}

/// Whether the service handles the request at all under this fault.
fn needs_answer(fault: &Fault) -> bool {
    !matches!(
        fault,
        Fault::Status { .. }
            | Fault::Html { .. }
            | Fault::EmptyBody { .. }
            | Fault::EmptyObject { .. }
            | Fault::Redirect { .. }
            | Fault::InvalidJson {}
    )
}

fn kind(fault: &Fault) -> String {
    serde_json::to_value(fault).ok().and_then(|value| value.get("kind")?.as_str().map(str::to_owned)).unwrap_or_default()
}

async fn read(place: &Place, request: Request<Incoming>) -> Received {
    let (parts, body) = request.into_parts();
    let headers = parts
        .headers
        .iter()
        .map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            (name.as_str().to_owned(), value)
        })
        .collect();
    let body = Limited::new(body, MOST).collect().await;
    let body_too_large = body.is_err();
    Received {
        service: place.listener.service,
        instance: place.listener.instance.clone(),
        tls: place.listener.tls,
        method: parts.method.as_str().to_owned(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().map(str::to_owned),
        headers,
        body: body.map(|body| body.to_bytes().to_vec()).unwrap_or_default(),
        body_too_large,
    }
}

fn circumstances(place: &Place, received: &Received) -> Circumstances {
    // IAM answers with the caller's transaction id; the other services make ids of their own.
    let given = match received.service {
        Service::Iam => received.header("transaction-id").map(str::to_owned),
        _ => None,
    };
    Circumstances {
        now: place.world.account().now(received.service),
        request_id: given.unwrap_or_else(identifiers::uuid),
        issue: Issue::default(),
    }
}

/// Requests that no service gets to see.
fn turned_away(place: &Place, received: &Received, circumstances: &Circumstances) -> Option<Answer> {
    if !host::is_allowed(&place.world, received.header("host")) {
        return Some(refusals::refusal(
            received.service,
            StatusCode::MISDIRECTED_REQUEST,
            None,
            Some("the Host header names neither this machine nor one of the simulated services"),
            circumstances.now,
            &circumstances.request_id,
        ));
    }
    cors::preflight(&place.world.config, received)
}

fn dispatch(place: &Place, received: &Received, circumstances: &Circumstances) -> Answer {
    match received.service {
        Service::Metadata => metadata::answer(&place.world, received, circumstances),
        Service::Iam => iam::answer(&place.world, received, circumstances),
        Service::Vpc => api::answer(&place.world, &[Api::Vpc], received, circumstances),
        Service::Containers => api::answer(&place.world, &[Api::Containers], received, circumstances),
        Service::ObjectStore => object_store::answer(&place.world, received, circumstances),
        Service::Control => control::answer(&place.world, received),
    }
}

fn send(
    place: &Place,
    sequence: Option<u64>,
    received: &Received,
    circumstances: &Circumstances,
    mut delivery: Delivery,
    cut: Arc<Cut>,
) -> Response<Paced> {
    delivery.answer.set_header("date", circumstances.now.http_date());
    cors::allow(&place.world.config, received, &mut delivery.answer);
    if let Some(sequence) = sequence {
        place.world.journal.answered(sequence, &delivery.answer);
    }
    let mut response = Response::new(());
    *response.status_mut() = delivery.answer.status;
    for (name, value) in &delivery.answer.headers {
        let name = HeaderName::from_bytes(name.as_bytes());
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_bytes(value.as_bytes())) {
            response.headers_mut().append(name, value);
        }
    }
    if delivery.content_length && delivery.stop_after.is_some() {
        // The length promised is that of the whole body; the body ends earlier.
        let length = HeaderValue::from(delivery.answer.body.len());
        response.headers_mut().insert("content-length", length);
    }
    response.map(|()| Paced::new(delivery, cut))
}
