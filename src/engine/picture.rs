//! Pictures of articles: fetched under limits, kept in the cache, scaled for the screen.

use std::io::Cursor;
use std::sync::Arc;

use image::imageops::FilterType;
use image::{ImageReader, Limits};

use super::access;
use super::context::Context;
use super::error::{Error, Result};
use super::feed::{note_wait, wait_of};
use crate::fetch::{self, Request};
use crate::model::ArticleId;
use crate::model::article::Body;
use crate::model::document::{Block, Document, Figure};
use crate::model::picture::Picture;
use crate::store::{self, NewPictures, Raw, Reader};

/// Pictures of one article at most.
const MOST: usize = 24;

/// Bytes of all pictures of one article at most.
const MOST_BYTES: usize = 48 << 20;

/// Pixels of a picture at most, in width or height: more than any camera's.
const MAX_SIDE: u32 = 16_384;

/// Memory that decoding one picture may take: 40 million pixels of four bytes.
const MAX_ALLOC_BYTES: u64 = 160 << 20;

/// What addresses of a site's own signs hold: they stand for articles without a picture.
const SIGNS: &[&str] = &[
    "logo",
    "placeholder",
    "default",
    "fallback",
    "favicon",
    "avatar",
    "social-card",
    "og-image",
    "share-image",
];

/// Returns the addresses of a document's pictures.
pub(super) fn addresses(document: &Document) -> Vec<String> {
    document.pictures().into_iter().map(str::to_owned).collect()
}

/// Puts the lead picture over a text that has none of its own; a site's sign is none.
pub(super) fn with_lead(body: &mut Body, lead: Option<&str>) {
    let Some(lead) = lead.filter(|_| body.document.pictures().is_empty()) else {
        return;
    };
    let folded = lead.to_ascii_lowercase();
    if body.document.blocks.is_empty() || SIGNS.iter().any(|sign| folded.contains(sign)) {
        return;
    }
    let figure = Figure {
        image: Some(lead.to_owned()),
        ..Figure::default()
    };
    body.document.blocks.insert(0, Block::Figure(figure));
    for removed in &mut body.removed {
        removed.before += 1;
    }
}

/// What came of asking for an article's pictures.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Fetched {
    /// Pictures that came now.
    pub(super) kept: usize,
    /// Those that could not be had: address and why.
    pub(super) missing: Vec<(String, String)>,
    /// The machine seems to be offline; then none is missing for good.
    pub(super) is_offline: bool,
}

/// Fetches those of an article's pictures that are not kept yet. One that cannot be had costs only itself: the text
/// stands without it, and why is kept. `feed`: the address of the user's that led here.
pub(super) async fn fetch(
    context: &Arc<Context>,
    article: ArticleId,
    addresses: &[String],
    feed: Option<&str>,
) -> Fetched {
    let mut fetched = Fetched::default();
    let mut pictures = NewPictures::default();
    let mut bytes = 0;
    for (at, address) in unknown(context, addresses).await {
        if at >= MOST || bytes > MOST_BYTES {
            let why = format!("only the first {at} of an article are kept");
            pictures.missing.push((address, why));
            continue;
        }
        match fetch_one(context, &address, feed).await {
            Ok(raw) => {
                bytes += raw.bytes.len();
                pictures.kept.push((address, raw));
            }
            Err(Error::Fetch(error)) if fetch::are_offline([Some(&error)]) => {
                fetched.is_offline = true;
                break;
            }
            Err(Error::Fetch(error)) => pictures.missing.push((address, error.short())),
            Err(error) => pictures.missing.push((address, error.to_string())),
        }
    }
    fetched.kept = pictures.kept.len();
    fetched.missing.clone_from(&pictures.missing);
    if pictures != NewPictures::default() {
        let stored = context
            .write(move |writer, reply| writer.store_pictures(article, pictures, reply))
            .await;
        if let Err(error) = stored {
            tracing::warn!("pictures are not kept: {error}");
            fetched.kept = 0;
        }
    }
    fetched
}

/// Returns those addresses under which nothing is kept, each with its place among all.
async fn unknown(context: &Arc<Context>, addresses: &[String]) -> Vec<(usize, String)> {
    let all: Vec<(usize, String)> = addresses.iter().cloned().enumerate().collect();
    let work = {
        let (context, all) = (Arc::clone(context), all.clone());
        move || {
            let reader = context.library.reader()?;
            let unknown = all.into_iter().filter(|(_, url)| !reader.has_picture(url));
            store::Result::Ok(unknown.collect())
        }
    };
    context
        .compute(work)
        .await
        .and_then(store::Result::ok)
        .unwrap_or(all)
}

