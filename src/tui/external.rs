//! Programs of the user's: browser, editor, pager. Each gets its words as arguments, never through a shell, but for
//! the command line the user types for `|`.

use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, Stdio};

/// How an address is opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Browser {
    /// A program and its arguments, `%s` in them standing for the address.
    Program(Vec<String>),
    /// The system's opener.
    System,
    /// None that could be seen: over SSH with neither set. The address is copied instead.
    Copy,
}

impl Browser {
    /// Chooses: the config, `$BROWSER`, the system's opener; over SSH with neither of the first two, the clipboard.
    pub(super) fn choose(configured: &str) -> Self {
        let of_env = || {
            std::env::var("BROWSER")
                .ok()
                .and_then(|text| text.split(':').next().map(str::to_owned))
        };
        let typed = if configured.trim().is_empty() {
            of_env()
        } else {
            Some(configured.to_owned())
        };
        if let Some(words) = typed
            .as_deref()
            .and_then(shlex::split)
            .filter(|words| !words.is_empty())
        {
            return Self::Program(words);
        }
        let remote = ["SSH_CONNECTION", "SSH_TTY"]
            .iter()
            .any(|name| std::env::var_os(name).is_some());
        if remote { Self::Copy } else { Self::System }
    }
}

/// Says whether an address may be opened: http or https, and nothing a program could take for an option.
pub(super) fn may_open(url: &str) -> bool {
    let lower = url.get(..8).unwrap_or(url).to_ascii_lowercase();
    (lower.starts_with("http://") || lower.starts_with("https://"))
        && !url.chars().any(|c| c.is_control() || c == ' ')
}

/// Says whether the system's opener may take a file of a media type that a feed names: what plays or shows, never what runs.
pub(super) fn may_open_file(media_type: &str) -> bool {
    let media = media_type.split(';').next().unwrap_or_default();
    let media = media.trim().to_ascii_lowercase();
    let kind = media.split('/').next().unwrap_or_default();
    matches!(kind, "audio" | "video" | "image")
        || matches!(
            media.as_str(),
            "application/pdf" | "application/epub+zip" | "text/plain"
        )
}

/// Returns the program and arguments that open `url`.
pub(super) fn argv(words: &[String], url: &str) -> (String, Vec<String>) {
    let program = words.first().cloned().unwrap_or_default();
    let mut arguments: Vec<String> = words
        .iter()
        .skip(1)
        .map(|word| word.replace("%s", url))
        .collect();
    if !words.iter().skip(1).any(|word| word.contains("%s")) {
        arguments.push(url.to_owned());
    }
    (program, arguments)
}

/// Starts a program that needs no terminal, and leaves it alone.
pub(super) fn spawn(program: &str, arguments: &[String]) -> io::Result<()> {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    // Someone must wait for it, or it stays a zombie; it may live as long as a browser does.
    std::thread::Builder::new()
        .name("browser".into())
        .spawn(move || child.wait())?;
    Ok(())
}

/// Runs a program in this terminal and waits for it. Errs where it could not start or failed.
pub(super) fn run_here(program: &str, arguments: &[String]) -> io::Result<()> {
    let status = Command::new(program).args(arguments).status()?;
    if status.success() {
        Ok(())
    } else {
        Err(io::Error::other(format!("{program} ended with {status}")))
    }
}

/// Runs the command line a user typed for `|`, with `text` on its standard input, and waits for Enter after it.
pub(super) fn pipe(command: &str, text: &str) -> io::Result<()> {
    let mut child = Command::new("sh")
        .arg("-c")
        .arg(command)
        .stdin(Stdio::piped())
        .spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        match stdin.write_all(text.as_bytes()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => return Err(error),
            _ => {}
        }
    }
    let status = child.wait()?;
    let mut out = io::stdout().lock();
    let ended = if status.success() {
        String::new()
    } else {
        format!(" ({status})")
    };
    write!(out, "\n-- Enter returns to newsdesk{ended} --")?;
    out.flush()?;
    drop(out);
    let mut line = String::new();
    io::stdin().read_line(&mut line)?;
    Ok(())
}

/// Runs the demo edition in this terminal and waits for it.
pub(super) fn demo(config: &Path) -> io::Result<()> {
    let program = std::env::current_exe()?;
    let status = Command::new(program)
        .arg("--config")
        .arg(config)
        .arg("demo")
        .status()?;
    if status.success() {
        Ok(())
    } else {
        Err(io::Error::other(format!("it ended with {status}")))
    }
}

/// Opens a file in `$VISUAL`, `$EDITOR`, `nano` or `vi`. Errs in plain words, with the path, where none is there.
pub(super) fn edit(path: &Path) -> io::Result<()> {
    let typed = ["VISUAL", "EDITOR"].iter().find_map(|name| {
        std::env::var(name)
            .ok()
            .filter(|text| !text.trim().is_empty())
    });
    let own = typed.as_deref().and_then(shlex::split);
    let candidates = match own {
        Some(words) => vec![words],
        None => vec![vec!["nano".to_owned()], vec!["vi".to_owned()]],
    };
    for words in candidates {
        let Some((program, arguments)) = words.split_first() else {
            continue;
        };
        match Command::new(program).args(arguments).arg(path).status() {
            Ok(_) => return Ok(()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::other(format!(
        "no editor was found: set EDITOR, or edit {} by hand",
        path.display()
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn the_address_is_one_argument_whatever_it_holds() {
        let url = "https://example.org/?a=$(reboot);`x`&b='";
        assert_eq!(
            argv(&words("firefox --new-tab %s"), url),
            ("firefox".into(), vec!["--new-tab".into(), url.into()])
        );
        assert_eq!(argv(&words("w3m"), url), ("w3m".into(), vec![url.into()]));
    }

    #[test]
    fn only_web_addresses_are_opened() {
        for good in ["http://example.org", "HTTPS://example.org/a?b"] {
            assert!(may_open(good), "{good}");
        }
        for bad in [
            "file:///etc/passwd",
            "javascript:alert(1)",
            "-oProxyCommand=x",
            "https://a\u{1b}b",
            "",
            "http://a b",
            "ж",
        ] {
            assert!(!may_open(bad), "{bad}");
        }
    }
}
