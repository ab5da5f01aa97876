//! Sixel: pictures as the VT340 drew them, six rows of pixels a band, at most 256 colours.
//!
//! Each row of cells is a picture of its own, so that a picture can be cut at any row. Every pixel is set: what stood there
//! before never shines through.

use std::fmt::Write as _;

use crate::model::picture::{Fine, Picture};

/// Colours at most: the fewest that terminals with sixel have.
const COLOURS: usize = 256;

/// Returns a picture's rows of cells, each as its own sixel picture.
pub(super) fn rows(picture: &Picture, fine: &Fine) -> Vec<String> {
    let (width, rows) = (fine.width as usize, usize::from(picture.rows));
    let cell = fine.height as usize / rows.max(1);
    let pixels: Vec<[u8; 3]> = fine
        .pixels
        .chunks_exact(3)
        .map(|rgb| [rgb[0], rgb[1], rgb[2]])
        .collect();
    let palette = Palette::of(&pixels);
    let indexes: Vec<u8> = pixels.iter().map(|rgb| palette.index(*rgb)).collect();
    (0..rows)
        .map(|row| {
            let from = row * cell * width;
            let strip = indexes.get(from..from + cell * width).unwrap_or_default();
            strip_of(strip, width, cell, &palette)
        })
        .collect()
}

/// Returns one strip of `height` rows of pixels.
fn strip_of(strip: &[u8], width: usize, height: usize, palette: &Palette) -> String {
    let mut out = format!("\x1bP0;1;0q\"1;1;{width};{height}");
    let mut used: Vec<u8> = strip.to_vec();
    used.sort_unstable();
    used.dedup();
    for index in used {
        // Parts are hundredths (DEC STD 070: `# Pc ; Pu=2 ; R ; G ; B`).
        let [red, green, blue] =
            palette.colours[usize::from(index)].map(|part| (u32::from(part) * 100 + 127) / 255);
        let _ = write!(out, "#{index};2;{red};{green};{blue}");
    }
    for band in strip.chunks(width.max(1) * 6) {
        let mut in_band: Vec<u8> = band.to_vec();
        in_band.sort_unstable();
        in_band.dedup();
        for index in in_band {
            let _ = write!(out, "#{index}");
            let mut run = Run::default();
            for x in 0..width {
                let bits = (0..6).filter(|row| band.get(row * width + x) == Some(&index));
                let bits: u8 = bits.map(|row| 1 << row).sum();
                run.push(&mut out, bits);
            }
            run.end(&mut out);
            out.push('$');
        }
        out.push('-');
    }
    out.push_str("\x1b\\");
    out
}

/// Columns that look alike, one after another.
#[derive(Default)]
struct Run {
    bits: u8,
    length: usize,
}

impl Run {
    fn push(&mut self, out: &mut String, bits: u8) {
        if bits != self.bits {
            self.write(out);
            self.bits = bits;
        }
        self.length += 1;
    }

    fn write(&mut self, out: &mut String) {
        let letter = char::from(63 + self.bits);
        if self.length > 3 {
            let _ = write!(out, "!{}{letter}", self.length);
        } else {
            out.extend(std::iter::repeat_n(letter, self.length));
        }
        self.length = 0;
    }

    /// Empty columns at the end need not be said.
    fn end(&mut self, out: &mut String) {
        if self.bits != 0 {
            self.write(out);
        }
    }
}

/// The colours of a picture, and for every colour of five bits a part the nearest of them.
struct Palette {
    colours: Vec<[u8; 3]>,
    nearest: Vec<u8>,
}

/// Bits kept of each part when colours are counted.
const BITS: u32 = 5;

fn bucket([red, green, blue]: [u8; 3]) -> usize {
    let cut = |part: u8| usize::from(part >> (8 - BITS));
    cut(red) << (2 * BITS) | cut(green) << BITS | cut(blue)
}

fn colour_of(bucket: usize) -> [u8; 3] {
    let part = |shift: u32| {
        let five = (bucket >> shift & ((1 << BITS) - 1)) as u8;
        five << (8 - BITS) | five >> (2 * BITS - 8)
    };
    [part(2 * BITS), part(BITS), part(0)]
}

/// Colours that one entry of the palette stands for, with how often each occurs.
struct Group {
    members: Vec<(usize, u32)>,
}

impl Group {
    fn weight(&self) -> u64 {
        self.members
            .iter()
            .map(|(_, count)| u64::from(*count))
            .sum()
    }

    /// Returns the part of colour that differs most, and by how much.
    fn spread(&self) -> (usize, u8) {
        let of = |part: usize| {
            let values = self.members.iter().map(|(at, _)| colour_of(*at)[part]);
            let (low, high) = values.fold((255, 0), |(low, high), value| {
                (value.min(low), value.max(high))
            });
            high - low.min(high)
        };
        (0..3)
            .map(|part| (part, of(part)))
            .max_by_key(|(_, by)| *by)
            .unwrap_or((0, 0))
    }

    fn mean(&self) -> [u8; 3] {
        let weight = self.weight().max(1);
        [0, 1, 2].map(|part| {
            let sum: u64 = self
                .members
                .iter()
                .map(|(at, count)| u64::from(colour_of(*at)[part]) * u64::from(*count))
                .sum();
            (sum / weight) as u8
        })
    }

    /// Splits at the middle of the part that differs most.
    fn split(mut self, part: usize) -> (Self, Self) {
        self.members.sort_by_key(|(at, _)| colour_of(*at)[part]);
        let half = self.weight() / 2;
        let mut sum = 0;
        let at = self.members.iter().position(|(_, count)| {
            sum += u64::from(*count);
            sum > half
        });
        let at = at.unwrap_or(0).clamp(1, self.members.len() - 1);
        let rest = self.members.split_off(at);
        (self, Self { members: rest })
    }
}

