//! Kept blocks → a document: lists, quotes, tables and figures put together again.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use url::Url;

use super::page::{Block as RawBlock, Kind, Page, Tag};
use super::{credit, links};
use crate::model::document::{Block, Embed, Figure, MAX_DEPTH, Mark, MarkKind, Table, Text};

/// What becomes of a block of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is shown.
    Keep,
    /// It is shown as the article's standfirst.
    Standfirst,
    /// It is the caption of the picture with this index.
    Caption(usize),
    /// It is the credit of the picture with this index.
    Credit(usize),
    /// It is not shown.
    Drop,
}

/// Blocks of the document, and for each of the page's blocks the number of top-level document blocks before it.
pub(super) struct Composed {
    pub(super) blocks: Vec<Block>,
    pub(super) before: Vec<usize>,
}

/// Puts the kept blocks together.
pub(super) fn compose(page: &Page, fates: &[Fate], base: Option<&Url>) -> Composed {
    let composer = Composer::new(page, fates, base);
    let kept: Vec<usize> = fates
        .iter()
        .enumerate()
        .filter(|(_, fate)| matches!(fate, Fate::Keep | Fate::Standfirst))
        .map(|(n, _)| n)
        .collect();
    let paths: Vec<Vec<usize>> = kept.iter().map(|n| composer.path(*n)).collect();
    let mut blocks = Vec::new();
    let mut before = vec![0; fates.len()];
    let mut known = 0;
    let mut at = 0;
    while at < kept.len() {
        let end = Composer::group_end(&paths, at..kept.len(), 0);
        let (kept_part, paths_part) = (kept.get(at..end), paths.get(at..end));
        let first = kept.get(at).copied().unwrap_or_default();
        for slot in before.get_mut(known..first).unwrap_or_default() {
            *slot = blocks.len();
        }
        known = first;
        composer.build(
            kept_part.unwrap_or_default(),
            paths_part.unwrap_or_default(),
            0,
            1,
            &mut blocks,
        );
        let last = kept.get(end - 1).copied().unwrap_or_default();
        for slot in before.get_mut(known..=last).unwrap_or_default() {
            *slot = blocks.len();
        }
        known = last + 1;
        at = end;
    }
    for slot in before.get_mut(known..).unwrap_or_default() {
        *slot = blocks.len();
    }
    while matches!(blocks.last(), Some(Block::Rule)) {
        blocks.pop();
    }
    let count = blocks.len();
    for slot in &mut before {
        *slot = (*slot).min(count);
    }
    Composed { blocks, before }
}

struct Composer<'a> {
    page: &'a Page,
    base: Option<&'a Url>,
    captions: HashMap<usize, Vec<usize>>,
    credits: HashMap<usize, Vec<usize>>,
    /// Tables of data; the others only lay out.
    tables: HashSet<usize>,
    standfirst: Option<usize>,
}

impl<'a> Composer<'a> {
    fn new(page: &'a Page, fates: &[Fate], base: Option<&'a Url>) -> Self {
        let (mut captions, mut credits) =
            (HashMap::<_, Vec<_>>::new(), HashMap::<_, Vec<_>>::new());
        for (n, fate) in fates.iter().enumerate() {
            match fate {
                Fate::Caption(image) => captions.entry(*image).or_default().push(n),
                Fate::Credit(image) => credits.entry(*image).or_default().push(n),
                Fate::Keep | Fate::Standfirst | Fate::Drop => {}
            }
        }
        let tables = (0..page.elems.len())
            .filter(|n| is_data_table(page, *n))
            .collect();
        Self {
            page,
            base,
            captions,
            credits,
            tables,
            standfirst: fates.iter().position(|fate| *fate == Fate::Standfirst),
        }
    }

    fn tag(&self, elem: usize) -> Option<Tag> {
        self.page.elems.get(elem).map(|e| e.tag)
    }

