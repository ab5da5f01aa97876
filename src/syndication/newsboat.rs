//! newsboat's `urls` file.
//!
//! Source: newsboat's `src/fileurlreader.cpp` and `rust/libnewsboat/src/utils.rs` (tokens), its manual on query feeds.

mod expression;

use super::list::{Import, ImportedSearch, address};
use super::{opml, plain};
use crate::model::change::NewFeed;
use crate::text::clean_line;

/// One line: an address and what stands after it.
struct Line {
    address: String,
    tags: Vec<String>,
}

/// Reads a `urls` file. `~Title` gives a feed its title, the first plain tag its folder; query feeds become searches
/// where their expression can be said in this program's language. Commands, filters and local files are refused.
/// Whatever is not taken over is remarked.
pub fn read(text: &str) -> Import {
    let lines: Vec<Line> = text.lines().filter_map(line).collect();
    let mut import = Import::default();
    for line in lines
        .iter()
        .filter(|line| !line.address.starts_with("query:"))
    {
        feed(line, &mut import);
    }
    let folders: Vec<String> = import
        .feeds
        .iter()
        .map(|feed| feed.folder.clone())
        .collect();
    for line in lines
        .iter()
        .filter(|line| line.address.starts_with("query:"))
    {
        search(&line.address, &folders, &mut import);
    }
    import
}

/// Says whether a text is a `urls` file rather than anything else: its first line that says something is an address.
pub fn is_urls_file(text: &str) -> bool {
    let first = text.lines().find_map(line);
    let kinds = [
        "http://", "https://", "feed:", "exec:", "filter:", "query:", "file://",
    ];
    first.is_some_and(|line| kinds.iter().any(|kind| line.address.starts_with(kind)))
}

fn line(text: &str) -> Option<Line> {
    if text.starts_with('#') {
        return None;
    }
    let mut tokens = tokenize(text).into_iter();
    Some(Line {
        address: tokens.next()?,
        tags: tokens.collect(),
    })
}

/// Cuts a line at white space. A token in quotes ends at the next quote that is not escaped, or with the line; one
/// that begins with `#` ends the line.
fn tokenize(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            ' ' | '\t' | '\r' | '\n' => {}
            '#' => break,
            '"' => {
                let mut token = String::new();
                while let Some(c) = chars.next().filter(|c| *c != '"') {
                    match (c, chars.peek().copied()) {
                        ('\\', Some(escaped)) => {
                            chars.next();
                            match escaped {
                                'n' => token.push('\n'),
                                'r' => token.push('\r'),
                                't' => token.push('\t'),
                                '`' => token.push_str("\\`"),
                                _ => token.push(escaped),
                            }
                        }
                        _ => token.push(c),
                    }
                }
                tokens.push(token);
            }
            _ => {
                let mut token = String::from(c);
                while let Some(c) = chars.next_if(|c| !matches!(c, ' ' | '\t' | '\r' | '\n')) {
                    token.push(c);
                }
                tokens.push(token);
            }
        }
    }
    tokens
}

fn feed(line: &Line, import: &mut Import) {
    let url = match address(&line.address) {
        Ok(url) => url,
        Err(why) => {
            import.remark(format!("{} is left out: {why}", plain::line(&line.address)));
            return;
        }
    };
    let title = line
        .tags
        .iter()
        .find_map(|tag| tag.strip_prefix('~'))
        .and_then(plain::some_line);
    let mut plain_tags = line
        .tags
        .iter()
        .filter(|tag| !tag.starts_with(['~', '!']))
        .map(|tag| clean_line(tag));
    let folder = plain_tags
        .next()
        .map(|tag| opml::clean_path(&tag))
        .unwrap_or_default();
    let others: Vec<String> = plain_tags.collect();
    if !others.is_empty() {
        import.remark(format!(
            "{url} lies in one folder; its other tags are left out: {}",
            others.join(", ")
        ));
    }
    if line.tags.iter().any(|tag| tag.starts_with('!')) {
        import.remark(format!("{url} was hidden; here it is shown"));
    }
    import.add(NewFeed {
        url,
        title,
        folder,
        ..NewFeed::default()
    });
}

fn search(address: &str, folders: &[String], import: &mut Import) {
    let mut parts = address.splitn(3, ':').skip(1);
    let name = plain::line(parts.next().unwrap_or_default());
    let expression = parts.next().unwrap_or_default();
    match expression::translate(expression, folders) {
        Ok(query) if !name.is_empty() => import.searches.push(ImportedSearch { name, query }),
        Ok(_) => import.remark(format!(
            "a query feed without a name is left out: {}",
            plain::line(expression)
        )),
        Err(why) => import.remark(format!(
            "the query feed \"{name}\" is left out: {why}: {}",
            plain::line(expression)
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const URLS: &str = r#"# my feeds
https://e.com/a#frag World "two words" "~The \"A\" paper"
https://e.com/b   # a comment

"https://e.com/c" "!hidden" Tech
exec:~/bin/feed.sh World
filter:/bin/cat:https://e.com/d
file:///etc/passwd
https://e.com/a
"query:Fresh:unread = \"yes\" and age < 3"
"query:Odd:content =~ \"a.*b\""
"#;

    #[test]
    fn a_urls_file_becomes_feeds_and_searches() {
        assert!(is_urls_file(URLS));
        let import = read(URLS);
        let feeds: Vec<_> = import
            .feeds
            .iter()
            .map(|f| (f.url.as_str(), f.folder.as_str(), f.title.as_deref()))
            .collect();
        assert_eq!(
            feeds,
            [
                ("https://e.com/a#frag", "World", Some("The \"A\" paper")),
                ("https://e.com/b", "", None),
                ("https://e.com/c", "Tech", None),
                ("https://e.com/a", "", None),
            ]
        );
        assert_eq!(
            import.searches,
            [ImportedSearch {
                name: "Fresh".into(),
                query: "is:unread newer:3d".into()
            }]
        );
        assert_eq!(import.remarks.len(), 6, "{:#?}", import.remarks);
    }

    #[test]
    fn other_texts_are_no_urls_file() {
        assert!(!is_urls_file("Once upon a time\nhttps://e.com"));
        assert!(!is_urls_file("# only a comment\n\n"));
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_borne(text in "([\"\\\\#~!: ]|query:a:|unread|=|and|or|[()]|http://e.com|.){0,40}") {
            let _ = read(&text);
        }
    }
}
