//! The command line: every part of newsdesk without the screen, beside an open one.
//!
//! Results go to standard output, all else to standard error. Exit status: 0 done, 1 failed, 2 wrong usage. Off a
//! terminal the output is plain lines; with `--json`, JSON in forms other programs rely on.

mod add;
pub mod args;
mod clean;
mod config;
mod context;
mod decide;
mod demo;
mod doctor;
mod enclosures;
mod entities;
mod export;
mod failure;
mod feeds;
mod fetch;
mod import;
mod list;
mod log;
mod manual;
mod mark;
mod newsboat;
pub mod output;
mod parse_feed;
mod progress;
mod reader;
mod show;
mod source;
mod terms;

use std::process::ExitCode;

use clap::Parser;

use args::{Cli, Command};
use context::Context;
use output::Output;

pub use failure::Failure;
pub use reader::{Prepared, prepare, prepare_demo};

/// What the program is to do once its arguments are read.
#[derive(Debug)]
pub enum Start {
    /// Open the reader.
    Reader(args::Global),
    /// Open the reader on the demo edition.
    Demo(args::Global),
    /// Nothing more: a command ran and ended like this.
    Ended(ExitCode),
}

/// Reads the arguments and runs the command they name, if it is one that needs no screen.
pub fn start() -> Start {
    let cli = match Cli::try_parse_from(terms::told_apart(std::env::args_os().collect())) {
        Ok(cli) => cli,
        Err(error) => {
            let code = u8::from(error.use_stderr()) * 2;
            let _ = error.print();
            return Start::Ended(ExitCode::from(code));
        }
    };
    let output = Output::new(&cli.global);
    let result = match cli.command {
        None => return Start::Reader(cli.global),
        Some(Command::Demo(demo)) if !demo.print => return Start::Demo(cli.global),
        Some(command) => run(command, &cli.global, output),
    };
    Start::Ended(end(result))
}

fn run(command: Command, global: &args::Global, output: Output) -> Result<ExitCode, Failure> {
    match command {
        Command::Demo(_) => demo::print(output),
        Command::Config(config) => config::run(config.command, global, output),
        Command::Completions { shell } => manual::completions(shell),
        Command::Man => manual::man(),
        Command::Entities(entities) if entities.jsonl => entities::filter(output),
        Command::Clean(args) => clean::run(&args, global, output),
        Command::ParseFeed(args) => parse_feed::run(&args, output),
        Command::Doctor(args) => doctor::run(args, global, output),
        command => run_on_library(command, &Context::open(global, output)?),
    }
}

/// Runs a command that needs the library.
fn run_on_library(command: Command, context: &Context) -> Result<ExitCode, Failure> {
    if let Some(why) = context.library.read_only() {
        if command.writes() {
            return Err(Failure::new(format!("read-only: {why}")));
        }
        context
            .output
            .say(&format!("Read-only: marks are not kept ({why})"));
    }
    match command {
        Command::Add(args) => add::run(&args, context),
        Command::Fetch(args) => fetch::run(&args, context),
        Command::Import(args) => import::run(&args, context),
        Command::Export(args) => export::run(&args, context),
        Command::List(args) => list::run(&args, context),
        Command::Show(args) => show::run(&args, context),
        Command::Mark(args) => mark::mark(&args, context),
        Command::Undo(args) => mark::undo(args, context),
        Command::Feeds(args) => feeds::run(args, context),
        Command::Enclosures(args) => enclosures::run(&args, context),
        Command::Entities(args) => entities::run(&args, context),
        // The others were run without the library.
        _ => Ok(ExitCode::SUCCESS),
    }
}

/// Says a failure in words and returns the exit status that belongs to it. A closed pipe is no failure.
pub fn end(result: Result<ExitCode, Failure>) -> ExitCode {
    match result {
        Ok(code) => code,
        Err(failure) if failure.is_closed_pipe() => ExitCode::SUCCESS,
        Err(failure) => {
            output::warn(&failure.words());
            failure.code()
        }
    }
}
