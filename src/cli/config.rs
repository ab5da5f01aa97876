//! `newsdesk config`: path, check, example.

use std::process::ExitCode;

use super::args::{ConfigCommand, Global};
use super::failure::Failure;
use super::output::Output;
use crate::config::{self, Paths};

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
    if !paths.config_file.exists() {
        output.line(&format!("{file}: not there; all settings are the defaults"))?;
        return Ok(ExitCode::SUCCESS);
    }
    let loaded = config::load(&paths.config_file, &paths.themes());
    let remarks = loaded.remarks;
    for remark in &remarks {
        let line = remark
            .line
            .map(|line| format!("{line}: "))
            .unwrap_or_default();
        output.line(&format!("{file}:{line} {}", remark.text).replace(":  ", ": "))?;
    }
    if remarks.is_empty() {
        output.line(&format!("{file}: right"))?;
        return Ok(ExitCode::SUCCESS);
    }
    Ok(ExitCode::FAILURE)
}
