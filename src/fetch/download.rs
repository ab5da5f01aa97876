//! Files too large to hold: streamed to whoever wants them, and gone on with where an earlier try broke off (RFC 9110 §14).

use std::io;

use jiff::Timestamp;
use reqwest::StatusCode;
use reqwest::header::{
    ACCEPT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderMap, HeaderValue,
    IF_RANGE, LAST_MODIFIED, RANGE,
};
use tokio::time::{Instant, timeout};

use super::client::{Client, Hops, Transport, embedded, is_redirect, web_address};
use super::net::read_error;
use super::{Error, Kind, Phase, Request, header};

/// Where an earlier try broke off.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resume {
    /// Bytes that are there.
    pub from: u64,
    /// What tells that the file at the site is still the same: its strong `ETag`, else its `Last-Modified`.
    pub validator: String,
}

/// What comes, in order: one head, then the bytes.
#[derive(Debug)]
pub enum Piece<'a> {
    /// The answer begins.
    Head(Head),
    /// The next bytes.
    Bytes(&'a [u8]),
}

/// How an answer begins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// The bytes that follow go on where the earlier try broke off; else they are the file from its beginning.
    pub goes_on: bool,
    /// Bytes of the whole file, where the site says.
    pub total: Option<u64>,
    /// What to send as [`Resume::validator`] after a break; `None`: the site gives nothing to go on with.
    pub validator: Option<String>,
    /// The `Content-Type` header.
    pub content_type: Option<String>,
}

/// Why a file could not be had.
#[derive(Debug, thiserror::Error)]
pub enum DownloadError {
    /// The net said no.
    #[error(transparent)]
    Fetch(#[from] Error),
    /// It could not be written.
    #[error("the file cannot be written: {0}")]
    File(#[from] io::Error),
}

/// Takes pieces of a file.
pub type Sink<'a> = dyn FnMut(Piece<'_>) -> io::Result<()> + Send + 'a;

impl Client {
    /// Asks for a file and gives its bytes on as they come. At most `most` bytes in all are taken. There is no limit on
    /// the whole time, only on silence and on slowness.
    pub async fn download(
        &self,
        request: &Request,
        resume: Option<&Resume>,
        most: u64,
        now: Timestamp,
        sink: &mut Sink<'_>,
    ) -> Result<(), DownloadError> {
        let url = web_address(&request.url)?;
        if let Transport::Embedded(respond) = self.transport() {
            let response = embedded(respond, request, &url)?;
            sink(Piece::Head(Head {
                total: Some(response.body.len() as u64),
                content_type: response.content_type,
                ..Head::default()
            }))?;
            return Ok(sink(Piece::Bytes(&response.body))?);
        }
        let mut hops = Hops::new(self, request, url)?;
        let mut resume = resume;
        loop {
            hops.set_extra(extra(resume));
            let mut response = hops.step().await?;
            let status = response.status();
            if is_redirect(status) {
                hops.turn_to(status, response.headers())?;
                continue;
            }
            if let (StatusCode::RANGE_NOT_SATISFIABLE, Some(wanted)) = (status, resume) {
                let total = range(response.headers()).and_then(|(_, total)| total);
                if total == Some(wanted.from) {
                    // All of it is there: the earlier try broke off at the very end.
                    sink(Piece::Head(Head {
                        goes_on: true,
                        total,
                        ..Head::default()
                    }))?;
                    return Ok(());
                }
                resume = None;
                continue;
            }
            if !status.is_success() {
                return Err(hops.refusal(status, response.headers(), now).into());
            }
            let found = range(response.headers()).filter(|_| status == StatusCode::PARTIAL_CONTENT);
            let start = found.and_then(|(start, _)| start);
            let goes_on = resume.is_some() && start == resume.map(|resume| resume.from);
            if status == StatusCode::PARTIAL_CONTENT && !goes_on {
                if resume.take().is_none() {
                    // A part nobody asked for.
                    return Err(hops.error(Kind::Garbled).into());
                }
                continue;
            }
            let from = resume.filter(|_| goes_on).map_or(0, |resume| resume.from);
            let head = head(response.headers(), goes_on, found, from);
            if head.total.is_some_and(|total| total > most) {
                return Err(hops.error(Kind::TooLarge).into());
            }
            sink(Piece::Head(head))?;
            return self
                .stream(&hops, &mut response, most - from.min(most), sink)
                .await;
        }
    }

