//! Terms of a query that begin with a hyphen, told from options: `list -football --json`.
//!
//! clap either takes such a word for an option, or takes all that follows for words. So the words of these commands are
//! put behind `--` before clap reads them.

use std::collections::HashSet;
use std::ffi::OsString;

use clap::{Command, CommandFactory};

use super::args::Cli;

/// Commands whose only words are those of a query.
const WITH_QUERY: &[&str] = &["list", "export"];

/// Returns the arguments with the words of a query behind `--`, where a command takes some.
pub(super) fn told_apart(args: Vec<OsString>) -> Vec<OsString> {
    let program = Cli::command();
    let global = Options::of(&program);
    let mut at = 1;
    while let Some(arg) = args.get(at).and_then(|arg| arg.to_str()) {
        if !arg.starts_with('-') {
            break;
        }
        at += if global.has_value_behind(arg) { 2 } else { 1 };
    }
    let name = args.get(at).and_then(|arg| arg.to_str());
    let command = name
        .filter(|name| WITH_QUERY.contains(name))
        .and_then(|name| program.find_subcommand(name));
    let Some(command) = command else {
        return args;
    };
    let own = Options::of(command);
    let mut rest = args.into_iter();
    let mut out: Vec<OsString> = rest.by_ref().take(at + 1).collect();
    let mut words = Vec::new();
    while let Some(arg) = rest.next() {
        match arg.to_str() {
            Some("--") => {
                words.extend(rest.by_ref());
            }
            Some(text) if is_option(text) => {
                let with_value = global.has_value_behind(text) || own.has_value_behind(text);
                out.push(arg);
                if with_value {
                    out.extend(rest.next());
                }
            }
            _ => words.push(arg),
        }
    }
    if !words.is_empty() {
        out.push("--".into());
        out.extend(words);
    }
    out
}

/// Says whether an argument is an option: a long one, or short ones that every command has.
fn is_option(arg: &str) -> bool {
    match arg.strip_prefix('-') {
        Some(rest) if rest.starts_with('-') => true,
        Some(rest) => !rest.is_empty() && rest.chars().all(|c| matches!(c, 'v' | 'q' | 'h' | 'V')),
        None => false,
    }
}

/// The long options of a command that take a value.
struct Options {
    with_value: HashSet<String>,
}

impl Options {
    fn of(command: &Command) -> Self {
        let with_value = command
            .get_arguments()
            .filter(|arg| arg.get_action().takes_values())
            .filter_map(|arg| arg.get_long())
            .map(str::to_owned);
        Self {
            with_value: with_value.collect(),
        }
    }

    /// Says whether an option's value is the next argument.
    fn has_value_behind(&self, arg: &str) -> bool {
        arg.strip_prefix("--")
            .is_some_and(|name| self.with_value.contains(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(args: &str, expect: &str) {
        let args = args.split(' ').map(OsString::from).collect();
        let told: Vec<String> = told_apart(args)
            .into_iter()
            .map(|arg| arg.into_string().unwrap())
            .collect();
        assert_eq!(told.join(" "), expect);
    }

    #[test]
    fn words_go_behind_the_options() {
        check("nd list -football", "nd list -- -football");
        check(
            "nd --data-dir list list a -tag:x --limit 5 -v -\"b --json",
            "nd --data-dir list list --limit 5 -v --json -- a -tag:x -\"b",
        );
        check("nd list --limit=5 -vfl", "nd list --limit=5 -- -vfl");
        check("nd list -q -- --x -y", "nd list -q -- --x -y");
        check("nd list --nonsense x", "nd list --nonsense -- x");
        check(
            "nd export -sport --format json --out -",
            "nd export --format json --out - -- -sport",
        );
    }

    #[test]
    fn other_commands_are_left_alone() {
        check("nd", "nd");
        check("nd show -5", "nd show -5");
        check("nd mark - --read", "nd mark - --read");
        check("nd list --json", "nd list --json");
    }
}
