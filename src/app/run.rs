//! What each command does, or which rule does it.

use super::motion::Motion;
use super::overlay::{Help, Menu, MenuAction, MenuRow, Overlay};
use super::prompt::PromptKind;
use super::{App, Effect, Pane, Source};
use crate::keymap::command::{Spec, TABLE};
use crate::keymap::{Action, Command, help};
use crate::model::What;
use crate::model::query::Sort;
use crate::text::width;

impl App {
    /// Runs a command, as a key or the `:` line asks for it.
    pub(super) fn run(&mut self, action: &Action, count: Option<u32>) {
        let words = action.argument.as_str();
        let times = isize::try_from(count.unwrap_or(1)).unwrap_or(1);
        match action.command {
            Command::Down => self.motion(Motion::Lines(times)),
            Command::Up => self.motion(Motion::Lines(-times)),
            Command::Top => self.motion(Motion::Top),
            Command::Bottom => self.motion(Motion::Bottom),
            Command::HalfDown => self.motion(Motion::Half(times)),
            Command::HalfUp => self.motion(Motion::Half(-times)),
            Command::PageDown => self.motion(Motion::Page(times)),
            Command::PageUp => self.motion(Motion::Page(-times)),
            Command::Left => self.sideways(true),
            Command::Right => self.sideways(false),
            Command::NextPane => self.cycle_panes(false),
            Command::PreviousPane => self.cycle_panes(true),
            Command::Open => self.open_selected(),
            Command::Tick => self.tick(),
            Command::Back => self.go_back(),
            Command::Cancel => self.cancel(),

            Command::ReadOn => self.read_on(),
            Command::ReadBack => self.read_back(),
            Command::ScrollDown => self.scroll_article(times),
            Command::ScrollUp => self.scroll_article(-times),
            Command::NextArticle => self.next_article(times),
            Command::PreviousArticle => self.next_article(-times),
            Command::NextUnread => self.next_unread(false),
            Command::PreviousUnread => self.next_unread(true),
            Command::NextHeading => self.walk_headings(false),
            Command::PreviousHeading => self.walk_headings(true),
            Command::NextLink => self.walk_links(false),
            Command::PreviousLink => self.walk_links(true),
            Command::NextMention => self.walk_mentions(false),
            Command::PreviousMention => self.walk_mentions(true),
            Command::NextRemoved => self.walk_removed(false),
            Command::PreviousRemoved => self.walk_removed(true),
            Command::Removed => self.show_removed(),
            Command::PutBack => self.choose_block(true),
            Command::TakeOut => self.choose_block(false),
            Command::RuleForSite => self.decide_for_site(),
            Command::FullText => self.toggle_full_text(),
            Command::Refetch => self.fetch_full_text(),
            Command::Zen => self.toggle_zen(),
            Command::Pictures => self.toggle_pictures(),
            Command::Narrower => self.resize(-2 * times),
            Command::Wider => self.resize(2 * times),

            Command::ToggleRead => self.toggle_read(),
            Command::ReadAndNext => {
                self.mark(What::Read(true));
                self.next_unread(false);
            }
            Command::Star => self.toggle_star(),
            Command::Later => self.toggle_later(),
            Command::Tag => self.tag(words),
            Command::TagAgain => self.tag_again(),
            Command::MarkAllRead => self.mark_all_read(),
            Command::MarkAboveRead => self.mark_beside_read(true),
            Command::MarkBelowRead => self.mark_beside_read(false),
            Command::Select => self.select_row(),
            Command::SelectRange => self.select_range(),
            Command::SelectAll => self.select_all(),
            Command::Undo => self.undo(None),
            Command::Redo => self.redo(),
            Command::UndoList => self.show_undo_list(),

            Command::Search => self.search(words),
            Command::Find => self.find(words),
            Command::Filter => self.filter(words),
            Command::ClearFilter => self.clear_filter(),
            Command::SaveSearch => self.save_search(words),
            Command::Jump => self.jump(),
            Command::ShowRead => self.toggle_show_read(),
            Command::SortDate => self.sort(Sort::Date),
            Command::SortFeed => self.sort(Sort::Feed),
            Command::SortTitle => self.sort(Sort::Title),
            Command::SortLength => self.sort(Sort::Length),
            Command::SortReverse => self.reverse(),
            Command::Sort => self.sort_by_name(words),

            Command::GoAll => self.go_to(Source::All),
            Command::GoUnread => self.go_to(Source::Unread),
            Command::GoStarred => self.go_to(Source::Starred),
            Command::GoLater => self.go_to(Source::Later),
            Command::GoToday => self.go_to(Source::Today),
            Command::GoFollowing => self.go_to(Source::Following),
            Command::GoMuted => self.go_to(Source::Muted),
            Command::GoRecent => self.go_to(Source::Recent),
            Command::GoNames => self.show_names_index(),
            Command::GoFeed => self.go_to_feed(words),
            Command::GoTag => self.go_to_tag(words),
            Command::NextFeed => self.next_feed(false, false),
            Command::PreviousFeed => self.next_feed(true, false),
            Command::NextUnreadFeed => self.next_feed(false, true),
            Command::PreviousUnreadFeed => self.next_feed(true, true),

            Command::Names => self.cycle_sidebar(),
            Command::MentionsOf => self.mentions_of(words),
            Command::NamePage => self.show_name_page(),
            Command::Follow => self.decide_name(true),
            Command::Mute => self.decide_name(false),
            Command::Merge => self.merge_name(words),

            Command::Add => self.add(words),
            Command::Edit => self.edit(),
            Command::Delete => self.delete(),
            Command::Move => self.move_feed(words),
            Command::Rename => self.rename(words),
            Command::AddFolder => self.add_folder(words),
            Command::Reload => self.reload(),
            Command::ReloadAll => self.reload_all(),
            Command::Enclosures => self.show_enclosures(),
            Command::Offline => self.bring_offline(words),
            Command::CancelReload => self.cancel_reload(),
            Command::Health => self.show_health(),
            Command::TakeAddress => self.take_address(),
            Command::Import => self.import(words),

            Command::Browse => self.browse(count, false),
            Command::BrowseRead => self.browse(count, true),
            Command::Links => self.start_hints(),
            Command::Copy => self.copy_address(count),
            Command::CopyMarkdown => self.copy_markdown(),
            Command::Save => self.save(words),
            Command::Pipe => self.pipe(words),

            Command::FoldFeeds => self.fold_feeds(),
            Command::EditConfig => self.send(Effect::EditConfig),
            Command::CommandLine => self.ask(PromptKind::Command, ""),
            Command::Palette => self.show_palette(),
            Command::Help => self.show_help(),
            Command::Redraw => self.send(Effect::Redraw),
            Command::Suspend => self.send(Effect::Suspend),
            Command::Interrupt => self.interrupt(),
            Command::Quit => self.send(Effect::Quit),
        }
    }

