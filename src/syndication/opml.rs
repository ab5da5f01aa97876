//! OPML, the lists of subscriptions every reader writes (opml.org/spec2.opml).

use std::collections::BTreeMap;
use std::fmt::Write;

use url::Url;

use super::list::{Import, NotAList, address};
use super::xml::{ElementId, Tree};
use super::{decode, plain, xml};
use crate::model::Feed;
use crate::model::change::NewFeed;
use crate::text::clean_line;

/// Folders deeper than this are one with the folder they lie in.
const MAX_FOLDERS: usize = 16;

/// Reads OPML: nested folders become paths (`World/Europe`), a `category` the folder of what lies in none. Broken
/// files are read as far as they go; includes are not followed, commands and local files refused, with remarks.
///
/// # Errors
/// Where the bytes hold no outline at all.
pub fn read(bytes: &[u8]) -> Result<Import, NotAList> {
    let text = decode::decode(bytes, None, &mut Vec::new());
    let tree = xml::read(&text, None, usize::MAX);
    let mut import = Import::default();
    if !walk(&tree, Tree::ROOT, "", &mut import) {
        return Err(NotAList::Opml);
    }
    if tree.cut {
        import.remark("the list is cut off; what stands before the cut is taken".to_owned());
    }
    Ok(import)
}

/// Reads the outlines below an element. True where there is anything of OPML.
fn walk(tree: &Tree, id: ElementId, folder: &str, import: &mut Import) -> bool {
    let mut is_list = false;
    for (child, element) in tree.children(id) {
        match element.name.as_str() {
            "opml" | "body" => {
                is_list |= walk(tree, child, folder, import) || element.name == "opml";
            }
            "outline" => {
                is_list = true;
                outline(tree, child, folder, import);
            }
            _ => {}
        }
    }
    is_list
}

fn outline(tree: &Tree, id: ElementId, folder: &str, import: &mut Import) {
    let element = tree.get(id);
    let name = element
        .attribute("title")
        .filter(|t| !t.is_empty())
        .or(element.attribute("text"));
    let name = name.and_then(plain::some_line);
    let kind = element
        .attribute("type")
        .unwrap_or_default()
        .to_ascii_lowercase();
    if kind == "include" {
        import.remark(format!(
            "the list \"{}\" inside this one is not followed",
            name.unwrap_or_default()
        ));
        return;
    }
    let url = element.attribute("xmlurl").or(element
        .attribute("url")
        .filter(|_| matches!(kind.as_str(), "rss" | "atom")));
    let Some(url) = url.filter(|url| !url.is_empty()) else {
        let path = name.map_or_else(|| folder.to_owned(), |name| join(folder, &name));
        walk(tree, id, &path, import);
        return;
    };
    match address(url) {
        Ok(url) => {
            if element
                .attribute("filtercmd")
                .is_some_and(|command| !command.is_empty())
            {
                import.remark(format!("the filter command of {url} is not taken over"));
            }
            let category = element
                .attribute("category")
                .filter(|_| folder.is_empty())
                .unwrap_or_default();
            let category = category
                .split(',')
                .next()
                .unwrap_or_default()
                .trim_matches('/');
            import.add(NewFeed {
                title: name.filter(|name| *name != url),
                own_title: None,
                site_url: element
                    .attribute("htmlurl")
                    .and_then(|url| address(url).ok()),
                folder: if folder.is_empty() {
                    clean_path(category)
                } else {
                    folder.to_owned()
                },
                url,
            });
        }
        Err(why) => import.remark(format!("{} is left out: {why}", plain::line(url))),
    }
    walk(tree, id, folder, import);
}

fn join(folder: &str, name: &str) -> String {
    clean_path(&format!("{folder}/{name}"))
}

/// Returns a folder path without empty parts, at most [`MAX_FOLDERS`] deep.
pub(super) fn clean_path(path: &str) -> String {
    let parts = path.split('/').map(clean_line);
    let parts = parts.filter(|part| !part.is_empty()).take(MAX_FOLDERS);
    parts.collect::<Vec<_>>().join("/")
}

/// Writes subscriptions as OPML 2.0, folders nested. Archived feeds are left out; names and passwords in addresses
/// too, for lists are passed on.
pub fn write(feeds: &[Feed]) -> String {
    let mut root = Folder::default();
    for feed in feeds.iter().filter(|feed| !feed.archived) {
        let parts = feed
            .folder
            .split('/')
            .filter(|part| !part.is_empty())
            .take(MAX_FOLDERS);
        let folder = parts.fold(&mut root, |folder, part| {
            folder.folders.entry(part.to_owned()).or_default()
        });
        folder.feeds.push(feed);
    }
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<opml version=\"2.0\">\n  <head>\n    <title>Subscriptions</title>\n  </head>\n  <body>\n",
    );
    root.write(&mut out, 2);
    out.push_str("  </body>\n</opml>\n");
    out
}

