//! The README against the program: keys, commands, themes and settings it names are those there are.

use clap::CommandFactory;
use newsdesk::cli::args::Cli;
use newsdesk::config::theme::BUNDLED;
use newsdesk::keymap::help;

const README: &str = include_str!("../README.md");

/// What stands between two marks of the README.
fn between(name: &str) -> &'static str {
    let begin = format!("<!-- {name}:begin -->\n");
    let end = format!("<!-- {name}:end -->");
    let start = README
        .find(&begin)
        .unwrap_or_else(|| panic!("README has no {begin}"))
        + begin.len();
    let length = README[start..]
        .find(&end)
        .unwrap_or_else(|| panic!("README has no {end}"));
    &README[start..start + length]
}

#[test]
fn the_table_of_keys_is_the_one_the_program_goes_by() {
    let expect = help::markdown();
    assert!(
        between("keys").trim() == expect.trim(),
        "README's table of keys is not the program's, which is:\n\n{expect}"
    );
}

#[test]
fn every_command_stands_in_the_readme_and_no_other() {
    let command = Cli::command();
    let known: Vec<&str> = command
        .get_subcommands()
        .map(clap::Command::get_name)
        .collect();
    for name in &known {
        assert!(
            README.contains(&format!("`newsdesk {name}")),
            "README says nothing of newsdesk {name}"
        );
    }
    for (at, _) in README.match_indices("`newsdesk ") {
        let word: String = README[at + "`newsdesk ".len()..]
            .chars()
            .take_while(|c| c.is_alphanumeric() || *c == '-')
            .collect();
        assert!(
            word.is_empty() || known.contains(&word.as_str()),
            "README names newsdesk {word}, which there is not"
        );
    }
}

#[test]
fn every_option_the_table_names_is_taken() {
    let command = Cli::command();
    let rows = README
        .lines()
        .filter(|line| line.starts_with("| `newsdesk "));
    for row in rows {
        let usage = row.split('|').nth(1).unwrap_or_default();
        let name = usage
            .trim()
            .trim_start_matches("`newsdesk")
            .split([' ', '`'])
            .nth(1)
            .unwrap_or_default();
        let Some(sub) = command.find_subcommand(name) else {
            continue;
        };
        for option in row
            .split(|c: char| !(c.is_alphanumeric() || c == '-'))
            .filter(|word| word.starts_with("--") && word.len() > 2)
        {
            let long = option.trim_start_matches("--");
            assert!(
                sub.get_arguments().any(|arg| arg.get_long() == Some(long)),
                "newsdesk {name} takes no {option}"
            );
        }
    }
}

#[test]
fn every_theme_stands_in_the_readme() {
    for (name, _) in BUNDLED {
        assert!(
            README.contains(&format!("`{name}`")),
            "README says nothing of the theme {name}"
        );
    }
}

#[test]
fn the_screen_shows_the_demo_edition() {
    let screen = between("screen");
    for words in ["In this article", "The Long Look", "? help"] {
        assert!(screen.contains(words), "README's screen lacks {words:?}");
    }
    let titles: Vec<&str> = newsdesk::demo::articles()
        .iter()
        .map(|article| article.title)
        .collect();
    assert!(
        titles.iter().any(|title| screen.contains(title)),
        "README's screen shows no article of the demo"
    );
}
