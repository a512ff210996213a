//! What the product's own pages load: each file under a name that has the hash of its content in it, so that it may be
//! kept for ever.

use alloc::string::String;

/// Where everything is that a host answers itself.
pub const PREFIX: &str = "/.well-known/outwork/";

/// One file, as `beacon/dist/` has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asset {
    /// The first part of its name: `beacon`.
    pub stem: &'static str,
    /// The last part of its name: `js`.
    pub extension: &'static str,
    /// The middle: the first 16 hex digits of the SHA-256 of its content.
    pub id: &'static str,
    /// Its content type.
    pub kind: &'static str,
    /// Its content.
    pub content: &'static str,
}

/// The script that pages load to be observed.
pub const BEACON: Asset = script(
    "beacon",
    include_str!("../../beacon/dist/beacon.js.id").trim_ascii_end(),
    include_str!("../../beacon/dist/beacon.js"),
);

/// The script of the page that asks for proof of work.
pub const CHALLENGE_SCRIPT: Asset = script(
    "challenge",
    include_str!("../../beacon/dist/challenge.js.id").trim_ascii_end(),
    include_str!("../../beacon/dist/challenge.js"),
);

/// The style of that page.
pub const CHALLENGE_STYLE: Asset = style(
    "challenge",
    include_str!("../../beacon/dist/challenge.css.id").trim_ascii_end(),
    include_str!("../../beacon/dist/challenge.css"),
);

/// The script of the page on which visitors see what is seen of them.
pub const LAB_SCRIPT: Asset = script(
    "lab",
    include_str!("../../beacon/dist/lab.js.id").trim_ascii_end(),
    include_str!("../../beacon/dist/lab.js"),
);

/// The style of that page.
pub const LAB_STYLE: Asset = style(
    "lab",
    include_str!("../../beacon/dist/lab.css.id").trim_ascii_end(),
    include_str!("../../beacon/dist/lab.css"),
);

/// That page. It names the two by their ids: the build of `beacon/` has written them in.
pub const LAB_PAGE: &str = include_str!("../../beacon/dist/lab.html");

/// Every file.
pub const ASSETS: &[Asset] = &[BEACON, CHALLENGE_SCRIPT, CHALLENGE_STYLE, LAB_SCRIPT, LAB_STYLE];

impl Asset {
    /// Where it is: `/.well-known/outwork/beacon-0123456789abcdef.js`.
    pub fn path(&self) -> String {
        [PREFIX, self.stem, "-", self.id, ".", self.extension].concat()
    }

    /// Whether this is its name: `beacon-0123456789abcdef.js`.
    pub fn is_named(&self, name: &[u8]) -> bool {
        let rest = name.strip_prefix(self.stem.as_bytes()).and_then(|rest| rest.strip_prefix(b"-"));
        let rest = rest.and_then(|rest| rest.strip_prefix(self.id.as_bytes()));
        rest.and_then(|rest| rest.strip_prefix(b".")) == Some(self.extension.as_bytes())
    }
}

const fn script(stem: &'static str, id: &'static str, content: &'static str) -> Asset {
    Asset { stem, extension: "js", id, kind: "text/javascript; charset=utf-8", content }
}

const fn style(stem: &'static str, id: &'static str, content: &'static str) -> Asset {
    Asset { stem, extension: "css", id, kind: "text/css; charset=utf-8", content }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use sha2::{Digest, Sha256};

    #[test]
    fn the_id_of_a_file_is_the_hash_of_its_content() {
        for asset in ASSETS {
            let hash = Sha256::digest(asset.content);
            let id: String = hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(asset.id, id, "{}.{}: build beacon/ again", asset.stem, asset.extension);
        }
    }

    #[test]
    fn the_lab_loads_its_own_files() {
        for asset in [LAB_SCRIPT, LAB_STYLE] {
            assert!(LAB_PAGE.contains(&asset.path()), "{}.{}: build beacon/ again", asset.stem, asset.extension);
        }
    }

    #[test]
    fn a_file_has_one_name() {
        let name = BEACON.path();
        let name = name.strip_prefix(PREFIX).unwrap();
        assert!(BEACON.is_named(name.as_bytes()));
        for other in ["", "beacon", "beacon-.js", "beacon-0000000000000000.js", &name[1..], &format!("{name}x")] {
            assert!(!BEACON.is_named(other.as_bytes()), "{other}");
        }
    }
}
