//! The rules after the chain, one by one: names marked in a text go in, what the rule makes of them comes out.

use super::tag::follow_full_names;
use super::{mend, said, sport};
use crate::entities::Span;
use crate::entities::token::Tokens;
use crate::model::EntityKind::{Organisation, Other, Person, Place};

/// Checks what a rule makes of a text whose names are marked `[P person]`, `[O organisation]`, `[L place]`, `[M other]`.
fn check(rule: impl Fn(&Tokens, &mut Vec<Span>), marked: &str, expect: &[&str]) {
    let mut text = String::new();
    let mut names = Vec::new();
    let mut rest = marked;
    while let Some((before, after)) = rest.split_once('[') {
        text.push_str(before);
        let (mark, after) = after.split_once(']').expect("a mark has an end");
        let (kind, name) = mark.split_once(' ').expect("a mark has a name");
        let kind = match kind {
            "P" => Person,
            "O" => Organisation,
            "L" => Place,
            _ => Other,
        };
        names.push((text.len()..text.len() + name.len(), kind));
        text.push_str(name);
        rest = after;
    }
    text.push_str(rest);
    let mut tokens = Tokens::default();
    tokens.push_unit(0, &text);
    let token_at = |byte: usize| tokens.list.partition_point(|t| (t.end as usize) <= byte);
    let mut spans: Vec<Span> = names
        .into_iter()
        .map(|(bytes, kind)| {
            let range = token_at(bytes.start)..token_at(bytes.end - 1) + 1;
            Span::new(range, kind, 0.9)
        })
        .collect();
    rule(&tokens, &mut spans);
    let found: Vec<String> = spans
        .iter()
        .map(|s| format!("{} {}", s.kind.tag(), tokens.words(s.start..s.end)))
        .collect();
    assert_eq!(found, expect, "names in {marked:?}");
}

fn ends(tokens: &Tokens, spans: &mut Vec<Span>) {
    mend::ends(tokens, spans, |_| false);
}

#[test]
fn cups_prizes_and_acts_are_no_organisations() {
    check(
        ends,
        "[O Portugal] won the [O Nations League], not the [O Premier League]; the [O Jules Rimet Trophy] and the [O Data Act] stood by.",
        &[
            "ORG Portugal",
            "MISC Nations League",
            "ORG Premier League",
            "MISC Jules Rimet Trophy",
            "MISC Data Act",
        ],
    );
}

#[test]
fn cities_that_play_are_clubs_and_countries_that_play_are_places() {
    check(
        |tokens, spans| sport::sides(tokens, spans),
        "[L Turin] beat [L Naples] 2-1 with a late penalty, and [L Malta] beat [L Cyprus] 1-0. [L Genoa] striker Rossi scored a goal; the match was seen in [L Genoa].",
        &[
            "ORG Turin",
            "ORG Naples",
            "LOC Malta",
            "LOC Cyprus",
            "ORG Genoa",
            "LOC Genoa",
        ],
    );
    // No report on games: what beats there is no side.
    check(
        |tokens, spans| sport::sides(tokens, spans),
        "[L Turin] beat [L Naples] to the contract, the mayor said.",
        &["LOC Turin", "LOC Naples"],
    );
}

#[test]
fn small_words_before_a_surname_belong_to_it_where_a_full_name_has_them() {
    check(
        ends,
        "[P Pieter van der Meer] spoke, then van der [P Meer] left for van [P Dijk] house.",
        &["PER Pieter van der Meer", "PER van der Meer", "PER Dijk"],
    );
}

#[test]
fn a_word_for_a_place_alone_is_no_name() {
    check(
        ends,
        "The [L Port] was shut, the [L Airport] too, and [L Port Louis] and the [L Strait] were not.",
        &["LOC Port Louis", "LOC Strait"],
    );
}

#[test]
fn a_name_that_ends_with_an_office_is_no_body() {
    check(
        ends,
        "The [O Deputy Solicitor General] wrote to the [O Treasury Secretary], the [O Director of Mines] and the [O Mines Department].",
        &["ORG Mines Department"],
    );
    check(
        ends,
        "The [O Supreme Leader of Iran] met the [O Member of Parliament for Leeds East] at the [O Office of the Governor].",
        &["LOC Iran", "LOC Leeds East", "ORG Office of the Governor"],
    );
}

#[test]
fn a_hyphen_and_a_capital_carry_a_full_name_on() {
    check(
        ends,
        "[P Anna Maria Duarte]-[P Lopes] and [P Kai Berg]-Olsen met the [P Petersen]-Holm pair.",
        &[
            "PER Anna Maria Duarte-Lopes",
            "PER Kai Berg-Olsen",
            "PER Petersen",
        ],
    );
}

#[test]
fn indexes_take_their_number_and_are_no_companies() {
    check(
        ends,
        "The [O FTSE] 100 fell, the [O Dow Jones] rose, and [O Dow Jones] said it would pay; the [O S&P] 500 .SPX was flat.",
        &[
            "MISC FTSE 100",
            "MISC Dow Jones",
            "ORG Dow Jones",
            "MISC S&P 500",
        ],
    );
}

