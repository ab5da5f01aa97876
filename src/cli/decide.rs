//! `newsdesk entities follow|mute|merge …`: the user's word on a name, for old articles and new.

use std::process::ExitCode;
use std::time::Duration;

use super::args::{NameType, NamesCommand};
use super::context::Context;
use super::failure::Failure;
use super::fetch::{find_names, stop_on_interrupt};
use crate::engine::Cancel;
use crate::model::change::NameKey;
use crate::model::{ArticleId, EntityKind, Scope, What};

/// Does what was asked with names; says what changed.
pub(super) fn run(command: &NamesCommand, context: &Context) -> Result<ExitCode, Failure> {
    let mut scope = Scope::None;
    let what = match command {
        NamesCommand::Follow { name, stop, kind } => {
            What::Follow(key(context, name, *kind)?, !stop)
        }
        NamesCommand::Mute { name, stop, kind } => What::Mute(key(context, name, *kind)?, !stop),
        NamesCommand::Merge {
            name,
            into,
            kind,
            into_type,
        } => {
            let from = key(context, name, *kind)?;
            let found = context
                .library
                .reader()?
                .name(into, into_type.map(Into::into))?;
            let into = NameKey {
                name: into.clone(),
                kind: into_type
                    .map_or_else(|| found.map_or(from.kind, |row| row.kind), EntityKind::from),
            };
            What::MergeName { from, into }
        }
        NamesCommand::Split {
            name,
            from: Some(from),
            article,
            stop,
            kind,
        } => {
            if let Some(id) = article {
                scope = Scope::Ids(vec![ArticleId(*id)]);
            }
            What::PartName {
                from: key(context, from, *kind)?,
                words: name.clone(),
                on: !stop,
            }
        }
        NamesCommand::Split { name, kind, .. } => What::SplitName(split_key(context, name, *kind)?),
    };
    let written = context.change(what, scope)?;
    context.output.say(&written.words);
    if written.retags {
        look_again(context)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Has lists and counts follow what was decided; what is not done at once is done while the reader is open.
pub(super) fn look_again(context: &Context) -> Result<(), Failure> {
    let cancel = Cancel::new();
    stop_on_interrupt(&cancel)?;
    find_names(context, Duration::from_mins(1), &cancel)
}

/// Finds a name in the cache; one that is not there is a person's, unless its type is given.
fn key(context: &Context, name: &str, kind: Option<NameType>) -> Result<NameKey, Failure> {
    let kind = kind.map(EntityKind::from);
    let found = context.library.reader()?.name(name, kind)?;
    Ok(found.map_or_else(
        || NameKey {
            name: name.to_owned(),
            kind: kind.unwrap_or(EntityKind::Person),
        },
        |row| row.key(),
    ))
}

/// Finds which type the merged name has: the cache knows it by the name it is now.
fn split_key(context: &Context, name: &str, kind: Option<NameType>) -> Result<NameKey, Failure> {
    let reader = context.library.reader()?;
    let kinds = kind.map_or(EntityKind::ALL.to_vec(), |kind| vec![kind.into()]);
    for kind in kinds {
        let key = NameKey {
            name: name.to_owned(),
            kind,
        };
        if reader.is_merged(&key)? {
            return Ok(key);
        }
    }
    Err(Failure::new(format!(
        "{name} is not merged into another name"
    )))
}

impl From<NameType> for EntityKind {
    fn from(kind: NameType) -> Self {
        match kind {
            NameType::Per => Self::Person,
            NameType::Org => Self::Organisation,
            NameType::Loc => Self::Place,
            NameType::Misc => Self::Other,
        }
    }
}
