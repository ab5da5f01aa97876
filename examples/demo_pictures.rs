//! Draws the pictures of the demo edition: flat shapes with soft edges, the same bytes on every run.
//!
//! `cargo run --example demo_pictures [FOLDER]` writes them to `assets/demo/pictures`, or to the folder named.
#![allow(
    clippy::type_complexity,
    reason = "tables of numbers are walked by index"
)]

use std::f32::consts::{PI, TAU};
use std::fs::File;
use std::io::BufWriter;
use std::path::PathBuf;

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder};

/// The pictures' size in pixels.
const WIDTH: usize = 480;
const HEIGHT: usize = 270;
/// The shapes are laid out on a field of 640 by 360; so many of its units make a pixel.
const UNITS: f32 = 640.0 / WIDTH as f32;
/// Samples a pixel and axis; edges are soft by counting how many of them a shape covers.
const SAMPLES: usize = 3;

type Color = u32;
type Point = (f32, f32);

const WHITE: Color = 0x00F5_F1E6;
const INK: Color = 0x0022_2A38;
const STEEL: Color = 0x0088_93A1;
const SILVER: Color = 0x00C9_D1D9;
const RED: Color = 0x00C2_4D2C;
const GOLD: Color = 0x00E0_B24A;
const SEA: Color = 0x001F_4E6B;

struct Canvas {
    pixels: Vec<[f32; 3]>,
}

impl Canvas {
    /// A sky that fades from the color at the top to the one at the bottom.
    fn sky(top: Color, bottom: Color) -> Self {
        let (top, bottom) = (rgb(top), rgb(bottom));
        let mut pixels = Vec::with_capacity(WIDTH * HEIGHT);
        for y in 0..HEIGHT {
            let t = y as f32 / (HEIGHT - 1) as f32;
            let row = [0, 1, 2].map(|i| top[i] + (bottom[i] - top[i]) * t);
            pixels.extend(std::iter::repeat_n(row, WIDTH));
        }
        Self { pixels }
    }

    /// Colors what `inside` says is inside, looking only between the two corners.
    fn shape(
        &mut self,
        color: Color,
        from: Point,
        to: Point,
        inside: impl Fn(f32, f32) -> bool,
    ) -> &mut Self {
        let color = rgb(color);
        let step = 1.0 / SAMPLES as f32;
        let span = |from: f32, to: f32, size: usize| {
            let first = (from / UNITS - 1.0).max(0.0) as usize;
            let last = (to / UNITS + 2.0).max(0.0) as usize;
            first..last.min(size)
        };
        for y in span(from.1, to.1, HEIGHT) {
            for x in span(from.0, to.0, WIDTH) {
                let hits = (0..SAMPLES * SAMPLES)
                    .filter(|n| {
                        let (i, j) = ((n % SAMPLES) as f32, (n / SAMPLES) as f32);
                        let at = |pixel: usize, n: f32| (pixel as f32 + (n + 0.5) * step) * UNITS;
                        inside(at(x, i), at(y, j))
                    })
                    .count();
                let share = hits as f32 / (SAMPLES * SAMPLES) as f32;
                let pixel = &mut self.pixels[y * WIDTH + x];
                for (channel, value) in pixel.iter_mut().zip(color) {
                    *channel += (value - *channel) * share;
                }
            }
        }
        self
    }

    fn rect(&mut self, color: Color, (left, top): Point, (right, bottom): Point) -> &mut Self {
        self.shape(color, (left, top), (right, bottom), |x, y| {
            x >= left && x < right && y >= top && y < bottom
        })
    }

    fn ellipse(&mut self, color: Color, (cx, cy): Point, (rx, ry): Point) -> &mut Self {
        self.shape(color, (cx - rx, cy - ry), (cx + rx, cy + ry), |x, y| {
            ((x - cx) / rx).powi(2) + ((y - cy) / ry).powi(2) <= 1.0
        })
    }

    fn disc(&mut self, color: Color, center: Point, radius: f32) -> &mut Self {
        self.ellipse(color, center, (radius, radius))
    }

    fn polygon(&mut self, color: Color, corners: &[Point]) -> &mut Self {
        let corner = |pick: fn(f32, f32) -> f32, start: f32| {
            corners
                .iter()
                .fold((start, start), |c, p| (pick(c.0, p.0), pick(c.1, p.1)))
        };
        let (from, to) = (corner(f32::min, f32::MAX), corner(f32::max, f32::MIN));
        self.shape(color, from, to, |x, y| {
            let mut inside = false;
            let mut previous = corners[corners.len() - 1];
            for &corner in corners {
                if (corner.1 > y) != (previous.1 > y) {
                    let at = (previous.0 - corner.0) * (y - corner.1) / (previous.1 - corner.1)
                        + corner.0;
                    inside ^= x < at;
                }
                previous = corner;
            }
            inside
        })
    }

    fn line(&mut self, color: Color, from: Point, to: Point, width: f32) -> &mut Self {
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let length = dx.hypot(dy).max(0.01);
        let low = (from.0.min(to.0) - width, from.1.min(to.1) - width);
        let high = (from.0.max(to.0) + width, from.1.max(to.1) + width);
        self.shape(color, low, high, |x, y| {
            let along = ((x - from.0) * dx + (y - from.1) * dy) / length;
            let off = ((x - from.0) * dy - (y - from.1) * dx) / length;
            (0.0..=length).contains(&along) && off.abs() <= width / 2.0
        })
    }

    fn path(&mut self, color: Color, points: &[Point], width: f32) -> &mut Self {
        for pair in points.windows(2) {
            self.line(color, pair[0], pair[1], width);
        }
        self
    }

