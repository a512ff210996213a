//! YAML, within bounds: how large a file may be, and how much its aliases may grow to.

use crate::error::ImportError;
use outwork_compiler::{Files, MAX_FILE_BYTES};
use serde::de::DeserializeOwned;

/// Reads a text file.
pub(crate) fn text(files: &dyn Files, path: &str) -> Result<String, ImportError> {
    let bytes = files.read(path).map_err(|error| ImportError::new(format!("`{path}` cannot be read: {error}")))?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(ImportError::new(format!("`{path}` is larger than {} MiB", MAX_FILE_BYTES >> 20)));
    }
    String::from_utf8(bytes).map_err(|_| ImportError::new(format!("`{path}` is not UTF-8")))
}

/// Reads a document. The parser bounds its depth, its nodes and what its aliases are replaced by.
pub(crate) fn read<T: DeserializeOwned>(path: &str, text: &str) -> Result<T, ImportError> {
    serde_saphyr::from_str_with_options(text, serde_saphyr::Options::default()).map_err(|error| {
        let at = error.location().map_or(String::new(), |place| format!(":{}", place.line()));
        let shown = error.without_snippet().to_string();
        ImportError::new(format!("`{path}{at}` cannot be read as YAML: {}", shown.lines().next().unwrap_or_default()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aliases_do_not_explode() {
        let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for level in 1..12 {
            let below = format!("*a{}", level - 1);
            text += &format!("a{level}: &a{level} [{}]\n", vec![below; 10].join(", "));
        }
        let error = read::<serde_json::Value>("bomb.yaml", &text).unwrap_err();
        assert!(error.to_string().starts_with("`bomb.yaml"), "{error}");
    }

    #[test]
    fn depth_is_bounded() {
        assert!(read::<serde_json::Value>("deep.yaml", &"[".repeat(100_000)).is_err());
    }
}
