//! `sec-ch-ua`: the brands that a Chromium browser names (UA Client Hints, a structured list of strings).

/// What the list of brands says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Hints {
    /// The version of the brand `Chromium`.
    pub(crate) chromium: Option<u32>,
    /// Whether a brand is `Microsoft Edge`.
    pub(crate) edge: bool,
    /// Whether a brand is `Opera`.
    pub(crate) opera: bool,
    /// Whether a brand is `HeadlessChrome`.
    pub(crate) headless: bool,
}

impl Hints {
    /// Reads `"Chromium";v="147", "Not.A/Brand";v="8"`. What is not in that form is passed over.
    pub(crate) fn parse(value: &[u8]) -> Self {
        let mut hints = Self::default();
        let mut rest = value;
        while let Some((brand, after)) = quoted(rest) {
            let version = after.strip_prefix(b";v=").and_then(quoted);
            rest = version.map_or(after, |(_, after)| after);
            hints.note(brand, version.and_then(|(version, _)| super::agent::number(version)));
        }
        hints
    }

    fn note(&mut self, brand: &[u8], version: Option<u32>) {
        match brand {
            b"Chromium" => self.chromium = version,
            b"Microsoft Edge" => self.edge = true,
            b"Opera" => self.opera = true,
            b"HeadlessChrome" => self.headless = true,
            _ => {}
        }
    }
}

/// The first quoted string and what follows it. Brands hold no escapes: their punctuation is chosen without `"` and `\`.
fn quoted(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let start = text.iter().position(|&byte| byte == b'"')?;
    let inside = text.get(start + 1..)?;
    let end = inside.iter().position(|&byte| byte == b'"')?;
    Some((inside.get(..end)?, inside.get(end + 1..)?))
}

#[cfg(test)]
mod tests {
    use super::Hints;

    #[test]
    fn brands_are_found_wherever_they_stand() {
        let hints = Hints::parse(br#""Not:A-Brand";v="99", "Microsoft Edge";v="145", "Chromium";v="145""#);
        assert_eq!(hints, Hints { chromium: Some(145), edge: true, ..Hints::default() });
        assert_eq!(Hints::parse(br#""Chromium";v="x"#).chromium, None);
        assert_eq!(Hints::parse(b"\"\"\"\";v=\""), Hints::default());
    }
}