    fn stars(&mut self, count: u32, below: f32) -> &mut Self {
        // The finalizer of MurmurHash3: neighbouring numbers land far apart.
        let place = |n: u32, salt: u32| {
            let mut h = n * 2 + salt + 1;
            h = (h ^ h >> 16).wrapping_mul(0x85EB_CA6B);
            h = (h ^ h >> 13).wrapping_mul(0xC2B2_AE35);
            ((h ^ h >> 16) >> 8) as f32 / (1 << 24) as f32
        };
        for n in 0..count {
            let center = (place(n, 0) * 640.0, place(n, 1) * below);
            self.disc(WHITE, center, if n % 5 == 0 { 1.5 } else { 0.9 });
        }
        self
    }

    fn save(&self, path: PathBuf) -> Result<(), Box<dyn std::error::Error>> {
        let bytes: Vec<u8> = self
            .pixels
            .iter()
            .flatten()
            .map(|v| v.round() as u8)
            .collect();
        let file = BufWriter::new(File::create(path)?);
        let encoder =
            PngEncoder::new_with_quality(file, CompressionType::Best, FilterType::Adaptive);
        encoder.write_image(&bytes, WIDTH as u32, HEIGHT as u32, ExtendedColorType::Rgb8)?;
        Ok(())
    }
}

fn rgb(color: Color) -> [f32; 3] {
    [16, 8, 0].map(|shift| f32::from((color >> shift & 0xFF) as u8))
}

/// A curve as points: `y` for every fourth column from `from` to `to`.
fn curve(from: f32, to: f32, y: impl Fn(f32) -> f32) -> Vec<Point> {
    let steps = ((to - from) / 4.0).ceil().max(1.0) as usize;
    (0..=steps)
        .map(|n| {
            let x = from + (to - from) * n as f32 / steps as f32;
            (x, y(x))
        })
        .collect()
}

/// The ground under a curve, down to the picture's edge.
fn below(mut top: Vec<Point>) -> Vec<Point> {
    let (left, right) = (top[0].0, top[top.len() - 1].0);
    top.extend([(right, 361.0), (left, 361.0)]);
    top
}

fn airship() -> Canvas {
    let mut c = Canvas::sky(0x003B_4A6B, 0x00E3_A06A);
    c.polygon(
        0x0022_2A38,
        &below(curve(0.0, 640.0, |x| 322.0 + 5.0 * (x / 60.0).sin())),
    );
    c.polygon(
        STEEL,
        &[
            (90.0, 80.0),
            (60.0, 105.0),
            (60.0, 195.0),
            (90.0, 220.0),
            (150.0, 175.0),
            (150.0, 125.0),
        ],
    );
    c.ellipse(SILVER, (300.0, 150.0), (230.0, 52.0));
    for n in 1..6 {
        let bend = n as f32 * 17.0 - 51.0;
        let rib = curve(75.0, 525.0, |x| {
            150.0 + bend * (1.0 - ((x - 300.0) / 230.0).powi(2)).max(0.0).sqrt()
        });
        c.path(STEEL, &rib, 1.5);
    }
    c.polygon(
        INK,
        &[
            (370.0, 198.0),
            (440.0, 190.0),
            (432.0, 210.0),
            (378.0, 214.0),
        ],
    );
    c.line(INK, (560.0, 330.0), (560.0, 170.0), 5.0);
    c.line(INK, (540.0, 330.0), (560.0, 180.0), 2.5)
        .line(INK, (580.0, 330.0), (560.0, 180.0), 2.5);
    c.line(INK, (528.0, 152.0), (560.0, 172.0), 1.5);
    c
}

fn balloon() -> Canvas {
    let mut c = Canvas::sky(0x008F_BBD6, 0x00F3_E6C8);
    c.ellipse(0x00FA_F3E0, (120.0, 90.0), (70.0, 16.0)).ellipse(
        0x00FA_F3E0,
        (530.0, 60.0),
        (80.0, 15.0),
    );
    let blue = 0x0028_4A86;
    c.ellipse(blue, (320.0, 120.0), (92.0, 100.0));
    c.polygon(
        blue,
        &[
            (236.0, 160.0),
            (404.0, 160.0),
            (350.0, 238.0),
            (290.0, 238.0),
        ],
    );
    for n in -2..=2 {
        let at = n as f32;
        let seam = curve(24.0, 236.0, |y| {
            320.0 + at * 38.0 * ((y - 20.0) / 216.0 * PI).sin().max(0.25)
        });
        let seam: Vec<Point> = seam.into_iter().map(|(y, x)| (x, y)).collect();
        c.path(GOLD, &seam, 3.0);
    }
    c.rect(GOLD, (230.0, 112.0), (410.0, 130.0))
        .disc(GOLD, (320.0, 121.0), 24.0)
        .disc(blue, (320.0, 121.0), 17.0);
    c.disc(GOLD, (320.0, 121.0), 11.0);
    c.rect(0x008A_5A33, (284.0, 238.0), (356.0, 254.0))
        .rect(RED, (314.0, 228.0), (326.0, 240.0));
    c.disc(INK, (294.0, 232.0), 5.0)
        .disc(INK, (346.0, 232.0), 5.0);
    for n in 0..22 {
        let (x, tall) = (n as f32 * 30.0 - 8.0, ((n * 37) % 5) as f32 * 9.0);
        let roof = 318.0 - tall;
        c.rect(0x006F_6A63, (x, roof), (x + 31.0, 360.0));
        c.polygon(
            0x004D_5560,
            &[(x - 2.0, roof), (x + 15.0, roof - 16.0), (x + 32.0, roof)],
        );
    }
    c
}

