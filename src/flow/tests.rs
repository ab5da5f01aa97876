//! Documents in, lines out.

use proptest::prelude::*;

use super::*;
use crate::model::document::{Block, Embed, Figure as FigureBlock, Mark, MarkKind, Table, Text};
use crate::model::{Document, TextId};
use crate::text::width;

fn document(blocks: Vec<Block>) -> Document {
    Document { lang: None, blocks }
}

fn paragraph(string: &str) -> Block {
    Block::Paragraph {
        text: Text::plain(string),
    }
}

fn marked(string: &str, marks: &[(&str, MarkKind)]) -> Text {
    let marks = marks.iter().map(|(words, kind)| {
        let start = string.find(words).unwrap();
        Mark {
            range: start..start + words.len(),
            kind: kind.clone(),
        }
    });
    Text {
        string: string.to_owned(),
        marks: marks.collect(),
    }
}

fn link(url: &str) -> MarkKind {
    MarkKind::Link(url.to_owned())
}

fn lines(layout: &Layout) -> Vec<String> {
    (0..layout.len())
        .map(|line| layout.line_text(line).trim_end().to_owned())
        .collect()
}

fn check(blocks: Vec<Block>, cols: u16, expect: &[&str]) {
    let layout = layout(&document(blocks), cols, &Options::default());
    assert_eq!(lines(&layout), expect);
}

fn table(header: &[&str], rows: &[&[&str]]) -> Block {
    let texts = |cells: &[&str]| cells.iter().map(|cell| Text::plain(*cell)).collect();
    Block::Table(Table {
        caption: None,
        header: texts(header),
        rows: rows.iter().map(|row| texts(row)).collect(),
    })
}

#[test]
fn asides_stand_in_their_places_and_move_no_text() {
    let aside = |before, text: &str| Aside {
        before,
        label: "share".into(),
        text: text.into(),
    };
    let options = Options {
        asides: vec![
            aside(0, "Share\nthis"),
            aside(1, "one two three four five six seven eight nine ten eleven"),
            aside(2, "Last"),
            aside(1, "short"),
        ],
        ..Options::default()
    };
    let document = document(vec![paragraph("First."), paragraph("Second.")]);
    let with = layout(&document, 20, &options);
    assert_eq!(
        lines(&with),
        [
            "┆ [share] Share this",
            "",
            "First.",
            "",
            "┆ [share] one two",
            "┆ three four five",
            "┆ six seven eight n…",
            "┆ [share] short",
            "",
            "Second.",
            "",
            "┆ [share] Last",
        ]
    );
    assert_eq!(with.blocks, [2..3, 9..10]);
    assert_eq!(with.asides, [0..1, 4..7, 11..12, 7..8]);
    let without = layout(&document, 20, &Options::default());
    assert_eq!(with.place_of(9), without.place_of(2));
    assert_eq!(with.line_of(TextId(2), 0), 9);
}

#[test]
fn a_blank_line_stands_between_blocks_and_none_at_the_ends() {
    let heading = Block::Heading {
        level: 2,
        text: Text::plain("The tunnel"),
    };
    check(
        vec![
            paragraph("One."),
            heading,
            paragraph(" "),
            Block::Rule,
            paragraph("Two."),
        ],
        20,
        &["One.", "", "The tunnel", "", "       ─────", "", "Two."],
    );
    check(vec![], 20, &[]);
}

#[test]
fn lists_hang_and_nest() {
    let inner = Block::List {
        ordered: true,
        start: 9,
        items: vec![vec![paragraph("nine")], vec![paragraph("ten and more")]],
    };
    let outer = Block::List {
        ordered: false,
        start: 1,
        items: vec![
            vec![paragraph("a long first item"), inner],
            vec![paragraph("second")],
        ],
    };
    check(
        vec![paragraph("Items:"), outer, paragraph("End.")],
        20,
        &[
            "Items:",
            "",
            "• a long first item",
            "   9. nine",
            "  10. ten and more",
            "• second",
            "",
            "End.",
        ],
    );
}

