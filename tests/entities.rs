//! The recognizer's promises on any text: no panic, offsets that hold, no name cut inside a word, none without bounds.

use newsdesk::entities::{Hints, PlainMention, recognize, recognize_plain};
use newsdesk::model::EntityKind;
use newsdesk::model::document::{Block, Document, Text};
use proptest::prelude::*;

fn check(text: &str, mentions: &[PlainMention]) {
    let chars: Vec<char> = text.chars().collect();
    let mut end = 0;
    for mention in mentions {
        assert!(
            mention.start >= end && mention.start < mention.end && mention.end <= chars.len(),
            "{mention:?}"
        );
        end = mention.end;
        let words: String = chars[mention.start..mention.end].iter().collect();
        assert_eq!(words, mention.text);
        assert!(mention.end - mention.start <= 60, "{mention:?}");
        assert!(!mention.name.trim().is_empty());
        let is_cut = |at: usize| {
            let letter = |i: usize| chars.get(i).is_some_and(|c| c.is_alphanumeric());
            at > 0 && letter(at - 1) && letter(at)
        };
        assert!(
            !is_cut(mention.start) && !is_cut(mention.end),
            "{mention:?} in {text:?}"
        );
    }
}

/// Pieces that names, and trouble, are made of.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("Vladimir Putin".to_owned()),
        Just("Kim-Putin".to_owned()),
        Just("U.S.".to_owned()),
        Just("’s".to_owned()),
        Just("Ministry of ".to_owned()),
        Just("\u{ad}".to_owned()),
        Just("\u{200b}".to_owned()),
        Just("\u{301}".to_owned()),
        Just("Brig. Gen. Pat Ryder said ".to_owned()),
        Just("the ".to_owned()),
        Just("in London and ".to_owned()),
        Just("\n".to_owned()),
        Just("\n\n".to_owned()),
        Just(" ".to_owned()),
        Just("한국".to_owned()),
        "[A-Z][a-z]{1,80}",
        any::<char>().prop_map(|c| c.to_string()),
    ];
    proptest::collection::vec(piece, 0..60).prop_map(|all| all.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_gives_sound_mentions(text in pieces()) {
        check(&text, &recognize_plain(&text));
    }

    #[test]
    fn any_characters_give_sound_mentions(text in any::<String>()) {
        check(&text, &recognize_plain(&text));
    }

    #[test]
    fn any_article_gives_sound_mentions(title in pieces(), body in pieces(), name in any::<String>()) {
        let paragraph = Block::Paragraph { text: Text::plain(body.clone()) };
        let document = Document { lang: None, blocks: vec![paragraph] };
        let followed = [(name, EntityKind::Person), ("kim".to_owned(), EntityKind::Person)];
        let hints = Hints { followed: &followed, ..Hints::default() };
        let found = recognize(&title, &document, &hints);
        let mut last = (0, 0);
        for mention in &found.mentions {
            let text = if mention.text.0 == 0 { &title } else { &body };
            prop_assert!(text.get(mention.range.clone()).is_some_and(|s| !s.is_empty()));
            prop_assert!((mention.text.0, mention.range.start) >= last);
            last = (mention.text.0, mention.range.end);
            prop_assert!(mention.entity < found.entities.len());
        }
        prop_assert!(found.entities.windows(2).all(|w| w[0].salience >= w[1].salience));
    }
}

#[test]
fn a_hostile_text_costs_no_more_than_its_length() {
    for text in [
        "A ".repeat(100_000),
        "Kim-".repeat(50_000),
        "a\u{301}".repeat(100_000),
        "U.".repeat(100_000),
    ] {
        check(&text, &recognize_plain(&text));
    }
}

/// A text whose names are marked `[P Name]` (person), `[O …]`, `[L …]`, `[M …]`, and `[P Name = Full Name]` where the
/// canonical name is another.
struct Marked {
    style: String,
    text: String,
    names: Vec<(usize, usize, EntityKind)>,
    /// The canonical name of each.
    full: Vec<String>,
}

fn marked(file: &str) -> Vec<Marked> {
    let body = |line: &&str| !line.starts_with('#');
    let lines: Vec<&str> = file.lines().filter(body).collect();
    let mut records: Vec<Marked> = Vec::new();
    for line in lines {
        if let Some(head) = line.strip_prefix("== ") {
            records.push(Marked {
                style: head.split(' ').next_back().unwrap_or_default().to_owned(),
                text: String::new(),
                names: Vec::new(),
                full: Vec::new(),
            });
            continue;
        }
        let record = records.last_mut().expect("a record has a head");
        let mut rest = line;
        while let Some((before, after)) = rest.split_once('[') {
            record.text.push_str(before);
            let (mark, after) = after.split_once(']').expect("a mark has an end");
            let (kind, name) = mark.split_once(' ').expect("a mark has a name");
            let kind = match kind {
                "P" => EntityKind::Person,
                "O" => EntityKind::Organisation,
                "L" => EntityKind::Place,
                _ => EntityKind::Other,
            };
            let (name, full) = name.split_once(" = ").unwrap_or((name, name));
            record.full.push(full.to_owned());
            let start = record.text.chars().count();
            record.text.push_str(name);
            record
                .names
                .push((start, start + name.chars().count(), kind));
            rest = after;
        }
        record.text.push_str(rest);
        record.text.push('\n');
    }
    records
}

