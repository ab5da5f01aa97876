//! `newsdesk completions` and `newsdesk man`, made from the definitions.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::CommandFactory;
use clap_complete::Shell;
use clap_mangen::Man;

use super::args::Cli;
use super::failure::Failure;

/// What each section of the page begins with: how an apostrophe is written. Once is enough.
const PREAMBLE: &str = ".ie \\n(.g .ds Aq \\(aq\n.el .ds Aq '\n";

/// What the definitions do not hold.
const REST: &str = r#".SH "EXIT STATUS"
.TP
0
Done. Some feeds failing in a reload is 0, with the failures listed on standard error.
.TP
1
Failed: one sentence on standard error says why. All feeds failing is 1.
.TP
2
Wrong usage.
.SH FILES
By the XDG rules on Linux;
.B newsdesk doctor
prints the real paths, and
.B \-\-data\-dir
keeps all but the config under one folder.
.TP
.I ~/.config/newsdesk/config.toml
The config.
.B newsdesk config example
prints every setting with its default.
.TP
.I ~/.local/share/newsdesk/library.db
Articles, marks and names, in SQLite.
.TP
.I ~/.local/share/newsdesk/journal.jsonl
Every mark and subscription, one line each: a lost library is made again from it.
.TP
.I ~/.local/share/newsdesk/subscriptions.opml
The subscriptions, rewritten when they change.
.TP
.I ~/.local/share/newsdesk/backups/
The library before a new version changed its form.
.TP
.I ~/.cache/newsdesk/blobs.db
Pages and pictures as they came; they can be fetched again.
.TP
.I ~/.local/state/newsdesk/
Locks, and a log of warnings.
.SH ENVIRONMENT
.TP
.B BROWSER
Opens addresses, where the config names no browser.
.TP
.B EDITOR
Edits the config.
.TP
.B NO_COLOR
Switches colours off where it is set and not empty.
.TP
.B NEWSDESK_NOW
A time in RFC 3339's form that the whole program takes for now, for tests.
.SH EXAMPLES
.nf
newsdesk add https://www.theguardian.com/world
newsdesk fetch && newsdesk list is:unread newer:1d
newsdesk list 'entity:"European Union"' | cut \-f1 | newsdesk mark \- \-\-later
newsdesk export is:starred \-\-format epub \-\-out starred.epub
.fi
"#;

pub(super) fn completions(shell: Shell) -> Result<ExitCode, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "newsdesk", &mut script);
    io::stdout().lock().write_all(&script)?;
    Ok(ExitCode::SUCCESS)
}

pub(super) fn man() -> Result<ExitCode, Failure> {
    let command = Cli::command();
    let mut page = Vec::new();
    let man = Man::new(command.clone());
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    for sub in command.get_subcommands() {
        let name = format!("newsdesk {}", sub.get_name());
        writeln!(page, ".SH \"{}\"", name.to_uppercase())?;
        describe(&mut page, sub.clone().bin_name(&name))?;
        for inner in sub.get_subcommands() {
            let name = format!("{name} {}", inner.get_name());
            writeln!(page, ".SS \"{name}\"")?;
            describe(&mut page, inner.clone().bin_name(&name))?;
        }
    }
    page.extend(REST.as_bytes());
    man.render_version_section(&mut page)?;
    let page = String::from_utf8_lossy(&page);
    let mut out = io::stdout().lock();
    out.write_all(PREAMBLE.as_bytes())?;
    out.write_all(page.replace(PREAMBLE, "").as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// Writes what a command is for, how it is called and its options.
fn describe(page: &mut Vec<u8>, command: clap::Command) -> Result<(), Failure> {
    if let Some(about) = command.get_about() {
        writeln!(page, "{about}")?;
    }
    let man = Man::new(command);
    let mut parts = Vec::new();
    man.render_synopsis_section(&mut parts)?;
    man.render_options_section(&mut parts)?;
    let parts = String::from_utf8_lossy(&parts)
        .replace(".SH SYNOPSIS\n", ".PP\n")
        .replace(".SH OPTIONS\n", ".PP\n");
    page.extend(parts.into_bytes());
    Ok(())
}
