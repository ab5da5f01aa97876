//! HTTPS as the built program speaks it: certificates are checked, and HTTP/2 is spoken where the site offers it.
//!
//! `fixtures/tls` holds an authority made for this test and a key that opens nothing else.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod support;

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::sync::{Arc, Mutex};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use support::papers::rss;

type Tls = StreamOwned<ServerConnection, TcpStream>;

fn fixture(name: &str) -> String {
    format!("{}/tests/fixtures/tls/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// Serves one feed on a port of the loopback to whoever trusts its authority; notes the protocols spoken.
fn serve(protocols: &[&str]) -> (u16, Arc<Mutex<Vec<String>>>) {
    let certificate = CertificateDer::from_pem_file(fixture("server.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_file(fixture("server.key")).unwrap();
    let mut config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    config.alpn_protocols = protocols
        .iter()
        .map(|name| name.as_bytes().to_vec())
        .collect();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let spoken = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&spoken);
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            let noted = Arc::clone(&noted);
            std::thread::spawn(move || answer(StreamOwned::new(connection, stream), &noted));
        }
    });
    (port, spoken)
}

fn answer(mut tls: Tls, noted: &Mutex<Vec<String>>) -> std::io::Result<()> {
    while tls.conn.is_handshaking() {
        tls.conn.complete_io(&mut tls.sock)?;
    }
    let protocol = tls.conn.alpn_protocol().unwrap_or(b"none").to_vec();
    noted
        .lock()
        .unwrap()
        .push(String::from_utf8(protocol.clone()).unwrap());
    let body = rss("The Port Ellen Paper", &[]);
    if protocol == b"h2" {
        return answer_in_frames(&mut tls, body.as_bytes());
    }
    let mut seen = Vec::new();
    while !seen.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        tls.read_exact(&mut byte)?;
        seen.extend(byte);
    }
    let length = body.len();
    write!(
        tls,
        "HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )?;
    tls.conn.send_close_notify();
    tls.flush()
}

/// HTTP/2 at its smallest (RFC 9113): settings, then each request's stream answered with a head and one frame of data.
fn answer_in_frames(tls: &mut Tls, body: &[u8]) -> std::io::Result<()> {
    const DATA: u8 = 0;
    const HEADERS: u8 = 1;
    const SETTINGS: u8 = 4;
    const PING: u8 = 6;
    const ACK: u8 = 1;
    const END_STREAM: u8 = 1;
    const END_HEADERS: u8 = 4;
    let mut preface = [0; 24];
    tls.read_exact(&mut preface)?;
    assert_eq!(&preface, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    let frame = |tls: &mut Tls, kind: u8, flags: u8, stream: [u8; 4], payload: &[u8]| {
        let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
        let head = [&length[1..], &[kind, flags], &stream].concat();
        tls.write_all(&[&head, payload].concat())?;
        tls.flush()
    };
    frame(tls, SETTINGS, 0, [0; 4], &[])?;
    loop {
        let mut head = [0; 9];
        tls.read_exact(&mut head)?;
        let [a, b, c, kind, flags, stream @ ..] = head;
        let mut payload = vec![0; u32::from_be_bytes([0, a, b, c]) as usize];
        tls.read_exact(&mut payload)?;
        match kind {
            SETTINGS if flags & ACK == 0 => frame(tls, SETTINGS, ACK, [0; 4], &[])?,
            PING if flags & ACK == 0 => frame(tls, PING, ACK, [0; 4], &payload)?,
            HEADERS => {
                // `:status: 200` is entry 8 of HPACK's static table (RFC 7541, appendix A).
                frame(tls, HEADERS, END_HEADERS, stream, &[0x88])?;
                frame(tls, DATA, END_STREAM, stream, body)?;
            }
            _ => {}
        }
    }
}

/// Adds the feed; answers whether that went well, and what was said.
fn add(port: u16, authorities: Option<&str>) -> (bool, String) {
    let home = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_newsdesk"));
    command
        .arg("--data-dir")
        .arg(home.path())
        .args(["add", &format!("https://localhost:{port}/feed")])
        .env("HOME", home.path())
        .env("XDG_CONFIG_HOME", home.path());
    match authorities {
        Some(name) => command.env("SSL_CERT_FILE", fixture(name)),
        None => command.env("SSL_CERT_FILE", "/nonexistent/authorities.pem"),
    };
    // Without it the system's own folder of authorities is read beside the file.
    command.env("SSL_CERT_DIR", home.path());
    let output = command.output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(said).unwrap())
}

#[test]
fn http2_is_spoken_where_a_site_offers_it() {
    for (offered, expect) in [(&["h2", "http/1.1"][..], "h2"), (&["http/1.1"], "http/1.1")] {
        let (port, spoken) = serve(offered);
        let (went_well, said) = add(port, Some("ca.pem"));
        assert!(went_well && said.contains("The Port Ellen Paper"), "{said}");
        let spoken = spoken.lock().unwrap();
        assert!(
            !spoken.is_empty() && spoken.iter().all(|name| name == expect),
            "{spoken:?}"
        );
    }
}

#[test]
fn a_certificate_of_an_unknown_authority_is_refused() {
    let (port, spoken) = serve(&["h2"]);
    // An authority, but not the one that signed.
    let (went_well, said) = add(port, Some("server.pem"));
    assert!(!went_well, "{said}");
    assert!(
        said.contains("no secure connection to localhost: its certificate is not valid"),
        "{said}"
    );
    assert!(spoken.lock().unwrap().is_empty(), "nothing was asked");
}

#[test]
fn without_certificates_the_reason_is_said() {
    let (port, spoken) = serve(&["h2"]);
    let (went_well, said) = add(port, None);
    assert!(!went_well, "{said}");
    assert!(
        said.contains("this machine has no certificates to check sites with"),
        "{said}"
    );
    assert!(spoken.lock().unwrap().is_empty());
}
