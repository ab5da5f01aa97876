//! The library the screens show.

use jiff::Timestamp;
use newsdesk::app::Starter;
use newsdesk::app::event::Tree;
use newsdesk::model::article::{
    Article, ArticleRow, Body, BodySource, Enclosure, Has, PicturesKept, Reason, Removed,
};
use newsdesk::model::change::NameKey;
use newsdesk::model::document::{Block, Figure, Mark, MarkKind, Table, Text};
use newsdesk::model::entity::{ArticleEntity, EntityRow, Mention, NamePage, Snippet};
use newsdesk::model::feed::{Feed, FeedHealth, FeedSettings};
use newsdesk::model::{
    ArticleEntities, ArticleId, Document, EntityId, EntityKind, FeedId, SearchId, Seq, TextId,
};

pub(crate) fn time(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn feed(id: i64, title: &str, folder: &str, unread: u64) -> Feed {
    Feed {
        id: FeedId(id),
        url: format!("https://feed{id}.example/rss"),
        title: title.to_owned(),
        site_url: None,
        folder: folder.to_owned(),
        position: id,
        unread,
        total: unread + 20,
        health: FeedHealth {
            last_success: Some(time("2026-11-23T07:40:00Z")),
            per_month: 31.4,
            ..FeedHealth::default()
        },
        settings: FeedSettings::default(),
        archived: false,
    }
}

pub(crate) fn tree() -> Tree {
    let mut herald = feed(2, "Herald", "World", 41);
    herald.health.last_success = Some(time("2026-11-21T07:40:00Z"));
    herald.health.last_error = Some("the site says \"not found\"".to_owned());
    herald.health.hint = Some("The address may have changed.".to_owned());
    herald.health.failures = 3;
    Tree {
        feeds: vec![
            feed(1, "The Daily Planet", "World", 20),
            herald,
            feed(3, "Nature notes", "Science", 43),
            feed(4, "한겨레 세계", "Science", 0),
        ],
        folders: vec!["World".to_owned(), "Science".to_owned()],
        tags: vec![("history".to_owned(), 3, 9), ("rivers".to_owned(), 0, 2)],
        searches: vec![(
            SearchId(1),
            "Tunnels".to_owned(),
            "tunnel".to_owned(),
            3,
            12,
        )],
        unread: 148,
        total: 10_412,
        starred: 12,
        later: 4,
        following: 9,
        muted: 12,
        read_only: None,
        decided: names().into_iter().filter(|row| row.followed).collect(),
        newsboat: None,
    }
}

pub(crate) fn starters() -> Vec<Starter> {
    let starter = |topic: &str, title: &str, host: &str| Starter {
        topic: topic.to_owned(),
        title: title.to_owned(),
        url: format!("https://{host}/feed"),
        site_url: Some(format!("https://{host}/")),
    };
    vec![
        starter("World", "World Paper", "world.example"),
        starter("World", "Morning Post", "morning.example"),
        starter("Science", "Nature Notes", "nature.example"),
    ]
}

struct Headline {
    title: &'static str,
    feed: i64,
    feed_title: &'static str,
    published: &'static str,
    unread: bool,
    starred: bool,
    later: bool,
    tags: &'static [&'static str],
    minutes: u32,
}

const HEADLINES: &[Headline] = &[
    Headline {
        title: "Channel tunnel workers meet under the sea",
        feed: 1,
        feed_title: "The Daily Planet",
        published: "2026-11-23T09:12:00Z",
        unread: true,
        starred: true,
        later: false,
        tags: &["history", "tunnels", "channel"],
        minutes: 4,
    },
    Headline {
        title: "Ministers sign accord on river water after eleven months of talks in three capitals",
        feed: 2,
        feed_title: "Herald",
        published: "2026-11-23T08:55:00Z",
        unread: true,
        starred: false,
        later: true,
        tags: &["rivers"],
        minutes: 6,
    },
    Headline {
        title: "The price of bread",
        feed: 3,
        feed_title: "Nature notes",
        published: "2026-11-22T08:40:00Z",
        unread: false,
        starred: false,
        later: false,
        tags: &[],
        minutes: 2,
    },
    Headline {
        title: "세계에서 가장 긴 해저터널이 열렸다",
        feed: 4,
        feed_title: "한겨레 세계",
        published: "1994-05-06T08:31:00Z",
        unread: true,
        starred: false,
        later: false,
        tags: &[],
        minutes: 3,
    },
    Headline {
        title: "👩\u{200d}🚀 Crew 2 returns 🇰🇷",
        feed: 3,
        feed_title: "Nature notes",
        published: "2026-03-01T08:31:00Z",
        unread: true,
        starred: false,
        later: false,
        tags: &[],
        minutes: 1,
    },
];

