//! What the recognizer promises as a whole.

use super::*;
use crate::model::document::{Block, Figure, Text};

/// Checks the names found in a text, as `KIND words` with `= canonical name` where that differs.
fn check(text: &str, expect: &[&str]) {
    let found: Vec<String> = recognize_plain(text)
        .into_iter()
        .map(|m| {
            let canonical = if m.name == m.text {
                String::new()
            } else {
                format!(" = {}", m.name)
            };
            format!("{} {}{canonical}", m.kind.tag(), m.text)
        })
        .collect();
    assert_eq!(found, expect, "names in {text:?}");
}

#[test]
fn titles_possessives_and_pairs_stay_outside_names() {
    check(
        "Russian President Vladimir Putin’s talks with Kim Jong-un were held in Pyongyang, and the Kim-Putin meeting was the first.",
        &[
            "MISC Russian",
            "PER Vladimir Putin",
            "PER Kim Jong-un",
            "LOC Pyongyang",
            "PER Kim = Kim Jong-un",
            "PER Putin = Vladimir Putin",
        ],
    );
}

#[test]
fn two_leaders_joined_by_a_hyphen_are_two_names() {
    check(
        "Kim-Putin talks end in Pyongyang",
        &["PER Kim", "PER Putin", "LOC Pyongyang"],
    );
    check(
        "Brig. Gen. Pat Ryder said the Pentagon was ready. The Kim-Putin summit was in Vladivostok, where Kim Jong Un met Vladimir Putin.",
        &[
            "PER Pat Ryder",
            "ORG Pentagon",
            "PER Kim = Kim Jong Un",
            "PER Putin = Vladimir Putin",
            "LOC Vladivostok",
            "PER Kim Jong Un",
            "PER Vladimir Putin",
        ],
    );
    check(
        "Sheikh Nasser bin Hamad al-Attiyah spoke in Doha. Al-Attiyah said that Ann Smith-Jones was there.",
        &[
            "PER Nasser bin Hamad al-Attiyah",
            "LOC Doha",
            "PER Al-Attiyah = Nasser bin Hamad al-Attiyah",
            "PER Ann Smith-Jones",
        ],
    );
}

#[test]
fn a_country_is_one_under_all_its_names() {
    check(
        "The United States and Russia agreed. The U.S. said it would help; the US-led plan is American.",
        &[
            "LOC United States",
            "LOC Russia",
            "LOC U.S. = United States",
            "LOC US = United States",
            "MISC American = United States",
        ],
    );
}

#[test]
fn two_people_of_one_surname_stay_apart() {
    check(
        "Hillary Clinton spoke first. Clinton was calm. Bill Clinton spoke next. Clinton was not calm at all that day.",
        &[
            "PER Hillary Clinton",
            "PER Clinton = Hillary Clinton",
            "PER Bill Clinton",
            "PER Clinton = Bill Clinton",
        ],
    );
}

#[test]
fn the_north_is_north_korea_only_where_the_text_names_it() {
    check(
        "North Korea fired a missile on Monday. The North said it was a test, and snow fell in the north of Japan.",
        &["LOC North Korea", "LOC North = North Korea", "LOC Japan"],
    );
    check(
        "Snow fell on Monday, and the North said it was used to it, the mayor of Leeds said.",
        &["LOC Leeds"],
    );
}

#[test]
fn an_acronym_joins_what_it_stands_for() {
    check(
        "The Federal Security Service (FSB) said on Monday that it had arrested a man. FSB officers searched his flat in Moscow.",
        &[
            "ORG Federal Security Service",
            "ORG FSB = Federal Security Service",
            "ORG FSB = Federal Security Service",
            "LOC Moscow",
        ],
    );
}

#[test]
fn an_acronym_is_short_for_its_company_and_not_for_what_is_named_after_it() {
    check(
        "The NFL said on Monday that NFL Network would show the game. HSBC Holdings lost money, and HSBC told the NFL so.",
        &[
            "ORG NFL",
            "ORG NFL Network",
            "ORG HSBC Holdings",
            "ORG HSBC = HSBC Holdings",
            "ORG NFL",
        ],
    );
}

#[test]
fn family_names_that_stand_first_join_the_full_name() {
    check(
        "Li Guangming was named governor of Zhejiang on Monday. Li, a native of Shaoxing, replaced Zhao Hongzhu, and Zhao thanked him.",
        &[
            "PER Li Guangming",
            "LOC Zhejiang",
            "PER Li = Li Guangming",
            "LOC Shaoxing",
            "PER Zhao Hongzhu",
            "PER Zhao = Zhao Hongzhu",
        ],
    );
    check(
        "President Moon Jae-in and Kim Jong-un met on Friday. Moon smiled, and Kim shook his hand.",
        &[
            "PER Moon Jae-in",
            "PER Kim Jong-un",
            "PER Moon = Moon Jae-in",
            "PER Kim = Kim Jong-un",
        ],
    );
}

