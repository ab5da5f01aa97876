//! Adding: addresses looked at together, feeds chosen where a site has several, pages kept; and the first screen.

use super::event::{Found, FoundFeed};
use super::overlay::{AddItem, AddState, AddView, Overlay};
use super::prompt::PromptKind;
use super::tree::Node;
use super::welcome::{Welcome, WelcomeRow};
use super::{App, Effect, Pane, Source, Ticket};
use crate::model::change::{NewFeed, Written};
use crate::model::{ArticleId, What};

impl App {
    /// `a`: asks for addresses, or looks at those given: all at once.
    pub(super) fn add(&mut self, words: &str) {
        let addresses: Vec<String> = words.split_whitespace().map(str::to_owned).collect();
        if addresses.is_empty() {
            self.ask(PromptKind::Add, "");
            return;
        }
        let folder = match (&self.tree.selected, self.place.focus) {
            (Some(Node::Folder(path)), Pane::Feeds) => path.clone(),
            (Some(Node::Feed(id)), Pane::Feeds) => self
                .tree
                .feed(*id)
                .map(|feed| feed.folder.clone())
                .unwrap_or_default(),
            _ => String::new(),
        };
        let mut view = AddView {
            folder,
            ..AddView::default()
        };
        for address in addresses {
            let ticket = self.ticket();
            self.send(Effect::Discover {
                ticket,
                address: address.clone(),
            });
            view.items.push(AddItem {
                address,
                state: AddState::Looking(ticket),
            });
        }
        self.overlays.push(Overlay::Add(view));
    }

    fn add_view(&mut self) -> Option<&mut AddView> {
        self.overlays.iter_mut().find_map(|overlay| match overlay {
            Overlay::Add(view) => Some(view),
            _ => None,
        })
    }

    /// Takes in what an address is. One feed is subscribed to at once, several are offered, a page with none is
    /// offered as an article.
    pub(super) fn discovered(&mut self, ticket: Ticket, found: Result<Found, String>) {
        let Some(view) = self.add_view() else { return };
        let looked = |item: &AddItem| item.state == AddState::Looking(ticket);
        let Some(at) = view.items.iter().position(looked) else {
            return;
        };
        let state = match found {
            Err(why) => AddState::Failed(why),
            Ok(Found::Feeds(feeds)) => match feeds.as_slice() {
                [] => AddState::Failed("no feed was found there".into()),
                [only] => match &only.known {
                    Some(known) => AddState::Done(format!("already there: {known}")),
                    None => AddState::Found(Found::Feeds(feeds), vec![true]),
                },
                several => {
                    let ticks = several.iter().map(|_| false).collect();
                    AddState::Found(Found::Feeds(feeds), ticks)
                }
            },
            Ok(page) => AddState::Found(page, Vec::new()),
        };
        let only = matches!(&state, AddState::Found(Found::Feeds(_), ticks) if ticks == &[true]);
        if let Some(item) = view.items.get_mut(at) {
            item.state = state;
        }
        if only {
            self.subscribe_ticked(at);
        }
        self.close_when_added();
    }

    /// Subscribes to the ticked feeds of an address.
    fn subscribe_ticked(&mut self, at: usize) {
        let Some(view) = self.add_view() else { return };
        let folder = view.folder.clone();
        let Some(item) = view.items.get(at) else {
            return;
        };
        let AddState::Found(Found::Feeds(feeds), ticks) = &item.state else {
            return;
        };
        let ticked: Vec<FoundFeed> = feeds
            .iter()
            .zip(ticks)
            .filter(|(_, ticked)| **ticked)
            .map(|(feed, _)| feed.clone())
            .collect();
        let tickets: Vec<Ticket> = ticked
            .into_iter()
            .filter_map(|feed| self.subscribe(new_feed(feed, &folder)))
            .collect();
        let Some(view) = self.add_view() else { return };
        view.several |= tickets.len() > 1;
        if let Some(item) = view.items.get_mut(at) {
            item.state = if tickets.is_empty() {
                AddState::Failed("nothing can be added".into())
            } else {
                AddState::Adding(tickets)
            };
        }
    }

    fn subscribe(&mut self, feed: NewFeed) -> Option<Ticket> {
        self.change(What::Subscribe(feed))
    }

    /// Enter in the add dialogue.
    pub(super) fn open_in_add(&mut self) {
        let ticket = self.ticket();
        let Some(view) = self.add_view() else { return };
        let Some(row) = view.rows().get(view.selected).copied() else {
            return;
        };
        let at = row.item;
        let Some(item) = view.items.get_mut(at) else {
            return;
        };
        match (&mut item.state, row.feed) {
            (AddState::Found(Found::Feeds(_), ticks), feed) => {
                // Enter on a feed with none ticked takes that one.
                if !ticks.contains(&true)
                    && let Some(tick) = feed.and_then(|feed| ticks.get_mut(feed))
                {
                    *tick = true;
                }
                if ticks.contains(&true) {
                    self.subscribe_ticked(at);
                } else {
                    self.say("Space ticks a feed, Enter subscribes to those ticked");
                }
            }
            (AddState::Found(Found::Page { .. }, _), _) => {
                let url = item.address.clone();
                item.state = AddState::Adding(vec![ticket]);
                self.send(Effect::SaveArticle { ticket, url });
            }
            (AddState::Failed(_), _) => {
                let address = item.address.clone();
                item.state = AddState::Looking(ticket);
                self.send(Effect::Discover { ticket, address });
            }
            _ => {
                self.overlays.pop();
            }
        }
    }

