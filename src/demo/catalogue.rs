//! What the demo holds: the papers, and the list of their articles and pictures. A file that is not named here is not in
//! the program.

use std::sync::LazyLock;

use super::article::Article;

/// How a paper builds its pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// `main`, `article`, `header`, classes that say what they mean.
    Semantic,
    /// Tables, `font`, `br` for paragraphs; sent as windows-1252.
    Soup,
    /// Nested `div`s, the body split over siblings, JSON-LD.
    Divs,
    /// Accelerated-mobile elements.
    Amp,
    /// A weblog's theme.
    Weblog,
    /// One paper in many languages.
    Polyglot,
}

/// How a paper writes its feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FeedFormat {
    /// RSS 2.0 with a summary.
    Rss,
    /// RSS 2.0 with only the first words.
    RssTeaser,
    /// RSS 2.0 with the whole text in `content:encoded`.
    RssFull,
    /// Atom 1.0 (RFC 4287).
    Atom,
    /// JSON Feed 1.1.
    Json,
    /// RSS 1.0 (RDF).
    Rdf,
}

/// A paper of the demo.
#[derive(Debug, PartialEq, Eq)]
pub struct Paper {
    /// Its name.
    pub title: &'static str,
    /// Its feed's address.
    pub feed_url: &'static str,
    /// The folder to subscribe it in.
    pub folder: &'static str,
    /// The line under the name.
    pub motto: &'static str,
    pub(super) layout: Layout,
    pub(super) format: FeedFormat,
    pub(super) template: &'static str,
}

impl Paper {
    /// Returns the host of all its addresses.
    pub fn host(&self) -> &'static str {
        let rest = self.feed_url.trim_start_matches("https://");
        rest.split_once('/').map_or(rest, |(host, _)| host)
    }

    pub(super) fn article_url(&self, article: &Article) -> String {
        let (host, slug) = (self.host(), article.slug);
        match self.layout {
            Layout::Semantic => {
                let day = article.published.strftime("%Y/%m/%d");
                format!("https://{host}/{day}/{slug}")
            }
            Layout::Soup => format!("https://{host}/archive/{slug}.htm"),
            Layout::Divs => format!("https://{host}/articles/{slug}"),
            Layout::Amp => format!("https://{host}/amp/{slug}"),
            Layout::Weblog => format!("https://{host}/{slug}/"),
            Layout::Polyglot => format!("https://{host}/{}/{slug}", article.lang),
        }
    }
}

macro_rules! template {
    ($name:literal) => {
        include_str!(concat!("../../assets/demo/papers/", $name, ".html"))
    };
}

/// The papers, in the order of the feed list.
pub static PAPERS: [Paper; 6] = [
    Paper {
        title: "The Morning Ledger",
        feed_url: "https://ledger.example/feed.xml",
        folder: "World",
        motto: "The day, entered and balanced",
        layout: Layout::Semantic,
        format: FeedFormat::Rss,
        template: template!("ledger"),
    },
    Paper {
        title: "Harbour Herald",
        feed_url: "https://herald.example/atom.xml",
        folder: "World",
        motto: "Ships, roads and the news they carry",
        layout: Layout::Soup,
        format: FeedFormat::Atom,
        template: template!("herald"),
    },
    Paper {
        title: "World Wire",
        feed_url: "https://wire.example/teasers.rss",
        folder: "World",
        motto: "First lines first",
        layout: Layout::Amp,
        format: FeedFormat::RssTeaser,
        template: template!("wire"),
    },
    Paper {
        title: "Science Courier",
        feed_url: "https://courier.example/feed.json",
        folder: "Science",
        motto: "What was found, and how we know",
        layout: Layout::Divs,
        format: FeedFormat::Json,
        template: template!("courier"),
    },
    Paper {
        title: "The Long Look",
        feed_url: "https://longlook.example/feed/",
        folder: "Weekend",
        motto: "Slow stories about quick inventions",
        layout: Layout::Weblog,
        format: FeedFormat::RssFull,
        template: template!("longlook"),
    },
    Paper {
        title: "Four Winds",
        feed_url: "https://fourwinds.example/index.rdf",
        folder: "Languages",
        motto: "한국어 · 日本語 · العربية · Deutsch",
        layout: Layout::Polyglot,
        format: FeedFormat::Rdf,
        template: template!("fourwinds"),
    },
];

