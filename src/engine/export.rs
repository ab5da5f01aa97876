//! Articles written to files, for the reader's `S`.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use crate::export::{self, Story};
use crate::model::{Article, ArticleId};
use crate::store::Reader;

/// Columns of exported plain text.
const TEXT_COLUMNS: u16 = 76;

/// Writes articles to a new file, one after the other; never over one that is there. Answers in words for the reader.
pub(super) fn write(
    reader: &Reader,
    ids: &[ArticleId],
    format: &str,
    path: &Path,
) -> Result<String, String> {
    let mut articles = Vec::with_capacity(ids.len());
    for id in ids {
        articles.extend(
            reader
                .article(*id, None)
                .map_err(|error| error.to_string())?,
        );
    }
    let content = content(&articles, format)?;
    let shown = path.display();
    let mut file = File::create_new(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => {
            format!("{shown} is there already; nothing was written")
        }
        _ => format!("{shown} cannot be written: {error}"),
    })?;
    if let Err(error) = file
        .write_all(content.as_bytes())
        .and_then(|()| file.sync_all())
    {
        // Half a file is worse than none; that it cannot be removed either changes nothing about the answer.
        let _ = std::fs::remove_file(path);
        return Err(format!("{shown} cannot be written: {error}"));
    }
    Ok(match articles.len() {
        1 => format!("written to {shown}"),
        n => format!("{n} articles written to {shown}"),
    })
}

fn content(articles: &[Article], format: &str) -> Result<String, String> {
    let joined = |form: &dyn Fn(&Article) -> String, between: &str| {
        articles.iter().map(form).collect::<Vec<_>>().join(between)
    };
    Ok(match format {
        "markdown" | "md" => joined(
            &|article| export::markdown(&Story::from(article), articles.len() == 1),
            "\n\n---\n\n",
        ),
        "text" | "txt" => joined(
            &|article| export::text(&Story::from(article), TEXT_COLUMNS),
            "\n\n",
        ),
        "html" => joined(&|article| export::html(&Story::from(article)), "\n"),
        "json" => match articles {
            [one] => export::json::article(one).to_string(),
            many => serde_json::Value::Array(many.iter().map(export::json::article).collect())
                .to_string(),
        },
        _ => {
            return Err(format!(
                "there is no format \"{format}\": markdown, text, html or json"
            ));
        }
    })
}
