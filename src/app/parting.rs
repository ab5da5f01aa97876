//! Ways of writing a name: taken out where they are somebody else (`Bush`, of George Bush), and put back.

use super::overlay::{Menu, MenuAction, MenuRow, Overlay};
use super::words::thousands;
use super::{App, in_articles};
use crate::model::change::NameKey;
use crate::model::{ArticleId, Change, Scope, What};
use crate::text::fold::fold;

/// Ways of writing that a menu shows.
const MOST_WAYS: usize = 20;

impl App {
    /// Returns the rows of the menu on a name that are about its ways of writing.
    pub(super) fn rows_of_ways(&self, key: &NameKey) -> Vec<MenuRow> {
        let mut rows = Vec::new();
        let ways = self.ways_here(key);
        if !ways.is_empty() {
            let words: Vec<&str> = ways.iter().map(|(words, _)| words.as_str()).collect();
            rows.push(MenuRow {
                key: Some('t'),
                label: "Take out a way of writing it".into(),
                detail: words.join(", "),
                does: MenuAction::PartName(key.clone()),
            });
        }
        let Some(reader) = &self.place.reader else {
            return rows;
        };
        let own = fold(&key.name);
        for parting in &reader.article.parted {
            if fold(&parting.words) == own {
                let place = if parting.everywhere { "every" } else { "this" };
                let scope = scope(reader.id(), parting.everywhere);
                rows.push(MenuRow {
                    key: None,
                    label: format!("Put back into {}", parting.from.name),
                    detail: format!("in {place} article"),
                    does: part(&parting.from, &parting.words, false, scope),
                });
            }
        }
        rows
    }

    /// Asks which way of writing is to be taken out of a name, and where.
    pub(super) fn ask_way(&mut self, key: &NameKey) {
        let Some(reader) = &self.place.reader else {
            return;
        };
        let id = reader.id();
        let mut rows = Vec::new();
        for (words, count) in self.ways_here(key) {
            for everywhere in [false, true] {
                let place = if everywhere { "every" } else { "this" };
                rows.push(MenuRow {
                    key: None,
                    label: format!("{words}, in {place} article"),
                    detail: match count {
                        1 => "1 mention here".to_owned(),
                        count => format!("{} mentions here", thousands(u64::from(count))),
                    },
                    does: part(key, &words, true, scope(id, everywhere)),
                });
            }
        }
        self.overlays.push(Overlay::Menu(Menu {
            title: format!("Not {}", key.name),
            rows,
            filter: String::new(),
            selected: 0,
        }));
    }

    /// Returns how else the article on the screen writes a name, with the number of mentions, the most first.
    fn ways_here(&self, key: &NameKey) -> Vec<(String, u32)> {
        let Some(reader) = &self.place.reader else {
            return Vec::new();
        };
        let own = fold(&key.name);
        let mut ways: Vec<(String, String, u32)> = Vec::new();
        for words in reader.article.ways_of_writing(key) {
            let folded = fold(words);
            match ways.iter_mut().find(|(known, ..)| *known == folded) {
                Some((.., count)) => *count += 1,
                None if folded == own => {}
                None => ways.push((folded, words.to_owned(), 1)),
            }
        }
        ways.sort_by_key(|(.., count)| std::cmp::Reverse(*count));
        ways.truncate(MOST_WAYS);
        let ways = ways.into_iter();
        ways.map(|(_, words, count)| (words, count)).collect()
    }

    /// Asks before a way of writing is taken out of a name in every article, or put back.
    pub(super) fn ask_part(&mut self, from: &NameKey, words: &str, articles: u32, on: bool) {
        let question = if on {
            let articles = in_articles(articles);
            format!(
                "{words} is never {}? ({articles} looked at again)",
                from.name
            )
        } else {
            format!("{words} may be {} again?", from.name)
        };
        let what = What::PartName {
            from: from.clone(),
            words: words.to_owned(),
            on,
        };
        self.ask_before(question, what);
    }
}

fn scope(id: ArticleId, everywhere: bool) -> Scope {
    if everywhere {
        Scope::None
    } else {
        Scope::Ids(vec![id])
    }
}

fn part(from: &NameKey, words: &str, on: bool, scope: Scope) -> MenuAction {
    MenuAction::Write(Box::new(Change {
        what: What::PartName {
            from: from.clone(),
            words: words.to_owned(),
            on,
        },
        scope,
        undoable: true,
    }))
}
