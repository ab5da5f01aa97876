//! The program: arguments, then the reader or a command.

use std::process::ExitCode;

use newsdesk::cli::{self, Failure, Prepared, Start};
use newsdesk::tui;

fn main() -> ExitCode {
    let prepared = match cli::start() {
        Start::Ended(code) => return code,
        Start::Reader(global) => cli::prepare(&global),
        Start::Demo(global) => cli::prepare_demo(&global),
    };
    cli::end(prepared.and_then(read))
}

/// Opens the reader. The library is closed, and a demo's home removed, after the screen is given back. A signal that ended
/// it is told by the exit status, 128 and its number, as shells count.
fn read(prepared: Prepared) -> Result<ExitCode, Failure> {
    let Prepared {
        paths,
        config,
        context,
        color,
        remarks,
        home,
    } = prepared;
    let options = tui::Options {
        paths,
        config,
        color,
        remarks,
    };
    let result = tui::run(options, &context);
    drop(context);
    drop(home);
    let signal = result?.and_then(|signal| u8::try_from(128 + signal).ok());
    Ok(signal.map_or(ExitCode::SUCCESS, ExitCode::from))
}
