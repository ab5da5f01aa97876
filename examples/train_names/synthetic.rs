//! Articles made of our own sentences and of listed and made-up names: the styles that the labelled texts lack (results,
//! company news, datelines, courts and councils around the world).

use std::collections::{HashMap, HashSet};

use newsdesk::model::EntityKind::{self, Organisation, Other, Person, Place};

use crate::random::Random;
use crate::source::{Gold, Letters, Record, in_letters};

const PEOPLE: &str = include_str!("../../assets/names/people.txt");
const COUNTRIES: &str = include_str!("../../assets/names/countries.tsv");
const PLACES: &str = include_str!("../../assets/names/places.txt");
const CLUBS: &str = include_str!("../../assets/names/clubs.txt");
const CLASSES: &str = include_str!("word-classes.txt");
const TEMPLATES: &str = include_str!("templates.txt");
const SLOTS: &str = include_str!("slots.txt");
const HEADLINES: &str = include_str!("headlines.txt");

/// What the slots are filled from.
struct Lists {
    given: Vec<String>,
    surnames: Vec<String>,
    cities: Vec<String>,
    places: Vec<&'static str>,
    clubs: Vec<&'static str>,
    /// Name and adjective.
    countries: Vec<(&'static str, &'static str)>,
    slots: HashMap<&'static str, Slot>,
}

/// A slot of `slots.txt`.
struct Slot {
    kind: Option<EntityKind>,
    patterns: Vec<&'static str>,
}

fn slots() -> HashMap<&'static str, Slot> {
    let lines = SLOTS.lines().filter(|l| !l.starts_with('#'));
    let read = |line: &'static str| {
        let (head, patterns) = line.split_once(": ")?;
        let (class, kind) = head.split_once(' ')?;
        let kind = match kind {
            "P" => Some(Person),
            "O" => Some(Organisation),
            "L" => Some(Place),
            "M" => Some(Other),
            _ => None,
        };
        let patterns = patterns.split(';').collect();
        Some((class, Slot { kind, patterns }))
    };
    lines.filter_map(read).collect()
}

