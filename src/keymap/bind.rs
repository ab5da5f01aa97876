//! The keymap: what a sequence of keys means in a context, from a preset and the user's own `[keys]` tables.

use std::collections::BTreeMap;

use super::command::{Argument, Command, SHORT, TABLE};
use super::context::{Context, Contexts};
use super::key::{self, Key};
use crate::text::nearest;

/// Keys to start from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Preset {
    /// newsdesk's own.
    #[default]
    Default,
    /// Those of newsboat: a bare digit opens a link, counts are off.
    Newsboat,
}

/// A command with its words, as a key or the `:` line asks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// What to do.
    pub command: Command,
    /// The words after its name, trimmed; empty where there are none.
    pub argument: String,
}

/// What a sequence of keys means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lookup<'a> {
    /// These, one after the other.
    Run(&'a [Action]),
    /// More keys may follow.
    Prefix,
    /// Nothing.
    Unknown,
}

type Bindings = BTreeMap<Vec<Key>, Vec<Action>>;

/// The keys as bound now.
///
/// **Invariant:** in no context is one binding a prefix of another.
#[derive(Clone, Debug, PartialEq)]
pub struct Keymap {
    contexts: BTreeMap<Context, Bindings>,
    /// The preset it was made from.
    pub preset: Preset,
}

impl Default for Keymap {
    fn default() -> Self {
        Self::preset(Preset::Default)
    }
}

impl From<Command> for Action {
    fn from(command: Command) -> Self {
        Self {
            command,
            argument: String::new(),
        }
    }
}

impl Action {
    /// Reads one command with its words, as typed on the `:` line. Errs in plain words, with the nearest valid name.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim().trim_start_matches(':').trim_start();
        let (name, argument) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        let argument = argument.trim().to_owned();
        let short = SHORT.iter().find(|(short, _)| *short == name);
        let command = Command::from_name(name).or(short.map(|(_, command)| *command));
        let Some(command) = command else {
            let names = TABLE.iter().map(|spec| spec.name);
            let hint = nearest(name, names)
                .map_or_else(String::new, |near| format!("; did you mean {near}?"));
            return Err(format!("no command is called \"{name}\"{hint}"));
        };
        if !argument.is_empty() && command.spec().argument == Argument::None {
            return Err(format!("{} takes no words after it", command.spec().name));
        }
        Ok(Self { command, argument })
    }

    /// Reads commands separated by `;`.
    pub fn parse_list(text: &str) -> Result<Vec<Self>, String> {
        let parts = text.split(';').filter(|part| !part.trim().is_empty());
        parts.map(Self::parse).collect()
    }
}

impl Keymap {
    /// Returns the keys of a preset.
    pub fn preset(preset: Preset) -> Self {
        let mut contexts: BTreeMap<Context, Bindings> = BTreeMap::new();
        for spec in TABLE {
            let keys = match preset {
                Preset::Default => spec.keys,
                Preset::Newsboat => spec.newsboat.unwrap_or(spec.keys),
            };
            for context in spec.contexts.iter() {
                let bindings = contexts.entry(context).or_default();
                for keys in keys.iter().filter_map(|keys| key::parse(keys).ok()) {
                    bindings.insert(keys, vec![spec.command.into()]);
                }
            }
        }
        Self { contexts, preset }
    }

    /// Returns a preset's keys with the user's own on top: per context (`all` for every one) a table from keys to
    /// commands (several by `;`, an empty string or `none` unbinds). What cannot be done is left out and said in plain
    /// words.
    pub fn with(
        preset: Preset,
        own: &BTreeMap<String, BTreeMap<String, String>>,
    ) -> (Self, Vec<String>) {
        let mut map = Self::preset(preset);
        let mut remarks = Vec::new();
        // `all` first, so that a table for one context has the last word.
        let (all, one): (Vec<_>, Vec<_>) = own.iter().partition(|(name, _)| *name == "all");
        for (name, table) in all.into_iter().chain(one) {
            let contexts = if name == "all" {
                Contexts::ALL
            } else if let Some(context) = Context::from_name(name) {
                Contexts::from(context)
            } else {
                let names = Context::ALL.map(Context::name);
                let hint = nearest(name, names.into_iter().chain(["all"]));
                let hint = hint.map_or_else(String::new, |near| format!("; did you mean {near}?"));
                remarks.push(format!("keys.{name}: there is no such place{hint}"));
                continue;
            };
            for (keys, commands) in table {
                if let Err(why) = map.bind(contexts, name == "all", keys, commands) {
                    remarks.push(format!("keys.{name}: {keys}: {why}"));
                }
            }
        }
        (map, remarks)
    }