fn bridge() -> Canvas {
    let mut c = Canvas::sky(0x0090_AFC4, 0x00F2_D9B8);
    c.polygon(
        0x0066_7A5E,
        &below(curve(0.0, 640.0, |x| {
            236.0 - 30.0 * (x / 100.0 + 2.0).sin().abs()
        })),
    );
    c.rect(SEA, (0.0, 262.0), (640.0, 360.0));
    let hang = |x: f32| match x {
        x if x < 170.0 => 70.0 + (170.0 - x) * 0.82,
        x if x > 470.0 => 70.0 + (x - 470.0) * 0.82,
        x => 70.0 + 128.0 * (1.0 - ((x - 320.0) / 150.0).powi(2)),
    };
    c.path(RED, &curve(0.0, 640.0, hang), 3.5);
    for n in 0..43 {
        let x = n as f32 * 15.0 + 5.0;
        if hang(x) < 208.0 {
            c.line(RED, (x, hang(x)), (x, 208.0), 1.2);
        }
    }
    c.rect(RED, (0.0, 206.0), (640.0, 215.0));
    for x in [170.0, 470.0] {
        c.rect(RED, (x - 12.0, 60.0), (x - 5.0, 290.0)).rect(
            RED,
            (x + 5.0, 60.0),
            (x + 12.0, 290.0),
        );
        for y in [62.0, 102.0, 146.0, 228.0] {
            c.rect(RED, (x - 12.0, y), (x + 12.0, y + 11.0));
        }
        c.rect(STEEL, (x - 22.0, 286.0), (x + 22.0, 304.0));
    }
    c.ellipse(0x00F6_EFE2, (60.0, 268.0), (150.0, 13.0))
        .ellipse(0x00F6_EFE2, (590.0, 262.0), (130.0, 11.0));
    c
}

fn concorde() -> Canvas {
    let mut c = Canvas::sky(0x0018_2B57, 0x0079_B4DA);
    for (x, y, r) in [
        (70.0, 330.0, 60.0),
        (180.0, 350.0, 70.0),
        (330.0, 348.0, 64.0),
        (470.0, 352.0, 72.0),
        (600.0, 336.0, 66.0),
    ] {
        c.ellipse(WHITE, (x, y), (r * 1.5, r * 0.55));
    }
    c.polygon(
        0x00E8_E8E4,
        &[
            (120.0, 212.0),
            (230.0, 182.0),
            (330.0, 156.0),
            (470.0, 140.0),
            (345.0, 190.0),
            (250.0, 250.0),
        ],
    );
    c.polygon(
        SILVER,
        &[
            (250.0, 250.0),
            (345.0, 190.0),
            (330.0, 182.0),
            (215.0, 222.0),
        ],
    );
    c.polygon(
        WHITE,
        &[
            (78.0, 212.0),
            (150.0, 188.0),
            (430.0, 112.0),
            (500.0, 99.0),
            (566.0, 92.0),
            (510.0, 112.0),
            (440.0, 135.0),
            (170.0, 214.0),
        ],
    );
    c.polygon(
        WHITE,
        &[
            (92.0, 208.0),
            (108.0, 140.0),
            (132.0, 136.0),
            (190.0, 190.0),
        ],
    );
    c.polygon(
        RED,
        &[
            (100.0, 174.0),
            (106.0, 148.0),
            (130.0, 144.0),
            (146.0, 160.0),
        ],
    );
    c.line(INK, (498.0, 104.0), (524.0, 99.0), 4.0);
    for n in 0..20 {
        let x = 200.0 + n as f32 * 13.0;
        c.disc(INK, (x, 187.0 - (x - 200.0) * 0.277), 1.6);
    }
    c
}

fn eiffel() -> Canvas {
    let mut c = Canvas::sky(0x00A9_C4D2, 0x00F5_E3C3);
    let iron = 0x0060_4A3A;
    let half = |y: f32| 4.0 + 92.0 * ((y - 20.0) / 300.0).powf(2.4);
    let side = |s: f32, inset: f32| -> Vec<Point> {
        (0..=75)
            .map(|n| 20.0 + n as f32 * 4.0)
            .map(|y| (320.0 + s * (half(y) - inset).max(0.0), y))
            .collect()
    };
    for s in [-1.0, 1.0] {
        let mut leg = side(s, 0.0);
        let mut inner: Vec<Point> = (0..=75)
            .map(|n| 20.0 + n as f32 * 4.0)
            .map(|y| (320.0 + s * (half(y) - 9.0 - (y / 15.0)).max(0.0), y))
            .collect();
        inner.reverse();
        leg.extend(inner);
        c.polygon(iron, &leg);
    }
    for n in 0..26 {
        let y = 40.0 + n as f32 * 7.0;
        let (a, b) = (half(y), half(y + 7.0));
        c.line(iron, (320.0 - a, y), (320.0 + b, y + 7.0), 1.3);
        c.line(iron, (320.0 + a, y), (320.0 - b, y + 7.0), 1.3);
    }
    c.rect(iron, (320.0 - 30.0, 196.0), (320.0 + 30.0, 204.0));
    c.rect(iron, (320.0 - 56.0, 252.0), (320.0 + 56.0, 263.0));
    let arch: Vec<Point> = (0..=40)
        .map(|n| PI + PI * n as f32 / 40.0)
        .map(|a| (320.0 + 66.0 * a.cos(), 318.0 + 52.0 * a.sin()))
        .collect();
    c.path(iron, &arch, 4.0);
    c.line(iron, (320.0, 4.0), (320.0, 24.0), 2.0)
        .polygon(RED, &[(321.0, 4.0), (342.0, 8.0), (321.0, 13.0)]);
    for n in 0..22 {
        let (x, tall) = (n as f32 * 30.0, ((n * 53) % 4) as f32 * 8.0);
        c.rect(0x008F_8878, (x, 326.0 - tall * 0.6), (x + 27.0, 360.0));
    }
    c.rect(0x006E_7A58, (0.0, 340.0), (640.0, 360.0));
    c
}

