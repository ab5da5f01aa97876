//! The table as people read it: the help screen, the palette and README's table of keys.

use super::bind::{Keymap, Preset, describe};
use super::command::{Argument, Command, Group, SHORT, TABLE};
use super::context::Context;
use super::key;

/// A line of the help screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The keys as bound now, separated by spaces; `:name` where none is.
    pub keys: String,
    /// The command's name; empty for a binding of several commands.
    pub name: String,
    /// What it does.
    pub help: String,
    /// The heading it stands under.
    pub group: Group,
    /// The command; `None` for a binding of several.
    pub command: Option<Command>,
}

/// Returns the help screen's rows for a context, by heading; those of other contexts follow where `all` is set.
pub fn rows(map: &Keymap, context: Context, all: bool) -> Vec<Row> {
    let mut rows = Vec::new();
    for group in Group::ALL {
        for spec in TABLE.iter().filter(|spec| spec.group == group) {
            let here = spec.contexts.has(context);
            let Some(place) = (if here {
                Some(context)
            } else {
                spec.contexts.iter().next()
            }) else {
                continue;
            };
            if here || all {
                let keys = map.keys_of(place, spec.command);
                rows.push(Row {
                    keys: if keys.is_empty() {
                        format!(":{}", spec.name)
                    } else {
                        keys.join(" ")
                    },
                    name: spec.name.to_owned(),
                    help: spec.help.to_owned(),
                    group,
                    command: Some(spec.command),
                });
            }
        }
    }
    for (keys, actions) in map.bindings(context) {
        if actions.len() > 1 || actions.iter().any(|action| !action.argument.is_empty()) {
            rows.push(Row {
                keys: key::write(keys),
                name: String::new(),
                help: describe(actions),
                group: Group::Program,
                command: None,
            });
        }
    }
    rows
}

/// Returns the names that complete what is typed on the `:` line, with their help lines.
pub fn complete(typed: &str) -> Vec<(&'static str, &'static str)> {
    let known = TABLE.iter().filter(|spec| spec.name.starts_with(typed));
    let mut found: Vec<_> = known.map(|spec| (spec.name, spec.help)).collect();
    let inside = TABLE
        .iter()
        .filter(|spec| !spec.name.starts_with(typed) && spec.name.contains(typed));
    found.extend(inside.map(|spec| (spec.name, spec.help)));
    if found.is_empty() {
        let short = SHORT.iter().filter(|(short, _)| *short == typed);
        found.extend(short.map(|(_, command)| (command.spec().name, command.spec().help)));
    }
    found
}

/// Returns README's table of keys, in Markdown: the preset `default` beside `newsboat`.
pub fn markdown() -> String {
    let mut out = String::new();
    for group in Group::ALL {
        out.push_str("\n### ");
        out.push_str(group.title());
        out.push_str("\n\n| keys | newsboat preset | command | what |\n|---|---|---|---|\n");
        for spec in TABLE.iter().filter(|spec| spec.group == group) {
            let newsboat = spec.newsboat.unwrap_or(spec.keys);
            let line = format!(
                "| {} | {} | `:{}{}` | {} |\n",
                code(spec.keys),
                code(newsboat),
                spec.name,
                placeholder(spec.argument),
                spec.help,
            );
            out.push_str(&line);
        }
    }
    out.trim_start().to_owned()
}

fn code(keys: &[&str]) -> String {
    let one = |keys: &&str| format!("`{}`", keys.replace('|', "\\|"));
    keys.iter().map(one).collect::<Vec<_>>().join(" ")
}

/// Returns what stands after a command's name in help for its argument.
pub fn placeholder(argument: Argument) -> &'static str {
    match argument {
        Argument::None => "",
        Argument::Number => " [N]",
        Argument::Query => " QUERY",
        Argument::Tags => " TAG…",
        Argument::Folder => " FOLDER",
        Argument::Sort => " date, feed, title or length",
        Argument::Addresses => " URL…",
        Argument::Path => " FILE",
        Argument::Shell => " PROGRAM",
        Argument::Feed => " TITLE",
        Argument::Words => " WORDS",
    }
}

/// Returns a short word for a preset.
pub fn preset_name(preset: Preset) -> &'static str {
    match preset {
        Preset::Default => "default",
        Preset::Newsboat => "newsboat",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_help_screen_shows_the_keys_as_bound_now() {
        let own = [(
            "list".to_owned(),
            [("s".to_owned(), "later".to_owned())].into(),
        )]
        .into();
        let (map, _) = Keymap::with(Preset::Default, &own);
        let rows = rows(&map, Context::List, false);
        let keys = |name: &str| {
            let row = rows.iter().find(|row| row.name == name);
            row.map(|row| row.keys.clone()).unwrap_or_default()
        };
        assert_eq!(keys("later"), "L s");
        assert_eq!(keys("star"), ":star");
        assert_eq!(keys("down"), "j Down");
    }

    #[test]
    fn readme_s_table_has_every_command() {
        let table = markdown();
        for spec in TABLE {
            assert!(table.contains(&format!("`:{}", spec.name)), "{}", spec.name);
        }
        assert!(
            table.contains("`\\|`"),
            "a bar is escaped in a Markdown table"
        );
    }

    #[test]
    fn what_is_typed_completes_to_names() {
        assert_eq!(
            complete("mark-a").first().map(|found| found.0),
            Some("mark-all-read")
        );
        assert_eq!(complete("qa").first().map(|found| found.0), Some("quit"));
    }
}
