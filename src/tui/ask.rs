//! What the terminal says of itself: asked once, in one write, after the first frame and before the input thread starts.
//!
//! Answers are read up to the one every terminal gives (DA1), or for [`PATIENCE`]; what is no answer is kept as keys. What
//! was learnt is remembered for the same `TERM` and `TERM_PROGRAM`, so that it is asked once for each terminal.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::keymap::{Code, Key};

/// The ground's colour (OSC 11), whether kitty graphics are known (a picture of one pixel, not shown), a cell's size in
/// pixels (CSI 16 t), and last what every terminal answers (DA1).
const QUESTION: &str = "\x1b]11;?\x1b\\\x1b_Gi=4211,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\\x1b[16t\x1b[c";

/// How long answers are waited for. A late one must not become keys: [`super::late`].
const PATIENCE: Duration = Duration::from_millis(100);

/// Answers of more bytes are no answers.
const MOST_BYTES: usize = 4096;

/// What a terminal says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Answers {
    /// It knows kitty graphics.
    pub(super) kitty: bool,
    /// It knows sixel (DA1 names 4).
    pub(super) sixel: bool,
    /// A cell's columns and rows of pixels.
    pub(super) cell: Option<(u16, u16)>,
    /// The colour of its ground, for themes that go by it.
    pub(super) ground: Option<[u8; 3]>,
}

/// What came of asking.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) answers: Answers,
    /// Bytes that are no answers: keys pressed meanwhile.
    pub(super) keys: Vec<u8>,
    /// The last answer came. Others may still come: not every terminal answers in the order it was asked.
    pub(super) is_whole: bool,
    /// What the end of the bytes is in the middle of.
    pub(super) inside: Inside,
}

/// What bytes may be in the middle of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Inside {
    /// Nothing.
    #[default]
    Nothing,
    /// A string, which ends with BEL or ST.
    String,
    /// A control sequence, which ends with a letter.
    Sequence,
}

/// Asks the terminal. It must be in raw mode, and nobody else may read from it.
pub(super) fn ask(write: impl FnOnce(&str)) -> io::Result<Asked> {
    write(QUESTION);
    let end = Instant::now() + PATIENCE;
    let stdin = io::stdin();
    let mut bytes = Vec::new();
    loop {
        let left = end.saturating_duration_since(Instant::now());
        let wait = Timespec {
            tv_sec: 0,
            tv_nsec: i64::from(left.subsec_nanos()),
        };
        let mut fds = [PollFd::new(&stdin, PollFlags::IN)];
        let ready = match poll(&mut fds, Some(&wait)) {
            Ok(ready) => ready,
            Err(rustix::io::Errno::INTR) => continue,
            Err(error) => return Err(error.into()),
        };
        let asked = read_answers(&bytes);
        if ready == 0 || bytes.len() > MOST_BYTES {
            return Ok(asked);
        }
        let mut more = [0; 512];
        match rustix::io::read(&stdin, &mut more) {
            Ok(0) => return Ok(asked),
            Ok(count) => bytes.extend_from_slice(&more[..count]),
            Err(rustix::io::Errno::INTR) => continue,
            Err(error) => return Err(error.into()),
        }
        let asked = read_answers(&bytes);
        if asked.is_whole {
            return Ok(asked);
        }
    }
}

/// Takes answers out of what a terminal sent.
pub(super) fn read_answers(bytes: &[u8]) -> Asked {
    let mut asked = Asked::default();
    let mut rest = bytes;
    while let Some((first, after)) = rest.split_first() {
        let taken = match (first, after.first()) {
            (0x1b, Some(b']' | b'_' | b'P')) => string(rest).map(|(text, length)| {
                read_string(text, &mut asked.answers);
                length
            }),
            (0x1b, Some(b'[')) => sequence(rest)
                .and_then(|(text, length)| read_sequence(text, &mut asked).then_some(length)),
            _ => None,
        };
        asked.inside = unfinished(rest);
        if asked.inside != Inside::Nothing {
            // The rest of it comes later, and is dropped there; as keys it would do things.
            break;
        }
        let length = taken.unwrap_or(1);
        if taken.is_none() {
            asked.keys.push(*first);
        }
        rest = rest.get(length..).unwrap_or_default();
    }
    asked
}