fn words(list: &'static str) -> Vec<&'static str> {
    list.split([';', '\n'])
        .filter(|w| !w.is_empty() && !w.starts_with('#'))
        .collect()
}

impl Lists {
    fn read(cities: &str) -> Self {
        let section = |name: &str| {
            let after = PEOPLE.split_once(name).map_or("", |(_, after)| after);
            let end = after.find("\n[").unwrap_or(after.len());
            let list = after[..end].split_whitespace().map(str::to_owned);
            list.filter(|w| w.chars().count() > 2).collect::<Vec<_>>()
        };
        let countries = COUNTRIES.lines().filter(|l| !l.starts_with('#'));
        let countries = countries.filter_map(|line| {
            let mut fields = line.split('\t');
            let name = fields.next()?;
            let people = fields.nth(2)?.split(';').next().filter(|p| !p.is_empty())?;
            Some((name, people))
        });
        let names = cities.lines().skip(1).filter_map(|l| l.split(',').next());
        Self {
            given: with_alike(section("[given]"), 4),
            surnames: with_alike(section("[surname]"), 4),
            cities: names
                .filter(|n| n.starts_with(char::is_uppercase) && n.len() < 24)
                .map(str::to_owned)
                .collect(),
            places: words(PLACES),
            clubs: words(CLUBS),
            countries: countries.collect(),
            slots: slots(),
        }
    }
}

/// Adds the words of each class of which at least one in `share` is listed: names that the lists lack.
fn with_alike(listed: Vec<String>, share: usize) -> Vec<String> {
    let known: HashSet<String> = listed.iter().map(|w| w.to_lowercase()).collect();
    let mut all = listed;
    for line in CLASSES.lines().filter(|l| !l.starts_with('#')) {
        let members: Vec<&str> = line.split(' ').skip(2).collect();
        let hits = members.iter().filter(|w| known.contains(**w)).count();
        if hits >= 5 && hits * share >= members.len() {
            let new = members
                .iter()
                .filter(|w| w.len() > 2 && !known.contains(**w));
            all.extend(new.map(|w| capital(w)));
        }
    }
    all
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    let first = chars.next().map(|c| c.to_uppercase().to_string());
    first.unwrap_or_default() + chars.as_str()
}

/// Makes `count` headlines that stand alone: half in Title Case, a quarter in capitals.
pub(crate) fn headlines(cities: &str, count: usize, random: &mut Random) -> Vec<Record> {
    let lists = Lists::read(cities);
    let lines: Vec<&str> = HEADLINES.lines().filter(|l| !l.starts_with('#')).collect();
    let one = |_| {
        let mut article = Article::new(&lists);
        article.line(random.pick(&lines), random);
        let mut record = article.record;
        record.text = match random.next() % 4 {
            0 => record.text,
            1 => in_letters(&record.text, Letters::Capitals),
            _ => in_letters(&record.text, Letters::TitleCase),
        };
        record
    };
    (0..count).map(one).collect()
}

/// Makes `count` articles.
pub(crate) fn articles(cities: &str, count: usize, random: &mut Random) -> Vec<Record> {
    let lists = Lists::read(cities);
    let lines: Vec<&str> = TEMPLATES.lines().filter(|l| !l.starts_with('#')).collect();
    // A headline, a blank line, the body, a blank line.
    let parts: Vec<&[&str]> = lines
        .split(|l| l.is_empty())
        .filter(|p| !p.is_empty())
        .collect();
    (0..count)
        .map(|n| {
            let pair = (n % (parts.len() / 2)) * 2;
            let mut article = Article::new(&lists);
            article.line(parts[pair][0], random);
            article.push("\n");
            for line in parts[pair + 1] {
                if !random.next().is_multiple_of(4) {
                    article.line(line, random);
                }
            }
            article.record
        })
        .collect()
}

struct Article<'a> {
    lists: &'a Lists,
    names: HashMap<String, String>,
    record: Record,
    /// Of the text, in Unicode scalar values.
    length: usize,
}

impl<'a> Article<'a> {
    fn new(lists: &'a Lists) -> Self {
        Self {
            lists,
            names: HashMap::new(),
            record: Record::default(),
            length: 0,
        }
    }

    fn push(&mut self, text: &str) {
        self.record.text.push_str(text);
        self.length += text.chars().count();
    }

    fn line(&mut self, template: &str, random: &mut Random) {
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('{') {
            self.push(before);
            let (slot, after) = after.split_once('}').unwrap_or((after, ""));
            rest = after;
            let class = slot.trim_end_matches(|c: char| c.is_ascii_digit());
            let kind = match self.lists.slots.get(class) {
                Some(slot) => slot.kind,
                None => kind_of(class),
            };
            let name = self.fill(slot, random);
            let start = self.length;
            self.push(&name);
            if let Some(kind) = kind {
                let end = self.length;
                self.record.entities.push(Gold { start, end, kind });
            }
        }
        self.push(rest);
        self.push("\n");
    }

    fn fill(&mut self, slot: &str, random: &mut Random) -> String {
        if let Some(known) = self.names.get(slot) {
            return known.clone();
        }
        let class = slot.trim_end_matches(|c: char| c.is_ascii_digit());
        let number = &slot[class.len()..];
        let name = match class {
            "sur" => {
                let full = self.fill(&format!("per{number}"), random);
                self.names
                    .get(&format!("sur-{full}"))
                    .cloned()
                    .unwrap_or(full)
            }
            "short" => {
                let full = self.fill(&format!("firm{number}"), random);
                full.split(' ').next().unwrap_or_default().to_owned()
            }
            "acr" if self.names.contains_key(&format!("agency{number}")) => {
                initials(&self.names[&format!("agency{number}")])
            }
            "acrp" => initials(&self.fill(&format!("party{number}"), random)),
            "CITY" => self.fill(&format!("city{number}"), random).to_uppercase(),
            "country" | "people" => {
                let (name, people) =
                    self.lists.countries[random.next() as usize % self.lists.countries.len()];
                self.names
                    .insert(format!("country{number}"), name.to_owned());
                self.names
                    .insert(format!("people{number}"), people.to_owned());
                if class == "people" { people } else { name }.to_owned()
            }
            "per" => self.person(random),
            _ => self.made_up(class, random),
        };
        if !number.is_empty() {
            self.names.insert(slot.to_owned(), name.clone());
        }
        name
    }