#[test]
fn invisible_letters_inside_a_word_change_no_name() {
    check(
        "The minister, Vla\u{ad}dimir Pu\u{200b}tin, met the people of Lon\u{ad}don on Monday.",
        &[
            "PER Vla\u{ad}dimir Pu\u{200b}tin = Vladimir Putin",
            "LOC Lon\u{ad}don = London",
        ],
    );
}

#[test]
fn a_people_counts_for_its_country_where_that_is_named() {
    check(
        "Russia said on Monday that Russian ships were at sea, and the Russians would stay.",
        &[
            "LOC Russia",
            "MISC Russian = Russia",
            "MISC Russians = Russia",
        ],
    );
    check(
        "Russian ships were at sea on Monday, and nobody said where they would go.",
        &["MISC Russian"],
    );
}

#[test]
fn other_languages_get_no_guesses() {
    check(
        "Der Minister hat am Montag in der Hauptstadt mit der Opposition über den Haushalt und die Steuern gesprochen.",
        &[],
    );
}

#[test]
fn offices_become_roles_and_authors_and_credits_are_left_out() {
    let paragraph = |s: &str| Block::Paragraph {
        text: Text::plain(s),
    };
    let document = Document {
        lang: Some("en".into()),
        blocks: vec![
            paragraph(
                "Graham Fagg, a British engineer, shook hands with Philippe Cozette on Saturday.",
            ),
            paragraph(
                "The news was welcomed by Foreign Minister Roland Dumas and by the others who were there.",
            ),
            paragraph(
                "Reporting by Mary Smith in Folkestone, and by others who were not named in the paper.",
            ),
            Block::Figure(Figure {
                credit: Some(Text::plain("John Brown/Reuters")),
                ..Figure::default()
            }),
        ],
    };
    let authors = ["Mary Smith".to_owned()];
    let hints = Hints {
        authors: &authors,
        ..Hints::default()
    };
    let found = recognize("Graham Fagg meets Philippe Cozette", &document, &hints);
    let names: Vec<&str> = found.entities.iter().map(|e| e.name.as_str()).collect();
    assert!(
        names.contains(&"Graham Fagg") && names.contains(&"Roland Dumas"),
        "{names:?}"
    );
    assert!(
        !names.contains(&"Mary Smith") && !names.contains(&"John Brown"),
        "{names:?}"
    );
    let role = |name: &str| {
        let entity = found.entities.iter().find(|e| e.name == name);
        entity.and_then(|e| e.role.clone())
    };
    assert_eq!(role("Roland Dumas").as_deref(), Some("Foreign Minister"));
    assert!(
        ["Graham Fagg", "Philippe Cozette"].contains(&names[0]),
        "{names:?}"
    );
    assert_eq!(found.mentions[0].text, TextId::HEADLINE);
}

#[test]
fn the_agency_of_a_dateline_is_no_name_of_the_article() {
    let names = |text: &str| -> Vec<String> {
        let document = Document {
            lang: Some("en".into()),
            blocks: vec![Block::Paragraph {
                text: Text::plain(text),
            }],
        };
        let hints = Hints {
            site_name: Some("Harbour Herald"),
            ..Hints::default()
        };
        let found = recognize("Ministers meet", &document, &hints);
        found.entities.into_iter().map(|e| e.name).collect()
    };
    let found = names(
        "BERLIN, Nov. 25 (Reuters) - The German minister Anna Keller met her colleagues in Paris on Monday.",
    );
    assert!(found.contains(&"Anna Keller".to_owned()), "{found:?}");
    assert!(!found.contains(&"Reuters".to_owned()), "{found:?}");
    let found = names(
        "BERLIN (Reuters) - The German minister Anna Keller told Reuters that she would meet her colleagues in Paris.",
    );
    assert!(found.contains(&"Reuters".to_owned()), "{found:?}");
}

#[test]
fn countries_and_capitals_are_found_in_other_languages() {
    check(
        "Der Bundeskanzler hat am Montag in Berlin mit dem Präsidenten der Ukraine über die Hilfe aus Österreich gesprochen.",
        &["LOC Berlin", "LOC Ukraine", "LOC Österreich"],
    );
    check(
        "Le président a reçu lundi à Pékin le ministre des affaires étrangères du Japon pour parler des relations entre les pays.",
        &["LOC Pékin", "LOC Japon"],
    );
    check(
        "Ο πρωθυπουργός συναντήθηκε με τον πρόεδρο στην Αθήνα και μίλησε για την Κύπρο",
        &["LOC Αθήνα"],
    );
    check(
        "Cumhurbaşkanı dün Paris ve Berlin ziyaretlerinin ardından Almanya ile Rusya arasındaki görüşmeler için açıklama yaptı",
        &["LOC Paris", "LOC Berlin", "LOC Almanya", "LOC Rusya"],
    );
    check(
        "La ministra habló con el presidente de Chile sobre el comercio; el chile picante y el perú no son países aquí.",
        &["LOC Chile"],
    );
}

