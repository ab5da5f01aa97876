//! Files attached to articles: downloaded on request, gone on with after a break, under names that harm nobody.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::context::Context;
use super::error::{Error, Result};
use super::{Cancel, access, memo, waits};
use crate::app::event::FileState;
use crate::export::file_stem;
use crate::fetch::{DownloadError, Head, Piece, Request, Resume, body_hash, host_of};
use crate::model::article::Enclosure;
use crate::model::{Article, ArticleId};
use crate::store::Reader;

/// Progress is told this often at most.
const TELL_EVERY: Duration = Duration::from_millis(200);

/// Files fetched at once; more wait.
const AT_ONCE: usize = 2;

/// Names tried where others stand in the way.
const MOST_NAMES: usize = 1000;

/// What is remembered of a file between runs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Kept {
    /// Where it lies, once all of it came.
    done: Option<PathBuf>,
    /// Where its beginning lies.
    part: Option<PathBuf>,
    /// What tells that the file at the site is still the same.
    validator: Option<String>,
}

fn key(url: &str) -> String {
    let hash = body_hash(url.as_bytes());
    format!("enclosure.{}", hash.get(..24).unwrap_or_default())
}

impl Kept {
    fn read(reader: &Reader, url: &str) -> Self {
        let kept = reader.remembered(&key(url)).ok().flatten();
        kept.and_then(|json| serde_json::from_str(&json).ok())
            .unwrap_or_default()
    }
}

/// Says how a file stands on this disk.
pub fn enclosure_state(reader: &Reader, url: &str) -> FileState {
    let kept = Kept::read(reader, url);
    if let Some(path) = kept.done.filter(|path| path.is_file()) {
        return FileState::Done(path);
    }
    let part = kept.part.and_then(|part| fs::metadata(part).ok());
    match part.map_or(0, |part| part.len()) {
        0 => FileState::None,
        bytes => FileState::Part(bytes),
    }
}

/// The files that are being fetched. One an engine.
#[derive(Debug)]
pub(super) struct Downloads {
    running: Mutex<BTreeMap<String, Cancel>>,
    slots: tokio::sync::Semaphore,
}

impl Default for Downloads {
    fn default() -> Self {
        Self {
            running: Mutex::default(),
            slots: tokio::sync::Semaphore::new(AT_ONCE),
        }
    }
}

impl Downloads {
    /// Notes that a file is fetched; `None` where it already is.
    pub(super) fn begin(&self, url: &str) -> Option<Cancel> {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if running.contains_key(url) {
            return None;
        }
        let cancel = Cancel::new();
        running.insert(url.to_owned(), cancel.clone());
        Some(cancel)
    }

    /// Stops fetching a file; what came is kept.
    pub(super) fn stop(&self, url: &str) {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(cancel) = running.get(url) {
            cancel.cancel();
        }
    }

    fn end(&self, url: &str) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.remove(url);
    }

    /// Fetches a file in its turn.
    pub(super) async fn run(
        &self,
        context: &Arc<Context>,
        article: ArticleId,
        url: &str,
        progress: &mut (dyn FnMut(u64, Option<u64>) + Send),
        cancel: &Cancel,
    ) -> Result<PathBuf> {
        let work = async {
            let _turn = self.slots.acquire().await;
            fetch(context, article, url, progress).await
        };
        let result = tokio::select! {
            biased;
            () = cancel.cancelled() => Err(Error::Cancelled),
            result = work => result,
        };
        self.end(url);
        result
    }
}

/// Fetches a file of an article into the folder for them, or goes on with it. Blocks. `progress`: bytes that came, and in
/// all where the site says.
///
/// # Errors
/// Where it cannot be had or written; what came until then is kept and gone on with the next time.
pub fn download_enclosure(
    context: &Arc<Context>,
    article: ArticleId,
    url: &str,
    progress: &mut (dyn FnMut(u64, Option<u64>) + Send),
    cancel: &Cancel,
) -> Result<PathBuf> {
    let downloads = Downloads::default();
    context
        .runtime()?
        .block_on(downloads.run(context, article, url, progress, cancel))
}

/// What is needed to fetch a file.
struct Job {
    article: Box<Article>,
    enclosure: Enclosure,
    feed_url: Option<String>,
    kept: Kept,
}