macro_rules! articles {
    ($($folder:literal: $($slug:literal)*;)*) => {
        [$($(($folder, $slug, include_str!(concat!("../../assets/demo/articles/", $folder, "/", $slug, ".txt"))),)*)*]
    };
}

/// Folder (the first label of the paper's host), slug and source of each article.
static SOURCES: &[(&str, &str, &str)] = &articles! {
    "ledger": "berlin-wall" "channel-tunnel" "chernobyl" "concorde" "good-friday" "live-aid" "mandela-release" "marshall-plan" "moon-landing" "un-charter" "women-vote";
    "herald": "channel-tunnel" "golden-gate" "hindenburg" "lindbergh" "panama-canal" "south-pole" "suez-canal" "titanic" "vasa-interview";
    "wire": "everest" "gagarin" "marathon" "montgolfier" "splashdown" "sputnik" "tutankhamun" "world-cup" "wright";
    "courier": "basic" "dna" "dolly" "heart-transplant" "higgs" "hubble" "penicillin" "rosetta" "smallpox";
    "longlook": "eiffel-tower" "first-message" "marconi" "world-wide-web";
    "fourwinds": "abu-simbel" "berlin" "seoul-olympics" "shinkansen";
};

macro_rules! pictures {
    ($($name:literal)*) => {
        [$(($name, include_bytes!(concat!("../../assets/demo/pictures/", $name)).as_slice()),)*]
    };
}

static PICTURES: &[(&str, &[u8])] = &pictures! {
    "airship.png"
    "balloon.png"
    "bridge.png"
    "concorde.png"
    "eiffel.png"
    "everest.png"
    "football.png"
    "helix.png"
    "hubble.png"
    "moon.png"
    "spirit.png"
    "sputnik.png"
    "titanic.png"
    "tomb.png"
    "train.png"
    "tunnel.png"
    "vasa.png"
    "wall.png"
};

/// Returns all articles, paper by paper, newest first in each.
pub fn articles() -> &'static [Article] {
    static ARTICLES: LazyLock<Vec<Article>> = LazyLock::new(|| {
        let mut all = Vec::with_capacity(SOURCES.len());
        for paper in &PAPERS {
            let of_paper = |(folder, ..): &&(&str, &str, &str)| {
                paper.host().split('.').next() == Some(*folder)
            };
            let sources = SOURCES.iter().filter(of_paper);
            let from = all.len();
            all.extend(sources.map(|(_, slug, source)| Article::parse(paper, slug, source)));
            all[from..].sort_by_key(|a: &Article| std::cmp::Reverse(a.published));
        }
        all
    });
    &ARTICLES
}

/// Returns the articles of one paper, newest first.
pub(super) fn articles_of(paper: &Paper) -> impl Iterator<Item = &'static Article> {
    articles().iter().filter(move |a| a.paper == paper)
}

/// Returns a picture's bytes by its file name.
pub(super) fn picture(name: &str) -> Option<&'static [u8]> {
    PICTURES
        .iter()
        .find(|(n, _)| *n == name)
        .map(|(_, bytes)| *bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_source_belongs_to_a_paper_and_has_what_a_page_needs() {
        assert_eq!(articles().len(), SOURCES.len());
        for article in articles() {
            let at = article.url();
            assert_ne!(
                article.published,
                jiff::Timestamp::UNIX_EPOCH,
                "date of {at}"
            );
            assert!(!article.title.is_empty(), "title of {at}");
            assert!(article.teaser.chars().count() > 30, "teaser of {at}");
            assert!(!article.tags.is_empty(), "tags of {at}");
            assert!(article.blocks.len() > 3, "body of {at}");
            if let Some(shown) = article.picture {
                assert!(picture(shown.file).is_some(), "picture of {at}");
                assert!(
                    !shown.alt.is_empty() && !shown.caption.is_empty(),
                    "words for the picture of {at}"
                );
            }
        }
    }

    #[test]
    fn pictures_are_small() {
        for (name, bytes) in PICTURES {
            assert!(bytes.starts_with(b"\x89PNG"), "{name}");
            assert!(bytes.len() <= 15_000, "{name} has {} bytes", bytes.len());
        }
    }
}
