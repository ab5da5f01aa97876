//! The nearest valid name to one that was mistyped, for error messages that say what was meant.

/// Returns the candidate nearest to `word` where it is near enough to be meant: at most a third of the letters differ
/// (Damerau-Levenshtein), or one is the beginning of the other.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    let distance = |candidate: &str| {
        let candidate = candidate.to_lowercase();
        if word.len() >= 2 && (candidate.starts_with(&word) || word.starts_with(&candidate)) {
            return 1;
        }
        strsim::damerau_levenshtein(&word, &candidate)
    };
    let (best, found) = candidates
        .into_iter()
        .map(|candidate| (distance(candidate), candidate))
        .min_by_key(|pair| pair.0)?;
    let allowed = (word.chars().count() / 3).max(1);
    (best <= allowed).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_of_the_finger_finds_its_word() {
        let names = ["title", "author", "feed", "folder"];
        assert_eq!(nearest("auhtor", names), Some("author"));
        assert_eq!(nearest("fold", names), Some("folder"));
        assert_eq!(nearest("xyz", names), None);
    }
}
