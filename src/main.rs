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
    cli::end(prepared.and_then(read).map(|()| ExitCode::SUCCESS))
}

/// Opens the reader. The library is closed, and a demo's home removed, after the screen is given back.
fn read(prepared: Prepared) -> Result<(), Failure> {
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
    Ok(result?)
}
