//! What a terminal with graphics would show of the bytes it was sent: each protocol decoded back to pixels.

use std::collections::HashMap;

use base64::Engine as _;

/// A picture as shown. `None`: a pixel that was not set.
pub(crate) struct Raster {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) pixels: Vec<Option<[u8; 3]>>,
}

impl Raster {
    /// Puts strips one below the other.
    fn stacked(strips: Vec<Self>) -> Self {
        let width = strips.first().map_or(0, |strip| strip.width);
        assert!(
            strips.iter().all(|strip| strip.width == width),
            "strips of one width"
        );
        Self {
            width,
            height: strips.iter().map(|strip| strip.height).sum(),
            pixels: strips.into_iter().flat_map(|strip| strip.pixels).collect(),
        }
    }

    fn of_rgb(width: usize, height: usize, bytes: &[u8]) -> Self {
        assert_eq!(bytes.len(), width * height * 3, "three bytes a pixel");
        let pixels = bytes
            .chunks_exact(3)
            .map(|rgb| Some([rgb[0], rgb[1], rgb[2]]));
        Self {
            width,
            height,
            pixels: pixels.collect(),
        }
    }
}

/// Returns what stands between a beginning and an end, each time, in the frame in which it first stands.
fn between<'a>(written: &'a [u8], start: &str, end: &str) -> Vec<&'a str> {
    let find = |from: usize, part: &str| {
        let found = written[from..]
            .windows(part.len())
            .position(|it| it == part.as_bytes());
        found.map(|at| from + at)
    };
    let mut found = Vec::new();
    let Some(mut at) = find(0, start) else {
        return found;
    };
    // A frame ends where synchronized output does; a later one may draw the same again.
    let frame = find(at, "\x1b[?2026l").unwrap_or(written.len());
    while at < frame {
        let from = at + start.len();
        let Some(to) = find(from, end) else { break };
        found.push(std::str::from_utf8(&written[from..to]).unwrap());
        at = find(to, start).unwrap_or(written.len());
    }
    found
}

fn base64(text: &str) -> Vec<u8> {
    base64::engine::general_purpose::STANDARD
        .decode(text)
        .unwrap()
}

/// Reads `s=300` out of `a=T,s=300`.
fn number(options: &str, name: char) -> Option<usize> {
    options
        .split(',')
        .find_map(|option| option.strip_prefix(name)?.strip_prefix('=')?.parse().ok())
}

/// The picture sent by kitty's protocol: pieces of base64 over raw RGB.
pub(crate) fn kitty(written: &[u8]) -> Raster {
    let pieces = between(written, "\x1b_Gq=2,", "\x1b\\");
    let (first, mut coded) = pieces[0]
        .split_once(';')
        .map(|(a, b)| (a, b.to_owned()))
        .unwrap();
    assert_eq!(number(first, 'f'), Some(24), "raw RGB: {first}");
    let mut more = number(first, 'm');
    for piece in &pieces[1..] {
        if more != Some(1) {
            break;
        }
        let (options, part) = piece.split_once(';').unwrap();
        assert!(part.len() <= 4096, "a piece is at most 4096 letters");
        coded.push_str(part);
        more = number(options, 'm');
    }
    assert_eq!(more, Some(0), "the last piece says so");
    let (width, height) = (number(first, 's').unwrap(), number(first, 'v').unwrap());
    Raster::of_rgb(width, height, &base64(&coded))
}

/// The picture sent as iTerm2's inline pictures: a PNG for each row of cells.
pub(crate) fn iterm(written: &[u8]) -> Raster {
    let strips = between(written, "\x1b]1337;File=inline=1;", "\x07")
        .into_iter()
        .map(|strip| {
            let (options, coded) = strip.split_once(':').unwrap();
            let png = base64(coded);
            assert!(
                options.contains(&format!("size={};", png.len())),
                "{options}"
            );
            let shown = image::load_from_memory(&png).unwrap().into_rgb8();
            Raster::of_rgb(
                shown.width() as usize,
                shown.height() as usize,
                shown.as_raw(),
            )
        });
    Raster::stacked(strips.collect())
}

/// The picture sent as sixel: a strip for each row of cells.
pub(crate) fn sixel(written: &[u8]) -> Raster {
    let strips = between(written, "\x1bP0;1;0q\"1;1;", "\x1b\\");
    Raster::stacked(strips.into_iter().map(sixel_strip).collect())
}

/// Draws one strip as the VT340 manual says: `#` colours, `!` repeats, `$` goes back, `-` goes down.
fn sixel_strip(strip: &str) -> Raster {
    let bytes = strip.as_bytes();
    let mut at = 0;
    let number = |at: &mut usize| {
        let from = *at;
        while bytes.get(*at).is_some_and(u8::is_ascii_digit) {
            *at += 1;
        }
        strip[from..*at].parse::<usize>().unwrap()
    };
    let width = number(&mut at);
    at += 1;
    let height = number(&mut at);
    let mut pixels = vec![None; width * height];
    let mut colours: HashMap<usize, [u8; 3]> = HashMap::new();
    let (mut x, mut top, mut colour) = (0, 0, 0);
    while let Some(byte) = bytes.get(at) {
        at += 1;
        let mut times = 1;
        let mut sign = *byte;
        match byte {
            b'#' => {
                colour = number(&mut at);
                if bytes.get(at) == Some(&b';') {
                    let mut parts = [0; 4];
                    for part in &mut parts {
                        at += 1;
                        *part = number(&mut at);
                    }
                    assert_eq!(parts[0], 2, "RGB in hundredths");
                    let part = |n: usize| u8::try_from(parts[n] * 255 / 100).unwrap();
                    colours.insert(colour, [part(1), part(2), part(3)]);
                }
                continue;
            }
            b'$' => {
                x = 0;
                continue;
            }
            b'-' => {
                (x, top) = (0, top + 6);
                continue;
            }
            b'!' => {
                times = number(&mut at);
                sign = bytes[at];
                at += 1;
            }
            _ => {}
        }
        let bits = sign - 63;
        for _ in 0..times {
            for row in (0..6).filter(|row| bits >> row & 1 == 1) {
                pixels[(top + row) * width + x] = Some(colours[&colour]);
            }
            x += 1;
        }
    }
    Raster {
        width,
        height,
        pixels,
    }
}