#[test]
fn a_followed_name_in_a_line_without_spaces_is_no_longer_than_it_is() {
    let document = Document {
        lang: Some("zh".into()),
        blocks: vec![Block::Paragraph {
            text: Text::plain("国家主席习近平会见了记者。"),
        }],
    };
    let followed = [("习近平".to_owned(), EntityKind::Person)];
    let hints = Hints {
        followed: &followed,
        ..Hints::default()
    };
    let found = recognize("新闻", &document, &hints);
    assert_eq!(found.mentions.len(), 1);
    assert_eq!(found.entities[0].name, "习近平");
    assert_eq!(found.mentions[0].range, 12..21);
}

#[test]
fn followed_names_are_found_in_any_language() {
    let document = Document {
        lang: Some("ko".into()),
        blocks: vec![Block::Paragraph {
            text: Text::plain("김정은 위원장이 평양에서 연설했다."),
        }],
    };
    let followed = [("김정은".to_owned(), EntityKind::Person)];
    let hints = Hints {
        followed: &followed,
        ..Hints::default()
    };
    let found = recognize("연설", &document, &hints);
    assert!(!found.language_known);
    assert!(found.entities.iter().any(|e| e.name == "김정은"));
}

#[test]
fn a_dateline_in_capitals_is_named_as_people_write_it() {
    let names = |text: &str| -> Vec<String> {
        let found = recognize_plain(text);
        found.into_iter().map(|mention| mention.name).collect()
    };
    let alone = names(
        "GENEVA — Ministers from Sweden and Norway met on Monday, and the talks in Sweden went on.",
    );
    assert!(alone.contains(&"Geneva".to_owned()), "{alone:?}");
    let both = names(
        "PARIS — Ministers met on Monday. In Paris it rained, and they stayed in London instead.",
    );
    assert!(!both.contains(&"PARIS".to_owned()), "{both:?}");
}

#[test]
fn a_double_surname_is_one_name() {
    check(
        "Lisa Lopez-Galvan was killed on Sunday, and the Lopez and Galvan families mourn. Lopez-Galvan was 43, the police said.",
        &[
            "PER Lisa Lopez-Galvan",
            "PER Lopez = Lisa Lopez-Galvan",
            "PER Galvan = Lisa Lopez-Galvan",
            "PER Lopez-Galvan = Lisa Lopez-Galvan",
        ],
    );
}

#[test]
fn what_a_short_form_in_brackets_stands_for_is_one_name() {
    check(
        "The price fell in May. Sugar Regulatory Administration (SRA) chief Pablo Azcona said on Monday that the SRA had no plans.",
        &[
            "ORG Sugar Regulatory Administration",
            "ORG SRA = Sugar Regulatory Administration",
            "PER Pablo Azcona",
            "ORG SRA = Sugar Regulatory Administration",
        ],
    );
}

#[test]
fn what_the_text_calls_a_craft_is_no_person() {
    let names = |text: &str| -> Vec<String> {
        let found = recognize_plain(text).into_iter();
        let people = found.filter(|m| m.kind == EntityKind::Person);
        people.map(|m| m.text).collect()
    };
    let none: [&str; 0] = [];
    assert_eq!(
        names(
            "The Philae lander touched down on the comet on Wednesday. Philae sent pictures, and the Rosetta orbited above; engineers cheered when Rosetta woke up.",
        ),
        none
    );
    assert_eq!(
        names(
            "The tunnel starts under Shakespeare Cliff near Dover, and the match was played at the Estadio Centenario in Montevideo on that day.",
        ),
        none
    );
}

#[test]
fn offices_codes_and_common_short_forms_are_no_names() {
    check(
        "The Inspector-General of Police told reporters on Monday that GDP and EBITDA were not his business, and the DNA test was done.",
        &[],
    );
    check(
        "A bill by Rep. Ilhan Omar, D-Minn., would cost US$22 million, and the S&P 500 .SPX rose on the news on Monday.",
        &["PER Ilhan Omar", "MISC S&P 500"],
    );
}

#[test]
fn initials_places_and_titles_beside_a_person_find_their_side() {
    check(
        "TB Joshua spoke in Lagos on Sunday, and Prince Andrew and Prosecutor Kama Melly QC were there with the others.",
        &["PER TB Joshua", "LOC Lagos", "PER Andrew", "PER Kama Melly"],
    );
    check(
        "In 2008 the governor of Alaska Sarah Palin was chosen by John McCain, and Robert Cummings Jr. was there.",
        &[
            "LOC Alaska",
            "PER Sarah Palin",
            "PER John McCain",
            "PER Robert Cummings Jr.",
        ],
    );
}