    /// `q`: back along the places; at the first one, quit.
    fn go_back(&mut self) {
        if !self.step_back() {
            self.send(Effect::Quit);
        }
    }

    /// Goes one step back. Says whether there was one.
    fn step_back(&mut self) -> bool {
        if self.overlays.pop().is_some() {
            return true;
        }
        if self.place.focus == Pane::Names {
            self.leave_names();
            return true;
        }
        if self.end_cleaning() {
            return true;
        }
        if self.place.reading {
            self.leave_article();
            return true;
        }
        if self.place.focus == Pane::Article {
            self.place.focus = Pane::List;
            return true;
        }
        if self.place.from_tree && self.place.focus == Pane::List {
            self.place.focus = Pane::Feeds;
            self.place.from_tree = false;
            return true;
        }
        self.pop_place()
    }

    /// `Esc`: cancels the innermost thing; with nothing to cancel it is `q` but never quits.
    fn cancel(&mut self) {
        if self.overlays.pop().is_some() {
            return;
        }
        if self.end_cleaning() || self.clear_marked() || self.end_find() || self.end_name() {
            return;
        }
        if self.place.list.filter.is_some() && !self.place.reading {
            self.clear_filter();
            return;
        }
        if self.zen && self.place.reading {
            self.zen = false;
            return;
        }
        self.step_back();
    }

    /// `^C`: cancels a prompt or popup, else quits.
    fn interrupt(&mut self) {
        if self.overlays.pop().is_none() && !self.end_cleaning() {
            self.send(Effect::Quit);
        }
    }

    fn toggle_zen(&mut self) {
        if self.place.reading {
            self.zen = !self.zen;
            if self.place.focus == Pane::Names {
                self.place.focus = Pane::Article;
            }
        } else if self.place.list.selected.is_some() {
            self.zen = true;
            self.open_selected_article();
        }
    }

    fn fold_feeds(&mut self) {
        self.folded = !self.folded;
        if self.folded && self.place.focus == Pane::Feeds {
            self.place.focus = Pane::List;
        }
    }

    fn show_help(&mut self) {
        if matches!(self.overlays.last(), Some(Overlay::Help(_))) {
            self.overlays.pop();
            return;
        }
        let Some(context) = self.context() else {
            return;
        };
        self.overlays.push(Overlay::Help(Help {
            context,
            rows: help::rows(&self.settings.keymap, context, false),
            filter: String::new(),
            typing: false,
            selected: 0,
        }));
    }

    fn show_palette(&mut self) {
        let Some(context) = self.context() else {
            return;
        };
        let keymap = &self.settings.keymap;
        let here = TABLE.iter().filter(|spec| spec.contexts.has(context));
        let here: Vec<(String, &Spec)> = here
            .map(|spec| (keymap.keys_of(context, spec.command).join(" "), spec))
            .collect();
        let keys_cols = here.iter().map(|(keys, _)| width::width(keys)).max();
        let rows = here.into_iter().map(|(keys, spec)| MenuRow {
            key: None,
            label: spec.help.to_owned(),
            detail: format!(
                "{}  :{}",
                width::fit(&keys, keys_cols.unwrap_or(0)),
                spec.name
            ),
            does: MenuAction::Run(spec.command.into()),
        });
        self.overlays.push(Overlay::Menu(Menu {
            title: "Commands".into(),
            rows: rows.collect(),
            filter: String::new(),
            selected: 0,
        }));
    }

    /// Makes what has the keys wider or narrower: the text column while reading, else the pane.
    fn resize(&mut self, by: isize) {
        let change = |value: u16, low: u16, high: u16| {
            let value = i32::from(value) + by as i32;
            value.clamp(i32::from(low), i32::from(high)) as u16
        };
        match self.place.focus {
            Pane::Article => {
                self.settings.text_width = change(self.settings.text_width, 20, 200);
                self.say(format!("text column: {}", self.settings.text_width));
                return;
            }
            Pane::Feeds => self.sizes.feeds = change(self.sizes.feeds, 16, 80),
            Pane::Names => self.sizes.names = change(self.sizes.names, 20, 80),
            Pane::List => self.sizes.list_percent = change(self.sizes.list_percent, 10, 90),
        }
        self.remember_sizes();
    }

    pub(super) fn remember_sizes(&mut self) {
        let sizes = self.sizes;
        self.send(Effect::Remember {
            key: "sizes".into(),
            value: format!("{} {} {}", sizes.feeds, sizes.names, sizes.list_percent),
        });
    }
}
