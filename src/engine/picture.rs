//! Pictures of articles: fetched under limits, kept in the cache, scaled for the screen.

use std::io::Cursor;
use std::sync::Arc;

use image::imageops::FilterType;
use image::{ImageReader, Limits};

use super::access;
use super::context::Context;
use crate::fetch::Request;
use crate::model::ArticleId;
use crate::model::document::Document;
use crate::model::picture::Picture;
use crate::store::{Raw, Reader};

/// Pictures of one article at most.
const MOST: usize = 16;

/// Pixels of a picture at most, in width or height: more than any camera's.
const MAX_SIDE: u32 = 16_384;

/// Memory that decoding one picture may take: 40 million pixels of four bytes.
const MAX_ALLOC_BYTES: u64 = 160 << 20;

/// Returns the addresses of a document's first pictures.
pub(super) fn addresses(document: &Document) -> Vec<String> {
    let found = document.pictures().into_iter().take(MOST);
    found.map(str::to_owned).collect()
}

/// Fetches an article's pictures and keeps them; answers how many. One that cannot be had costs only itself: the text
/// stands without it. `feed`: the address of the user's that led here.
pub(super) async fn fetch(
    context: &Arc<Context>,
    article: ArticleId,
    addresses: &[String],
    feed: Option<&str>,
) -> usize {
    let mut kept = Vec::new();
    for address in addresses {
        if let Some(raw) = fetch_one(context, address, feed).await {
            kept.push((address.clone(), raw));
        }
    }
    let count = kept.len();
    if count == 0 {
        return 0;
    }
    let stored = context
        .write(move |writer, reply| writer.store_pictures(article, kept, reply))
        .await;
    match stored {
        Ok(()) => count,
        Err(error) => {
            tracing::warn!("pictures are not kept: {error}");
            0
        }
    }
}

async fn fetch_one(context: &Arc<Context>, address: &str, feed: Option<&str>) -> Option<Raw> {
    let request = Request::picture(address);
    let answer = match access::on_behalf(context, request, feed).await {
        Ok(request) => context.client.get(&request, context.now()).await,
        Err(error) => Err(error),
    };
    let response = match answer {
        Ok(response) => response,
        Err(error) => {
            tracing::debug!("no picture: {}", error.short());
            return None;
        }
    };
    let raw = Raw {
        url: response.url,
        content_type: response.content_type,
        bytes: response.body,
    };
    context
        .compute(move || is_picture(&raw.bytes).then_some(raw))
        .await?
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
