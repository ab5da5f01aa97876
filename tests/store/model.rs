//! Random operations against a plain map: whatever the order, the library says what the map says.

use std::collections::{BTreeMap, BTreeSet};

use newsdesk::model::{ArticleId, FeedId, Query, What};
use newsdesk::store::NewEntry;
use proptest::prelude::*;

use crate::support::{Home, entry, now};

const FEEDS: usize = 3;
const STORIES: usize = 12;
const TAGS: [&str; 3] = ["sea", "Sky", "earth"];

/// What happens to the library.
#[derive(Clone, Debug)]
enum Op {
    /// A feed lists these stories; stories are shared between feeds by address.
    Fetch(usize, Vec<usize>),
    Mark(What, Vec<usize>),
    Undo,
    Redo,
    Unsubscribe(usize),
    Resubscribe(usize),
    Reopen,
}

/// A story as the map keeps it.
#[derive(Clone, Debug, Default, PartialEq)]
struct Story {
    read: bool,
    starred: bool,
    later: bool,
    tags: BTreeSet<&'static str>,
    feeds: BTreeSet<usize>,
}

fn ops() -> impl Strategy<Value = Vec<Op>> {
    let stories = || prop::collection::vec(0..STORIES, 1..6);
    let mark = prop_oneof![
        any::<bool>().prop_map(What::Read),
        any::<bool>().prop_map(What::Star),
        any::<bool>().prop_map(What::Later),
        (0..TAGS.len(), any::<bool>()).prop_map(|(tag, on)| if on {
            What::Tag(TAGS[tag].to_uppercase())
        } else {
            What::Untag(TAGS[tag].into())
        }),
    ];
    let op = prop_oneof![
        4 => (0..FEEDS, stories()).prop_map(|(feed, stories)| Op::Fetch(feed, stories)),
        8 => (mark, stories()).prop_map(|(what, stories)| Op::Mark(what, stories)),
        3 => Just(Op::Undo),
        2 => Just(Op::Redo),
        1 => (0..FEEDS).prop_map(Op::Unsubscribe),
        1 => (0..FEEDS).prop_map(Op::Resubscribe),
        1 => Just(Op::Reopen),
    ];
    prop::collection::vec(op, 1..40)
}

fn apply(story: &mut Story, what: &What) {
    match what {
        What::Read(on) => story.read = *on,
        What::Star(on) => story.starred = *on,
        What::Later(on) => story.later = *on,
        What::Tag(tag) => {
            story
                .tags
                .extend(TAGS.iter().filter(|known| known.eq_ignore_ascii_case(tag)));
        }
        What::Untag(tag) => story.tags.retain(|known| !known.eq_ignore_ascii_case(tag)),
        _ => {}
    }
}

/// The map, its past and its future.
#[derive(Default)]
struct Model {
    stories: BTreeMap<usize, Story>,
    subscribed: [bool; FEEDS],
    /// Marks as (what, stories that really changed).
    past: Vec<(What, Vec<usize>)>,
    future: Vec<(What, Vec<usize>)>,
}

impl Model {
    fn is_shown(&self, story: &Story) -> bool {
        story.starred
            || story.later
            || !story.tags.is_empty()
            || story.feeds.iter().any(|feed| self.subscribed[*feed])
    }
}

fn turned(what: &What) -> What {
    match what {
        What::Read(on) => What::Read(!on),
        What::Star(on) => What::Star(!on),
        What::Later(on) => What::Later(!on),
        What::Tag(tag) => What::Untag(tag.clone()),
        What::Untag(tag) => What::Tag(tag.clone()),
        other => other.clone(),
    }
}

struct Pair {
    home: Home,
    model: Model,
    feeds: Vec<FeedId>,
    ids: BTreeMap<usize, ArticleId>,
}

impl Pair {
    fn new() -> Self {
        let home = Home::new();
        let feeds = (0..FEEDS)
            .map(|feed| home.subscribe(&format!("https://feed{feed}.example/rss"), ""))
            .collect();
        let model = Model {
            subscribed: [true; FEEDS],
            ..Model::default()
        };
        Self {
            home,
            model,
            feeds,
            ids: BTreeMap::new(),
        }
    }