    fn person(&mut self, random: &mut Random) -> String {
        let one = |list: &[String], random: &mut Random| {
            list[random.next() as usize % list.len()].clone()
        };
        let given = one(&self.lists.given, random);
        let mut surname = one(&self.lists.surnames, random);
        let full = match random.next() % 16 {
            0 => {
                let initial = capital(&one(&self.lists.given, random));
                let initial: String = initial.chars().take(1).collect();
                format!("{given} {initial}. {surname}")
            }
            1 => {
                let initial: String = given.chars().take(1).collect();
                format!("{initial}. {surname}")
            }
            2 => {
                surname = format!("{surname}-{}", one(&self.lists.surnames, random));
                format!("{given} {surname}")
            }
            3 => {
                let particle = random.pick(&["bin", "van", "de", "al", "von", "del", "ibn", "da"]);
                surname = format!("{particle} {surname}");
                format!("{given} {surname}")
            }
            4 => format!("{given} {} {surname}", one(&self.lists.given, random)),
            5 => {
                // The family name first.
                let second = one(&self.lists.given, random);
                let family = surname.clone();
                surname.clone_from(&family);
                format!("{family} {second}")
            }
            6 => {
                // Family name and two syllables: Korean, Chinese, Vietnamese.
                let (name, family) = syllables(random);
                surname = family;
                name
            }
            7 => {
                let initials: String = (0..2)
                    .filter_map(|_| one(&self.lists.given, random).chars().next())
                    .flat_map(char::to_uppercase)
                    .collect();
                match random.next() % 3 {
                    0 => format!("{initials} {surname}"),
                    1 => {
                        let first: String = initials.chars().take(1).collect();
                        format!("{first}. {surname}")
                    }
                    _ => {
                        let spelled: Vec<String> =
                            initials.chars().map(|c| format!("{c}.")).collect();
                        format!("{} {surname}", spelled.join(" "))
                    }
                }
            }
            8 => {
                surname = format!(
                    "{}{surname}",
                    random.pick(&["Al ", "al-", "Al-", "El ", "Ben "])
                );
                format!("{given} {surname}")
            }
            _ => format!("{given} {surname}"),
        };
        self.names.insert(format!("sur-{full}"), surname);
        full
    }

    fn city(&self, random: &mut Random) -> String {
        if random.next().is_multiple_of(4) {
            return random.pick(&self.lists.places).to_owned();
        }
        self.lists.cities[random.next() as usize % self.lists.cities.len()].clone()
    }

    fn surname(&self, random: &mut Random) -> String {
        self.lists.surnames[random.next() as usize % self.lists.surnames.len()].clone()
    }