async fn fetch(
    context: &Arc<Context>,
    id: ArticleId,
    url: &str,
    progress: &mut (dyn FnMut(u64, Option<u64>) + Send),
) -> Result<PathBuf> {
    let work = {
        let (context, url) = (Arc::clone(context), url.to_owned());
        move || look(&context, id, &url)
    };
    let job = context.compute(work).await.ok_or(Error::Broken)??;
    if let Some(path) = job.kept.done.as_ref().filter(|path| path.is_file()) {
        return Ok(path.clone());
    }
    waits::heed(context, context.now(), url)?;
    let folder = folder(context);
    fs::create_dir_all(&folder).map_err(|error| Error::file(&folder, error))?;
    let request = access::on_behalf(context, Request::file(url), job.feed_url.as_deref()).await?;
    let mut target = Target::open(&folder, &job.article, &job.enclosure, &job.kept)?;
    let resume = target.resume(job.kept.validator.as_deref());
    let mut told = Instant::now();
    let mut head = Head::default();
    let result = {
        let mut sink = |piece: Piece<'_>| -> io::Result<()> {
            match piece {
                Piece::Head(new) => {
                    target.begin(new.goes_on)?;
                    // Noted at once: a stop drops all of this.
                    note(context, url, &target.part, new.validator.clone());
                    head = new;
                    progress(target.bytes, head.total);
                }
                Piece::Bytes(bytes) => {
                    target.write(bytes)?;
                    if told.elapsed() > TELL_EVERY {
                        told = Instant::now();
                        progress(target.bytes, head.total);
                    }
                }
            }
            Ok(())
        };
        let most = context.enclosures.max_megabytes.saturating_mul(1 << 20);
        context
            .client
            .download(&request, resume.as_ref(), most, context.now(), &mut sink)
            .await
    };
    if let Err(error) = result {
        let kept = Kept {
            part: Some(target.part.clone()),
            validator: head.validator.or(job.kept.validator),
            done: None,
        };
        memo::keep(context, key(url), &kept).await;
        if let DownloadError::Fetch(error) = &error {
            let host = host_of(url).unwrap_or_default();
            waits::note(context, context.now(), &host, error).await;
        }
        return Err(error.into());
    }
    progress(target.bytes, head.total.or(Some(target.bytes)));
    let path = target
        .finish()
        .map_err(|error| Error::file(&folder, error))?;
    let kept = Kept {
        done: Some(path.clone()),
        ..Kept::default()
    };
    memo::keep(context, key(url), &kept).await;
    Ok(path)
}

/// Notes where a file's beginning lies, without waiting for it.
fn note(context: &Context, url: &str, part: &Path, validator: Option<String>) {
    let kept = Kept {
        part: Some(part.to_owned()),
        validator,
        done: None,
    };
    if let Ok(json) = serde_json::to_string(&kept) {
        let writer = context.library.writer();
        writer.remember(key(url), json, Box::new(|_| {}));
    }
}

/// Finds the article and its file. For the pool.
fn look(context: &Context, id: ArticleId, url: &str) -> Result<Job> {
    let reader = context.library.reader()?;
    let article = reader.article(id, None)?.ok_or(Error::NoArticle)?;
    let enclosure = article.enclosures.iter().find(|it| it.url == url);
    let enclosure = enclosure.cloned().ok_or(Error::NoAddress)?;
    let source = match article.row.feed {
        Some(feed) => reader.feed_sources(Some(&[feed]), context.now())?.pop(),
        None => None,
    };
    Ok(Job {
        kept: Kept::read(&reader, url),
        article: Box::new(article),
        enclosure,
        feed_url: source.map(|source| source.url),
    })
}

/// Returns the folder for files: the user's, else one beside the library.
pub(super) fn folder(context: &Context) -> PathBuf {
    let typed = context.enclosures.folder.trim();
    if typed.is_empty() {
        return context.library.paths().data_dir.join("enclosures");
    }
    let home = typed.strip_prefix("~/").zip(std::env::home_dir());
    home.map_or_else(|| PathBuf::from(typed), |(rest, home)| home.join(rest))
}

/// A file on its way.
struct Target {
    file: File,
    part: PathBuf,
    /// Its name in the end, without number and ending.
    stem: PathBuf,
    ending: String,
    bytes: u64,
}

impl Target {
    /// Opens the beginning that is there, else makes a new file of a name nobody has.
    fn open(folder: &Path, article: &Article, enclosure: &Enclosure, kept: &Kept) -> Result<Self> {
        let stem = folder.join(file_stem(&article.row.title, article.row.id));
        let ending = ending(enclosure);
        let old = kept.part.as_ref().and_then(|part| {
            let file = OpenOptions::new().append(true).open(part).ok()?;
            let bytes = file.metadata().ok()?.len();
            Some((file, part.clone(), bytes))
        });
        if let Some((file, part, bytes)) = old {
            return Ok(Self {
                file,
                part,
                stem,
                ending,
                bytes,
            });
        }
        for number in 1..MOST_NAMES {
            let part = numbered(&stem, number, &format!("{ending}.part"));
            if numbered(&stem, number, &ending).exists() {
                continue;
            }
            // Never writes through what another left there, a link included.
            match OpenOptions::new().append(true).create_new(true).open(&part) {
                Ok(file) => {
                    return Ok(Self {
                        file,
                        part,
                        stem,
                        ending,
                        bytes: 0,
                    });
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(Error::file(&part, error)),
            }
        }
        let error = io::Error::from(io::ErrorKind::AlreadyExists);
        Err(Error::file(folder, error))
    }

    fn resume(&self, validator: Option<&str>) -> Option<Resume> {
        Some(Resume {
            from: self.bytes,
            validator: validator?.to_owned(),
        })
        .filter(|resume| resume.from > 0)
    }

    fn begin(&mut self, goes_on: bool) -> io::Result<()> {
        if !goes_on {
            self.file.set_len(0)?;
            self.bytes = 0;
        }
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)?;
        self.bytes += bytes.len() as u64;
        Ok(())
    }