/// Returns F1 in percent of exact spans over persons, organisations and places, and what was wrong.
fn score(file: &str, style: &[&str]) -> (f64, Vec<String>) {
    let (mut right, mut found, mut gold) = (0, 0, 0_usize);
    let mut wrong = Vec::new();
    for record in marked(file) {
        if !style.contains(&record.style.as_str()) {
            continue;
        }
        let names = recognize_plain(&record.text);
        for name in names.iter().filter(|m| m.kind != EntityKind::Other) {
            found += 1;
            if record.names.contains(&(name.start, name.end, name.kind)) {
                right += 1;
            } else {
                wrong.push(format!("{} {}", name.kind.tag(), name.text));
            }
        }
        gold += record
            .names
            .iter()
            .filter(|n| n.2 != EntityKind::Other)
            .count();
    }
    (200.0 * f64::from(right) / (found + gold) as f64, wrong)
}

#[test]
fn names_are_found_in_the_styles_of_agencies_and_of_papers_around_the_world() {
    for (styles, least) in [
        (
            &[
                "sport",
                "business",
                "diplomacy",
                "crime",
                "science",
                "politics",
            ][..],
            92.0,
        ),
        (&["world"], 87.0),
        (&["headline"], 90.0),
    ] {
        let (f1, wrong) = score(include_str!("names/newswire.txt"), styles);
        assert!(f1 >= least, "{styles:?}: F1 {f1:.1}, wrong: {wrong:?}");
    }
}

/// Texts that were looked at while rules, lists and the trainer's made-up articles were written (`world.txt`), and texts
/// that the made-up articles mirror (`mirrored.txt`). They guard what was won; they do not say how well new texts are read.
#[test]
fn names_are_found_in_texts_that_rules_and_made_up_articles_were_written_after() {
    for (file, style, least) in [
        (include_str!("names/world.txt"), "newswire", 92.0),
        (include_str!("names/world.txt"), "world", 92.0),
        (include_str!("names/world.txt"), "headline", 86.0),
        (
            include_str!("names/mirrored.txt"),
            "newswire-mirrored",
            89.0,
        ),
        (include_str!("names/mirrored.txt"), "world-mirrored", 89.0),
        (
            include_str!("names/mirrored.txt"),
            "headline-mirrored",
            86.0,
        ),
    ] {
        let (f1, wrong) = score(file, &[style]);
        assert!(f1 >= least, "{style}: F1 {f1:.1}, wrong: {wrong:?}");
    }
}

/// Texts that were labelled before the program read them. The model that was carried then scored on the first run 89.8
/// on news of agencies, 88.0 on papers of the world and 85.7 on headlines (226, 94 and 31 names); the floors lie a little
/// under that. Who changes rules or templates after faults seen here must say so here.
#[test]
fn names_are_found_in_texts_that_nothing_was_fitted_to() {
    for (style, least) in [
        ("newswire-fresh", 88.0),
        ("world-fresh", 86.0),
        ("headline-fresh", 82.0),
    ] {
        let (f1, wrong) = score(include_str!("names/fresh.txt"), &[style]);
        assert!(f1 >= least, "{style}: F1 {f1:.1}, wrong: {wrong:?}");
    }
}

/// Headlines alone, labelled before the program read them; the model carried then scored 83.3. The trainer learns from more made-up
/// headlines since, by the same hand, and two rules for short ones were written after faults seen here.
#[test]
fn names_are_found_in_headlines_alone_however_they_are_written() {
    let headlines = include_str!("names/headlines.txt");
    let (f1, wrong) = score(headlines, &["sentence", "title", "capitals"]);
    assert!(f1 >= 84.0, "F1 {f1:.1}, wrong: {wrong:?}");
}

/// A country is one in a headline's letters too, and what stands beside it is no part of a person.
#[test]
fn a_capital_says_nothing_where_every_word_has_one() {
    for (text, expect) in [
        (
            "Pope Francis Visits Iraq as US Senate Votes",
            &["Francis", "Iraq"][..],
        ),
        ("PUTIN MEETS KIM IN MOSCOW", &["PUTIN", "KIM", "MOSCOW"]),
        ("Trump Wins 2020 US Presidential Election", &["Trump", "US"]),
    ] {
        let names = recognize_plain(text);
        for name in expect {
            assert!(names.iter().any(|m| m.text == *name), "{name}: {names:?}");
        }
    }
}