    fn people(&self, random: &mut Random) -> &'static str {
        self.lists.countries[random.next() as usize % self.lists.countries.len()].1
    }

    /// Fills the slots of a pattern of `slots.txt`.
    fn expand(&mut self, pattern: &str, random: &mut Random) -> String {
        let mut out = String::new();
        let mut rest = pattern;
        while let Some((before, after)) = rest.split_once('{') {
            let (slot, after) = after.split_once('}').unwrap_or((after, ""));
            out.push_str(before);
            let inner = match slot {
                "people" => self.people(random).to_owned(),
                other => self.made_up(other, random),
            };
            out.push_str(&inner);
            rest = after;
        }
        out + rest
    }

    fn made_up(&mut self, class: &str, random: &mut Random) -> String {
        let (city, surname, people) =
            (self.city(random), self.surname(random), self.people(random));
        let pick = |list: &[&'static str], random: &mut Random| random.pick(list).to_owned();
        if let Some(slot) = self.lists.slots.get(class) {
            let pattern = random.pick(&slot.patterns);
            return self.expand(pattern, random);
        }
        match class {
            "city" => city,
            "surname" => surname,
            "given" => self.lists.given[random.next() as usize % self.lists.given.len()].clone(),
            "spokes" => pick(&["spokesman", "spokeswoman", "spokesperson"], random),
            "n" => {
                let most = [9, 30, 90, 600, 3000][random.next() as usize % 5];
                (random.next() % most + 1).to_string()
            }
            "day" => pick(DAYS, random),
            "month" => pick(MONTHS, random),
            "sport" => pick(
                &[
                    "Soccer",
                    "Rugby Union",
                    "Cricket",
                    "Tennis",
                    "Basketball",
                    "Hockey",
                ],
                random,
            ),
            "wire" => pick(WIRES, random),
            "ACR" | "acr" => (0..3 + random.next() % 3)
                .map(|_| char::from(b'A' + (random.next() % 26) as u8))
                .collect(),
            "club" => match random.next() % 5 {
                0 | 1 => pick(&self.lists.clubs, random),
                2 => city,
                3 => format!(
                    "{city} {}",
                    pick(
                        &[
                            "United",
                            "City",
                            "Rovers",
                            "Town",
                            "Athletic",
                            "Wanderers",
                            "FC",
                            "County",
                            "Albion"
                        ],
                        random
                    )
                ),
                _ => format!(
                    "{} {city}",
                    pick(
                        &[
                            "Real",
                            "Sporting",
                            "Dynamo",
                            "Lokomotiv",
                            "Olympique",
                            "Atletico",
                            "Racing",
                            "Union",
                            "FC",
                            "Inter"
                        ],
                        random
                    )
                ),
            },
            "team" => match random.next() % 2 {
                0 => format!("{city} {}", pick(TEAMS, random)),
                _ => pick(&self.lists.clubs, random),
            },
            "stadium" => match random.next() % 2 {
                0 => format!("{surname} Stadium"),
                _ => format!("{city} Arena"),
            },
            "event" => match random.next() % 3 {
                0 => format!("{people} Open"),
                1 => format!("{city} Grand Prix"),
                _ => "World Cup".to_owned(),
            },
            "firm" => firm(&surname, &city, random),
            "agency" => format!(
                "{} {} {}",
                if random.next().is_multiple_of(2) {
                    people.to_owned()
                } else {
                    pick(
                        &[
                            "National",
                            "Federal",
                            "State",
                            "Central",
                            "Royal",
                            "International",
                        ],
                        random,
                    )
                },
                pick(FIELDS, random),
                pick(
                    &[
                        "Authority",
                        "Commission",
                        "Agency",
                        "Board",
                        "Council",
                        "Service",
                        "Corporation",
                        "Association",
                        "Federation",
                        "Institute",
                        "Bureau",
                        "Department"
                    ],
                    random
                )
            ),
            "ministry" => match random.next() % 3 {
                0 => format!("Ministry of {}", pick(OFFICES, random)),
                1 => format!("{people} {} Ministry", pick(OFFICES, random)),
                _ => format!("{} Ministry", pick(OFFICES, random)),
            },
            "bank" => match random.next() % 4 {
                0 => "Federal Reserve".to_owned(),
                1 => "European Central Bank".to_owned(),
                _ => format!("Bank of {city}"),
            },
            "union" => format!("{} Workers Union", pick(FIELDS, random)),
            "org" => pick(
                &[
                    "United Nations",
                    "European Union",
                    "African Union",
                    "ASEAN",
                    "Arab League",
                    "NATO",
                    "World Bank",
                    "IMF",
                    "Commonwealth",
                    "Red Cross",
                    "UN",
                ],
                random,
            ),
            "police" => format!("{city} Police"),
            "court" => match random.next() % 4 {
                0 => pick(
                    &[
                        "High Court",
                        "Supreme Court",
                        "Federal High Court",
                        "Court of Appeal",
                        "Constitutional Court",
                    ],
                    random,
                ),
                _ => format!(
                    "{city} {}",
                    pick(
                        &[
                            "High Court",
                            "Magistrates' Court",
                            "Crown Court",
                            "District Court",
                            "Sessions Court"
                        ],
                        random
                    )
                ),
            },
            "street" => format!(
                "{surname} {}",
                pick(
                    &["Street", "Road", "Avenue", "Lane", "Nagar", "Close"],
                    random
                )
            ),
            "paper" => match random.next() % 4 {
                0 => format!(
                    "{} {}",
                    pick(
                        &["Daily", "Sunday", "Morning", "Evening", "Business"],
                        random
                    ),
                    pick(PAPERS, random)
                ),
                1 | 2 => format!("{city} {}", pick(PAPERS, random)),
                _ => pick(
                    &[
                        "Nation", "Standard", "Star", "Herald", "Punch", "Vanguard", "Dawn",
                        "Hindu", "Monitor", "Inquirer",
                    ],
                    random,
                ),
            },
            "journal" => pick(
                &[
                    "Nature",
                    "Science",
                    "Cell",
                    "Lancet",
                    "Nature Geoscience",
                    "Science Advances",
                ],
                random,
            ),
            "univ" => match random.next() % 6 {
                0 => format!("University of {city}"),
                1 => format!("{city} University"),
                2 => format!("{surname} College"),
                3 => format!("{city} Institute of Technology"),
                4 => format!("{city} High School"),
                _ => format!("{surname} Hospital"),
            },
            "party" => format!(
                "{} {}",
                pick(
                    &[
                        "National Democratic",
                        "People's Democratic",
                        "United",
                        "Social Democratic",
                        "Liberal",
                        "Workers",
                        "National Unity",
                        "Christian Democratic",
                        "New",
                        "Progressive"
                    ],
                    random
                ),
                pick(
                    &[
                        "Party", "Congress", "Front", "Movement", "Alliance", "Union"
                    ],
                    random
                )
            ),
            other => unreachable!("no such slot: {other}"),
        }
    }
}