    /// Gives the file its name: one nobody has, whoever made files meanwhile.
    fn finish(self) -> io::Result<PathBuf> {
        self.file.sync_all()?;
        for number in 1..MOST_NAMES {
            let path = numbered(&self.stem, number, &self.ending);
            // A link fails where the name is taken; a rename would overwrite it.
            match fs::hard_link(&self.part, &path) {
                Ok(()) => {
                    fs::remove_file(&self.part)?;
                    return Ok(path);
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                // File systems without links (FAT): the name was looked at a moment ago.
                Err(_) if !path.exists() => {
                    fs::rename(&self.part, &path)?;
                    return Ok(path);
                }
                Err(error) => return Err(error),
            }
        }
        Err(io::Error::from(io::ErrorKind::AlreadyExists))
    }
}

fn numbered(stem: &Path, number: usize, ending: &str) -> PathBuf {
    let mut name = stem.as_os_str().to_owned();
    if number > 1 {
        name.push(format!("-{number}"));
    }
    name.push(ending);
    PathBuf::from(name)
}

/// Returns a file's ending with its dot: by its media type, else the address's own where it is plain; never one that a
/// system runs.
fn ending(enclosure: &Enclosure) -> String {
    const TYPES: &[(&str, &str)] = &[
        ("audio/mpeg", ".mp3"),
        ("audio/mp3", ".mp3"),
        ("audio/mp4", ".m4a"),
        ("audio/x-m4a", ".m4a"),
        ("audio/aac", ".aac"),
        ("audio/ogg", ".ogg"),
        ("audio/opus", ".opus"),
        ("audio/flac", ".flac"),
        ("audio/wav", ".wav"),
        ("video/mp4", ".mp4"),
        ("video/webm", ".webm"),
        ("video/quicktime", ".mov"),
        ("video/x-m4v", ".m4v"),
        ("application/pdf", ".pdf"),
        ("application/epub+zip", ".epub"),
        ("application/zip", ".zip"),
        ("application/x-bittorrent", ".torrent"),
        ("text/plain", ".txt"),
        ("text/vtt", ".vtt"),
        ("application/srt", ".srt"),
    ];
    const PLAIN: &[&str] = &[
        "mp3", "m4a", "m4b", "aac", "ogg", "oga", "opus", "flac", "wav", "mp4", "m4v", "webm",
        "mov", "mkv", "pdf", "epub", "zip", "txt", "vtt", "srt", "torrent", "jpg", "jpeg", "png",
        "gif", "webp",
    ];
    let media = enclosure.media_type.as_deref().unwrap_or_default();
    let media = media.split(';').next().unwrap_or_default().trim();
    if let Some((_, ending)) = TYPES
        .iter()
        .find(|(name, _)| media.eq_ignore_ascii_case(name))
    {
        return (*ending).to_owned();
    }
    let path = url::Url::parse(&enclosure.url).map(|url| url.path().to_ascii_lowercase());
    let path = path.unwrap_or_default();
    let own = path.rsplit_once('.').map_or("", |(_, ending)| ending);
    if PLAIN.contains(&own) {
        format!(".{own}")
    } else {
        ".bin".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_are_plain_whatever_the_feed_says() {
        let check = |media: &str, url: &str, expect: &str| {
            let enclosure = Enclosure {
                url: url.into(),
                media_type: Some(media.into()),
                ..Enclosure::default()
            };
            assert_eq!(ending(&enclosure), expect, "{media} {url}");
        };
        check("audio/mpeg", "https://p.example/1", ".mp3");
        check("Audio/MPEG; codecs=x", "https://p.example/1.exe", ".mp3");
        check("", "https://p.example/a/Show.MP3?x=1", ".mp3");
        check("", "https://p.example/run.sh", ".bin");
        check(
            "application/x-desktop",
            "https://p.example/a.desktop",
            ".bin",
        );
        check("", "https://p.example/../../etc/passwd", ".bin");
    }
}