#[derive(Default)]
struct Folder<'a> {
    folders: BTreeMap<String, Folder<'a>>,
    feeds: Vec<&'a Feed>,
}

impl Folder<'_> {
    fn write(&self, out: &mut String, depth: usize) {
        let indent = "  ".repeat(depth);
        for feed in &self.feeds {
            let title = escape(&feed.title);
            let url = escape(&without_secrets(&feed.url));
            let _ = write!(
                out,
                "{indent}<outline type=\"rss\" text=\"{title}\" title=\"{title}\" xmlUrl=\"{url}\""
            );
            if let Some(site) = &feed.site_url {
                let _ = write!(out, " htmlUrl=\"{}\"", escape(site));
            }
            out.push_str("/>\n");
        }
        for (name, folder) in &self.folders {
            let name = escape(name);
            let _ = writeln!(out, "{indent}<outline text=\"{name}\" title=\"{name}\">");
            folder.write(out, depth + 1);
            let _ = writeln!(out, "{indent}</outline>");
        }
    }
}

fn without_secrets(url: &str) -> String {
    match Url::parse(url) {
        Ok(mut parsed) if !parsed.username().is_empty() || parsed.password().is_some() => {
            // Only addresses without a host refuse, and those have no user either.
            let _ = parsed.set_password(None);
            let _ = parsed.set_username("");
            parsed.into()
        }
        _ => url.to_owned(),
    }
}

fn escape(text: &str) -> String {
    let text = clean_line(text);
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    text.replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::FeedId;
    use crate::model::feed::{FeedHealth, FeedSettings};

    fn check(opml: &str, expect: &[(&str, &str, &str)]) -> Vec<String> {
        let import = read(opml.as_bytes()).expect("a list");
        let got: Vec<_> = import
            .feeds
            .iter()
            .map(|f| {
                (
                    f.folder.as_str(),
                    f.title.as_deref().unwrap_or_default(),
                    f.url.as_str(),
                )
            })
            .collect();
        assert_eq!(got, expect);
        import.remarks
    }

    #[test]
    fn nested_folders_become_paths() {
        let remarks = check(
            "<opml version='1.0'><body><outline text='World'><outline title='Europe' text='x'>
             <outline text='Harbour &amp; sea' xmlUrl='https://e.com/a' htmlUrl='https://e.com'/></outline></outline>
             <outline text='Top' type='rss' url='https://e.com/b' category='/Tech/Rust,x'/><outline xmlUrl='https://e.com/a' text='again'/></body></opml>",
            &[("World/Europe", "Harbour & sea", "https://e.com/a"), ("Tech/Rust", "Top", "https://e.com/b")],
        );
        assert!(remarks.is_empty(), "{remarks:?}");
    }

    #[test]
    fn commands_files_and_includes_are_refused() {
        let remarks = check(
            "<opml><body><outline text='a' xmlUrl='exec:rm -rf /'/><outline text='b' xmlUrl='|rm'/><outline text='c' xmlUrl='file:///etc/passwd'/>
             <outline text='d' type='include' url='https://e.com/more.opml'/><outline text='e' xmlUrl='feed://e.com/e' filtercmd='sh'/>",
            &[("", "e", "http://e.com/e")],
        );
        assert_eq!(remarks.len(), 6, "{remarks:?}");
    }

    #[test]
    fn what_is_no_list_is_said() {
        assert_eq!(read(b"<html><body>x</body></html>"), Err(NotAList::Opml));
        assert!(read(b"<opml/>").is_ok());
    }

    #[test]
    fn what_is_written_is_read_back() {
        let feed = |title: &str, url: &str, folder: &str| Feed {
            id: FeedId(1),
            url: url.to_owned(),
            title: title.to_owned(),
            site_url: Some("https://e.com/?a=1&b=2".to_owned()),
            folder: folder.to_owned(),
            position: 0,
            unread: 0,
            total: 0,
            health: FeedHealth::default(),
            settings: FeedSettings::default(),
            archived: false,
        };
        let text = write(&[
            feed("R & D \"x\"", "https://me:pw@e.com/a?b=1&c=2", ""),
            feed("B", "https://e.com/b", "World/Europe"),
            feed("C", "https://e.com/c", "World"),
        ]);
        check(
            &text,
            &[
                ("", "R & D \"x\"", "https://e.com/a?b=1&c=2"),
                ("World", "C", "https://e.com/c"),
                ("World/Europe", "B", "https://e.com/b"),
            ],
        );
        assert!(text.contains("htmlUrl=\"https://e.com/?a=1&amp;b=2\""));
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_borne(text in "(<outline|<opml>|</outline>| xmlUrl='|text=\"|'|>|&|[a-z:/.]{0,9}){0,40}") {
            let _ = read(text.as_bytes());
        }
    }
}
