//! Text that was read in the wrong charset before it came to us, made right again where that is certain.
//!
//! UTF-8 that a server took for windows-1252 and wrote as UTF-8 once more reads `Ã©` for `é` and `â€™` for `’`. A run of
//! such letters that is valid UTF-8 when it is turned back is practically never meant; a page must hold several of them,
//! and hardly any that do not turn back.

use std::borrow::Cow;

use encoding_rs::WINDOWS_1252;
use memchr::memchr;

/// A page with fewer spoilt letters is left as it is: it may be about them.
const LEAST_LETTERS: usize = 3;

/// For each run that does not turn back there must be so many letters that do.
const RIGHT_TO_WRONG: usize = 4;

/// Letters that the first byte of a sequence turns into and that are frequent in no language before another such letter.
const SIGNS: [char; 8] = ['Ã', 'Â', 'â', 'Ð', 'Ñ', 'Î', 'Ï', 'å'];

/// Returns the text with its runs turned back, where that is certain.
pub(super) fn repair(text: String) -> String {
    let (mut right, mut wrong) = (0, 0);
    if !may_hold_signs(&text) {
        return text;
    }
    for run in runs(&text) {
        match turned_back(run) {
            Some(text) => right += text.chars().filter(|c| !c.is_ascii()).count(),
            None => wrong += usize::from(run.contains(SIGNS)),
        }
    }
    if right < LEAST_LETTERS || right < wrong * RIGHT_TO_WRONG {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for run in runs(&text) {
        let start = run.as_ptr().addr() - text.as_ptr().addr();
        out.push_str(text.get(at..start).unwrap_or_default());
        out.push_str(turned_back(run).as_deref().unwrap_or(run));
        at = start + run.len();
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}

/// Says whether a text holds a byte that begins each of [`SIGNS`]: that is told much faster than the letters.
fn may_hold_signs(text: &str) -> bool {
    memchr(0xC3, text.as_bytes()).is_some()
}

/// Gives the runs of at least two letters outside ASCII.
fn runs(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_ascii())
        .filter(|run| run.chars().nth(1).is_some())
}

/// Returns what a run was before it was read as windows-1252.
fn turned_back(run: &str) -> Option<String> {
    let (bytes, _, has_others): (Cow<'_, [u8]>, _, _) = WINDOWS_1252.encode(run);
    if has_others {
        return None;
    }
    let text = String::from_utf8(bytes.into_owned()).ok()?;
    (text.chars().count() < run.chars().count()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads UTF-8 as windows-1252, as a wrongly set up server does.
    fn spoil(text: &str) -> String {
        WINDOWS_1252
            .decode_without_bom_handling(text.as_bytes())
            .0
            .into_owned()
    }

    #[test]
    fn all_signs_begin_with_the_byte_looked_for() {
        for sign in SIGNS {
            assert!(may_hold_signs(&sign.to_string()), "{sign}");
        }
        assert!(!may_hold_signs("plain – ’ Ω"));
    }

    #[test]
    fn spoilt_text_is_made_right() {
        for text in [
            "Le café de l’été, à côté du théâtre, où l’on “mange” très bien.",
            "Über die Brücke, für Müller, schön und größer.",
            "Вода в реке поднялась на два метра, и мост закрыли.",
            "Η γέφυρα έκλεισε για τους οδηγούς.",
            "河水在夏天上涨了两米，桥已经关闭。再见。",
        ] {
            assert_eq!(repair(spoil(text)), text);
        }
    }

    #[test]
    fn sound_text_is_left_as_it_is() {
        for text in [
            "Le café de l’été, à côté du théâtre, où l’on “mange” très bien.",
            "SÃO PAULO, AÇÃO, NÃO, Ângela, Índia, Ñandú, âme",
            "The letters Ã© are what became of é.",
            "Вода в реке поднялась на два метра",
            "河水在夏天上涨了两米",
            "",
        ] {
            assert_eq!(repair(text.to_owned()), text);
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[ÃÂâÐé€™ a-z]{0,60}") {
            let _ = repair(text);
        }
    }
}