    /// Returns the elements that shape a block, outermost first.
    fn path(&self, block: usize) -> Vec<usize> {
        let Some(block) = self.page.blocks.get(block) else {
            return Vec::new();
        };
        let mut path: Vec<usize> = self
            .page
            .chain_indexes(block.elem)
            .filter(|n| match self.tag(*n) {
                Some(Tag::Ul | Tag::Ol | Tag::Li | Tag::Quote) => true,
                Some(Tag::Table) => self.tables.contains(n),
                _ => false,
            })
            .collect();
        path.reverse();
        path
    }

    /// Returns the end of the run that starts at `range.start` and has the same element at `level`; a block without one
    /// is a run of its own.
    fn group_end(paths: &[Vec<usize>], range: Range<usize>, level: usize) -> usize {
        let own = |n: usize| paths.get(n).and_then(|path| path.get(level));
        let Some(elem) = own(range.start) else {
            return range.start + 1;
        };
        let mut end = range.start + 1;
        while end < range.end && own(end) == Some(elem) {
            end += 1;
        }
        end
    }

    fn build(
        &self,
        kept: &[usize],
        paths: &[Vec<usize>],
        level: usize,
        depth: usize,
        out: &mut Vec<Block>,
    ) {
        let mut at = 0;
        while at < kept.len() {
            let end = Self::group_end(paths, at..kept.len(), level);
            let (part, part_paths) = (
                kept.get(at..end).unwrap_or_default(),
                paths.get(at..end).unwrap_or_default(),
            );
            at = end;
            let elem = part_paths.first().and_then(|path| path.get(level)).copied();
            let tag = elem.and_then(|elem| self.tag(elem));
            match (elem, tag) {
                (Some(elem), Some(Tag::Table)) => out.extend(self.table(elem, part)),
                (Some(_), Some(Tag::Quote)) if depth < MAX_DEPTH => {
                    let mut blocks = Vec::new();
                    self.build(part, part_paths, level + 1, depth + 1, &mut blocks);
                    if !blocks.is_empty() {
                        out.push(Block::Quote { blocks });
                    }
                }
                (Some(elem), Some(Tag::Ul | Tag::Ol)) if depth < MAX_DEPTH => {
                    self.list(elem, part, part_paths, level, depth, out);
                }
                (Some(_), Some(_)) => self.build(part, part_paths, level + 1, depth, out),
                _ => part.iter().for_each(|n| out.extend(self.leaf(*n))),
            }
        }
    }

    fn list(
        &self,
        elem: usize,
        kept: &[usize],
        paths: &[Vec<usize>],
        level: usize,
        depth: usize,
        out: &mut Vec<Block>,
    ) {
        let mut items = Vec::new();
        let mut at = 0;
        while at < kept.len() {
            let end = Self::group_end(paths, at..kept.len(), level + 1);
            let mut item = Vec::new();
            self.build(
                kept.get(at..end).unwrap_or_default(),
                paths.get(at..end).unwrap_or_default(),
                level + 1,
                depth + 1,
                &mut item,
            );
            if !item.is_empty() {
                items.push(item);
            }
            at = end;
        }
        let is_figures = items
            .iter()
            .flatten()
            .all(|block| matches!(block, Block::Figure(_) | Block::Embed(_) | Block::Rule));
        if is_figures {
            out.extend(items.into_iter().flatten());
            return;
        }
        let start = self.page.elems.get(elem).map_or(1, |e| e.start);
        let ordered = self.tag(elem) == Some(Tag::Ol);
        out.push(Block::List {
            ordered,
            start,
            items,
        });
    }