fn firm(surname: &str, city: &str, random: &mut Random) -> String {
    let form = match random.next() % 3 {
        0 => format!(
            " {}",
            random.pick(&[
                "Plc", "Inc", "Corp", "Ltd", "AG", "SA", "NV", "Co Ltd", "Bhd", "Co", "SpA", "ASA"
            ])
        ),
        _ => String::new(),
    };
    let trade = random.pick(TRADES);
    let coined = format!(
        "{}{}",
        random.pick(&[
            "Vel", "Nor", "Xan", "Tri", "Amer", "Glen", "Hol", "Aster", "Quan", "Ber", "Zen", "Pan"
        ]),
        random.pick(&[
            "tek", "via", "gen", "aris", "ium", "core", "dale", "nova", "mark", "ix", "soft",
            "berg"
        ])
    );
    match random.next() % 6 {
        0 => format!("{surname} {trade}{form}"),
        1 => format!("{city} {trade}{form}"),
        2 => format!("{coined} {trade}{form}"),
        3 => format!("{coined}{form}"),
        4 => surname.to_owned() + &form,
        _ => random
            .pick(&[
                "Siemens",
                "Toyota",
                "Nestle",
                "Vodafone",
                "Barclays",
                "HSBC",
                "UBS",
                "Shell",
                "BP",
                "Boeing",
                "Airbus",
                "Intel",
                "Apple",
                "Samsung Electronics",
                "Sony",
                "Nomura",
                "Citigroup",
                "Morgan Stanley",
                "Credit Suisse",
                "General Electric",
                "Renault",
                "Fiat",
                "BHP",
                "Telstra",
                "Petronas",
                "Infosys",
                "Tata Steel",
                "Reliance Industries",
                "MTN",
                "Safaricom",
                "Dangote Cement",
                "Zenith Bank",
                "Commerzbank",
                "Jefferies",
            ])
            .to_owned(),
    }
}

