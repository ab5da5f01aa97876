//! `newsdesk list`: headlines.

use std::io::{self, Write};
use std::process::ExitCode;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::args::List;
use super::context::Context;
use super::failure::Failure;
use super::output::{Output, columns};
use crate::export;
use crate::model::ArticleRow;
use crate::text::{clean_line, width};

/// How many headlines a terminal gets where no limit is given.
const ON_A_TERMINAL: usize = 50;

pub(super) fn run(args: &List, context: &Context) -> Result<ExitCode, Failure> {
    let query = context.query(&args.query)?;
    let reader = context.library.reader()?;
    // A second connection: the first is in the middle of its list.
    let details = context.library.reader()?;
    if args.count {
        let count = reader.count(&query, context.now)?;
        let count = args.limit.map_or(count, |limit| count.min(limit as u64));
        context.output.line(&count.to_string())?;
        return Ok(ExitCode::SUCCESS);
    }
    let screen = context.output.terminal && !args.json;
    let limit = args
        .limit
        .unwrap_or(if screen { ON_A_TERMINAL } else { usize::MAX });
    let mut printed = 0;
    let mut failure = None;
    let mut out = io::BufWriter::new(io::stdout().lock());
    let clock = (context.now, TimeZone::system());
    if args.json {
        out.write_all(b"[")?;
    }
    reader.for_each(&query, context.now, &mut |row| {
        if printed >= limit {
            return false;
        }
        let result = if args.json {
            let comma: &[u8] = if printed > 0 { b",\n" } else { b"" };
            let value = details.article(row.id, None).map(|article| {
                article.map_or_else(
                    || export::json::row(&row),
                    |article| export::json::listed(&article),
                )
            });
            out.write_all(comma)
                .map_err(Failure::from)
                .and_then(|()| Ok(serde_json::to_writer(&mut out, &value?)?))
        } else if screen {
            writeln!(
                out,
                "{}",
                for_people(&row, context.output, columns(), &clock)
            )
            .map_err(Failure::from)
        } else {
            writeln!(out, "{}", plain(&row)).map_err(Failure::from)
        };
        printed += 1;
        failure = result.err();
        failure.is_none()
    })?;
    if let Some(failure) = failure {
        return Err(failure);
    }
    if args.json {
        out.write_all(b"]\n")?;
    }
    out.flush()?;
    if screen && printed == ON_A_TERMINAL && args.limit.is_none() {
        drop(out);
        context
            .output
            .say(&format!("the first {ON_A_TERMINAL}; --limit gives more"));
    } else if printed == 0 && !args.json {
        context.output.say("no article matches");
    }
    Ok(ExitCode::SUCCESS)
}

/// One headline for other programs: id, date (RFC 3339, UTC), feed, title, separated by tabs.
fn plain(row: &ArticleRow) -> String {
    let date = row.published.unwrap_or(row.first_seen);
    format!(
        "{}\t{date}\t{}\t{}",
        row.id,
        clean_line(&row.feed_title),
        clean_line(&row.title)
    )
}

/// One headline in `columns` columns: marks, id, date, feed, title, tags.
fn for_people(
    row: &ArticleRow,
    output: Output,
    columns: u16,
    clock: &(Timestamp, TimeZone),
) -> String {
    let unread = if row.unread { "●" } else { " " };
    let star = if row.starred { "★" } else { " " };
    let date = short_date(row.published.unwrap_or(row.first_seen), clock);
    let feed = width::fit(&clean_line(&row.feed_title), 14);
    let tags: Vec<String> = row
        .tags
        .iter()
        .map(|tag| format!(" #{}", clean_line(tag)))
        .collect();
    let tags = tags.concat();
    let room = usize::from(columns)
        .saturating_sub(34 + width::width(&tags))
        .max(20);
    let title = clean_line(&row.title);
    let title = width::truncate(&title, room);
    let title = if row.unread {
        output.paint("1", &title)
    } else {
        title.to_string()
    };
    format!(
        "{:>6} {unread}{star} {date} {} {title}{}",
        row.id,
        output.paint("2", &feed),
        output.paint("36", &tags)
    )
}

/// The time today, the day this year, else the year: six columns.
fn short_date(at: Timestamp, (now, zone): &(Timestamp, TimeZone)) -> String {
    let (at, now) = (zone.to_datetime(at), zone.to_datetime(*now));
    let form = if at.date() == now.date() {
        " %H:%M"
    } else if at.year() == now.year() {
        "%d %b"
    } else {
        "  %Y"
    };
    at.strftime(form).to_string()
}