#[test]
fn the_bar_runs_through_a_quotation_and_not_past_it() {
    let quote = Block::Quote {
        blocks: vec![paragraph("We did it."), paragraph("Both of us.")],
    };
    check(
        vec![paragraph("He said:"), quote, paragraph("So.")],
        20,
        &[
            "He said:",
            "",
            "│ We did it.",
            "│",
            "│ Both of us.",
            "",
            "So.",
        ],
    );
}

#[test]
fn code_is_kept_and_cut_lines_are_marked() {
    let code = Block::Code {
        lang: None,
        text: "fn main() {\n\tlet width = 80;\n}\n".to_owned(),
    };
    check(
        vec![code],
        16,
        &["  fn main() {", "      let width", "  ↪ = 80;", "  }"],
    );
}

#[test]
fn links_are_numbered_by_address() {
    let text = marked(
        "See the report and the map, or that report.",
        &[
            ("the report", link("https://a.example/")),
            ("the map", link("https://b.example/")),
            ("that report.", link("https://a.example/")),
        ],
    );
    let layout = layout(
        &document(vec![Block::Paragraph { text }]),
        60,
        &Options::default(),
    );
    assert_eq!(layout.url(1), Some("https://a.example/"));
    assert_eq!(layout.url(2), Some("https://b.example/"));
    assert_eq!(layout.url(3), None);
    assert_eq!(layout.url(0), None);
    assert_eq!(
        lines(&layout),
        ["See the report[1] and the map[2], or that report.[1]"]
    );
}

#[test]
fn marks_become_styles_and_every_piece_knows_its_bytes() {
    let text = marked(
        "Water is H2O, said Ann.",
        &[
            ("2", MarkKind::Subscript),
            ("said Ann", MarkKind::Emphasis),
            ("Ann", link("https://ann.example/")),
        ],
    );
    let string = text.string.clone();
    let layout = layout(
        &document(vec![Block::Paragraph { text }]),
        60,
        &Options::default(),
    );
    assert_eq!(lines(&layout), ["Water is H₂O, said Ann[1]."]);
    let pieces: Vec<_> = layout.line(0).collect();
    let ann = pieces.iter().find(|piece| piece.letters == "Ann").unwrap();
    assert!(ann.style.emphasis && ann.style.link == Some(1));
    for piece in &pieces {
        let Some(source) = &piece.source else {
            continue;
        };
        let said = &string[source.range.clone()];
        assert!(
            said == piece.letters || said == "2",
            "{piece:?} shows {said:?}"
        );
    }
}

#[test]
fn a_table_is_drawn_as_one_and_figures_stand_right() {
    check(
        vec![table(
            &["Year", "Who", "Metres"],
            &[
                &["1953", "Hillary and Tenzing", "8849"],
                &["1978", "Messner", "900"],
            ],
        )],
        60,
        &[
            "Year │ Who                 │ Metres",
            "─────┼─────────────────────┼───────",
            "1953 │ Hillary and Tenzing │   8849",
            "1978 │ Messner             │    900",
        ],
    );
}

#[test]
fn a_wide_table_wraps_in_its_cells() {
    check(
        vec![table(
            &["Year", "Who"],
            &[&["1953", "Hillary and Tenzing"], &["1978", "Messner"]],
        )],
        18,
        &[
            "Year │ Who",
            "─────┼────────────",
            "1953 │ Hillary and",
            "     │ Tenzing",
            "─────┼────────────",
            "1978 │ Messner",
        ],
    );
}

#[test]
fn a_table_too_wide_for_columns_becomes_a_list() {
    check(
        vec![table(
            &["Year", "Climbers", "Mountain"],
            &[&["1953", "Hillary and Tenzing", "Everest"]],
        )],
        16,
        &[
            "• Year: 1953",
            "  Climbers:",
            "  Hillary and",
            "  Tenzing",
            "  Mountain:",
            "  Everest",
        ],
    );
}

