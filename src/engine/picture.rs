//! Pictures of articles: fetched under limits, kept in the cache, scaled for the screen.

use std::io::Cursor;
use std::sync::Arc;

use image::imageops::FilterType;
use image::{DynamicImage, ImageReader, Limits};

use super::access;
use super::context::Context;
use super::error::{Error, Result};
use super::waits;
use crate::fetch::{self, Request};
use crate::model::ArticleId;
use crate::model::article::Body;
use crate::model::document::{Block, Document, Figure};
use crate::model::picture::{Fine, Picture};
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
    pictures.is_whole = pictures.missing.is_empty() && !fetched.is_offline;
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
    if waits::until(context, now, &host).is_some() {
        return Err(fetch::Error::new(fetch::Kind::Status(429), &host).into());
    }
    let request = Request::picture(address);
    let request = access::on_behalf(context, request, feed).await?;
    let response = match context.client.get(&request, now).await {
        Ok(response) => response,
        Err(error) => {
            waits::note(context, now, &host, &error).await;
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

/// Pixels of one picture at most where the terminal draws real ones; a larger one is drawn in half blocks.
const MAX_FINE_PIXELS: u32 = 3_000_000;

/// Pixels of all pictures of an article at most: 48 MB.
const MAX_FINE_PIXELS_OF_ALL: u32 = 16_000_000;

/// The room a picture has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Room {
    /// Columns at most.
    pub(super) cols: u16,
    /// Rows at most.
    pub(super) rows: u16,
    /// Pixels of a cell, across and down, where the terminal draws real ones.
    pub(super) cell: Option<(u16, u16)>,
}

/// Reads pictures from the cache and scales them into their room. Those that are not there, or are none, are left out.
pub(super) fn load(reader: &Reader, addresses: &[String], room: Room) -> Vec<(String, Picture)> {
    let mut left = MAX_FINE_PIXELS_OF_ALL;
    let mut scaled = Vec::new();
    for address in addresses {
        let Ok(Some(raw)) = reader.picture(address) else {
            continue;
        };
        let Some(mut picture) = scale(&raw.bytes, room) else {
            continue;
        };
        let fine = picture
            .fine
            .as_ref()
            .map_or(0, |fine| fine.width * fine.height);
        match left.checked_sub(fine) {
            Some(rest) => left = rest,
            None => picture.fine = None,
        }
        scaled.push((address.clone(), picture));
    }
    scaled
}

/// Decodes a picture and scales it into its room. In half blocks, two pixels a cell, a small one keeps its size; in real
/// pixels it may be doubled.
fn scale(bytes: &[u8], room: Room) -> Option<Picture> {
    if !is_picture(bytes) || room.cols == 0 || room.rows == 0 {
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
    let (across, down) = room.cell.unwrap_or((1, 2));
    let most = if room.cell.is_some() { 2.0 } else { 1.0 };
    let (width, height) = (f64::from(image.width()), f64::from(image.height()));
    let factor = (f64::from(room.cols) * f64::from(across) / width)
        .min(f64::from(room.rows) * f64::from(down) / height)
        .min(most);
    let cells = |pixels: f64, of: u16, most: u16| {
        ((pixels * factor / f64::from(of)).round() as u16).clamp(1, most)
    };
    let cols = cells(width, across, room.cols);
    let rows = cells(height, down, room.rows);
    let fine = room.cell.and_then(|(across, down)| {
        let (width, height) = (
            u32::from(cols) * u32::from(across),
            u32::from(rows) * u32::from(down),
        );
        (width * height <= MAX_FINE_PIXELS).then(|| Fine {
            width,
            height,
            pixels: resized(&image, width, height).into_flattened().into(),
        })
    });
    Some(Picture {
        cols,
        rows,
        pixels: resized(&image, u32::from(cols), u32::from(rows) * 2),
        fine,
    })
}

/// Returns a picture's pixels at a size. What is clear shows white, as the page would have it.
fn resized(image: &DynamicImage, width: u32, height: u32) -> Vec<[u8; 3]> {
    let scaled = image
        .resize_exact(width, height, FilterType::Triangle)
        .into_rgba8();
    let pixels = scaled.pixels().map(|pixel| {
        let [red, green, blue, alpha] = pixel.0;
        let over = |part: u8| {
            let (part, alpha) = (u16::from(part), u16::from(alpha));
            ((part * alpha + 255 * (255 - alpha)) / 255) as u8
        };
        [over(red), over(green), over(blue)]
    });
    pixels.collect()
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

    fn room(cols: u16, rows: u16) -> Room {
        Room {
            cols,
            rows,
            cell: None,
        }
    }

    #[test]
    fn real_pixels_fill_the_cells_and_keep_the_shape() {
        let fine = Room {
            cell: Some((10, 20)),
            ..room(40, 30)
        };
        let picture = scale(&png(400, 200), fine).expect("a picture");
        assert_eq!((picture.cols, picture.rows), (40, 10));
        let pixels = picture.fine.expect("real pixels");
        assert_eq!((pixels.width, pixels.height), (400, 200));
        assert_eq!(pixels.pixels.len(), 400 * 200 * 3);
        assert_eq!(&pixels.pixels[..3], &[255, 0, 0]);
        assert_eq!(&pixels.pixels[pixels.pixels.len() - 3..], &[255; 3]);
        // A small one is at most doubled.
        let small = scale(&png(50, 40), fine).expect("a picture");
        assert_eq!((small.cols, small.rows), (10, 4));
        // More pixels than are reasonable: half blocks do.
        let huge = Room {
            cell: Some((80, 160)),
            ..room(200, 60)
        };
        assert_eq!(scale(&png(2000, 1200), huge).expect("a picture").fine, None);
    }

    #[test]
    fn a_picture_fits_and_keeps_its_shape() {
        let picture = scale(&png(400, 200), room(40, 30)).expect("a picture");
        assert_eq!((picture.cols, picture.rows), (40, 10));
        assert_eq!(picture.pixels.len(), 40 * 20);
        assert_eq!(picture.cell(3, 0), Some(([255, 0, 0], [255, 0, 0])));
        // Clear is white.
        assert_eq!(picture.cell(3, 9), Some(([255; 3], [255; 3])));
        assert_eq!(picture.cell(40, 0), None);
        let tall = scale(&png(100, 400), room(40, 10)).expect("a picture");
        assert_eq!((tall.cols, tall.rows), (5, 10));
        let small = scale(&png(8, 8), room(40, 10)).expect("a picture");
        assert_eq!((small.cols, small.rows), (8, 4));
    }

    #[test]
    fn what_is_no_picture_is_left_alone() {
        assert_eq!(scale(b"<html>", room(40, 10)), None);
        assert_eq!(scale(&[], room(40, 10)), None);
        let whole = png(100, 100);
        assert_eq!(scale(&whole[..whole.len() / 2], room(40, 10)), None);
        // A header that promises 60,000 times 60,000 pixels.
        let mut bomb = whole;
        bomb[16..24].copy_from_slice(&[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]);
        assert!(!is_picture(&bomb));
    }
}
