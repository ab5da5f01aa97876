//! `newsdesk config`: path, check, example.

use std::path::Path;
use std::process::ExitCode;

use super::args::{ConfigCommand, Global};
use super::failure::Failure;
use super::output::Output;
use crate::config::{self, Paths, Remark};
use crate::engine;

pub(super) fn run(
    command: ConfigCommand,
    global: &Global,
    output: Output,
) -> Result<ExitCode, Failure> {
    if command == ConfigCommand::Example {
        output.block(config::EXAMPLE)?;
        return Ok(ExitCode::SUCCESS);
    }
    let paths = Paths::find(global.config.as_deref(), global.data_dir.as_deref())?;
    let file = paths.config_file.display();
    if command == ConfigCommand::Path {
        output.line(&file.to_string())?;
        return Ok(ExitCode::SUCCESS);
    }
    let is_right = if paths.config_file.exists() {
        let mut remarks = config::check(&paths.config_file, &paths.themes());
        let loaded = config::load(&paths.config_file, &paths.themes());
        let problems = engine::problems(&loaded.feeds, jiff::Timestamp::now());
        remarks.extend(problems.into_iter().map(|text| Remark { line: None, text }));
        say(&paths.config_file, &remarks, output)?
    } else {
        output.line(&format!("{file}: not there; all settings are the defaults"))?;
        true
    };
    let sites = paths.sites();
    let are_right = !sites.exists() || say(&sites, &config::sites::load(&sites).1, output)?;
    Ok(if is_right && are_right {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Says what is wrong in a file, or that it is right. Answers which.
fn say(file: &Path, remarks: &[Remark], output: Output) -> Result<bool, Failure> {
    let file = file.display();
    for remark in remarks {
        let line = remark
            .line
            .map(|line| format!("{line}: "))
            .unwrap_or_default();
        output.line(&format!("{file}:{line} {}", remark.text).replace(":  ", ": "))?;
    }
    if remarks.is_empty() {
        output.line(&format!("{file}: right"))?;
    }
    Ok(remarks.is_empty())
}
