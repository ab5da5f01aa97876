//! Running a command the user named: words to a program, never a shell, under limits.
//!
//! Commands come from the user's own config or settings alone. They get no terminal, no more time and room than allowed,
//! and are ended with all they started when nobody waits for them any longer.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{ChildStdin, Command};

use crate::text::clean_line;

/// Bytes of a command's complaints that are read, and characters of them that are told.
const COMPLAINT_BYTES: u64 = 4_096;
const COMPLAINT_CHARS: usize = 160;

/// How much a command may take.
#[derive(Clone, Copy, Debug)]
pub(super) struct Room {
    /// Until it has ended.
    pub(super) time: Duration,
    /// Of what it prints.
    pub(super) bytes: usize,
}

/// Takes a command line apart as a shell would, without one: no variables, pipes or patterns.
pub(super) fn words(line: &str) -> Result<Vec<String>, String> {
    match shlex::split(line) {
        Some(words) if !words.is_empty() => Ok(words),
        Some(_) => Err("the command is empty".into()),
        None => Err("a quote is not closed in the command".into()),
    }
}

/// Runs a command and returns what it printed. `input` is given to it to read. Dropping the future ends it.
///
/// # Errors
/// In one plain sentence: it cannot be started, fails, takes too long or prints too much.
pub(super) async fn run(
    words: &[String],
    input: Option<Vec<u8>>,
    room: Room,
) -> Result<Vec<u8>, String> {
    let [program, arguments @ ..] = words else {
        return Err("the command is empty".into());
    };
    let name = clean_line(program);
    let mut command = Command::new(program);
    command
        .args(arguments)
        .stdin(if input.is_some() {
            Stdio::piped()
        } else {
            Stdio::null()
        })
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true);
    let mut child = command
        .spawn()
        .map_err(|error| format!("the command {name} cannot be started: {error}"))?;
    let mut group = Group(child.id());
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let work = async {
        let ((), printed, complaint) = tokio::join!(
            give(stdin, input),
            read(stdout, room.bytes as u64 + 1),
            read(stderr, COMPLAINT_BYTES)
        );
        if printed.len() > room.bytes {
            return Err(format!("the command {name} prints more than is read"));
        }
        let status = child
            .wait()
            .await
            .map_err(|error| format!("the command {name}: {error}"))?;
        if status.success() {
            return Ok(printed);
        }
        let complaint = clean_line(&String::from_utf8_lossy(&complaint));
        let complaint: String = complaint.chars().take(COMPLAINT_CHARS).collect();
        let how = status
            .code()
            .map_or_else(|| "was ended".to_owned(), |code| format!("failed ({code})"));
        Err(if complaint.is_empty() {
            format!("the command {name} {how}")
        } else {
            format!("the command {name} {how}: {complaint}")
        })
    };
    let done = tokio::time::timeout(room.time, work).await;
    if let Ok(Ok(_)) = &done {
        // It has ended by itself; what it may have left running on purpose is its own business.
        group.0 = None;
    }
    done.unwrap_or_else(|_| Err(format!("the command {name} took too long and was ended")))
}

async fn give(stdin: Option<ChildStdin>, input: Option<Vec<u8>>) {
    if let (Some(mut stdin), Some(input)) = (stdin, input) {
        // A command may well stop reading before the end.
        let _ = stdin.write_all(&input).await;
    }
}

/// Reads up to so many bytes, then drops the pipe: who goes on writing is ended by the system.
async fn read(pipe: Option<impl AsyncRead + Unpin>, most: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Some(pipe) = pipe {
        let _ = pipe.take(most).read_to_end(&mut bytes).await;
    }
    bytes
}

/// The process group of a command. What is in it still is ended on drop.
struct Group(Option<u32>);

impl Drop for Group {
    fn drop(&mut self) {
        let pid = self.0.and_then(|id| i32::try_from(id).ok());
        if let Some(pid) = pid.and_then(rustix::process::Pid::from_raw) {
            let _ = rustix::process::kill_process_group(pid, rustix::process::Signal::KILL);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run_line(line: &str, input: Option<&str>, room: Room) -> Result<String, String> {
        let words = words(line)?;
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
            .block_on(run(
                &words,
                input.map(|text| text.as_bytes().to_vec()),
                room,
            ))
            .map(|printed| String::from_utf8(printed).unwrap())
    }

    const ROOM: Room = Room {
        time: Duration::from_secs(60),
        bytes: 1_000,
    };

    #[test]
    fn a_command_gets_words_and_input_and_no_shell() {
        assert_eq!(
            run_line("printf '%s|' 'a b' '$HOME' ';' ls", None, ROOM).unwrap(),
            "a b|$HOME|;|ls|"
        );
        assert_eq!(run_line("cat", Some("in"), ROOM).unwrap(), "in");
        assert_eq!(
            run_line("cat", None, ROOM).unwrap(),
            "",
            "there is no terminal to read"
        );
    }

    #[test]
    fn what_goes_wrong_is_said() {
        let failed = |line: &str| run_line(line, None, ROOM).unwrap_err();
        assert_eq!(
            failed("sh -c 'printf \"no \\033[31mway\" >&2; exit 3'"),
            "the command sh failed (3): no [31mway"
        );
        assert!(
            failed("no-such-program-at-all")
                .starts_with("the command no-such-program-at-all cannot be started")
        );
        assert_eq!(failed("yes"), "the command yes prints more than is read");
        assert_eq!(failed("'"), "a quote is not closed in the command");
        assert_eq!(failed(" "), "the command is empty");
    }

    #[test]
    fn a_command_that_takes_too_long_is_ended_with_all_it_started() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
        rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, mode).unwrap();
        // Reading ends when the last who writes has ended: the sleeper that the shell started.
        let (told, ended) = std::sync::mpsc::channel();
        let reader = pipe.clone();
        std::thread::spawn(move || told.send(std::fs::read(reader).is_ok()));
        let line = format!("sh -c 'sleep 600 > {} & wait'", pipe.display());
        let room = Room {
            time: Duration::from_secs(2),
            ..ROOM
        };
        let error = run_line(&line, None, room).unwrap_err();
        assert_eq!(error, "the command sh took too long and was ended");
        assert_eq!(ended.recv_timeout(Duration::from_secs(60)), Ok(true));
    }
}
