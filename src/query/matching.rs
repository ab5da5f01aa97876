//! Whether an article that lies in no library yet matches a query: the filters of feeds ask this. The store answers the
//! same questions in SQL for those it has; words match alike, by the folded terms of the full-text index.

use jiff::Timestamp;

use crate::model::change::NameKey;
use crate::model::query::{Compare, Expr, Is, Term, What};
use crate::model::{FeedId, Query};
use crate::text::fold::{fold, index_terms, is_unspaced, query_terms};

/// What is known of a new article.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The headline.
    pub title: &'a str,
    /// The text, plain.
    pub text: &'a str,
    /// Names of its authors.
    pub authors: &'a [String],
    /// The feed it comes in.
    pub feed: FeedId,
    /// That feed's title.
    pub feed_title: &'a str,
    /// That feed's folder.
    pub folder: &'a str,
    /// The names in it, under all that the user's merges say they are.
    pub names: &'a [NameKey],
    /// Names that are followed.
    pub followed: &'a [(String, crate::model::EntityKind)],
    /// Its page's address.
    pub url: Option<&'a str>,
    /// Language subtag.
    pub language: Option<&'a str>,
    /// When it was published, else now.
    pub published: Timestamp,
    /// Reading time.
    pub minutes: u32,
    /// It has a picture.
    pub has_image: bool,
    /// Pictures are fetched with articles.
    pub wants_pictures: bool,
    /// It has an enclosure.
    pub has_enclosure: bool,
    /// Its whole text is there.
    pub is_full: bool,
}

/// Says whether a new article matches a query. It is unread, and neither starred, tagged nor noted.
pub fn matches(query: &Query, subject: &Subject<'_>, now: Timestamp) -> bool {
    let terms = Terms {
        title: terms(&index_terms(subject.title)),
        text: terms(&index_terms(subject.text)),
    };
    holds(&query.expr, subject, &terms, now)
}

/// The terms an article has in the full-text index, in order.
struct Terms {
    title: Vec<String>,
    text: Vec<String>,
}

