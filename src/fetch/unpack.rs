//! Files that are packed themselves (`sitemap.xml.gz`), which is another thing than a packed transfer.

use std::io::Read;

use flate2::read::MultiGzDecoder;

/// How a packed file begins (RFC 1952 §2.3.1).
const MAGIC: &[u8] = b"\x1f\x8b\x08";

/// Says whether a body is a gzip file.
pub(super) fn is_packed(body: &[u8]) -> bool {
    body.starts_with(MAGIC)
}

/// Returns what is in a body that is a gzip file, else the body. `None`: it holds more than `most` bytes. One that is cut or
/// damaged gives what stands before.
pub(super) fn unpack(body: Vec<u8>, most: usize) -> Option<Vec<u8>> {
    if !is_packed(&body) {
        return Some(body);
    }
    let mut out = Vec::new();
    let mut packed = MultiGzDecoder::new(&body[..]).take(most as u64 + 1);
    if let Err(error) = packed.read_to_end(&mut out) {
        tracing::debug!("a packed file is damaged: {error}");
    }
    (out.len() <= most).then_some(out)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn pack(bytes: &[u8]) -> Vec<u8> {
        let mut packer = GzEncoder::new(Vec::new(), Compression::best());
        packer.write_all(bytes).unwrap();
        packer.finish().unwrap()
    }

    #[test]
    fn a_packed_file_is_unpacked_within_its_bound() {
        assert_eq!(unpack(b"<rss>".to_vec(), 3), Some(b"<rss>".to_vec()));
        assert_eq!(unpack(pack(b"<rss/>"), 6), Some(b"<rss/>".to_vec()));
        let bomb = pack(&vec![b' '; 20_000_000]);
        assert!(bomb.len() < 30_000);
        assert_eq!(unpack(bomb, 1_000_000), None);
    }

    #[test]
    fn what_stands_before_a_cut_is_kept() {
        let text: String = (0..20_000).map(|n| format!("<item>{n}</item>")).collect();
        let packed = pack(text.as_bytes());
        let cut = unpack(packed[..packed.len() / 2].to_vec(), text.len()).unwrap();
        assert!(
            cut.len() > 1_000 && text.as_bytes().starts_with(&cut),
            "{}",
            cut.len()
        );
    }
}
