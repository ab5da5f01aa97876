//! `newsdesk show`: an article whole.

use std::process::ExitCode;

use super::args::{Format, Show};
use super::clean::text_width;
use super::context::Context;
use super::failure::Failure;
use crate::export::{self, Story};
use crate::model::{Article, ArticleId};

pub(super) fn run(args: &Show, context: &Context) -> Result<ExitCode, Failure> {
    let article = find(context, ArticleId(args.id))?;
    let format = if args.json { Format::Json } else { args.format };
    let width = args.width.unwrap_or_else(|| text_width(context.output));
    let story = Story::from(&article);
    match format {
        Format::Json => context.output.json(&export::json::article(&article))?,
        Format::Text => context.output.block(&export::text(&story, width))?,
        Format::Markdown => context.output.block(&export::markdown(&story, true))?,
        Format::Html => context.output.block(&export::html(&story))?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Reads an article, or fails in words.
pub(super) fn find(context: &Context, id: ArticleId) -> Result<Article, Failure> {
    let article = context.library.reader()?.article(id, None)?;
    article.ok_or_else(|| {
        Failure::new(format!("there is no article {id}")).hint("newsdesk list prints the ids")
    })
}