#[test]
fn what_a_text_calls_a_firm_a_storm_or_a_street_is_no_person() {
    check(
        |tokens, spans| said::by_document(tokens, spans),
        "The retailer [P Oddbins] shut, Storm [P Ciara] came, the [P Beagle] lander was lost near [P Gower Street], and [P Emily Gower] wept.",
        &[
            "ORG Oddbins",
            "MISC Ciara",
            "MISC Beagle",
            "LOC Gower Street",
            "PER Emily Gower",
        ],
    );
    check(
        |tokens, spans| said::by_document(tokens, spans),
        "The lander slept. [P Philae], which is a box, woke; [P Philae] spoke, and [P Emily Gower] came on the [P Conte Verde] with [P Rimet], who wept.",
        &[
            "MISC Philae",
            "MISC Philae",
            "PER Emily Gower",
            "MISC Conte Verde",
            "PER Rimet",
        ],
    );
    check(
        |tokens, spans| said::by_document(tokens, spans),
        "[P Steamer Ancon] crossed with [P Tanker Smith's] crew and [P Adam Ferry].",
        &[
            "MISC Steamer Ancon",
            "MISC Tanker Smith's",
            "PER Adam Ferry",
        ],
    );
}

#[test]
fn a_direction_is_a_name_only_where_a_country_is_parted() {
    check(
        mend::drop_directions,
        "The [L North] of [L Leeds] got snow.",
        &["LOC Leeds"],
    );
    check(
        mend::drop_directions,
        "The [L North] and [L South Korea] talk.",
        &["LOC North", "LOC South Korea"],
    );
}

#[test]
fn the_hague_has_its_article() {
    check(
        ends,
        "Talks in The [L Hague] and at the [L Hague] court; The [L Netherlands] waits.",
        &["LOC The Hague", "LOC Hague", "LOC Netherlands"],
    );
}

#[test]
fn unsure_parts_of_a_persons_name_are_that_person() {
    let rule = |tokens: &Tokens, spans: &mut Vec<Span>| {
        for span in spans.iter_mut().filter(|s| s.kind == Organisation) {
            span.confidence = 0.6;
        }
        follow_full_names(tokens, spans);
    };
    check(
        rule,
        "[P Marta Keller] met [P Jean-Luc Al-Amin]. [O Marta] said that [O Al-Amin] and [O Jean] had left [O Keller Bank] and [L Marta].",
        &[
            "PER Marta Keller",
            "PER Jean-Luc Al-Amin",
            "PER Marta",
            "PER Al-Amin",
            "ORG Jean",
            "ORG Keller Bank",
            "LOC Marta",
        ],
    );
}

#[test]
fn short_forms_of_words_of_every_day_are_no_names() {
    check(
        mend::drop_short_forms,
        "It is milder than severe acute respiratory syndrome ([O SARS]); [O SARS] spread from [L China]. The South African Revenue Service ([O SARS2]) of [O NATO].",
        &["LOC China", "ORG SARS2", "ORG NATO"],
    );
}

#[test]
fn a_prefix_is_no_part_of_a_name_and_a_town_and_its_country_are_two() {
    let conform = |tokens: &Tokens, spans: &mut Vec<Span>| {
        let parts = spans.iter().flat_map(|span| {
            let found = super::convention::conform(tokens, span.start..span.end, span.kind);
            found
                .into_iter()
                .map(|(range, kind)| Span::new(range, kind, 0.9))
        });
        *spans = parts.collect();
    };
    check(
        conform,
        "[P Pro-Trump] crowds met [O ex-Wirecard] staff in [L Charlottesville, Virginia], and [P Jean-Luc Picard] left.",
        &[
            "PER Trump",
            "ORG Wirecard",
            "LOC Charlottesville",
            "LOC Virginia",
            "PER Jean-Luc Picard",
        ],
    );
}

#[test]
fn dates_and_words_made_of_names_stand_outside_them() {
    check(
        ends,
        "The [L Austin-based] firm plays in [L San Salvador Jan]. 15, [O Al-Hilal Jan] 29 and [M Black Friday Nov]. 27; [P Jan] 3 saw it.",
        &[
            "LOC Austin",
            "LOC San Salvador",
            "ORG Al-Hilal",
            "MISC Black Friday Nov",
            "PER Jan",
        ],
    );
    check(
        ends,
        "[P Assemblymember Chris Holden] met [P Christopher Paul Lee] and [P Oppenheimer].",
        &[
            "PER Chris Holden",
            "PER Christopher Paul Lee",
            "PER Oppenheimer",
        ],
    );
}

#[test]
fn states_in_short_are_places_and_titles_alone_are_nobody() {
    check(
        ends,
        "Shelley Capito (R., [P W.Va].) and [O N.H.] met the [P Senator] and [P Gov]. [P Dean Smith] and [P Dean] in [L Senator].",
        &[
            "LOC W.Va",
            "LOC N.H.",
            "PER Dean Smith",
            "PER Dean",
            "LOC Senator",
        ],
    );
}