#[test]
fn a_picture_is_shown_by_its_words() {
    let figure = |caption: Option<&str>, alt: &str| {
        Block::Figure(FigureBlock {
            image: Some("https://a.example/p.jpg".to_owned()),
            alt: alt.to_owned(),
            caption: caption.map(Text::plain),
            credit: caption.map(|_| Text::plain("Photo: Ann")),
        })
    };
    check(
        vec![figure(Some("Two miners shake hands."), "")],
        60,
        &["[picture: Two miners shake hands.]", "Photo: Ann"],
    );
    check(vec![figure(None, "A drill")], 60, &["[picture: A drill]"]);
    check(vec![figure(None, "")], 60, &["[picture]"]);
    let options = Options {
        picture_rows: [("https://a.example/p.jpg".to_owned(), 3)].into(),
        ..Options::default()
    };
    let layout = layout(
        &document(vec![paragraph("x"), figure(Some("Miners."), "")]),
        60,
        &options,
    );
    assert_eq!(
        lines(&layout),
        ["x", "", "", "", "", "Miners.", "Photo: Ann"]
    );
    assert_eq!((layout.figures[0].line, layout.figures[0].rows), (2, 3));
}

#[test]
fn an_embed_is_a_titled_link() {
    let embed = Block::Embed(Embed {
        title: "Video: the break-through".to_owned(),
        url: "https://v.example/1".to_owned(),
    });
    let layout = layout(&document(vec![embed]), 60, &Options::default());
    assert_eq!(lines(&layout), ["▸ Video: the break-through[1]"]);
    assert_eq!(layout.url(1), Some("https://v.example/1"));
    assert_eq!(layout.links[0].line, 0);
}

#[test]
fn arabic_stands_at_the_right() {
    check(vec![paragraph("نفق القناة")], 14, &["    نفق القناة"]);
}

#[test]
fn the_headline_is_text_zero() {
    let options = Options {
        head: Some(Head {
            headline: "Channel tunnel workers meet".to_owned(),
            byline: vec!["By Staff".to_owned()],
        }),
        ..Options::default()
    };
    let layout = layout(&document(vec![paragraph("Text.")]), 16, &options);
    assert_eq!(
        lines(&layout),
        ["Channel tunnel", "workers meet", "By Staff", "", "Text."]
    );
    assert_eq!(layout.line_of(TextId::HEADLINE, 20), 1);
    assert_eq!(layout.line_of(TextId(1), 0), 4);
}

#[test]
fn a_place_survives_another_width() {
    let words = "word ".repeat(100);
    let code = Block::Code {
        lang: None,
        text: "a\nb\nc\nd".to_owned(),
    };
    let document = document(vec![paragraph(&words), code, paragraph("End.")]);
    let wide = layout(&document, 80, &Options::default());
    let narrow = layout(&document, 20, &Options::default());
    let place = wide.place_of(3);
    let line = narrow.line_at(place);
    assert!(narrow.place_of(line).offset <= place.offset);
    assert!(narrow.place_of(line + 1).offset > place.offset);
    let in_code = wide.place_of(wide.len() - 4);
    assert_eq!(
        wide.line_text(wide.len() - 4),
        narrow.line_text(narrow.line_at(in_code))
    );
}

