//! Reading what a command is given: a file, or standard input for `-`.

use std::io::Read;

use super::failure::Failure;
use crate::text::reason;

/// More than this is not read: no feed, page or list of feeds is that long (bytes).
const MOST: u64 = 64 << 20;

/// Reads a file whole, or standard input for `-`. Errs with its name; what is longer than 64 MB is refused.
pub(super) fn read(source: &str) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    if source == "-" {
        std::io::stdin()
            .lock()
            .take(MOST + 1)
            .read_to_end(&mut bytes)?;
    } else {
        let named = |error: std::io::Error| match error.kind() {
            std::io::ErrorKind::NotFound => Failure::new(format!("there is no file \"{source}\"")),
            _ => Failure::new(format!("{source} cannot be read: {}", reason(&error))),
        };
        let file = std::fs::File::open(source).map_err(named)?;
        file.take(MOST + 1).read_to_end(&mut bytes).map_err(named)?;
    }
    if bytes.len() as u64 > MOST {
        return Err(Failure::new(format!("{source} is longer than 64 MB")));
    }
    Ok(bytes)
}