pub(crate) fn articles() -> Vec<Article> {
    HEADLINES
        .iter()
        .enumerate()
        .map(|(n, headline)| article(n as i64 + 1, headline))
        .collect()
}

fn article(id: i64, it: &Headline) -> Article {
    let row = ArticleRow {
        id: ArticleId(id),
        sort_key: -id,
        seq: Seq(id),
        title: it.title.to_owned(),
        url: Some(format!("https://paper.example/{id}")),
        feed: Some(FeedId(it.feed)),
        feed_title: it.feed_title.to_owned(),
        authors: vec!["Staff".to_owned()],
        published: Some(time(it.published)),
        first_seen: time(it.published),
        unread: it.unread,
        starred: it.starred,
        later: it.later,
        tags: it.tags.iter().map(|tag| (*tag).to_owned()).collect(),
        minutes: it.minutes,
        also: if id == 2 { 3 } else { 0 },
        has: Has {
            full_text: true,
            ..Has::default()
        },
    };
    let (document, entities) = if id == 1 { tunnel() } else { short(it.title) };
    let elsewhere = vec![7; entities.entities.len()];
    Article {
        feeds: vec![(FeedId(it.feed), it.feed_title.to_owned())],
        site_name: Some(it.feed_title.to_owned()),
        language: Some("en".to_owned()),
        lead_image: None,
        enclosures: if id == 2 { files() } else { Vec::new() },
        pictures: PicturesKept::default(),
        body: Body {
            source: BodySource::Page,
            document,
            removed: vec![
                Removed {
                    reason: Reason::Share,
                    text: "Share this article".to_owned(),
                    before: 0,
                    block: None,
                },
                Removed {
                    reason: Reason::Newsletter,
                    text: "Sign up to our newsletter and never miss a story again.".to_owned(),
                    before: 3,
                    block: None,
                },
            ],
            confidence: 0.9,
            remark: None,
            cleaner: 1,
        },
        entities,
        decisions: Vec::new(),
        elsewhere,
        parted: Vec::new(),
        row,
    }
}

/// Files of every kind and state.
fn files() -> Vec<Enclosure> {
    let file = |name: &str, media: &str, size_bytes, duration_seconds| Enclosure {
        url: format!("https://files.example/{name}?source=feed"),
        media_type: Some(media.to_owned()),
        size_bytes,
        duration_seconds,
    };
    vec![
        file("bread.mp3", "audio/mpeg", Some(5_000_000), Some(3_723)),
        file(
            "the-price-of-bread-in-forty-towns-from-1900-to-today-with-tables.pdf",
            "application/pdf",
            Some(120_000),
            None,
        ),
        file("film.mp4", "video/mp4", Some(734_003_200), None),
        file("second.ogg", "audio/ogg", None, Some(59)),
        file("third.ogg", "audio/ogg", Some(1_000), None),
    ]
}

fn short(title: &str) -> (Document, ArticleEntities) {
    let text = Text::plain(format!(
        "{title}. More of it follows in the next edition of the paper."
    ));
    let document = Document {
        lang: None,
        blocks: vec![Block::Paragraph { text }],
    };
    (document, ArticleEntities::default())
}

/// A text with marks and names, each found by its words.
struct Marker {
    text: Text,
}

impl Marker {
    fn new(string: &str) -> Self {
        Self {
            text: Text::plain(string),
        }
    }

    fn mark(mut self, words: &str, kind: MarkKind) -> Self {
        let start = self
            .text
            .string
            .find(words)
            .expect("the words stand in the text");
        let range = start..start + words.len();
        self.text.marks.push(Mark { range, kind });
        self.text.marks.sort_by_key(|mark| mark.range.start);
        self
    }
}

fn paragraph(string: &str) -> Block {
    Block::Paragraph {
        text: Text::plain(string),
    }
}