/// Says what begins here and does not end.
fn unfinished(bytes: &[u8]) -> Inside {
    let inside = bytes.get(2..).unwrap_or_default();
    match bytes {
        [0x1b, b']' | b'_' | b'P', ..] => {
            let end = inside.iter().position(|byte| matches!(byte, 0x07 | 0x1b));
            match end.and_then(|end| inside.get(end..)) {
                None | Some([0x1b]) => Inside::String,
                Some(_) => Inside::Nothing,
            }
        }
        [0x1b, b'[', ..] if sequence(bytes).is_none() => Inside::Sequence,
        _ => Inside::Nothing,
    }
}

/// Returns the inside of an OSC, APC or DCS string and the length of all of it; `None` where it does not end.
fn string(bytes: &[u8]) -> Option<(&[u8], usize)> {
    let inside = bytes.get(2..)?;
    let end = inside.iter().position(|byte| matches!(byte, 0x07 | 0x1b))?;
    let text = inside.get(..end)?;
    match inside.get(end..) {
        Some([0x07, ..]) => Some((text, end + 3)),
        Some([0x1b, b'\\', ..]) => Some((text, end + 4)),
        _ => None,
    }
}

/// Returns the inside of a control sequence, its last letter included, and the length of all of it.
fn sequence(bytes: &[u8]) -> Option<(&[u8], usize)> {
    let inside = bytes.get(2..)?;
    let end = inside
        .iter()
        .position(|byte| (0x40..=0x7e).contains(byte))?;
    Some((inside.get(..=end)?, end + 3))
}

fn read_string(text: &[u8], answers: &mut Answers) {
    let text = String::from_utf8_lossy(text);
    if let Some(answer) = text.strip_prefix("Gi=4211") {
        answers.kitty |= answer.ends_with(";OK");
    } else if let Some(colour) = text.strip_prefix("11;rgb:") {
        let parts: Vec<u8> = colour.split('/').filter_map(part).collect();
        answers.ground = parts.try_into().ok();
    }
}

/// Reads `ffff` or `ff` as 255.
fn part(digits: &str) -> Option<u8> {
    let value = u32::from_str_radix(digits, 16).ok()?;
    let most = 16_u32.checked_pow(digits.len() as u32)?.checked_sub(1)?;
    u8::try_from(value * 255 / most.max(1)).ok()
}

/// Reads a control sequence; says whether it was an answer.
fn read_sequence(text: &[u8], asked: &mut Asked) -> bool {
    let text = String::from_utf8_lossy(text);
    if let Some(attributes) = text
        .strip_prefix('?')
        .and_then(|text| text.strip_suffix('c'))
    {
        asked.answers.sixel |= attributes.split(';').skip(1).any(|it| it == "4");
        asked.is_whole = true;
        return true;
    }
    if let Some(size) = text
        .strip_prefix("6;")
        .and_then(|text| text.strip_suffix('t'))
    {
        let numbers: Vec<u16> = size.split(';').filter_map(|it| it.parse().ok()).collect();
        if let [height, width] = numbers[..] {
            asked.answers.cell = is_a_cell(width, height).then_some((width, height));
        }
        return true;
    }
    false
}

