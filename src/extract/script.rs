//! Scripts that tell languages apart.

/// Scripts that tell languages apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Script {
    #[default]
    Other = 0,
    Latin,
    Greek,
    Cyrillic,
    Arabic,
    Hangul,
    Kana,
    Han,
}

impl Script {
    pub(super) const ALL: [Self; 8] = [
        Self::Other,
        Self::Latin,
        Self::Greek,
        Self::Cyrillic,
        Self::Arabic,
        Self::Hangul,
        Self::Kana,
        Self::Han,
    ];

    pub(super) fn of_char(c: char) -> Self {
        match c {
            'a'..='z' | 'A'..='Z' | '\u{C0}'..='\u{24F}' => Self::Latin,
            '\u{370}'..='\u{3FF}' | '\u{1F00}'..='\u{1FFF}' => Self::Greek,
            '\u{400}'..='\u{52F}' => Self::Cyrillic,
            '\u{590}'..='\u{6FF}' => Self::Arabic,
            '\u{1100}'..='\u{11FF}' | '\u{AC00}'..='\u{D7AF}' => Self::Hangul,
            '\u{3040}'..='\u{30FF}' => Self::Kana,
            '\u{3400}'..='\u{9FFF}' => Self::Han,
            _ => Self::Other,
        }
    }

    /// Returns the script of most of the first letters of a text.
    pub(super) fn of(text: &str) -> Self {
        Self::of_chars(text.chars().take(200))
    }

    /// Returns the script of most letters of a text.
    pub(super) fn of_all(text: &str) -> Self {
        Self::of_chars(text.chars())
    }

    pub(super) fn of_chars(chars: impl Iterator<Item = char>) -> Self {
        let mut counts = [0_u32; 8];
        for c in chars {
            if let Some(slot) = counts.get_mut(Self::of_char(c) as usize) {
                *slot += 1;
            }
        }
        Self::of_counts(&counts)
    }

    /// Returns the script with most letters, given those of each, in the order of [`Self::ALL`].
    pub(super) fn of_counts(counts: &[u32; 8]) -> Self {
        let mut best = Self::Other;
        let mut most = 0;
        for script in Self::ALL.into_iter().skip(1) {
            let count = counts.get(script as usize).copied().unwrap_or(0);
            if count > most {
                (best, most) = (script, count);
            }
        }
        best
    }

    /// Says whether a text in this script can belong to an article in the other: Latin and unmarked text goes with
    /// all, Japanese mixes kana and Han.
    pub(super) fn goes_with(self, article: Self) -> bool {
        let mixes = |script| matches!(script, Self::Kana | Self::Han);
        self == article
            || self == Self::Other
            || article == Self::Other
            || (self == Self::Latin && article != Self::Latin)
            || (mixes(self) && mixes(article))
    }
}