    async fn stream(
        &self,
        hops: &Hops<'_>,
        response: &mut reqwest::Response,
        most: u64,
        sink: &mut Sink<'_>,
    ) -> Result<(), DownloadError> {
        let limits = self.limits();
        let started = Instant::now();
        let mut taken = 0;
        loop {
            let piece = match timeout(limits.stall, response.chunk()).await {
                Ok(Ok(Some(piece))) => piece,
                Ok(Ok(None)) => return Ok(()),
                Ok(Err(error)) => return Err(read_error(&error, &hops.host(), true).into()),
                Err(_) => return Err(hops.error(Kind::Timeout(Phase::Body)).into()),
            };
            taken += piece.len() as u64;
            if taken > most {
                return Err(hops.error(Kind::TooLarge).into());
            }
            sink(Piece::Bytes(&piece))?;
            let elapsed = started.elapsed();
            let slowest = limits.slow_bytes_per_second as f64 * elapsed.as_secs_f64();
            if elapsed > limits.slow_after && (taken as f64) < slowest {
                return Err(hops.error(Kind::Timeout(Phase::Body)).into());
            }
        }
    }
}

/// Returns the headers that ask for a file, or for its rest: never packed, since ranges count the bytes that are sent.
fn extra(resume: Option<&Resume>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    let Some(resume) = resume else {
        return headers;
    };
    let range = HeaderValue::from_str(&format!("bytes={}-", resume.from)).ok();
    if let (Some(range), Some(validator)) = (range, header::from_opaque(&resume.validator)) {
        headers.insert(RANGE, range);
        headers.insert(IF_RANGE, validator);
    }
    headers
}

fn head(
    headers: &HeaderMap,
    goes_on: bool,
    found: Option<(Option<u64>, Option<u64>)>,
    from: u64,
) -> Head {
    let length =
        header::text(headers, CONTENT_LENGTH).and_then(|length| length.trim().parse().ok());
    let total = match found {
        Some((_, total)) => total,
        None => length.map(|length: u64| length + from),
    };
    let accepts = header::text(headers, reqwest::header::ACCEPT_RANGES);
    let validator = header::opaque(headers, ETAG)
        // A weak one says nothing of bytes (RFC 9110 §13.1.5).
        .filter(|etag| !etag.starts_with("W/"))
        .or_else(|| header::opaque(headers, LAST_MODIFIED));
    Head {
        goes_on,
        total,
        validator: validator.filter(|_| accepts != Some("none")),
        content_type: header::lossy(headers, CONTENT_TYPE),
    }
}

/// Reads `bytes 100-199/200`, `bytes */200` or `bytes 100-199/*`: where it starts, and bytes in all.
fn range(headers: &HeaderMap) -> Option<(Option<u64>, Option<u64>)> {
    let (span, total) = header::text(headers, CONTENT_RANGE)?
        .trim()
        .strip_prefix("bytes ")?
        .split_once('/')?;
    let start = span
        .split_once('-')
        .and_then(|(start, _)| start.trim().parse().ok());
    Some((start, total.trim().parse().ok()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read() {
        let check = |value: &str, expect: Option<(Option<u64>, Option<u64>)>| {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_RANGE, HeaderValue::from_str(value).unwrap());
            assert_eq!(range(&headers), expect, "{value}");
        };
        check("bytes 100-199/200", Some((Some(100), Some(200))));
        check("bytes 0-1/*", Some((Some(0), None)));
        check("bytes */200", Some((None, Some(200))));
        check("items 0-1/2", None);
        check("bytes", None);
    }
}