    fn table(&self, table: usize, kept: &[usize]) -> Option<Block> {
        let mut rows: Vec<(usize, Vec<(usize, Text)>)> = Vec::new();
        let mut caption = None;
        let mut header_row = None;
        for n in kept {
            let block = self.page.blocks.get(*n)?;
            if block.chars == 0 {
                continue;
            }
            let text = self.text(block);
            let find = |wanted: &[Tag]| {
                self.page
                    .chain_indexes(block.elem)
                    .take_while(|e| *e != table)
                    .find(|e| self.tag(*e).is_some_and(|tag| wanted.contains(&tag)))
            };
            if find(&[Tag::TableCaption]).is_some() {
                caption.get_or_insert(text);
                continue;
            }
            let row = find(&[Tag::Tr]).unwrap_or(table);
            let cell = find(&[Tag::Td, Tag::Th]).unwrap_or(row);
            let is_first_row = rows.is_empty() || rows.first().is_some_and(|first| first.0 == row);
            if self.tag(cell) == Some(Tag::Th) && is_first_row {
                header_row.get_or_insert(row);
            } else if header_row == Some(row) {
                header_row = Some(usize::MAX);
            }
            if rows.last().is_none_or(|last| last.0 != row) {
                rows.push((row, Vec::new()));
            }
            let cells = &mut rows.last_mut()?.1;
            match cells.last_mut() {
                Some((known, before)) if *known == cell => before.append(&text),
                _ => cells.push((cell, text)),
            }
        }
        if rows.is_empty() {
            return None;
        }
        let mut rows = rows.into_iter().peekable();
        let cells = |row: (usize, Vec<(usize, Text)>)| {
            row.1.into_iter().map(|cell| cell.1).collect::<Vec<_>>()
        };
        let header = rows
            .next_if(|row| Some(row.0) == header_row)
            .map(cells)
            .unwrap_or_default();
        Some(Block::Table(Table {
            caption,
            header,
            rows: rows.map(cells).collect(),
        }))
    }

    fn leaf(&self, n: usize) -> Option<Block> {
        let block = self.page.blocks.get(n)?;
        Some(match &block.kind {
            Kind::Rule => Block::Rule,
            Kind::Code => Block::Code {
                lang: None,
                text: block.text.trim_matches('\n').to_owned(),
            },
            Kind::Image { src, alt } => Block::Figure(self.figure(n, src, alt)?),
            Kind::Embed { src, title } => {
                let url = links::resolve(src, self.base)?;
                Block::Embed(Embed {
                    title: embed_title(title, &url)?,
                    url: embed_address(url),
                })
            }
            Kind::Text => {
                let text = self.text(block);
                if self.standfirst == Some(n) {
                    return Some(Block::Standfirst { text });
                }
                let level = self
                    .page
                    .chain(block.elem)
                    .take(3)
                    .find_map(|e| e.tag.heading_level());
                match level {
                    Some(level) => Block::Heading {
                        level: level.clamp(2, 6),
                        text,
                    },
                    None => Block::Paragraph { text },
                }
            }
        })
    }

    fn figure(&self, n: usize, src: &str, alt: &str) -> Option<Figure> {
        let joined = |map: &HashMap<usize, Vec<usize>>| {
            let mut joined: Option<Text> = None;
            for part in map.get(&n)?.iter().filter_map(|n| self.page.blocks.get(*n)) {
                credit::say_once(&mut joined, self.text(part));
            }
            joined
        };
        let (caption, credit) = credit::part(joined(&self.captions), joined(&self.credits));
        let image = links::resolve(src, self.base);
        if image.is_none() && caption.is_none() && credit.is_none() {
            return None;
        }
        let says = |text: &Text| same_words(alt, &text.string);
        let alt = if caption.as_ref().is_some_and(says) {
            ""
        } else {
            alt
        };
        Some(Figure {
            image,
            alt: alt.to_owned(),
            caption,
            credit,
        })
    }

    /// Returns a block's text with its marks; links become absolute, those that lead nowhere are dropped.
    fn text(&self, block: &RawBlock) -> Text {
        text_of(block, self.base)
    }
}

/// Returns a block's text with its marks.
pub(super) fn text_of(block: &RawBlock, base: Option<&Url>) -> Text {
    let marks = block.marks.iter().filter_map(|mark| {
        let kind = match &mark.kind {
            MarkKind::Link(href) => MarkKind::Link(links::resolve(href, base)?),
            other => other.clone(),
        };
        let is_sound = block.text.is_char_boundary(mark.range.start)
            && block.text.is_char_boundary(mark.range.end);
        is_sound.then(|| Mark {
            range: mark.range.clone(),
            kind,
        })
    });
    Text {
        marks: marks.collect(),
        string: block.text.clone(),
    }
}