    /// Space in the add dialogue and on the first screen.
    pub(super) fn tick(&mut self) {
        if let Some(Overlay::Add(view)) = self.overlays.last_mut() {
            let row = view.rows().get(view.selected).copied();
            let feed = row.and_then(|row| Some((row.item, row.feed?)));
            if let Some((item, feed)) = feed
                && let Some(item) = view.items.get_mut(item)
                && let AddState::Found(_, ticks) = &mut item.state
                && let Some(tick) = ticks.get_mut(feed)
            {
                *tick = !*tick;
                view.selected += 1;
                let last = view.rows().len().saturating_sub(1);
                view.selected = view.selected.min(last);
            }
            return;
        }
        if self.overlays.is_empty()
            && let Some(welcome) = &mut self.welcome
        {
            welcome.tick();
        }
    }

    /// Takes in that a subscription was stored, or not: its feed is fetched at once.
    pub(super) fn added(&mut self, ticket: Ticket, result: Result<&Written, &str>) {
        let feed = result.ok().and_then(|written| written.feed);
        if let Some(feed) = feed {
            self.reload_these(Some(vec![feed]));
            let alone = self
                .add_view()
                .is_some_and(|view| view.items.len() == 1 && !view.several);
            self.opened_feed = alone.then_some(feed);
        }
        let Some(view) = self.add_view() else { return };
        for item in &mut view.items {
            let AddState::Adding(tickets) = &mut item.state else {
                continue;
            };
            if !tickets.contains(&ticket) {
                continue;
            }
            tickets.retain(|other| *other != ticket);
            match result {
                Err(why) => item.state = AddState::Failed(why.to_owned()),
                Ok(written) if tickets.is_empty() => {
                    item.state = AddState::Done(written.words.clone());
                }
                Ok(_) => {}
            }
        }
        self.close_when_added();
    }

    /// Takes in that a page was kept as an article.
    pub(super) fn article_saved(&mut self, ticket: Ticket, result: &Result<ArticleId, String>) {
        let Some(view) = self.add_view() else { return };
        let kept = result.as_ref().ok().copied();
        for item in &mut view.items {
            if item.state == AddState::Adding(vec![ticket]) {
                item.state = match result {
                    Ok(_) => AddState::Done("kept as an article".into()),
                    Err(why) => AddState::Failed(why.clone()),
                };
            }
        }
        self.close_when_added();
        if let Some(id) = kept
            && self.overlays.is_empty()
        {
            self.go_to(Source::All);
            self.found_unread(id, None);
            self.say_done("kept as an article");
        }
        self.ask_tree();
    }

    /// Closes the dialogue once nothing in it is left to do or to read.
    fn close_when_added(&mut self) {
        let Some(view) = self.add_view() else { return };
        let done = |item: &AddItem| match &item.state {
            AddState::Done(words) => Some(words.clone()),
            _ => None,
        };
        let words: Option<Vec<String>> = view.items.iter().map(done).collect();
        let Some(words) = words else { return };
        self.overlays
            .retain(|overlay| !matches!(overlay, Overlay::Add(_)));
        match words.as_slice() {
            [one] => self.say_done(one.clone()),
            many => self.say_done(format!("{} addresses added", many.len())),
        }
    }

    /// Shows the first screen while the library has no feeds and no articles, and leaves it when it has.
    pub(super) fn greet(&mut self) {
        let data = &self.tree.data;
        if !data.feeds.is_empty() || data.total > 0 {
            if self.welcome.take().is_some() {
                self.reopen();
            }
        } else if self.welcome.is_none() {
            self.welcome = Some(Welcome {
                starters: self.starters.clone(),
                ticked: vec![false; self.starters.len()],
                newsboat: data.newsboat.clone(),
                selected: 0,
            });
        } else if let Some(welcome) = &mut self.welcome {
            welcome.newsboat.clone_from(&data.newsboat);
        }
    }

    /// Enter on the first screen.
    pub(super) fn open_in_welcome(&mut self) {
        let Some(welcome) = &mut self.welcome else {
            return;
        };
        match welcome.rows().get(welcome.selected).cloned() {
            Some(WelcomeRow::Address) => self.add(""),
            Some(WelcomeRow::Newsboat(path)) => {
                let path = path.to_string_lossy().into_owned();
                self.import(&path);
            }
            Some(WelcomeRow::Import) => self.import(""),
            Some(WelcomeRow::Demo) => self.send(Effect::ShowDemo),
            Some(WelcomeRow::Topic(_) | WelcomeRow::Starter(_)) => {
                if !welcome.ticked.contains(&true) {
                    welcome.tick();
                }
                self.subscribe_starters();
            }
            Some(WelcomeRow::Subscribe(_)) => self.subscribe_starters(),
            None => {}
        }
    }

    fn subscribe_starters(&mut self) {
        let Some(welcome) = &self.welcome else { return };
        let ticked = welcome.starters.iter().zip(&welcome.ticked);
        let feeds: Vec<NewFeed> = ticked
            .filter(|(_, ticked)| **ticked)
            .map(|(starter, _)| NewFeed {
                url: starter.url.clone(),
                title: None,
                own_title: Some(starter.title.clone()),
                site_url: starter.site_url.clone(),
                folder: starter.topic.clone(),
            })
            .collect();
        for feed in feeds {
            self.subscribe(feed);
        }
    }
}

fn new_feed(feed: FoundFeed, folder: &str) -> NewFeed {
    NewFeed {
        url: feed.url,
        title: None,
        own_title: Some(feed.title).filter(|title| !title.is_empty()),
        site_url: feed.site_url,
        folder: folder.to_owned(),
    }
}