fn any_text() -> impl Strategy<Value = Text> {
    let piece = prop_oneof![
        "[a-z]{0,12} ",
        Just("세계에서 가장 ".to_owned()),
        Just("海底隧道".to_owned()),
        Just("👩\u{200d}👩\u{200d}👧 🇰🇷".to_owned()),
        Just("Donau\u{ad}dampf\u{ad}schiff ".to_owned()),
        Just("a\u{301}\u{302} \u{301}".to_owned()),
        Just("نفق القناة ".to_owned()),
        Just("\n".to_owned()),
        Just("\t".to_owned()),
        any::<char>().prop_map(String::from),
    ];
    let string = proptest::collection::vec(piece, 0..10).prop_map(|pieces| pieces.concat());
    (
        string,
        proptest::collection::vec((0usize..80, 0usize..30, 0u8..8), 0..6),
    )
        .prop_map(|(string, marks)| {
            let mut marks: Vec<Mark> = marks
                .into_iter()
                .map(|(start, len, kind)| {
                    let start = string.floor_char_boundary(start);
                    let end = string.ceil_char_boundary(start + len);
                    let kind = match kind {
                        0 => MarkKind::Emphasis,
                        1 => MarkKind::Strong,
                        2 => MarkKind::Code,
                        3 => MarkKind::Superscript,
                        4 => MarkKind::Subscript,
                        5 => MarkKind::Deleted,
                        n => MarkKind::Link(format!("https://{n}.example/")),
                    };
                    Mark {
                        range: start..end,
                        kind,
                    }
                })
                .collect();
            marks.sort_by_key(|mark| mark.range.start);
            Text { string, marks }
        })
}

fn any_block() -> impl Strategy<Value = Block> {
    let rows = || proptest::collection::vec(proptest::collection::vec(any_text(), 0..4), 0..4);
    let leaf = prop_oneof![
        any_text().prop_map(|text| Block::Paragraph { text }),
        any_text().prop_map(|text| Block::Heading { level: 2, text }),
        any_text().prop_map(|text| Block::Code {
            lang: None,
            text: text.string
        }),
        (any_text(), any_text()).prop_map(|(caption, credit)| Block::Figure(FigureBlock {
            image: Some("https://a.example/p".to_owned()),
            alt: credit.string.clone(),
            caption: Some(caption),
            credit: Some(credit),
        })),
        (proptest::collection::vec(any_text(), 0..4), rows()).prop_map(|(header, rows)| {
            Block::Table(Table {
                caption: None,
                header,
                rows,
            })
        }),
        Just(Block::Rule),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        let blocks = || proptest::collection::vec(inner.clone(), 0..3);
        prop_oneof![
            blocks().prop_map(|blocks| Block::Quote { blocks }),
            (any::<bool>(), proptest::collection::vec(blocks(), 0..3)).prop_map(
                |(ordered, items)| Block::List {
                    ordered,
                    start: i32::MAX,
                    items
                }
            ),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]
    #[test]
    fn any_document_fits_any_width_and_loses_no_letter(
        blocks in proptest::collection::vec(any_block(), 0..6),
        cols in 0u16..200,
    ) {
        let document = document(blocks);
        let layout = layout(&document, cols, &Options::default());
        let mut shown: std::collections::BTreeMap<TextId, Vec<(usize, usize)>> = std::collections::BTreeMap::new();
        for line in 0..layout.len() {
            let text = layout.line_text(line);
            // A single letter may be wider than a very narrow screen.
            let wide = width::clusters(&text).map(|cluster| cluster.width).max().unwrap_or(0) > 1;
            let most = if wide { usize::from(cols.max(1)).max(4) } else { usize::from(cols.max(1)) };
            prop_assert!(width::width(&text) <= most, "{text:?} is wider than {cols}");
            prop_assert!(layout.line_at(layout.place_of(line)) == line || layout.place_of(line).below == 0);
            for piece in layout.line(line) {
                if let Some(source) = piece.source {
                    shown.entry(source.text).or_default().push((source.range.start, source.range.end));
                }
            }
        }
        for (id, text) in document.texts() {
            let Some(ranges) = shown.get(&id) else { continue };
            for (at, c) in text.string.char_indices() {
                let seen = ranges.iter().any(|(start, end)| (*start..*end).contains(&at));
                prop_assert!(
                    seen || c.is_whitespace() || c == '\u{ad}' || text.is_blank(),
                    "{c:?} at {at} of {id:?} is lost: {:?}", text.string
                );
            }
        }
    }
}
