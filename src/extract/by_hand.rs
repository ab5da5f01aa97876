//! What the reader decided on blocks, and what a site's rule says by words, done to a finished document: there blocks are
//! whole (a list, a table), while the page's are lines and cells.

use std::collections::HashSet;

use super::site::SiteRule;
use super::words::hash_of_letters;
use crate::model::article::{BlockDecision, Body, Reason, Removed};
use crate::model::document::{Block, Text};

/// Takes blocks out of a text and puts blocks back. Done again with the same decisions it changes nothing; what an earlier
/// decision took out and none takes out any more goes back as it was.
pub fn apply_decisions(body: &mut Body, rule: Option<&SiteRule>, decisions: &[BlockDecision]) {
    let of = |keep: bool| decisions.iter().filter(move |one| one.keep == keep);
    let kept: HashSet<u64> = of(true).map(|one| hash_of_letters(&one.text)).collect();
    let mut stripped: HashSet<u64> = rule
        .iter()
        .flat_map(|rule| &rule.strip_text)
        .map(|text| hash_of_letters(text))
        .filter(|hash| !kept.contains(hash))
        .collect();
    stripped.extend(of(false).map(|one| hash_of_letters(&one.text)));
    // Words without a letter would be those of every rule between paragraphs.
    stripped.remove(&0);
    put_back(body, &kept, &stripped);
    take_out(body, &stripped);
}

fn take_out(body: &mut Body, stripped: &HashSet<u64>) {
    if stripped.is_empty() {
        return;
    }
    let mut at = 0;
    while let Some(block) = body.document.blocks.get(at) {
        let words = block.words();
        if !stripped.contains(&hash_of_letters(&words)) {
            at += 1;
            continue;
        }
        let block = body.document.blocks.remove(at);
        let place = body.removed.partition_point(|other| other.before <= at);
        for behind in body.removed.iter_mut().skip(place) {
            behind.before -= 1;
        }
        body.removed.insert(
            place,
            Removed {
                reason: Reason::Site,
                text: words,
                before: at,
                block: Some(Box::new(block)),
            },
        );
    }
}

fn put_back(body: &mut Body, kept: &HashSet<u64>, stripped: &HashSet<u64>) {
    let mut at = 0;
    while let Some(removed) = body.removed.get(at) {
        let hash = hash_of_letters(&removed.text);
        let was_by_hand = removed.block.is_some() && !stripped.contains(&hash);
        if !was_by_hand && !kept.contains(&hash) {
            at += 1;
            continue;
        }
        let removed = body.removed.remove(at);
        let block = removed.block.map_or_else(
            || Block::Paragraph {
                text: Text::plain(removed.text),
            },
            |block| *block,
        );
        let before = removed.before.min(body.document.blocks.len());
        body.document.blocks.insert(before, block);
        for later in body.removed.iter_mut().skip(at) {
            later.before += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Document;

    fn paragraph(words: &str) -> Block {
        Block::Paragraph {
            text: Text::plain(words),
        }
    }

    fn body(blocks: &[&str], removed: &[(&str, usize)]) -> Body {
        Body {
            document: Document {
                lang: None,
                blocks: blocks.iter().map(|words| paragraph(words)).collect(),
            },
            removed: removed
                .iter()
                .map(|(text, before)| Removed {
                    reason: Reason::Share,
                    text: (*text).to_owned(),
                    before: *before,
                    block: None,
                })
                .collect(),
            ..Body::default()
        }
    }

    fn shape(body: &Body) -> String {
        let mut out = String::new();
        for at in 0..=body.document.blocks.len() {
            for removed in body.removed.iter().filter(|removed| removed.before == at) {
                out.push_str(&format!("({}) ", removed.text));
            }
            if let Some(block) = body.document.blocks.get(at) {
                out.push_str(&block.words());
                out.push(' ');
            }
        }
        out.trim_end().to_owned()
    }

    fn decide(text: &str, keep: bool) -> BlockDecision {
        BlockDecision {
            text: text.into(),
            keep,
        }
    }

    #[test]
    fn blocks_go_out_and_come_back_in_their_places() {
        let whole = body(&["a", "b", "c"], &[("x", 0), ("y", 2), ("z", 3)]);
        assert_eq!(shape(&whole), "(x) a b (y) c (z)");
        let mut changed = whole.clone();
        let decisions = [decide("B", false), decide("y", true), decide("c", false)];
        apply_decisions(&mut changed, None, &decisions);
        assert_eq!(shape(&changed), "(x) a (b) y (c) (z)");
        let again = changed.clone();
        apply_decisions(&mut changed, None, &decisions);
        assert_eq!(changed, again, "done twice is done once");
        apply_decisions(&mut changed, None, &decisions[1..2]);
        assert_eq!(shape(&changed), "(x) a b y c (z)");
    }

    #[test]
    fn what_comes_back_is_what_was_taken() {
        let list = Block::List {
            ordered: true,
            start: 3,
            items: vec![vec![paragraph("one")], vec![paragraph("two")]],
        };
        let mut whole = body(&["a"], &[]);
        whole.document.blocks.push(list);
        whole.document.blocks.push(Block::Rule);
        let mut changed = whole.clone();
        apply_decisions(&mut changed, None, &[decide("one\ntwo", false)]);
        assert_eq!(changed.document.blocks.len(), 2);
        apply_decisions(&mut changed, None, &[]);
        assert_eq!(changed, whole);
    }

    #[test]
    fn a_decision_comes_before_the_sites_rule() {
        let rule = SiteRule {
            host: "example.com".into(),
            strip_text: vec!["b".into(), "c".into(), "***".into()],
            ..SiteRule::default()
        };
        let mut changed = body(&["a", "b", "c", "* * *"], &[]);
        apply_decisions(&mut changed, Some(&rule), &[decide("c", true)]);
        assert_eq!(shape(&changed), "a (b) c * * *");
        assert_eq!(changed.removed[0].reason, Reason::Site);
    }
}