/// Reads bytes that are no answers as keys, as far as they are plain: letters, control letters, arrows.
pub(super) fn keys(bytes: &[u8]) -> Vec<Key> {
    let mut found = Vec::new();
    let mut rest = bytes;
    while let Some((first, after)) = rest.split_first() {
        let plain = |code| Some(Key::new(code, false, false));
        let (key, length) = match (first, after.first()) {
            (0x1b, Some(b'[' | b'O')) => match sequence(rest) {
                Some((text, length)) => (arrow(text).and_then(plain), length),
                None => (None, rest.len()),
            },
            (0x1b, _) => (plain(Code::Esc), 1),
            (b'\r', _) => (plain(Code::Enter), 1),
            (b'\t', _) => (plain(Code::Tab), 1),
            (0x7f, _) => (plain(Code::Backspace), 1),
            (0x01..=0x1a, _) => {
                let letter = char::from(first + b'a' - 1);
                (Some(Key::new(Code::Char(letter), true, false)), 1)
            }
            _ => {
                let length = (1..=rest.len().min(4))
                    .find(|length| std::str::from_utf8(&rest[..*length]).is_ok());
                let letter = length
                    .and_then(|length| std::str::from_utf8(&rest[..length]).ok()?.chars().next());
                let letter = letter.filter(|letter| !letter.is_control());
                (
                    letter.and_then(|it| plain(Code::Char(it))),
                    length.unwrap_or(1),
                )
            }
        };
        found.extend(key);
        rest = rest.get(length..).unwrap_or_default();
    }
    found
}

fn arrow(text: &[u8]) -> Option<Code> {
    Some(match text {
        b"A" => Code::Up,
        b"B" => Code::Down,
        b"C" => Code::Right,
        b"D" => Code::Left,
        b"H" => Code::Home,
        b"F" => Code::End,
        _ => return None,
    })
}

/// Says whether a cell can have this size: what is asked of the engine must stay within reason.
pub(super) fn is_a_cell(width: u16, height: u16) -> bool {
    (3..=80).contains(&width) && (6..=160).contains(&height)
}

/// What was learnt of terminals, in the state folder: a line for each.
pub(super) struct Known {
    file: PathBuf,
    name: String,
}

impl Known {
    /// Looks at the file for a terminal of this name.
    pub(super) fn new(state: &Path, name: String) -> Self {
        Self {
            file: state.join("terminals"),
            name,
        }
    }