    fn run(mut self, op: Op) -> Self {
        match op {
            Op::Fetch(feed, stories) if self.model.subscribed[feed] => self.fetch(feed, stories),
            Op::Mark(what, stories) => self.mark(what, &stories),
            Op::Undo => self.step_back(),
            Op::Redo => self.step_forward(),
            Op::Reopen => self.home = self.home.reopened(),
            Op::Unsubscribe(feed) if self.model.subscribed[feed] => {
                self.home.change(
                    What::Unsubscribe(self.feeds[feed]),
                    newsdesk::model::Scope::None,
                );
                self.model.subscribed[feed] = false;
                self.forget_steps();
            }
            Op::Resubscribe(feed) if !self.model.subscribed[feed] => {
                self.home
                    .subscribe(&format!("https://feed{feed}.example/rss"), "");
                self.model.subscribed[feed] = true;
                self.forget_steps();
            }
            _ => {}
        }
        self
    }

    /// Subscriptions are steps too, but not of this model: a mark of a fresh article ends both lists' common past.
    fn forget_steps(&mut self) {
        self.model.past.clear();
        self.model.future.clear();
    }

    fn fetch(&mut self, feed: usize, mut stories: Vec<usize>) {
        let mut seen = BTreeSet::new();
        stories.retain(|story| seen.insert(*story));
        let entries = stories.iter().map(|story| NewEntry {
            guid: Some(format!("{feed}-{story}")),
            ..entry(*story)
        });
        let stored = self.home.fetched(self.feeds[feed], entries.collect());
        for new in stored.new {
            let known = self.ids.insert(stories[new.index], new.article);
            assert_eq!(known, None, "an old story came back as new");
        }
        for story in stories {
            assert!(self.ids.contains_key(&story), "a story was lost");
            self.model
                .stories
                .entry(story)
                .or_default()
                .feeds
                .insert(feed);
        }
    }

    fn mark(&mut self, what: What, stories: &[usize]) {
        let known: BTreeSet<usize> = stories
            .iter()
            .copied()
            .filter(|story| {
                self.model
                    .stories
                    .get(story)
                    .is_some_and(|story| self.model.is_shown(story))
            })
            .collect();
        let ids: Vec<ArticleId> = known.iter().map(|story| self.ids[story]).collect();
        let written = self.home.mark(what.clone(), &ids);
        let changed = self.apply(&what, &known.into_iter().collect::<Vec<_>>());
        assert_eq!(written.changed, changed.len() as u64, "{what:?}");
        if !changed.is_empty() {
            self.model.past.push((what, changed));
            self.model.future.clear();
        }
    }

    /// Applies a mark to stories that it changes, and returns these.
    fn apply(&mut self, what: &What, stories: &[usize]) -> Vec<usize> {
        let mut changed = Vec::new();
        for number in stories {
            let story = self.model.stories.get_mut(number).expect("a known story");
            let before = story.clone();
            apply(story, what);
            if *story != before {
                changed.push(*number);
            }
        }
        changed
    }

    fn step_back(&mut self) {
        let Some((what, stories)) = self.model.past.pop() else {
            return;
        };
        self.home.undo();
        self.apply(&turned(&what), &stories);
        self.model.future.push((what, stories));
    }

    fn step_forward(&mut self) {
        let Some((what, stories)) = self.model.future.pop() else {
            return;
        };
        self.home.redo();
        self.apply(&what, &stories);
        self.model.past.push((what, stories));
    }

    fn compare(&self) {
        let reader = self.home.reader();
        let shown = reader.ids(&Query::default(), now()).expect("ids");
        let tree = reader.tree(now()).expect("a tree");
        for (number, story) in &self.model.stories {
            let id = self.ids[number];
            let row = reader.rows(&[id]).expect("rows").remove(0);
            let tags: BTreeSet<String> = row.tags.iter().map(|tag| tag.to_lowercase()).collect();
            let expect: BTreeSet<String> =
                story.tags.iter().map(|tag| tag.to_lowercase()).collect();
            assert_eq!(
                (!row.unread, row.starred, row.later, tags),
                (story.read, story.starred, story.later, expect),
                "story {number}"
            );
            if self.model.is_shown(story) {
                assert!(shown.contains(&id), "story {number} is hidden");
            }
        }
        for (feed, id) in self.feeds.iter().enumerate() {
            let of_feed = || {
                self.model
                    .stories
                    .values()
                    .filter(|story| story.feeds.contains(&feed))
            };
            let expect = (
                of_feed().filter(|story| !story.read).count() as u64,
                of_feed().count() as u64,
            );
            if let Some(feed) = tree.feeds.iter().find(|feed| feed.id == *id) {
                assert_eq!((feed.unread, feed.total), expect, "feed {id}");
            }
        }
        self.home.check();
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn the_library_says_what_a_map_says(ops in ops()) {
        let mut pair = Pair::new();
        for op in ops {
            pair = pair.run(op);
        }
        pair.home.settle();
        pair.compare();
        pair.home = pair.home.reopened();
        pair.compare();
    }
}
