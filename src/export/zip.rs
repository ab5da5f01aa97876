//! A zip file of files as they are, uncompressed: what a book of a few articles needs (PKWARE's APPNOTE 6.3.3).

/// 1980-01-01, the first day a zip file knows: the same articles give the same bytes.
const DATE: u16 = 0x21;

/// A zip file being written.
#[derive(Debug, Default)]
pub(super) struct Zip {
    bytes: Vec<u8>,
    directory: Vec<u8>,
    count: u16,
}

impl Zip {
    /// Adds a file. More than 65,535 files or 4 GB are left out: the plain form cannot hold them.
    pub(super) fn add(&mut self, name: &str, content: &[u8]) {
        let at = u32::try_from(self.bytes.len());
        let size = u32::try_from(content.len());
        let length = u16::try_from(name.len());
        let (Ok(at), Ok(size), Ok(length), true) = (at, size, length, self.count < u16::MAX) else {
            return;
        };
        let mut shared = Vec::with_capacity(26);
        for part in [20_u16, 0x0800, 0, 0, DATE] {
            shared.extend_from_slice(&part.to_le_bytes());
        }
        for part in [crc32(content), size, size] {
            shared.extend_from_slice(&part.to_le_bytes());
        }
        shared.extend_from_slice(&length.to_le_bytes());
        shared.extend_from_slice(&0_u16.to_le_bytes());

        self.bytes.extend_from_slice(b"PK\x03\x04");
        self.bytes.extend_from_slice(&shared);
        self.bytes.extend_from_slice(name.as_bytes());
        self.bytes.extend_from_slice(content);

        self.directory.extend_from_slice(b"PK\x01\x02\x14\x00");
        self.directory.extend_from_slice(&shared);
        // Comment, disk and attributes: none.
        self.directory.extend_from_slice(&[0; 10]);
        self.directory.extend_from_slice(&at.to_le_bytes());
        self.directory.extend_from_slice(name.as_bytes());
        self.count += 1;
    }

    /// Returns the whole file.
    pub(super) fn finish(self) -> Vec<u8> {
        let Self {
            mut bytes,
            directory,
            count,
        } = self;
        let start = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        let size = u32::try_from(directory.len()).unwrap_or(u32::MAX);
        bytes.extend_from_slice(&directory);
        bytes.extend_from_slice(b"PK\x05\x06\0\0\0\0");
        for part in [count, count] {
            bytes.extend_from_slice(&part.to_le_bytes());
        }
        for part in [size, start] {
            bytes.extend_from_slice(&part.to_le_bytes());
        }
        bytes.extend_from_slice(&[0, 0]);
        bytes
    }
}

/// The checksum of zip files (ISO 3309, reversed polynomial).
fn crc32(bytes: &[u8]) -> u32 {
    let table: [u32; 256] = std::array::from_fn(|n| {
        (0..8).fold(n as u32, |crc, _| {
            if crc & 1 == 1 {
                (crc >> 1) ^ 0xEDB8_8320
            } else {
                crc >> 1
            }
        })
    });
    !bytes.iter().fold(!0, |crc: u32, byte| {
        (crc >> 8) ^ table[((crc ^ u32::from(*byte)) & 0xff) as usize]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_the_usual_one() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        assert_eq!(crc32(b""), 0);
    }
}
