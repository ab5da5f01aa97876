//! `newsdesk parse-feed`: a feed's bytes in, what is in it as JSON out.

use std::process::ExitCode;

use super::args::ParseFeed;
use super::failure::Failure;
use super::output::Output;
use super::source;
use crate::syndication;

pub(super) fn run(args: &ParseFeed, output: Output) -> Result<ExitCode, Failure> {
    let bytes = source::read(&args.source)?;
    let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    let value = syndication::parse_report(
        &bytes,
        given(&args.content_type).as_deref(),
        given(&args.base).as_deref(),
    );
    let failed = value.get("error").is_some();
    output.json(&value)?;
    Ok(if failed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}