/// Takes index text apart as the index's tokenizer does: at all but letters, digits and marks.
fn terms(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric() && !is_mark(c))
        .filter(|term| !term.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Marks that are left after folding (Indic vowels and the like) are parts of words.
fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

fn holds(expr: &Expr, subject: &Subject<'_>, terms: &Terms, now: Timestamp) -> bool {
    let each = |expr: &Expr| holds(expr, subject, terms, now);
    match expr {
        Expr::All => true,
        Expr::And(parts) => parts.iter().all(each),
        Expr::Or(parts) => parts.iter().any(each),
        Expr::Not(inner) => !each(inner),
        Expr::Term(term) => term_holds(term, subject, terms, now),
    }
}

fn term_holds(term: &Term, subject: &Subject<'_>, terms: &Terms, now: Timestamp) -> bool {
    let seconds = subject.published.as_second();
    match term {
        Term::Word { text, prefix } => {
            stands(text, *prefix, &terms.title) || stands(text, *prefix, &terms.text)
        }
        Term::Phrase(text) => stands(text, false, &terms.title) || stands(text, false, &terms.text),
        Term::Title(text) => stands(text, false, &terms.title),
        Term::Author(name) => {
            let name = fold(name);
            subject
                .authors
                .iter()
                .any(|author| fold(author).contains(&name))
        }
        Term::Feed(name) => fold(subject.feed_title).contains(&fold(name)),
        Term::FeedId(feed) => *feed == subject.feed,
        Term::Folder(path) => {
            let (folder, path) = (fold(subject.folder), fold(path.trim_matches('/')));
            folder == path || folder.starts_with(&format!("{path}/"))
        }
        Term::Entity(name) => {
            let name = fold(name.trim());
            subject.names.iter().any(|own| fold(&own.name) == name)
        }
        Term::Name(key) => {
            let name = fold(key.name.trim());
            let mut names = subject.names.iter();
            names.any(|own| own.kind == key.kind && fold(&own.name) == name)
        }
        Term::Site(site) => {
            let site = site.trim().to_lowercase();
            let site = site.strip_prefix("www.").unwrap_or(&site);
            let host = subject.url.and_then(|url| url::Url::parse(url).ok());
            let host = host
                .as_ref()
                .and_then(url::Url::host_str)
                .unwrap_or_default();
            let host = host.strip_prefix("www.").unwrap_or(host);
            host == site || host.ends_with(&format!(".{site}"))
        }
        Term::Lang(lang) => subject
            .language
            .is_some_and(|own| own.eq_ignore_ascii_case(lang)),
        Term::Is(Is::Unread) => true,
        Term::Is(Is::Full) => subject.is_full,
        // Its pictures come later.
        Term::Is(Is::Offline) => subject.is_full && !(subject.has_image && subject.wants_pictures),
        Term::Is(Is::Followed) => subject.followed.iter().any(|(name, kind)| {
            let name = fold(name);
            let mut names = subject.names.iter();
            names.any(|own| own.kind == *kind && fold(&own.name) == name)
        }),
        Term::Tag(_)
        | Term::Is(Is::Read | Is::Starred | Is::Later | Is::Muted)
        | Term::Has(What::Note) => false,
        Term::Has(What::Image) => subject.has_image,
        Term::Has(What::Enclosure) => subject.has_enclosure,
        Term::After(time) => seconds >= time.as_second(),
        Term::Before(time) => seconds < time.as_second(),
        Term::Newer(age) => seconds >= now.as_second().saturating_sub(*age),
        Term::Older(age) => seconds < now.as_second().saturating_sub(*age),
        Term::Minutes(compare, minutes) => match compare {
            Compare::Less => subject.minutes < *minutes,
            Compare::LessOrEqual => subject.minutes <= *minutes,
            Compare::Equal => subject.minutes == *minutes,
            Compare::MoreOrEqual => subject.minutes >= *minutes,
            Compare::More => subject.minutes > *minutes,
        },
    }
}

/// Says whether words stand in this order among terms. Words without a letter or digit ask for nothing.
fn stands(words: &str, prefix: bool, among: &[String]) -> bool {
    let asked = query_terms(words);
    let wanted = terms(&asked);
    let Some((last, before)) = wanted.split_last() else {
        return true;
    };
    let mut letters = asked.trim().chars();
    let single = letters.next().is_some_and(is_unspaced) && letters.next().is_none();
    among.windows(wanted.len()).any(|window| {
        let Some((end, start)) = window.split_last() else {
            return false;
        };
        let end_fits = if prefix || single {
            end.starts_with(last.as_str())
        } else {
            end == last
        };
        end_fits && start == before
    })
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;
    use crate::model::EntityKind;
    use crate::query::parse;

    fn now() -> Timestamp {
        "2026-11-23T12:00:00Z".parse().unwrap()
    }

    fn check(text: &str, expect: bool) {
        let authors = ["Inês Rocha".to_owned()];
        let subject = Subject {
            title: "Ferry & bridge reopen",
            text: "The harbour master said the ferry runs again. 海底隧道的工人",
            authors: &authors,
            feed: FeedId(7),
            feed_title: "Harbour News",
            folder: "World/Isles",
            names: &[NameKey {
                name: "Harbour Board".into(),
                kind: EntityKind::Organisation,
            }],
            followed: &[],
            url: Some("https://www.news.example.org/a"),
            language: Some("en"),
            published: "2026-11-23T10:00:00Z".parse().unwrap(),
            minutes: 3,
            has_image: true,
            wants_pictures: true,
            has_enclosure: false,
            is_full: false,
        };
        let query = parse(text, now(), &TimeZone::UTC).unwrap();
        assert_eq!(matches(&query, &subject, now()), expect, "{text}");
    }

    #[test]
    fn words_match_as_in_a_search() {
        for (text, expect) in [
            ("", true),
            ("ferry", true),
            ("FERRY bridge", true),
            ("ferr", false),
            ("-ferry", false),
            ("football OR harbour", true),
            ("\"ferry runs\"", true),
            ("\"runs ferry\"", false),
            ("title:bridge", true),
            ("title:harbour", false),
            ("隧道", true),
            ("道", true),
            ("道路", false),
            ("—", true),
        ] {
            check(text, expect);
        }
    }

    #[test]
    fn fields_match_what_is_known_of_a_new_article() {
        for (text, expect) in [
            ("author:ines", true),
            ("feed:harbour folder:world", true),
            ("folder:wor", false),
            ("site:example.org lang:en", true),
            ("site:ample.org", false),
            ("is:unread -is:starred", true),
            ("has:image -has:enclosure", true),
            ("newer:3h older:1h", true),
            ("newer:1h", false),
            ("minutes:<5 -minutes:>3", true),
            ("tag:x", false),
            ("entity:\"Inês Rocha\"", false),
            ("entity:\"harbour board\"", true),
            ("entity:harbour", false),
        ] {
            check(text, expect);
        }
    }
}
