//! Why the system refused something, in words for people.

/// Returns an I/O error's reason without its number, as the end of a sentence: `permission denied`.
pub fn reason(error: &std::io::Error) -> String {
    plain(&error.to_string())
}

/// Takes the system's number off a message and makes it the end of a sentence.
pub fn plain(message: &str) -> String {
    let message = match message.rfind(" (os error ") {
        Some(at) if message.ends_with(')') => &message[..at],
        _ => message,
    };
    let mut chars = message.chars();
    match (chars.next(), chars.clone().next()) {
        // An acronym stays as it is.
        (Some(first), Some(second)) if second.is_lowercase() => {
            first.to_lowercase().chain(chars).collect()
        }
        _ => message.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_goes_and_the_words_stay() {
        let denied = std::io::Error::from_raw_os_error(13);
        assert_eq!(reason(&denied), "permission denied");
        assert_eq!(plain("I/O trouble (once)"), "I/O trouble (once)");
        assert_eq!(plain(""), "");
    }
}
