//! `newsdesk mark` and `newsdesk undo`.

use std::collections::{BTreeSet, HashSet};
use std::io::Read;
use std::process::ExitCode;

use serde_json::json;

use super::args::{Json, Mark};
use super::context::Context;
use super::failure::Failure;
use crate::engine;
use crate::model::change::tag_name;
use crate::model::{ArticleId, ArticleRow, Scope, What};
use crate::store;
use crate::text::fold::fold;

pub(super) fn mark(mark: &Mark, context: &Context) -> Result<ExitCode, Failure> {
    let reader = context.library.reader()?;
    let ids = match &mark.query {
        Some(query) => reader.ids(&context.parse(query)?, context.now)?,
        None => read_ids(&mark.ids)?,
    };
    let ids: Vec<ArticleId> = each_once(ids);
    let rows = reader.rows(&ids)?;
    if let Some(missing) = missing(&ids, &rows) {
        return Err(Failure::new(format!(
            "there is no article {missing}; nothing was marked"
        )));
    }
    let wanted = wanted(mark)?;
    let mut changed = BTreeSet::new();
    for what in &wanted {
        let differing = rows.iter().filter(|row| changes(what, row));
        changed.extend(differing.map(|row| row.id));
    }
    let mut words = None;
    if !mark.dry_run && !changed.is_empty() {
        let scope = Scope::Ids(changed.iter().copied().collect());
        words = Some(context.together(wanted.into_iter(), &scope)?.words);
    }
    let (matched, changed) = (rows.len(), changed.len());
    if mark.json {
        context
            .output
            .json(&json!({ "matched": matched, "changed": changed }))?;
    } else if mark.dry_run {
        context
            .output
            .line(&format!("{changed} of {matched} would change"))?;
    } else {
        let nothing = || format!("nothing to change: {matched} matched");
        context.output.say(&words.unwrap_or_else(nothing));
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) fn undo(args: Json, context: &Context) -> Result<ExitCode, Failure> {
    let written = store::wait(|reply| context.library.writer().undo(None, context.now, reply))?;
    engine::settle(context.engine(), &written).map_err(Failure::new)?;
    if written.retags {
        super::decide::look_again(context)?;
    }
    if args.json {
        context.output.json(&json!({ "undone": written.op.is_some(), "changed": written.changed, "words": written.words }))?;
    } else {
        context.output.line(&written.words)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Reads ids as typed; `-` stands for those on standard input, one a word (so that `list` can be piped in, the first
/// field of each line is taken).
fn read_ids(words: &[String]) -> Result<Vec<ArticleId>, Failure> {
    let mut ids = Vec::new();
    for word in words {
        if word == "-" {
            let mut text = String::new();
            std::io::stdin().read_to_string(&mut text)?;
            let firsts = text
                .lines()
                .filter_map(|line| line.split_whitespace().next());
            for word in firsts {
                ids.push(read_id(word)?);
            }
        } else {
            ids.push(read_id(word)?);
        }
    }
    Ok(ids)
}

fn read_id(word: &str) -> Result<ArticleId, Failure> {
    let hint = "ids are numbers, as `newsdesk list` prints them; a query is given with --query";
    word.parse()
        .map(ArticleId)
        .map_err(|_| Failure::usage(format!("\"{word}\" is no article id")).hint(hint))
}

/// Leaves out what was named before.
fn each_once(mut ids: Vec<ArticleId>) -> Vec<ArticleId> {
    let mut seen = HashSet::new();
    ids.retain(|id| seen.insert(*id));
    ids
}

fn missing(ids: &[ArticleId], rows: &[ArticleRow]) -> Option<ArticleId> {
    let found: HashSet<ArticleId> = rows.iter().map(|row| row.id).collect();
    ids.iter().copied().find(|id| !found.contains(id))
}

/// What is to be done, in the order of the options. Errs on a tag without a name.
fn wanted(mark: &Mark) -> Result<Vec<What>, Failure> {
    let flags = [
        (mark.read, What::Read(true)),
        (mark.unread, What::Read(false)),
        (mark.star, What::Star(true)),
        (mark.unstar, What::Star(false)),
        (mark.later, What::Later(true)),
        (mark.unlater, What::Later(false)),
    ];
    let flags = flags
        .into_iter()
        .filter(|(set, _)| *set)
        .map(|(_, what)| what);
    let named = |tag: &String| tag_name(tag).ok_or_else(|| Failure::usage("a tag needs a name"));
    let mut wanted: Vec<What> = flags.collect();
    for tag in &mark.tag {
        wanted.push(What::Tag(named(tag)?));
    }
    for tag in &mark.untag {
        wanted.push(What::Untag(named(tag)?));
    }
    Ok(wanted)
}

/// Says whether a change would change this article.
fn changes(what: &What, row: &ArticleRow) -> bool {
    let has = |tag: &str| row.tags.iter().any(|known| fold(known) == fold(tag));
    match what {
        What::Read(read) => row.unread == *read,
        What::Star(star) => row.starred != *star,
        What::Later(later) => row.later != *later,
        What::Tag(tag) => !has(tag),
        What::Untag(tag) => has(tag),
        _ => false,
    }
}