fn everest() -> Canvas {
    let mut c = Canvas::sky(0x0016_2A55, 0x0079_9CC4);
    c.polygon(
        0x004E_5C74,
        &[
            (-10.0, 360.0),
            (90.0, 200.0),
            (150.0, 240.0),
            (230.0, 170.0),
            (330.0, 360.0),
        ],
    );
    c.polygon(
        0x0056_6479,
        &[
            (400.0, 360.0),
            (520.0, 150.0),
            (590.0, 230.0),
            (650.0, 190.0),
            (650.0, 360.0),
        ],
    );
    c.polygon(
        0x00D9_E3EC,
        &[
            (90.0, 200.0),
            (120.0, 220.0),
            (108.0, 236.0),
            (92.0, 226.0),
            (70.0, 236.0),
        ],
    );
    c.polygon(
        0x00D9_E3EC,
        &[
            (520.0, 150.0),
            (556.0, 193.0),
            (530.0, 190.0),
            (512.0, 206.0),
            (490.0, 204.0),
        ],
    );
    c.polygon(
        0x006B_7588,
        &[
            (120.0, 360.0),
            (240.0, 190.0),
            (330.0, 62.0),
            (380.0, 128.0),
            (430.0, 170.0),
            (560.0, 360.0),
        ],
    );
    c.polygon(
        WHITE,
        &[
            (330.0, 62.0),
            (380.0, 128.0),
            (430.0, 170.0),
            (560.0, 360.0),
            (400.0, 360.0),
            (372.0, 250.0),
            (345.0, 170.0),
        ],
    );
    c.polygon(
        0x00B9_C8D8,
        &[
            (330.0, 62.0),
            (345.0, 170.0),
            (318.0, 140.0),
            (296.0, 190.0),
            (270.0, 180.0),
            (225.0, 230.0),
            (240.0, 190.0),
        ],
    );
    c.polygon(
        0x00E8_EEF3,
        &[
            (332.0, 64.0),
            (420.0, 46.0),
            (520.0, 50.0),
            (440.0, 66.0),
            (372.0, 88.0),
        ],
    );
    c
}

fn football() -> Canvas {
    let mut c = Canvas::sky(0x00A7_CBE0, 0x00EC_EFE4);
    c.rect(0x00B9_B09F, (0.0, 180.0), (640.0, 226.0));
    for n in 0..80 {
        let tone = [0x0089_4A3D, 0x003F_5B80, 0x00D8_D0BD, 0x0050_4A45][n % 4];
        c.disc(
            tone,
            (4.0 + n as f32 * 8.0, 190.0 + ((n * 7) % 3) as f32 * 11.0),
            3.4,
        );
    }
    c.polygon(
        WHITE,
        &[(484.0, 180.0), (496.0, 40.0), (520.0, 40.0), (532.0, 180.0)],
    );
    for y in [70.0, 100.0, 130.0] {
        c.rect(STEEL, (488.0, y), (528.0, y + 5.0));
    }
    c.rect(0x005A_8A4A, (0.0, 226.0), (640.0, 360.0)).line(
        WHITE,
        (0.0, 300.0),
        (640.0, 284.0),
        5.0,
    );
    c.ellipse(0x003E_6A35, (258.0, 322.0), (92.0, 13.0));
    let leather = 0x009A_6434;
    c.disc(leather, (250.0, 230.0), 92.0);
    let seam = 0x005C_3A1E;
    for s in [-1.0, 1.0] {
        for bow in [22.0, 58.0] {
            let arc: Vec<Point> = (0..=40)
                .map(|n| -1.0 + n as f32 / 20.0)
                .map(|t| {
                    (
                        250.0 + s * bow * (1.0 - t * t * 0.45),
                        230.0 + t * (92.0_f32.powi(2) - (bow * 0.55).powi(2)).sqrt(),
                    )
                })
                .collect();
            c.path(seam, &arc, 3.0);
        }
    }
    c.line(seam, (159.0, 230.0), (192.0, 230.0), 3.0).line(
        seam,
        (308.0, 230.0),
        (341.0, 230.0),
        3.0,
    );
    for n in 0..7 {
        let y = 200.0 + n as f32 * 10.0;
        c.line(0x00E7_D9BC, (240.0, y), (260.0, y), 3.0);
    }
    c
}

fn helix() -> Canvas {
    let mut c = Canvas::sky(0x00F4_EFE2, 0x00F4_EFE2);
    let wave = |x: f32, phase: f32| 180.0 + 92.0 * (x / 640.0 * TAU * 1.75 + phase).sin();
    let pairs = [(0x00C2_4D2C, 0x0028_6E8A), (0x00E0_A63A, 0x004F_7F4B)];
    for n in 0..31 {
        let x = 12.0 + n as f32 * 20.5;
        let (a, b) = (wave(x, 0.0), wave(x, PI));
        let middle = f32::midpoint(a, b);
        let (first, second) = pairs[(n * 7 / 3) % 2];
        c.line(first, (x, a), (x, middle), 5.0)
            .line(second, (x, middle), (x, b), 5.0);
    }
    for (color, phase) in [(INK, PI), (0x0043_5A78, 0.0)] {
        c.shape(color, (0.0, 0.0), (640.0, 360.0), |x, y| {
            let slope = wave(x + 0.5, phase) - wave(x - 0.5, phase);
            (y - wave(x, phase)).abs() <= 5.0 * slope.hypot(1.0)
        });
    }
    c
}