    fn bind(
        &mut self,
        contexts: Contexts,
        everywhere: bool,
        keys: &str,
        commands: &str,
    ) -> Result<(), String> {
        let keys = key::parse(keys)?;
        if self.preset == Preset::Default && keys.first().and_then(|key| key.digit()).is_some() {
            return Err("a digit starts a count".into());
        }
        let actions = match commands.trim() {
            "" | "none" => Vec::new(),
            commands => Action::parse_list(commands)?,
        };
        let fits = |context: Context| {
            actions
                .iter()
                .all(|action| action.command.spec().contexts.has(context))
        };
        if !everywhere && let Some(context) = contexts.iter().find(|context| !fits(*context)) {
            return Err(format!("it does not work in {}", context.name()));
        }
        for context in contexts.iter().filter(|context| fits(*context)) {
            let bindings = self.contexts.entry(context).or_default();
            bindings.remove(&keys);
            if actions.is_empty() {
                continue;
            }
            if let Some(other) = bindings.keys().find(|other| is_prefix(other, &keys)) {
                return Err(format!(
                    "{} is bound in {} and would hide it; unbind one of the two",
                    key::write(other),
                    context.name()
                ));
            }
            bindings.insert(keys.clone(), actions.clone());
        }
        Ok(())
    }

    /// Says whether digits start a count.
    pub fn counts(&self) -> bool {
        self.preset == Preset::Default
    }

    /// Returns what a sequence of keys means in a context.
    pub fn lookup(&self, context: Context, keys: &[Key]) -> Lookup<'_> {
        let Some(bindings) = self.contexts.get(&context) else {
            return Lookup::Unknown;
        };
        if let Some(actions) = bindings.get(keys) {
            return Lookup::Run(actions);
        }
        if bindings.keys().any(|bound| bound.starts_with(keys)) {
            Lookup::Prefix
        } else {
            Lookup::Unknown
        }
    }

    /// Returns what may follow a prefix in a context: the keys left to press, and what they do.
    pub fn following(&self, context: Context, prefix: &[Key]) -> Vec<(String, String)> {
        let bindings = self.contexts.get(&context).into_iter().flatten();
        let after = bindings.filter_map(|(keys, actions)| {
            let rest = keys.strip_prefix(prefix).filter(|rest| !rest.is_empty())?;
            Some((key::write(rest), describe(actions)))
        });
        after.collect()
    }

    /// Returns the keys bound to a command in a context, as written; shortest first.
    pub fn keys_of(&self, context: Context, command: Command) -> Vec<String> {
        let bindings = self.contexts.get(&context).into_iter().flatten();
        let mut keys: Vec<String> = bindings
            .filter(|(_, actions)| matches!(actions.as_slice(), [one] if one.command == command))
            .map(|(keys, _)| key::write(keys))
            .collect();
        keys.sort_by_key(|keys| (keys.chars().count(), keys.clone()));
        keys
    }

    /// Returns the first key bound to a command in a context, for hints on the screen; `:name` where none is.
    pub fn hint(&self, context: Context, command: Command) -> String {
        let bound = self.keys_of(context, command).into_iter().next();
        bound.unwrap_or_else(|| format!(":{}", command.spec().name))
    }

    /// Returns every binding of a context.
    pub fn bindings(&self, context: Context) -> impl Iterator<Item = (&[Key], &[Action])> {
        let bindings = self.contexts.get(&context).into_iter().flatten();
        bindings.map(|(keys, actions)| (keys.as_slice(), actions.as_slice()))
    }

    /// Returns the bindings that are prefixes of others, in words; empty for a sound keymap.
    pub fn clashes(&self) -> Vec<String> {
        let mut clashes = Vec::new();
        for (context, bindings) in &self.contexts {
            for one in bindings.keys() {
                let hidden = bindings
                    .keys()
                    .filter(|other| *other != one && other.starts_with(one));
                clashes.extend(hidden.map(|other| {
                    let (one, other) = (key::write(one), key::write(other));
                    format!("{}: {one} hides {other}", context.name())
                }));
            }
        }
        clashes
    }
}