impl Palette {
    /// Chooses colours by median cut (Heckbert 1982) over colours of five bits a part.
    fn of(pixels: &[[u8; 3]]) -> Self {
        let mut counts = vec![0_u32; 1 << (3 * BITS)];
        for rgb in pixels {
            counts[bucket(*rgb)] += 1;
        }
        let members: Vec<(usize, u32)> = counts
            .into_iter()
            .enumerate()
            .filter(|(_, count)| *count > 0)
            .collect();
        let mut groups = vec![Group { members }];
        while groups.len() < COLOURS {
            let widest = groups
                .iter()
                .enumerate()
                .filter(|(_, group)| group.members.len() > 1)
                .map(|(at, group)| (at, group.spread(), group.weight()))
                .max_by_key(|(_, (_, by), weight)| u64::from(*by) * weight.isqrt());
            let Some((at, (part, _), _)) = widest else {
                break;
            };
            let (one, other) = groups.swap_remove(at).split(part);
            groups.extend([one, other]);
        }
        let mut nearest = vec![0; 1 << (3 * BITS)];
        for (index, group) in groups.iter().enumerate() {
            for (at, _) in &group.members {
                nearest[*at] = index as u8;
            }
        }
        Self {
            colours: groups.iter().map(Group::mean).collect(),
            nearest,
        }
    }

    fn index(&self, rgb: [u8; 3]) -> u8 {
        self.nearest[bucket(rgb)]
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn encode(
        width: u32,
        height: u32,
        rows: u16,
        colour: impl Fn(u32, u32) -> [u8; 3],
    ) -> Vec<String> {
        let pixels: Vec<u8> = (0..height)
            .flat_map(|y| (0..width).map(move |x| (x, y)))
            .flat_map(|(x, y)| colour(x, y))
            .collect();
        let fine = Fine {
            width,
            height,
            pixels: Arc::from(pixels),
        };
        let picture = Picture {
            cols: 1,
            rows,
            ..Picture::default()
        };
        super::rows(&picture, &fine)
    }

    /// Draws a strip as a terminal would.
    fn draw(strip: &str) -> (usize, usize, Vec<Option<[u32; 3]>>) {
        let body = strip
            .strip_prefix("\x1bP0;1;0q\"1;1;")
            .unwrap()
            .strip_suffix("\x1b\\")
            .unwrap();
        let mut letters = body.chars().peekable();
        let number = |letters: &mut std::iter::Peekable<std::str::Chars<'_>>| {
            let mut value = 0;
            while let Some(digit) = letters.peek().and_then(|c| c.to_digit(10)) {
                value = value * 10 + digit;
                letters.next();
            }
            value
        };
        let width = number(&mut letters) as usize;
        letters.next();
        let height = number(&mut letters) as usize;
        let mut pixels = vec![None; width * height];
        let mut colours = std::collections::HashMap::new();
        let (mut x, mut top, mut colour) = (0, 0, 0);
        while let Some(letter) = letters.next() {
            let times = match letter {
                '#' => {
                    colour = number(&mut letters);
                    if letters.peek() == Some(&';') {
                        let mut parts = [0; 4];
                        for part in &mut parts {
                            letters.next();
                            *part = number(&mut letters);
                        }
                        colours.insert(colour, [parts[1], parts[2], parts[3]]);
                    }
                    continue;
                }
                '$' => {
                    x = 0;
                    continue;
                }
                '-' => {
                    (x, top) = (0, top + 6);
                    continue;
                }
                '!' => number(&mut letters) as usize,
                _ => 1,
            };
            let letter = if letter == '!' {
                letters.next().unwrap()
            } else {
                letter
            };
            let bits = letter as u32 - 63;
            for _ in 0..times {
                for row in (0..6).filter(|row| bits >> row & 1 == 1) {
                    pixels[(top + row) * width + x] = Some(colours[&colour]);
                }
                x += 1;
            }
        }
        (width, height, pixels)
    }

    #[test]
    fn every_row_of_cells_is_a_picture_that_sets_each_pixel() {
        let red_over_blue = |_, y| if y < 20 { [255, 0, 0] } else { [0, 0, 255] };
        let strips = encode(12, 40, 2, red_over_blue);
        assert_eq!(strips.len(), 2);
        for (strip, colour) in strips.iter().zip([[100, 0, 0], [0, 0, 100]]) {
            let (width, height, pixels) = draw(strip);
            assert_eq!((width, height), (12, 20));
            assert!(
                pixels.iter().all(|pixel| *pixel == Some(colour)),
                "{pixels:?}"
            );
        }
    }

    #[test]
    fn many_colours_become_few_and_stay_near() {
        let strips = encode(64, 64, 1, |x, y| [(x * 4) as u8, (y * 4) as u8, 128]);
        let (_, _, pixels) = draw(&strips[0]);
        let mut colours: Vec<_> = pixels.iter().flatten().collect();
        colours.sort_unstable();
        colours.dedup();
        assert!((100..=256).contains(&colours.len()), "{}", colours.len());
        for (at, pixel) in pixels.iter().enumerate() {
            let [red, green, _] = pixel.unwrap();
            let (x, y) = (at as u32 % 64, at as u32 / 64);
            let near = |part: u32, of: u32| (part * 255 / 100).abs_diff(of * 4) < 40;
            assert!(near(red, x) && near(green, y), "{x} {y} {pixel:?}");
        }
    }
}