fn hubble() -> Canvas {
    let mut c = Canvas::sky(0x0007_0A18, 0x0014_1C36);
    c.stars(60, 230.0);
    c.disc(0x0037_7FB5, (320.0, 1010.0), 760.0)
        .disc(SEA, (320.0, 1016.0), 757.0);
    c.ellipse(0x00DD_E6EA, (200.0, 310.0), (90.0, 8.0)).ellipse(
        0x00DD_E6EA,
        (430.0, 300.0),
        (110.0, 7.0),
    );
    c.polygon(
        0x00C9_8B2E,
        &[(250.0, 60.0), (292.0, 48.0), (330.0, 130.0), (290.0, 142.0)],
    );
    c.polygon(
        0x00C9_8B2E,
        &[
            (318.0, 178.0),
            (358.0, 166.0),
            (398.0, 248.0),
            (356.0, 260.0),
        ],
    );
    c.polygon(
        SILVER,
        &[
            (196.0, 178.0),
            (214.0, 124.0),
            (396.0, 92.0),
            (404.0, 140.0),
            (222.0, 190.0),
        ],
    );
    c.polygon(
        STEEL,
        &[
            (196.0, 178.0),
            (222.0, 190.0),
            (404.0, 140.0),
            (401.0, 124.0),
        ],
    );
    c.polygon(
        WHITE,
        &[(396.0, 90.0), (440.0, 76.0), (452.0, 118.0), (404.0, 142.0)],
    );
    c.ellipse(INK, (446.0, 97.0), (8.0, 22.0));
    c.line(SILVER, (440.0, 78.0), (462.0, 44.0), 12.0);
    c
}

fn moon() -> Canvas {
    let mut c = Canvas::sky(0x0004_0509, 0x000C_0E16);
    c.stars(70, 240.0);
    c.disc(0x002F_6FA8, (520.0, 84.0), 38.0);
    c.ellipse(WHITE, (512.0, 72.0), (20.0, 5.0))
        .ellipse(WHITE, (530.0, 94.0), (18.0, 5.0))
        .ellipse(0x005B_8A4E, (506.0, 88.0), (9.0, 7.0));
    c.disc(0x0006_080E, (548.0, 70.0), 36.0);
    c.polygon(
        0x008D_8D8A,
        &below(curve(0.0, 640.0, |x| {
            262.0 + 7.0 * (x / 70.0).sin() + 4.0 * (x / 23.0).cos()
        })),
    );
    for (x, y, r) in [
        (90.0, 312.0, 34.0),
        (180.0, 340.0, 20.0),
        (470.0, 322.0, 44.0),
        (590.0, 296.0, 18.0),
        (400.0, 292.0, 12.0),
    ] {
        c.ellipse(0x0063_6361, (x, y), (r, r * 0.28)).ellipse(
            0x007B_7B78,
            (x + 2.0, y + 2.5),
            (r * 0.86, r * 0.2),
        );
    }
    for (hip, foot) in [
        ((250.0, 226.0), (206.0, 286.0)),
        ((350.0, 226.0), (394.0, 286.0)),
        ((276.0, 232.0), (258.0, 298.0)),
        ((324.0, 232.0), (342.0, 298.0)),
    ] {
        c.line(GOLD, hip, foot, 5.0)
            .ellipse(GOLD, foot, (13.0, 3.5));
    }
    c.polygon(
        GOLD,
        &[
            (238.0, 196.0),
            (362.0, 196.0),
            (370.0, 212.0),
            (362.0, 240.0),
            (238.0, 240.0),
            (230.0, 212.0),
        ],
    );
    c.polygon(
        0x00A9_7B24,
        &[
            (280.0, 196.0),
            (320.0, 196.0),
            (320.0, 240.0),
            (280.0, 240.0),
        ],
    );
    c.polygon(
        INK,
        &[
            (286.0, 240.0),
            (314.0, 240.0),
            (324.0, 258.0),
            (276.0, 258.0),
        ],
    );
    c.polygon(
        SILVER,
        &[
            (250.0, 194.0),
            (244.0, 158.0),
            (264.0, 128.0),
            (338.0, 128.0),
            (358.0, 160.0),
            (350.0, 194.0),
        ],
    );
    c.polygon(
        INK,
        &[
            (262.0, 162.0),
            (270.0, 142.0),
            (288.0, 150.0),
            (282.0, 166.0),
        ],
    )
    .polygon(
        INK,
        &[
            (340.0, 162.0),
            (332.0, 142.0),
            (314.0, 150.0),
            (320.0, 166.0),
        ],
    );
    c.rect(INK, (288.0, 172.0), (312.0, 194.0))
        .line(SILVER, (330.0, 128.0), (346.0, 100.0), 3.0)
        .disc(SILVER, (348.0, 98.0), 9.0);
    c.line(SILVER, (452.0, 282.0), (452.0, 196.0), 3.0)
        .rect(RED, (453.0, 197.0), (500.0, 225.0));
    for n in 0..3 {
        let y = 201.0 + n as f32 * 8.0;
        c.rect(WHITE, (453.0, y), (500.0, y + 4.0));
    }
    c.rect(0x0028_4A86, (453.0, 197.0), (473.0, 212.0));
    c
}

