//! What the rest of a document says a name is.

use std::collections::{HashMap, HashSet};

use crate::entities::Span;
use crate::entities::gazetteer::{GAZETTEER, class};
use crate::entities::token::{Shape, Tokens};
use crate::model::EntityKind::{self, Organisation, Other, Person, Place};
use crate::text::words::has;

/// Words that no person's name ends with.
const STREETS: &str =
    "road street avenue lane bridge airport stadium square park highway boulevard dam";

/// What has names of people given to it.
const STORMS: &str = "hurricane typhoon storm cyclone comet";

/// Lets the whole document say what a name is.
pub(super) fn by_document(tokens: &Tokens, spans: &mut [Span]) {
    let mut people: HashSet<&str> = HashSet::new();
    let mut firms: HashSet<&str> = HashSet::new();
    for span in spans.iter().filter(|s| s.end - s.start > 1) {
        let last = GAZETTEER.word(tokens.lower(span.end - 1));
        match span.kind {
            Person => people.extend((span.start..span.end).map(|i| tokens.lower(i))),
            Organisation if last & class::ORG_WORD != 0 => {
                firms.insert(tokens.lower(span.start));
            }
            _ => {}
        }
    }
    let said = what_is_said(tokens, spans);
    for span in spans.iter_mut() {
        if span.kind != Person {
            continue;
        }
        if let Some(kind) = site(tokens, span) {
            span.kind = kind;
            continue;
        }
        let is_alone = span.end - span.start == 1;
        let first = tokens.lower(span.start);
        if is_alone && people.contains(first) {
            continue;
        }
        let listed = GAZETTEER.word(first);
        let is_body = listed & class::ORGANISATION != 0
            && listed & (class::GIVEN | class::SURNAME) == 0
            && tokens.shape(span.start) != Shape::Lower;
        if let Some(&kind) = said.get(tokens.words(span.start..span.end).as_str()) {
            span.kind = kind;
        } else if is_alone && (is_body || firms.contains(first)) {
            span.kind = Organisation;
        }
    }
}

/// A hill, a bridge or a stadium is no person.
fn site(tokens: &Tokens, span: &Span) -> Option<EntityKind> {
    const HEADS: &str = "estadio estádio stade stadio stadion plaza parque aeropuerto puerto playa cerro lago isla puente rue \
        gare palais château chateau piazza palazzo ponte castello schloss masjid jalan pulau gunung sungai \
        kampung kuala bukit tanjung barangay wadi jebel bandar lake mount fort camp cape";
    let words = |i: usize| GAZETTEER.word(tokens.lower(i));
    if span.end - span.start < 2 {
        return None;
    }
    let last = words(span.end - 1);
    let is_street = has(STREETS, tokens.lower(span.end - 1));
    let is_place = is_street
        || last & class::PLACE_WORD != 0
            && last & (class::SURNAME | class::GIVEN) == 0
            && words(span.start) & (class::GIVEN | class::TITLE) == 0
            && tokens.shape(span.start) == Shape::Title;
    (is_place || has(HEADS, tokens.lower(span.start))).then_some(Place)
}

/// Reads what a document calls the names that may be no people: `the Philae lander`, `Storm Pia`, `retailer Ocado`,
/// `the Conte Verde` where nothing follows that it might be the owner of, `Philae, which`.
fn what_is_said(tokens: &Tokens, spans: &[Span]) -> HashMap<String, EntityKind> {
    let mut said = HashMap::new();
    let is_on_craft = (0..tokens.list.len()).any(|i| is_craft(tokens.lower(i)));
    for span in spans.iter().filter(|s| s.kind == Person) {
        let unit = tokens.list[span.start].unit;
        let at = |i: usize| {
            let same = tokens.list.get(i).is_some_and(|t| t.unit == unit);
            if same { tokens.lower(i) } else { "" }
        };
        let is_listed = (span.start..span.end)
            .any(|i| GAZETTEER.word(tokens.lower(i)) & (class::GIVEN | class::SURNAME) != 0);
        let starts_given = GAZETTEER.word(at(span.start)) & class::GIVEN != 0;
        let before = if span.start > 0 {
            at(span.start - 1)
        } else {
            ""
        };
        let after = at(span.end);
        let is_alone = span.end - span.start == 1;
        let is_full = if is_alone { is_listed } else { starts_given };
        let beside = if is_alone { after } else { at(span.start) };
        let is_of_craft = is_craft(beside) || is_craft(before);
        let kind = if is_of_craft || has(STORMS, before) {
            Other
        } else if matches!(
            before,
            "company"
                | "firm"
                | "retailer"
                | "startup"
                | "start-up"
                | "brokerage"
                | "carmaker"
                | "automaker"
                | "airline"
                | "newspaper"
                | "broadcaster"
                | "chain"
                | "supermarket"
                | "lender"
                | "insurer"
                | "drugmaker"
                | "chipmaker"
                | "network"
                | "website"
                | "magazine"
                | "daily"
                | "publisher"
                | "miner"
        ) && tokens.shape(span.start - 1) == Shape::Lower
        {
            Organisation
        } else if before == "the" && !is_full && stands_alone(tokens, span.end) {
            Other
        } else if is_alone && !is_listed && after == "," && at(span.end + 1) == "which" {
            if is_on_craft { Other } else { Organisation }
        } else {
            continue;
        };
        said.insert(tokens.words(span.start..span.end), kind);
    }
    said
}

fn is_craft(word: &str) -> bool {
    matches!(
        word,
        "spacecraft"
            | "probe"
            | "lander"
            | "rover"
            | "orbiter"
            | "satellite"
            | "telescope"
            | "capsule"
            | "missile"
            | "rocket"
            | "drone"
            | "warship"
            | "steamer"
            | "steamship"
            | "airship"
            | "liner"
            | "schooner"
            | "battleship"
            | "frigate"
            | "destroyer"
            | "submarine"
            | "tanker"
            | "ferry"
            | "yacht"
            | "vaccine"
    )
}

/// Says whether what follows is no noun that the name may belong to.
fn stands_alone(tokens: &Tokens, index: usize) -> bool {
    let lower = tokens.lower(index);
    tokens.shape(index) == Shape::Mark && !matches!(tokens.form(index), "-" | "–" | "/" | "&")
        || lower == "'s"
        || GAZETTEER.word(lower) & class::FUNCTION != 0
}