/// Says whether one text says no more than the other does.
fn same_words(one: &str, other: &str) -> bool {
    let letters = |text: &str| -> String {
        text.chars()
            .filter(|c| c.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .collect()
    };
    let (one, other) = (letters(one), letters(other));
    !one.is_empty()
        && (other.contains(&one) || (one.contains(&other) && other.len() * 3 > one.len() * 2))
}

/// Says whether a table holds data: at least two rows and columns, short cells, no table inside.
pub(super) fn is_data_table(page: &Page, n: usize) -> bool {
    let Some(table) = page.elems.get(n).filter(|e| e.tag == Tag::Table) else {
        return false;
    };
    let blocks = page.blocks.get(table.blocks.clone()).unwrap_or_default();
    let (mut rows, mut cells, mut chars) = (HashSet::new(), HashSet::new(), 0_usize);
    let mut longest = 0;
    for block in blocks {
        let mut chain = page.chain_indexes(block.elem).take_while(|e| *e != n);
        let Some(cell) =
            chain.find(|e| matches!(page.elems.get(*e).map(|e| e.tag), Some(Tag::Td | Tag::Th)))
        else {
            continue;
        };
        let row = page.elems.get(cell).map_or(0, |e| e.parent);
        if chain.any(|e| page.elems.get(e).is_some_and(|e| e.tag == Tag::Table)) {
            return false;
        }
        rows.insert(row);
        cells.insert(cell);
        chars += block.chars as usize;
        longest = longest.max(block.chars);
    }
    rows.len() >= 2
        && cells.len() >= rows.len() * 3 / 2
        && longest < 600
        && chars / cells.len().max(1) < 150
}

/// Names what an embedded frame shows; `None` for frames that show nothing to readers (ads, counters, consent).
fn embed_title(title: &str, url: &str) -> Option<String> {
    const KNOWN: &[(&str, &str)] = &[
        ("youtube", "Video on YouTube"),
        ("youtu.be", "Video on YouTube"),
        ("vimeo.com", "Video on Vimeo"),
        ("dailymotion", "Video on Dailymotion"),
        ("twitter.com", "Post on X"),
        ("platform.x.com", "Post on X"),
        ("facebook.com/plugins", "Post on Facebook"),
        ("instagram.com", "Post on Instagram"),
        ("tiktok.com", "Video on TikTok"),
        ("spotify.com", "Audio on Spotify"),
        ("soundcloud.com", "Audio on SoundCloud"),
        ("datawrapper", "Chart on Datawrapper"),
        ("flourish", "Chart on Flourish"),
        ("scribd.com", "Document on Scribd"),
        ("documentcloud", "Document on DocumentCloud"),
        ("google.com/maps", "Map on Google"),
        ("ted.com", "Talk on TED"),
        ("apple.com", "Audio on Apple"),
        ("brightcove", "Video"),
        ("jwplayer", "Video"),
        ("jwplatform", "Video"),
        (".mp4", "Video"),
        (".m3u8", "Video"),
        (".mp3", "Audio"),
    ];
    let (_, kind) = KNOWN.iter().find(|(part, _)| url.contains(part))?;
    let is_telling = title.chars().count() > 3 && !title.to_lowercase().contains("iframe");
    Some(if is_telling {
        format!("{kind}: {title}")
    } else {
        (*kind).to_owned()
    })
}

/// Returns the address people open for a player's address.
fn embed_address(url: String) -> String {
    let Some((_, rest)) = url
        .split_once("/embed/")
        .filter(|_| url.contains("youtube"))
    else {
        return url;
    };
    let id: String = rest
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c))
        .collect();
    format!("https://www.youtube.com/watch?v={id}")
}