    /// Returns what was learnt.
    pub(super) fn read(&self) -> Option<Answers> {
        let text = fs::read_to_string(&self.file).ok()?;
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix(&self.name)?.strip_prefix('\t'))?;
        let mut answers = Answers::default();
        for fact in line.split(' ') {
            match fact.split_once('=').unwrap_or((fact, "")) {
                ("kitty", _) => answers.kitty = true,
                ("sixel", _) => answers.sixel = true,
                ("cell", size) => {
                    answers.cell = size.split_once('x').and_then(|(width, height)| {
                        let (width, height) = (width.parse().ok()?, height.parse().ok()?);
                        is_a_cell(width, height).then_some((width, height))
                    });
                }
                ("ground", colour) => {
                    let parts: Vec<u8> = colour.split('/').filter_map(part).collect();
                    answers.ground = parts.try_into().ok();
                }
                _ => {}
            }
        }
        Some(answers)
    }

    /// Keeps what was learnt. What cannot be kept is asked again.
    pub(super) fn keep(&self, answers: &Answers) {
        let old = fs::read_to_string(&self.file).unwrap_or_default();
        let others = old.lines().filter(|line| {
            line.strip_prefix(&self.name)
                .is_none_or(|rest| !rest.starts_with('\t'))
        });
        let mut facts = Vec::new();
        if answers.kitty {
            facts.push("kitty".to_owned());
        }
        if answers.sixel {
            facts.push("sixel".to_owned());
        }
        facts.extend(
            answers
                .cell
                .map(|(width, height)| format!("cell={width}x{height}")),
        );
        facts.extend(
            answers
                .ground
                .map(|[red, green, blue]| format!("ground={red:02x}/{green:02x}/{blue:02x}")),
        );
        let own = format!("{}\t{}", self.name, facts.join(" "));
        // The newest first; a file of many names is a file of passing ones.
        let lines: Vec<&str> = std::iter::once(own.as_str())
            .chain(others)
            .take(32)
            .collect();
        let _ = fs::write(&self.file, lines.join("\n") + "\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: &[u8] =
        b"\x1b]11;rgb:1e1e/1e1e/2e2e\x1b\\\x1b_Gi=4211;OK\x1b\\\x1b[6;20;10t\x1b[?62;4;22c";

    #[test]
    fn answers_are_read_and_what_is_none_is_kept_as_keys() {
        let asked = read_answers(ALL);
        assert_eq!(
            asked.answers,
            Answers {
                kitty: true,
                sixel: true,
                cell: Some((10, 20)),
                ground: Some([0x1e, 0x1e, 0x2e]),
            }
        );
        assert!(asked.is_whole && asked.keys.is_empty());

        let mut mixed = b"j".to_vec();
        mixed.extend_from_slice(&ALL[..30]);
        mixed.extend_from_slice(b"k");
        assert!(!read_answers(&mixed).is_whole);
        let asked = read_answers(b"jj\x1b[?1;2c\x1b[Ak");
        assert_eq!(
            (asked.keys.as_slice(), asked.is_whole),
            (&b"jj\x1b[Ak"[..], true)
        );
        assert_eq!(asked.answers, Answers::default());
    }

    #[test]
    fn keys_pressed_meanwhile_are_not_lost() {
        let expect = [
            Key::new(Code::Char('j'), false, false),
            Key::new(Code::Up, false, false),
            Key::new(Code::Char('é'), false, false),
            Key::new(Code::Enter, false, false),
            Key::new(Code::Char('d'), true, false),
            Key::new(Code::Esc, false, false),
        ];
        assert_eq!(keys("j\x1b[Aé\r\x04\x1b".as_bytes()), expect);
        assert_eq!(keys(b"\xff\x1b[200~"), []);
    }

    #[test]
    fn refusals_and_nonsense_teach_nothing() {
        for bytes in [
            &b"\x1b_Gi=4211;ENOTSUPPORTED:no\x1b\\\x1b[?6c"[..],
            b"\x1b]11;rgb:zz\x07\x1b[?6c",
            b"\x1b[6;0;0t\x1b[?6c",
            b"\x1b[6;9999;9999t\x1b[?6c",
            b"\x1b[?6c",
        ] {
            let asked = read_answers(bytes);
            assert_eq!(asked.answers, Answers::default(), "{bytes:?}");
            assert!(asked.is_whole);
        }
        // Any cut of an answer is no answer yet, and breaks nothing.
        for end in 0..ALL.len() {
            let asked = read_answers(&ALL[..end]);
            assert!(!asked.is_whole);
            // Nor is it keys: `gb` of `rgb:` would fold the feed list away. Esc alone may be a key.
            let pressed = keys(&asked.keys);
            assert!(
                pressed.iter().all(|key| key.code == Code::Esc),
                "{end}: {pressed:?}"
            );
        }
        assert_eq!(read_answers(b"j\x1b]11;rgb:1e").inside, Inside::String);
        assert_eq!(read_answers(b"\x1b[?62;4").inside, Inside::Sequence);
        assert_eq!(read_answers(b"\x1b]0;x\x07j").inside, Inside::Nothing);
    }

    #[test]
    fn what_was_learnt_is_remembered_for_each_terminal() {
        let folder = tempfile::tempdir().unwrap();
        let known = |name: &str| Known::new(folder.path(), name.to_owned());
        let learnt = read_answers(ALL).answers;
        known("xterm-kitty|").keep(&learnt);
        known("xterm|foot").keep(&Answers::default());
        known("xterm|foot").keep(&Answers {
            sixel: true,
            ..Answers::default()
        });
        assert_eq!(known("xterm-kitty|").read(), Some(learnt));
        assert!(known("xterm|foot").read().unwrap().sixel);
        assert_eq!(known("xterm|").read(), None);
    }
}
