//! A client that speaks plain HTTP over a socket, so that tests see exactly what was sent.
#![allow(unreachable_pub, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;
use simulator::Simulator;

/// An answer, its chunks joined.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(candidate, _)| candidate.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The first error code, in any of the services' shapes.
    pub fn code(&self) -> String {
        let body = self.json();
        ["/errors/0/code", "/errorCode"].iter().find_map(|pointer| body.pointer(pointer)?.as_str().map(str::to_owned)).unwrap_or_default()
    }
}

/// A request to be sent.
pub struct Call<'a> {
    method: &'a str,
    url: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

pub fn call(method: &str, url: impl Into<String>) -> Call<'_> {
    Call { method, url: url.into(), headers: Vec::new(), body: Vec::new() }
}

impl Call<'_> {
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn bearer(self, token: &str) -> Self {
        self.header("Authorization", &format!("Bearer {token}"))
    }

    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    pub fn form(self, fields: &[(&str, &str)]) -> Self {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.header("Content-Type", "application/x-www-form-urlencoded").body(body)
    }

    /// The bytes of the answer, to the end of the connection.
    pub fn raw(self) -> std::io::Result<Vec<u8>> {
        let mut stream = self.start()?;
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// Sends the request and leaves the answer unread.
    pub fn start(self) -> std::io::Result<TcpStream> {
        let rest = self.url.strip_prefix("http://").expect("an http URL");
        let (address, path) = rest.split_once('/').unwrap_or((rest, ""));
        let mut stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(Duration::from_secs(20)))?;
        let mut head = format!("{} /{path} HTTP/1.1\r\n", self.method);
        let mut headers = self.headers;
        for (name, value) in
            [("Host", address.to_owned()), ("Connection", "close".to_owned()), ("Content-Length", self.body.len().to_string())]
        {
            if !headers.iter().any(|(given, _)| given == name) {
                headers.push((name.to_owned(), value));
            }
        }
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        stream.write_all(head.as_bytes())?;
        stream.write_all(&self.body)?;
        Ok(stream)
    }

    pub fn send(self) -> Reply {
        parse(&self.raw().expect("an answer"))
    }
}

pub fn parse(bytes: &[u8]) -> Reply {
    let end = bytes
        .windows(4)
        .position(|window| window == b"\r\n\r\n")
        .unwrap_or_else(|| panic!("no head in {:?}", String::from_utf8_lossy(bytes)));
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = head.split("\r\n");
    let status = lines.next().unwrap().split(' ').nth(1).unwrap();
    let headers: Vec<(String, String)> = lines
        .map(|line| {
            let (name, value) = line.split_once(':').unwrap();
            (name.to_owned(), value.trim().to_owned())
        })
        .collect();
    let mut reply = Reply { status: status.parse().unwrap(), headers, body: bytes[end + 4..].to_vec() };
    if reply.header("transfer-encoding") == Some("chunked") {
        reply.body = dechunk(&reply.body);
    }
    reply
}

fn dechunk(mut bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    while let Some(line) = bytes.windows(2).position(|window| window == b"\r\n") {
        let size = String::from_utf8_lossy(&bytes[..line]).into_owned();
        let size = usize::from_str_radix(&size, 16).unwrap();
        let from = line + 2;
        if size == 0 || from + size > bytes.len() {
            break;
        }
        out.extend_from_slice(&bytes[from..from + size]);
        bytes = &bytes[from + size + 2..];
    }
    out
}

pub const VERSION: &str = "version=2025-08-26";

/// An identity token of the first instance.
pub fn identity_token(simulator: &Simulator) -> String {
    let reply = identity(simulator);
    assert_eq!(reply.status, 200, "{}", reply.text());
    reply.json()["access_token"].as_str().unwrap().to_owned()
}

/// The answer to the usual request for one.
pub fn identity(simulator: &Simulator) -> Reply {
    call("PUT", format!("{}/identity/v1/token?{VERSION}", simulator.metadata_url())).header("Metadata-Flavor", "ibm").send()
}

/// A token of the default trusted profile of the first instance.
pub fn instance_iam_token(simulator: &Simulator) -> String {
    let reply =
        call("POST", format!("{}/identity/v1/iam_tokens?{VERSION}", simulator.metadata_url())).bearer(&identity_token(simulator)).send();
    assert_eq!(reply.status, 200, "{}", reply.text());
    reply.json()["access_token"].as_str().unwrap().to_owned()
}

/// The answer of IAM's token endpoint to a form.
pub fn token(simulator: &Simulator, fields: &[(&str, &str)]) -> Reply {
    call("POST", format!("{}/identity/token", simulator.iam_url())).form(fields).send()
}