fn spirit() -> Canvas {
    let mut c = Canvas::sky(0x0010_1A33, 0x0034_4E6E);
    c.disc(0x00F0_E8C9, (500.0, 90.0), 40.0);
    c.ellipse(0x004A_6080, (470.0, 112.0), (110.0, 15.0))
        .ellipse(0x004A_6080, (120.0, 70.0), (120.0, 14.0));
    c.rect(0x0014_2A3E, (0.0, 280.0), (640.0, 360.0));
    for n in 0..9 {
        let y = 288.0 + n as f32 * 8.0;
        c.rect(
            0x0061_7A86,
            (500.0 - 14.0 - n as f32 * 3.0, y),
            (500.0 + 14.0 + n as f32 * 4.0, y + 2.0),
        );
    }
    c.polygon(
        SILVER,
        &[
            (420.0, 160.0),
            (410.0, 196.0),
            (300.0, 204.0),
            (170.0, 186.0),
            (168.0, 178.0),
            (280.0, 158.0),
        ],
    );
    c.polygon(
        SILVER,
        &[
            (168.0, 180.0),
            (150.0, 138.0),
            (178.0, 136.0),
            (214.0, 172.0),
        ],
    );
    c.polygon(
        0x00E4_E8EC,
        &[
            (270.0, 150.0),
            (420.0, 138.0),
            (434.0, 150.0),
            (284.0, 164.0),
        ],
    );
    c.disc(STEEL, (424.0, 178.0), 16.0)
        .line(WHITE, (438.0, 130.0), (442.0, 226.0), 3.0);
    c.line(STEEL, (350.0, 200.0), (372.0, 232.0), 5.0).line(
        STEEL,
        (310.0, 202.0),
        (356.0, 232.0),
        4.0,
    );
    c.disc(INK, (364.0, 238.0), 13.0)
        .disc(STEEL, (364.0, 238.0), 5.0);
    c.line(STEEL, (330.0, 198.0), (392.0, 146.0), 3.0);
    c.rect(INK, (318.0, 166.0), (338.0, 180.0));
    c
}

fn sputnik() -> Canvas {
    let mut c = Canvas::sky(0x0005_0716, 0x0011_1836);
    c.stars(80, 300.0);
    c.disc(0x0039_86BF, (90.0, 640.0), 400.0)
        .disc(SEA, (86.0, 648.0), 398.0);
    c.ellipse(0x005D_7F52, (120.0, 320.0), (90.0, 26.0))
        .ellipse(WHITE, (210.0, 292.0), (60.0, 6.0));
    for end in [(110.0, 40.0), (84.0, 110.0), (120.0, 186.0), (170.0, 232.0)] {
        c.line(SILVER, (390.0, 140.0), end, 3.0);
    }
    c.disc(STEEL, (400.0, 136.0), 62.0)
        .disc(SILVER, (404.0, 130.0), 55.0);
    c.ellipse(WHITE, (424.0, 106.0), (20.0, 13.0));
    let band: Vec<Point> = (0..=30)
        .map(|n| -1.0 + n as f32 / 15.0)
        .map(|t| (396.0 + 20.0 * (1.0 - t * t), 136.0 + t * 60.0))
        .collect();
    c.path(STEEL, &band, 2.5);
    c
}

fn titanic() -> Canvas {
    let mut c = Canvas::sky(0x0006_0B1C, 0x001B_2C46);
    c.stars(110, 230.0);
    c.polygon(
        0x00C8_DAE4,
        &[
            (470.0, 262.0),
            (498.0, 176.0),
            (524.0, 150.0),
            (548.0, 96.0),
            (578.0, 128.0),
            (600.0, 200.0),
            (640.0, 240.0),
            (640.0, 262.0),
        ],
    );
    c.polygon(
        0x0094_B2C4,
        &[
            (548.0, 96.0),
            (578.0, 128.0),
            (600.0, 200.0),
            (640.0, 240.0),
            (640.0, 262.0),
            (566.0, 262.0),
            (556.0, 180.0),
        ],
    );
    c.rect(0x000D_1C2E, (0.0, 260.0), (640.0, 360.0));
    c.polygon(
        0x000B_0B10,
        &[(40.0, 222.0), (452.0, 214.0), (436.0, 268.0), (62.0, 268.0)],
    );
    c.polygon(
        0x0086_2B20,
        &[(58.0, 260.0), (438.0, 260.0), (436.0, 268.0), (62.0, 268.0)],
    );
    c.rect(WHITE, (96.0, 196.0), (400.0, 219.0))
        .rect(WHITE, (120.0, 180.0), (376.0, 197.0));
    for n in 0..4 {
        let x = 142.0 + n as f32 * 62.0;
        c.polygon(
            GOLD,
            &[
                (x, 182.0),
                (x - 8.0, 118.0),
                (x + 18.0, 118.0),
                (x + 26.0, 182.0),
            ],
        );
        c.polygon(
            INK,
            &[
                (x - 6.0, 132.0),
                (x - 8.0, 116.0),
                (x + 18.0, 116.0),
                (x + 20.0, 132.0),
            ],
        );
    }
    c.line(STEEL, (88.0, 222.0), (80.0, 92.0), 3.0)
        .line(STEEL, (410.0, 216.0), (402.0, 88.0), 3.0)
        .line(STEEL, (80.0, 94.0), (402.0, 90.0), 1.0);
    for n in 0..34 {
        let x = 72.0 + n as f32 * 11.0;
        c.disc(GOLD, (x, 234.0), 2.0);
        if (104.0..396.0).contains(&x) {
            c.disc(GOLD, (x, 208.0), 2.0);
        }
    }
    for n in 0..16 {
        c.rect(
            0x005C_5A3C,
            (72.0 + n as f32 * 24.0, 276.0),
            (78.0 + n as f32 * 24.0, 300.0),
        );
    }
    c
}

fn tomb() -> Canvas {
    let mut c = Canvas::sky(0x009C_C3DE, 0x00F4_E4C0);
    c.polygon(
        0x00C9_A46A,
        &below(curve(0.0, 640.0, |x| {
            120.0 - 60.0 * (x / 150.0).sin().abs() + 20.0 * (x / 47.0).sin()
        })),
    );
    c.polygon(
        0x00D9_BB85,
        &below(curve(0.0, 640.0, |x| 170.0 + 4.0 * (x / 40.0).sin())),
    );
    c.polygon(
        0x0077_5A36,
        &[
            (190.0, 176.0),
            (450.0, 176.0),
            (520.0, 360.0),
            (120.0, 360.0),
        ],
    );
    c.rect(0x004A_3722, (250.0, 176.0), (390.0, 252.0)).rect(
        0x00C8_B48C,
        (270.0, 186.0),
        (370.0, 252.0),
    );
    for row in 0..3 {
        for column in 0..4 {
            let (x, y) = (285.0 + column as f32 * 23.0, 200.0 + row as f32 * 17.0);
            c.ellipse(0x008C_7044, (x, y), (7.0, 5.0))
                .ellipse(0x00C8_B48C, (x, y), (4.5, 3.0));
        }
    }
    for n in 0..7 {
        let at = n as f32;
        let (y, half) = (252.0 + at * 15.5, 78.0 + at * 16.0);
        c.rect(0x00DC_C492, (320.0 - half, y), (320.0 + half, y + 9.0))
            .rect(
                0x00A8_8A58,
                (320.0 - half, y + 9.0),
                (320.0 + half, y + 15.5),
            );
    }
    c
}