/// A name of family name and syllables, and the family name.
fn syllables(random: &mut Random) -> (String, String) {
    const FAMILIES: &[&str] = &[
        "Kim", "Lee", "Park", "Choi", "Moon", "Yoon", "Chung", "Cho", "Kang", "Jang", "Wang", "Li",
        "Zhang", "Chen", "Liu", "Yang", "Zhao", "Huang", "Zhou", "Wu", "Xu", "Hu", "Lam", "Wong",
        "Cheung", "Tsai", "Nguyen", "Tran", "Pham", "Le", "Ong", "Tan", "Lim", "Goh", "Chua",
    ];
    const SYLLABLES: &[&str] = &[
        "jae", "in", "jong", "un", "geun", "hye", "suk", "yeol", "ho", "kyung", "wha", "min",
        "young", "sun", "hee", "jin", "woo", "chul", "wai", "keung", "ka", "ki", "yee", "ming",
        "ying", "chi", "wen", "siew", "boon", "heng", "kok", "leong", "mei", "ling", "hui", "zhi",
    ];
    let family = random.pick(FAMILIES).to_owned();
    let (first, second) = (random.pick(SYLLABLES), random.pick(SYLLABLES));
    let name = match random.next() % 4 {
        0 | 1 => format!("{family} {}-{second}", capital(first)),
        2 => format!("{family} {} {}", capital(first), capital(second)),
        _ => format!("{family} {}{second}", capital(first)),
    };
    (name, family)
}

fn initials(name: &str) -> String {
    name.split([' ', '-'])
        .filter_map(|w| w.chars().next())
        .filter(|c| c.is_uppercase())
        .collect()
}

fn kind_of(class: &str) -> Option<EntityKind> {
    match class {
        "per" | "sur" | "given" => Some(Person),
        "city" | "CITY" | "country" | "stadium" | "street" => Some(Place),
        "people" | "event" => Some(Other),
        "n" | "day" | "month" | "sport" | "ACR" | "spokes" => None,
        _ => Some(Organisation),
    }
}

const DAYS: &[&str] = &[
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];
const MONTHS: &[&str] = &[
    "Jan", "Feb", "March", "April", "May", "June", "July", "Aug", "Sept", "Oct", "Nov", "Dec",
];
const WIRES: &[&str] = &[
    "Reuters", "Xinhua", "AFP", "AP", "Bernama", "PTI", "Kyodo", "Anadolu", "QNA", "WAM",
];
const TEAMS: &[&str] = &[
    "Tigers", "Bulls", "Giants", "Eagles", "Kings", "Lions", "Hawks", "Bears", "Raiders", "Sharks",
    "Warriors",
];
const FIELDS: &[&str] = &[
    "Electricity",
    "Railway",
    "Water",
    "Roads",
    "Football",
    "Cricket",
    "Tourism",
    "Revenue",
    "Electoral",
    "Meteorological",
    "Health",
    "Teachers",
    "Human Rights",
    "Fisheries",
    "Aviation",
    "Ports",
    "Broadcasting",
    "Medical",
    "Farmers",
    "Disaster Management",
    "Statistics",
];
const OFFICES: &[&str] = &[
    "Foreign",
    "Finance",
    "Health",
    "Defence",
    "Interior",
    "Education",
    "Transport",
    "Energy",
    "Agriculture",
    "Justice",
];
const PAPERS: &[&str] = &[
    "Times",
    "News",
    "Post",
    "Star",
    "Mail",
    "Telegraph",
    "Graphic",
    "Monitor",
    "Herald",
    "Standard",
    "Tribune",
    "Observer",
];
const TRADES: &[&str] = &[
    "Industries",
    "Group",
    "Holdings",
    "Motors",
    "Pharmaceuticals",
    "Energy",
    "Bank",
    "Airlines",
    "Foods",
    "Steel",
    "Mining",
    "Technologies",
    "Capital",
    "Securities",
    "Insurance",
    "Oil",
    "Telecom",
    "Chemicals",
    "Resources",
    "Airways",
    "Shipping",
    "Media",
];