async fn fetch_one(context: &Arc<Context>, address: &str, feed: Option<&str>) -> Result<Raw> {
    let now = context.now();
    let host = fetch::host_of(address).unwrap_or_default();
    if wait_of(context, now, &host).is_some() {
        return Err(fetch::Error::new(fetch::Kind::Status(429), &host).into());
    }
    let request = Request::picture(address);
    let request = access::on_behalf(context, request, feed).await?;
    let response = match context.client.get(&request, now).await {
        Ok(response) => response,
        Err(error) => {
            note_wait(context, now, &host, &error).await;
            return Err(error.into());
        }
    };
    let raw = Raw {
        url: response.url,
        content_type: response.content_type,
        bytes: response.body,
    };
    context
        .compute(move || is_picture(&raw.bytes).then_some(raw))
        .await
        .flatten()
        .ok_or(Error::NotAPicture)
}

/// Says whether bytes are a picture that may be decoded, by its header alone.
fn is_picture(bytes: &[u8]) -> bool {
    let dimensions = ImageReader::new(Cursor::new(bytes))
        .with_guessed_format()
        .ok()
        .and_then(|reader| reader.into_dimensions().ok());
    dimensions.is_some_and(|(width, height)| {
        let sides = 1..=MAX_SIDE;
        sides.contains(&width)
            && sides.contains(&height)
            && u64::from(width) * u64::from(height) * 4 <= MAX_ALLOC_BYTES
    })
}

/// Reads pictures from the cache and scales them into so many columns and rows. Those that are not there, or are none,
/// are left out.
pub(super) fn load(
    reader: &Reader,
    addresses: &[String],
    cols: u16,
    rows: u16,
) -> Vec<(String, Picture)> {
    let scaled = |address: &String| {
        let raw = reader.picture(address).ok()??;
        Some((address.clone(), scale(&raw.bytes, cols, rows)?))
    };
    addresses.iter().filter_map(scaled).collect()
}

/// Decodes a picture and scales it down into so many columns and rows of cells of two pixels each; a small one keeps its
/// size.
fn scale(bytes: &[u8], cols: u16, rows: u16) -> Option<Picture> {
    if !is_picture(bytes) || cols == 0 || rows == 0 {
        return None;
    }
    let mut reader = ImageReader::new(Cursor::new(bytes))
        .with_guessed_format()
        .ok()?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_ALLOC_BYTES);
    reader.limits(limits);
    let image = reader.decode().ok()?;
    let (width, height) = (f64::from(image.width()), f64::from(image.height()));
    let factor = (f64::from(cols) / width)
        .min(f64::from(rows) * 2.0 / height)
        .min(1.0);
    let cols = ((width * factor).round() as u16).clamp(1, cols);
    let rows = ((height * factor / 2.0).round() as u16).clamp(1, rows);
    let scaled = image
        .resize_exact(u32::from(cols), u32::from(rows) * 2, FilterType::Triangle)
        .into_rgba8();
    let pixels = scaled.pixels().map(|pixel| {
        let [red, green, blue, alpha] = pixel.0;
        // What is clear shows white, as the page would have it.
        let over = |part: u8| {
            let (part, alpha) = (u16::from(part), u16::from(alpha));
            ((part * alpha + 255 * (255 - alpha)) / 255) as u8
        };
        [over(red), over(green), over(blue)]
    });
    Some(Picture {
        cols,
        rows,
        pixels: pixels.collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{ImageFormat, Rgba, RgbaImage};

    fn png(width: u32, height: u32) -> Vec<u8> {
        let picture = RgbaImage::from_fn(width, height, |_, y| {
            if y * 2 < height {
                Rgba([255, 0, 0, 255])
            } else {
                Rgba([0, 0, 0, 0])
            }
        });
        let mut bytes = Vec::new();
        picture
            .write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png)
            .expect("a picture");
        bytes
    }

    #[test]
    fn a_picture_fits_and_keeps_its_shape() {
        let picture = scale(&png(400, 200), 40, 30).expect("a picture");
        assert_eq!((picture.cols, picture.rows), (40, 10));
        assert_eq!(picture.pixels.len(), 40 * 20);
        assert_eq!(picture.cell(3, 0), Some(([255, 0, 0], [255, 0, 0])));
        // Clear is white.
        assert_eq!(picture.cell(3, 9), Some(([255; 3], [255; 3])));
        assert_eq!(picture.cell(40, 0), None);
        let tall = scale(&png(100, 400), 40, 10).expect("a picture");
        assert_eq!((tall.cols, tall.rows), (5, 10));
        let small = scale(&png(8, 8), 40, 10).expect("a picture");
        assert_eq!((small.cols, small.rows), (8, 4));
    }

    #[test]
    fn what_is_no_picture_is_left_alone() {
        assert_eq!(scale(b"<html>", 40, 10), None);
        assert_eq!(scale(&[], 40, 10), None);
        let whole = png(100, 100);
        assert_eq!(scale(&whole[..whole.len() / 2], 40, 10), None);
        // A header that promises 60,000 times 60,000 pixels.
        let mut bomb = whole;
        bomb[16..24].copy_from_slice(&[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]);
        assert!(!is_picture(&bomb));
    }
}