fn train() -> Canvas {
    let mut c = Canvas::sky(0x007F_B2DA, 0x00F0_EFE0);
    c.polygon(
        0x005F_7FA6,
        &[
            (150.0, 250.0),
            (300.0, 84.0),
            (345.0, 76.0),
            (390.0, 84.0),
            (560.0, 250.0),
        ],
    );
    c.polygon(
        WHITE,
        &[
            (264.0, 124.0),
            (300.0, 84.0),
            (345.0, 76.0),
            (390.0, 84.0),
            (432.0, 125.0),
            (404.0, 116.0),
            (380.0, 136.0),
            (352.0, 118.0),
            (318.0, 140.0),
            (294.0, 118.0),
        ],
    );
    c.rect(0x007A_9A5C, (0.0, 244.0), (640.0, 360.0)).rect(
        0x00A9_A79E,
        (0.0, 296.0),
        (640.0, 316.0),
    );
    for n in 0..9 {
        c.rect(
            0x0097_958C,
            (20.0 + n as f32 * 76.0, 314.0),
            (40.0 + n as f32 * 76.0, 360.0),
        );
    }
    let body: Vec<Point> = [
        (640.0, 210.0),
        (150.0, 210.0),
        (112.0, 220.0),
        (84.0, 244.0),
        (76.0, 264.0),
        (84.0, 282.0),
        (110.0, 292.0),
        (640.0, 292.0),
    ]
    .to_vec();
    c.polygon(WHITE, &body);
    c.polygon(
        0x0024_4E94,
        &[
            (640.0, 226.0),
            (168.0, 226.0),
            (120.0, 246.0),
            (640.0, 246.0),
        ],
    );
    c.polygon(
        0x0024_4E94,
        &[
            (640.0, 278.0),
            (86.0, 282.0),
            (110.0, 293.0),
            (640.0, 293.0),
        ],
    );
    c.disc(WHITE, (79.0, 264.0), 9.0).polygon(
        INK,
        &[
            (116.0, 238.0),
            (144.0, 220.0),
            (160.0, 220.0),
            (150.0, 240.0),
        ],
    );
    for n in 0..16 {
        c.rect(
            0x00BF_D9EC,
            (200.0 + n as f32 * 28.0, 230.0),
            (220.0 + n as f32 * 28.0, 242.0),
        );
    }
    for n in 0..11 {
        let x = 30.0 + n as f32 * 62.0;
        c.line(STEEL, (x, 296.0), (x, 176.0), 2.0);
    }
    c.line(STEEL, (0.0, 184.0), (640.0, 184.0), 1.2);
    c
}

fn tunnel() -> Canvas {
    let mut c = Canvas::sky(0x00BF_DCEA, 0x00EA_F2F0);
    c.rect(0x003A_7CA5, (0.0, 76.0), (640.0, 150.0));
    c.polygon(
        WHITE,
        &[(300.0, 70.0), (390.0, 70.0), (380.0, 84.0), (312.0, 84.0)],
    )
    .rect(WHITE, (322.0, 54.0), (370.0, 70.0))
    .rect(RED, (340.0, 40.0), (352.0, 55.0));
    let layers = [
        (150.0, 0x00C7_B98F),
        (176.0, 0x00E9_E3D0),
        (228.0, 0x00B8_BDB4),
        (318.0, 0x007E_8A86),
    ];
    for (top, color) in layers {
        c.polygon(
            color,
            &below(curve(0.0, 640.0, |x| top + 5.0 * (x / 110.0 + top).sin())),
        );
    }
    for x in [180.0, 460.0] {
        c.disc(STEEL, (x, 274.0), 37.0)
            .disc(0x0033_3A44, (x, 274.0), 31.0);
        c.rect(SILVER, (x - 15.0, 256.0), (x + 15.0, 290.0))
            .rect(0x0028_4A86, (x - 15.0, 266.0), (x + 15.0, 273.0))
            .rect(GOLD, (x - 11.0, 259.0), (x + 11.0, 265.0));
        c.rect(STEEL, (x - 22.0, 292.0), (x + 22.0, 297.0));
    }
    c.disc(STEEL, (320.0, 278.0), 24.0)
        .disc(0x0033_3A44, (320.0, 278.0), 19.0);
    c.disc(GOLD, (313.0, 272.0), 3.5)
        .disc(GOLD, (327.0, 272.0), 3.5);
    c.line(GOLD, (313.0, 275.0), (313.0, 290.0), 4.0)
        .line(GOLD, (327.0, 275.0), (327.0, 290.0), 4.0)
        .line(GOLD, (313.0, 281.0), (327.0, 281.0), 3.0);
    c.rect(STEEL, (217.0, 272.0), (297.0, 280.0))
        .rect(STEEL, (343.0, 272.0), (423.0, 280.0));
    c
}

