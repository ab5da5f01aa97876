//! `newsdesk completions` and `newsdesk man`, made from the definitions.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::CommandFactory;
use clap_complete::Shell;

use super::args::Cli;
use super::failure::Failure;

pub(super) fn completions(shell: Shell) -> Result<ExitCode, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "newsdesk", &mut script);
    io::stdout().lock().write_all(&script)?;
    Ok(ExitCode::SUCCESS)
}

pub(super) fn man() -> Result<ExitCode, Failure> {
    let mut page = Vec::new();
    let command = Cli::command();
    let man = clap_mangen::Man::new(command.clone());
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    for sub in command.get_subcommands() {
        let name = sub.get_name().to_owned();
        let sub = sub.clone().bin_name(format!("newsdesk {name}"));
        writeln!(page, ".SH \"NEWSDESK {}\"", name.to_uppercase())?;
        if let Some(about) = sub.get_about() {
            writeln!(page, "{about}")?;
        }
        let inner: Vec<_> = sub
            .get_subcommands()
            .map(|inner| {
                let name = format!("newsdesk {name} {}", inner.get_name());
                inner.clone().bin_name(name)
            })
            .collect();
        let man = clap_mangen::Man::new(sub);
        let mut options = Vec::new();
        man.render_options_section(&mut options)?;
        page.extend(
            String::from_utf8_lossy(&options)
                .replace(".SH OPTIONS", ".SS OPTIONS")
                .into_bytes(),
        );
        for inner in inner {
            let title = inner.get_bin_name().unwrap_or_default().to_owned();
            writeln!(page, ".SS \"{title}\"")?;
            if let Some(about) = inner.get_about() {
                writeln!(page, "{about}")?;
            }
            let mut options = Vec::new();
            clap_mangen::Man::new(inner).render_options_section(&mut options)?;
            page.extend(
                String::from_utf8_lossy(&options)
                    .replace(".SH OPTIONS\n", "")
                    .into_bytes(),
            );
        }
    }
    man.render_version_section(&mut page)?;
    io::stdout().lock().write_all(&page)?;
    Ok(ExitCode::SUCCESS)
}