fn tunnel() -> (Document, ArticleEntities) {
    let lead = Marker::new(
        "Workers from France and Britain broke through the last wall of rock beneath the English Channel on Saturday, \
         and Graham Fagg and Philippe Cozette shook hands through a hole the size of a car window. The works were \
         described in a report of the time, and televised on both sides of the sea.",
    )
    .mark("last wall", MarkKind::Emphasis)
    .mark("a report of the time", MarkKind::Link("https://report.example/1990".to_owned()))
    .mark("televised", MarkKind::Strong);
    let table = Table {
        caption: None,
        header: ["Tunnel", "Length, km", "Opened"].map(Text::plain).into(),
        rows: vec![
            ["Seikan", "53.9", "1988"].map(Text::plain).into(),
            ["Channel Tunnel", "50.5", "1994"].map(Text::plain).into(),
        ],
    };
    let blocks = vec![
        Block::Paragraph { text: lead.text },
        Block::Figure(Figure {
            image: Some("https://paper.example/p.jpg".to_owned()),
            alt: String::new(),
            caption: Some(Text::plain("Graham Fagg and Philippe Cozette shake hands.")),
            credit: Some(Text::plain("Photo: Eurotunnel")),
        }),
        Block::Quote {
            blocks: vec![paragraph(
                "Today, for the first time, men can cross the Channel underground.",
            )],
        },
        Block::Heading {
            level: 2,
            text: Text::plain("Eleven machines"),
        },
        Block::List {
            ordered: false,
            start: 1,
            items: vec![
                vec![paragraph(
                    "Two rail tunnels and a service tunnel between them.",
                )],
                vec![paragraph("Eleven boring machines, from both coasts.")],
            ],
        },
        Block::Table(table),
        Block::Code {
            lang: None,
            text: "length = 50.5\n\tunder_sea = 37.9".to_owned(),
        },
        paragraph(
            &"The tunnel was opened in May 1994 and has carried trains ever since. ".repeat(12),
        ),
    ];
    let document = Document { lang: None, blocks };
    let entities = names_in(&document);
    (document, entities)
}

fn names_in(document: &Document) -> ArticleEntities {
    let names = [
        ("Philippe Cozette", EntityKind::Person, Some("tunneller")),
        ("Graham Fagg", EntityKind::Person, None),
        ("Eurotunnel", EntityKind::Organisation, None),
        ("English Channel", EntityKind::Place, None),
        ("France", EntityKind::Place, None),
        ("Britain", EntityKind::Place, None),
    ];
    let mut mentions = Vec::new();
    let mut counts = [0; 6];
    let headline = Text::plain(HEADLINES[0].title);
    let texts = std::iter::once((TextId::HEADLINE, &headline)).chain(document.texts());
    for (id, text) in texts {
        for (entity, (name, kind, _)) in names.iter().enumerate() {
            for (start, _) in text.string.match_indices(name) {
                counts[entity] += 1;
                mentions.push(Mention {
                    entity,
                    text: id,
                    range: start..start + name.len(),
                    kind: *kind,
                    confidence: 0.9,
                });
            }
        }
    }
    mentions.sort_by_key(|mention| (mention.text, mention.range.start));
    let entities = names
        .iter()
        .zip(counts)
        .map(|((name, kind, role), count)| ArticleEntity {
            name: (*name).to_owned(),
            kind: *kind,
            role: role.map(str::to_owned),
            count,
            salience: 0.5,
        });
    ArticleEntities {
        entities: entities.collect(),
        mentions,
        language_known: true,
    }
}

pub(crate) fn names() -> Vec<EntityRow> {
    let row = |id, name: &str, kind, articles, followed| EntityRow {
        id: EntityId(id),
        name: name.to_owned(),
        kind,
        articles,
        mentions: articles * 3,
        first: None,
        last: None,
        followed,
        muted: false,
        unread: if followed { 2 } else { 0 },
    };
    vec![
        row(1, "France", EntityKind::Place, 41, false),
        row(2, "Graham Fagg", EntityKind::Person, 7, true),
        row(3, "Eurotunnel", EntityKind::Organisation, 1, false),
    ]
}

pub(crate) fn snippet(name: &NameKey) -> Snippet {
    let before = "On Saturday, after three years under the sea, ";
    Snippet {
        text: format!("{before}{} broke through the last wall of rock.", name.name),
        range: before.len()..before.len() + name.name.len(),
    }
}

/// What is known of a name: the first three articles.
pub(crate) fn name_page(name: &NameKey, articles: &[Article]) -> NamePage {
    let row = EntityRow {
        articles: 37,
        mentions: 81,
        followed: true,
        unread: 2,
        id: EntityId(2),
        name: name.name.clone(),
        kind: name.kind,
        first: None,
        last: None,
        muted: false,
    };
    let key = |name: &str, kind| NameKey {
        name: name.to_owned(),
        kind,
    };
    NamePage {
        row,
        role: Some("tunneller".to_owned()),
        over_time: vec![1, 0, 0, 2, 3, 0, 8, 14, 9, 3, 0, 1],
        together: vec![
            (key("Philippe Cozette", EntityKind::Person), 12),
            (key("Eurotunnel", EntityKind::Organisation), 9),
            (key("France", EntityKind::Place), 4),
        ],
        aliases: vec![key("G. Fagg", EntityKind::Person)],
        written: vec![("Fagg".to_owned(), 12), ("Mr Fagg".to_owned(), 1)],
        parted: vec!["Faggs".to_owned()],
        articles: articles
            .iter()
            .take(3)
            .map(|article| (article.row.clone(), Some(snippet(name))))
            .collect(),
        first: articles.first().map(|article| article.row.clone()),
    }
}