fn vasa() -> Canvas {
    let mut c = Canvas::sky(0x0092_B6CC, 0x00EF_E3C6);
    c.polygon(
        0x0066_7558,
        &below(curve(0.0, 640.0, |x| 240.0 - 16.0 * (x / 90.0).sin().abs())),
    );
    for n in 0..13 {
        let x = 10.0 + n as f32 * 50.0;
        c.rect(0x008F_5A43, (x, 222.0), (x + 26.0, 250.0)).polygon(
            0x005A_3B30,
            &[(x - 3.0, 222.0), (x + 13.0, 208.0), (x + 29.0, 222.0)],
        );
    }
    let lean = |x: f32, y: f32| -> Point {
        let (sin, cos) = 0.24_f32.sin_cos();
        let (dx, dy) = (x - 320.0, y - 262.0);
        (320.0 + dx * cos - dy * sin, 262.0 + dx * sin + dy * cos)
    };
    for (x, top) in [(250.0, 70.0), (320.0, 44.0), (392.0, 78.0)] {
        c.line(0x006A_4A2A, lean(x, 240.0), lean(x, top), 4.0);
        for (y, wide) in [(top + 22.0, 26.0), (top + 74.0, 38.0)] {
            c.polygon(
                WHITE,
                &[
                    lean(x - wide, y),
                    lean(x + wide, y),
                    lean(x + wide + 5.0, y + 44.0),
                    lean(x, y + 50.0),
                    lean(x - wide - 2.0, y + 44.0),
                ],
            );
            c.line(
                0x006A_4A2A,
                lean(x - wide - 4.0, y),
                lean(x + wide + 4.0, y),
                2.5,
            );
        }
    }
    c.polygon(
        0x006B_4426,
        &[
            lean(196.0, 190.0),
            lean(226.0, 190.0),
            lean(238.0, 226.0),
            lean(420.0, 230.0),
            lean(452.0, 222.0),
            lean(430.0, 284.0),
            lean(222.0, 284.0),
        ],
    );
    c.polygon(
        GOLD,
        &[
            lean(196.0, 190.0),
            lean(226.0, 190.0),
            lean(232.0, 208.0),
            lean(203.0, 208.0),
        ],
    );
    c.line(0x006A_4A2A, lean(440.0, 226.0), lean(490.0, 196.0), 4.0);
    for row in 0..2 {
        for n in 0..10 {
            let (x, y) = lean(238.0 + n as f32 * 19.0, 242.0 + row as f32 * 18.0);
            c.rect(INK, (x - 3.5, y - 3.5), (x + 3.5, y + 3.5));
        }
    }
    c.polygon(
        SEA,
        &below(curve(0.0, 640.0, |x| 270.0 + 3.0 * (x / 22.0).sin())),
    );
    c
}

fn wall() -> Canvas {
    let mut c = Canvas::sky(0x000B_1024, 0x0032_3A58);
    c.stars(40, 110.0);
    let stone = 0x00B8_9A68;
    c.rect(stone, (150.0, 96.0), (490.0, 126.0))
        .rect(stone, (250.0, 76.0), (390.0, 98.0));
    for n in 0..6 {
        let x = 156.0 + n as f32 * 62.0;
        c.rect(stone, (x, 124.0), (x + 17.0, 240.0));
    }
    c.polygon(
        0x006F_8A78,
        &[(290.0, 76.0), (298.0, 56.0), (350.0, 54.0), (356.0, 76.0)],
    )
    .line(0x006F_8A78, (322.0, 58.0), (322.0, 34.0), 4.0);
    c.disc(0x006F_8A78, (322.0, 32.0), 6.0);
    c.rect(0x009C_9D9A, (0.0, 228.0), (640.0, 360.0)).rect(
        0x00B9_BAB6,
        (0.0, 222.0),
        (640.0, 234.0),
    );
    for n in 1..8 {
        c.rect(
            0x007C_7D7A,
            (n as f32 * 80.0, 234.0),
            (n as f32 * 80.0 + 2.0, 360.0),
        );
    }
    for n in 0..36 {
        let x = 14.0 + n as f32 * 17.6;
        let tall = 34.0 + ((n * 29) % 7) as f32 * 2.0;
        let coat = [0x0034_4052, 0x005A_3434, 0x0033_4A3A, 0x004A_4438][n % 4];
        c.rect(coat, (x - 5.0, 226.0 - tall + 11.0), (x + 5.0, 226.0))
            .disc(0x00D6_B08C, (x, 226.0 - tall + 6.0), 4.6);
        if n % 4 == 1 {
            c.line(
                coat,
                (x + 4.0, 226.0 - tall + 16.0),
                (x + 11.0, 226.0 - tall - 6.0),
                3.5,
            )
            .disc(GOLD, (x + 11.0, 226.0 - tall - 8.0), 3.0);
        }
    }
    for (x, y, r, tone) in [
        (70.0, 300.0, 22.0, RED),
        (150.0, 284.0, 14.0, GOLD),
        (360.0, 300.0, 26.0, 0x0028_6E8A),
        (560.0, 294.0, 18.0, 0x005A_8A4A),
    ] {
        c.disc(tone, (x, y), r)
            .disc(0x009C_9D9A, (x + 2.0, y + 1.0), r * 0.55);
    }
    c
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("assets/demo/pictures"),
        PathBuf::from,
    );
    let pictures: [(&str, fn() -> Canvas); 18] = [
        ("airship", airship),
        ("balloon", balloon),
        ("bridge", bridge),
        ("concorde", concorde),
        ("eiffel", eiffel),
        ("everest", everest),
        ("football", football),
        ("helix", helix),
        ("hubble", hubble),
        ("moon", moon),
        ("spirit", spirit),
        ("sputnik", sputnik),
        ("titanic", titanic),
        ("tomb", tomb),
        ("train", train),
        ("tunnel", tunnel),
        ("vasa", vasa),
        ("wall", wall),
    ];
    for (name, draw) in pictures {
        draw().save(folder.join(format!("{name}.png")))?;
    }
    Ok(())
}
