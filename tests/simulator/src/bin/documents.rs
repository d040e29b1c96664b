//! Writes the compressed documents that the simulator embeds, from those of the core. `make generate`
//! runs it; a unit test compares them.

use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::Path;

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;

fn main() -> io::Result<()> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    for entry in fs::read_dir(own.join("../../core/spec"))? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if !name.ends_with(".openapi.json") {
            continue;
        }
        let target = own.join("documents").join(format!("{name}.gz"));
        let document = fs::read(&path)?;
        // Another version of the compressor would write the same in other bytes.
        if unpacked(&target).ok().as_ref() != Some(&document) {
            fs::write(&target, packed(&document)?)?;
        }
    }
    Ok(())
}

fn unpacked(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    GzDecoder::new(fs::File::open(path)?).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn packed(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    encoder.finish()
}