fn is_prefix(one: &[Key], other: &[Key]) -> bool {
    one.starts_with(other) || other.starts_with(one)
}

/// Returns what a binding does, in words: the help line of its command, or the commands as typed.
pub(crate) fn describe(actions: &[Action]) -> String {
    match actions {
        [one] if one.argument.is_empty() => one.command.spec().help.to_owned(),
        many => {
            let one = |action: &Action| {
                let name = action.command.spec().name;
                format!("{name} {}", action.argument).trim_end().to_owned()
            };
            many.iter().map(one).collect::<Vec<_>>().join("; ")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(context: &str, keys: &str, command: &str) -> BTreeMap<String, BTreeMap<String, String>> {
        let table = BTreeMap::from([(keys.to_owned(), command.to_owned())]);
        BTreeMap::from([(context.to_owned(), table)])
    }

    fn check(context: &str, keys: &str, command: &str, remark: &str) {
        let (map, remarks) = Keymap::with(Preset::Default, &own(context, keys, command));
        assert_eq!(map.clashes(), Vec::<String>::new());
        let said = remarks.join("\n");
        assert!(
            if remark.is_empty() {
                said.is_empty()
            } else {
                said.contains(remark)
            },
            "{said}"
        );
    }

    #[test]
    fn no_binding_is_a_prefix_of_another_in_any_preset() {
        for preset in [Preset::Default, Preset::Newsboat] {
            assert_eq!(Keymap::preset(preset).clashes(), Vec::<String>::new());
        }
    }

    #[test]
    fn no_key_means_two_things_in_one_context() {
        for preset in [Preset::Default, Preset::Newsboat] {
            let mut seen = BTreeMap::new();
            for spec in TABLE {
                let keys = match preset {
                    Preset::Default => spec.keys,
                    Preset::Newsboat => spec.newsboat.unwrap_or(spec.keys),
                };
                for keys in keys {
                    let parsed = key::parse(keys).expect("the table's keys are keys");
                    for context in spec.contexts.iter() {
                        let before = seen.insert((context, parsed.clone()), spec.name);
                        assert_eq!(before, None, "{preset:?} {context:?} {keys}: {}", spec.name);
                    }
                }
            }
        }
    }

    #[test]
    fn digits_start_counts_only_in_the_default_preset() {
        assert!(Keymap::preset(Preset::Default).counts());
        assert!(!Keymap::preset(Preset::Newsboat).counts());
        check("list", "5", "star", "a digit starts a count");
    }

    #[test]
    fn own_keys_replace_a_preset_s() {
        let (map, remarks) = Keymap::with(Preset::Default, &own("list", "s", "later; next-unread"));
        assert_eq!(remarks, Vec::<String>::new());
        let expect = [Command::Later.into(), Command::NextUnread.into()];
        assert_eq!(
            map.lookup(Context::List, &[Key::char('s')]),
            Lookup::Run(&expect)
        );
        let reader = [Command::Star.into()];
        assert_eq!(
            map.lookup(Context::Reader, &[Key::char('s')]),
            Lookup::Run(&reader)
        );
    }

    #[test]
    fn mistakes_in_own_keys_are_said_with_the_nearest_name() {
        check("list", "s", "satr", "did you mean star?");
        check("lists", "s", "star", "did you mean list?");
        check("list", "g", "star", "would hide it");
        check("feeds", "s", "star", "does not work in feeds");
        check("list", "M-s", "star", "Alt");
        check("all", "^S", "star", "");
        check("list", "s", "none", "");
        check("list", "s", "sort title", "");
        check("list", "s", "star it", "takes no words");
    }

    #[test]
    fn a_prefix_says_what_may_follow() {
        let map = Keymap::default();
        assert_eq!(map.lookup(Context::List, &[Key::char('g')]), Lookup::Prefix);
        let after = map.following(Context::List, &[Key::char('g')]);
        assert!(
            after.contains(&("u".into(), "Unread articles".into())),
            "{after:?}"
        );
        assert_eq!(map.following(Context::Reader, &[Key::char(',')]), vec![]);
    }
}
