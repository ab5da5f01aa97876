//! References to characters: `&amp;`, `&#8217;`.

/// Decodes the five references of XML and those by number. Others stay as written: they are HTML's, and the texts
/// they stand in are read as HTML. References by number to C1 controls mean windows-1252, as in HTML.
pub(in crate::syndication) fn decode_references(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.bytes().take(12).position(|b| b == b';');
        if let Some((decoded, end)) = end.and_then(|end| Some((reference(&rest[1..end])?, end))) {
            out.push_str(&decoded);
            rest = &rest[end + 1..];
        } else {
            out.push('&');
            rest = &rest[1..];
        }
    }
    out.push_str(rest);
    out
}

/// Returns what a reference stands for: nothing where its number is no character. `None`: not one of XML's.
fn reference(name: &str) -> Option<String> {
    let digits = match name {
        "lt" => return Some("<".to_owned()),
        "gt" => return Some(">".to_owned()),
        "amp" => return Some("&".to_owned()),
        "quot" => return Some("\"".to_owned()),
        "apos" => return Some("'".to_owned()),
        _ => name.strip_prefix('#')?,
    };
    let number = match digits.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
        None => digits.parse().ok()?,
    };
    Some(match number {
        0 => String::new(),
        0x80..=0x9f => encoding_rs::WINDOWS_1252
            .decode(&[number as u8])
            .0
            .into_owned(),
        _ => char::from_u32(number).map(String::from).unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_by_number_to_controls_mean_windows_1252() {
        assert_eq!(
            decode_references("&#145;a&#x92; &#0; &#xD800; &nbsp; &"),
            "‘a’   &nbsp; &"
        );
    }
}