/// On the first run the model carried then scored 98.4, 100, 94.1 (`THE HAGUE`), 98.7 and 97.3; titles and lists have grown since.
#[test]
fn pages_about_talks_are_read_right_and_every_name_finds_its_canonical_one() {
    let records = marked(include_str!("names/talks.txt"));
    assert_eq!(records.len(), 5);
    for record in records {
        let names = recognize_plain(&record.text);
        let is_scored = |kind: EntityKind| kind != EntityKind::Other;
        let found = names.iter().filter(|m| is_scored(m.kind)).count();
        let gold = record.names.iter().filter(|n| is_scored(n.2)).count();
        let mut right = 0;
        for (name, full) in record.names.iter().zip(&record.full) {
            let same = |m: &&PlainMention| (m.start, m.end, m.kind) == *name;
            let Some(mention) = names.iter().find(same).filter(|_| is_scored(name.2)) else {
                continue;
            };
            right += 1;
            assert_eq!(&mention.name, full, "of {}", mention.text);
        }
        let f1 = 200.0 * f64::from(right) / (found + gold) as f64;
        assert!(f1 >= 97.0, "F1 {f1:.1}: {}", record.text);
    }
}

#[test]
fn a_page_about_talks_between_heads_of_state_is_read_right() {
    let (f1, wrong) = score(include_str!("names/newswire.txt"), &["summit"]);
    assert!(f1 >= 97.0, "F1 {f1:.1}, wrong: {wrong:?}");
    let records = marked(include_str!("names/newswire.txt"));
    let page = records.iter().find(|record| record.style == "summit");
    let names = recognize_plain(&page.expect("the page is there").text);
    for (short, full) in [
        ("Gorbachev", "Mikhail Gorbachev"),
        ("Roh", "Roh Tae-woo"),
        ("Maslennikov", "Arkady Maslennikov"),
        ("KCNA", "Korean Central News Agency"),
        ("North", "North Korea"),
        ("U.S.", "United States"),
    ] {
        let mut of_short = names.iter().filter(|m| m.text == short).peekable();
        assert!(of_short.peek().is_some(), "{short}");
        assert!(of_short.all(|m| m.name == full), "{short}");
    }
    let last = names.iter().rfind(|m| m.text == "Reagan");
    assert_eq!(last.map(|m| m.name.as_str()), Some("Nancy Reagan"));
}

/// Sentences about a resignation, in languages that the recognizer was not taught: full of capitals, and without a name.
const FOREIGN: &[(&str, &str)] = &[
    (
        "de",
        "Der Minister hat sein Amt mit großer Freude geführt, doch die Lage der Regierung und die Kritik der Opposition ließen ihm keine Wahl, hieß es in der Erklärung, die am Abend an die Presse ging. Die Bürger hätten ein Recht auf Klarheit, und das Ministerium werde am Donnerstag einen Bericht über die Ausgaben vorlegen.",
    ),
    (
        "el",
        "Ο Υπουργός υπέβαλε την παραίτησή του μετά την ψηφοφορία στη Βουλή και η Κυβέρνηση θα ανακοινώσει τον διάδοχό του. Η Αντιπολίτευση ζήτησε εκλογές, ενώ ο Εκπρόσωπος δεν ήθελε να σχολιάσει.",
    ),
    (
        "tr",
        "Bakan, Meclis'teki oylamanın ardından görevinden ayrıldı ve Hükümet yeni bir isim arıyor, denildi açıklamada. Muhalefet ise seçim istedi, Cumhurbaşkanlığı bu konuda yorum yapmadı ve Sözcü soruları yanıtsız bıraktı.",
    ),
    (
        "es",
        "El Ministro presentó su dimisión después de la votación en el Congreso y el Gobierno buscará un sucesor, según el comunicado. La Oposición pidió elecciones y la Presidencia no quiso comentar la noticia, que se conoció por la tarde.",
    ),
    (
        "ru",
        "Министр подал в отставку после голосования в Думе, и Правительство ищет ему замену, говорится в заявлении. Оппозиция потребовала выборов, а Пресс-служба отказалась от комментариев.",
    ),
    (
        "zh",
        "部长在议会投票后辞职，政府正在寻找接替者。反对党要求举行选举，发言人没有回答记者的问题。",
    ),
];

#[test]
fn articles_in_other_languages_have_no_garbage_for_names() {
    for (language, text) in FOREIGN {
        for text in [
            format!("{text}\n{text}"),
            format!(
                "{}\n\n{text}",
                text.split(['.', '。']).next().unwrap_or(text)
            ),
        ] {
            let names = recognize_plain(&text);
            assert!(names.is_empty(), "{language}: {names:?}");
        }
    }
}

#[test]
fn a_quotation_in_another_language_gives_an_english_article_no_names() {
    for (language, quotation) in FOREIGN {
        let text = format!(
            "Minister resigns after vote\n\nThe minister resigned on Monday after he lost a vote, Anna Holm, a spokeswoman for the government, said in Oslo. He had been in office for two years and will return to his law firm.\n\n“{quotation}”\n\nThe opposition said that it was pleased. Karl Lund will name a new minister on Friday, Holm said."
        );
        let names: Vec<String> = recognize_plain(&text).into_iter().map(|m| m.text).collect();
        let expect = ["Anna Holm", "Oslo", "Karl Lund", "Holm"];
        assert_eq!(names, expect, "{language}");
    }
}
