//! Which responses take the tag.

/// What decides about it: header values as they are, none where there is no such header.
#[derive(Clone, Debug, Default)]
pub struct Head {
    /// `:status`
    pub status: Option<Vec<u8>>,
    /// `content-type`
    pub content_type: Option<Vec<u8>>,
    /// `content-encoding`
    pub content_encoding: Option<Vec<u8>>,
    /// `cache-control`
    pub cache_control: Option<Vec<u8>>,
}

impl Head {
    /// Whether this is a page in full, readable, and free to be changed on its way.
    pub fn takes_tag(&self) -> bool {
        self.status.as_deref() == Some(b"200") && self.is_html() && self.is_plain() && self.may_change()
    }

    fn is_html(&self) -> bool {
        let kind = self.content_type.as_deref().unwrap_or_default();
        let essence = kind.split(|&byte| byte == b';').next().unwrap_or_default();
        essence.trim_ascii().eq_ignore_ascii_case(b"text/html")
    }

    fn is_plain(&self) -> bool {
        self.content_encoding.as_deref().is_none_or(|encoding| encoding.trim_ascii().eq_ignore_ascii_case(b"identity"))
    }

    fn may_change(&self) -> bool {
        let mut directives = self.cache_control.as_deref().unwrap_or_default().split(|&byte| byte == b',');
        !directives.any(|directive| directive.trim_ascii().eq_ignore_ascii_case(b"no-transform"))
    }
}

/// Whether a request is for a page to show, by its `sec-fetch-dest`. Clients that send none may want a page.
pub fn wants_page(destination: Option<&[u8]>) -> bool {
    destination.is_none_or(|destination| matches!(destination, b"document" | b"iframe" | b"frame"))
}

/// The entity tag of a page that was changed: no longer the same byte for byte, and so weak (RFC 9110, section 8.8.1).
pub fn weak(tag: &[u8]) -> Vec<u8> {
    if tag.starts_with(b"W/") { tag.into() } else { [b"W/", tag].concat() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(kind: &str) -> Head {
        Head { status: Some(b"200".into()), content_type: Some(kind.into()), ..Head::default() }
    }

    #[test]
    fn pages_take_it_and_nothing_else_does() {
        assert!(head("text/html").takes_tag());
        assert!(head("Text/HTML; charset=utf-8").takes_tag());
        for kind in ["", "text/plain", "application/xhtml+xml", "text/html2", "application/json"] {
            assert!(!head(kind).takes_tag(), "{kind}");
        }
        assert!(!Head { status: Some(b"404".into()), ..head("text/html") }.takes_tag());
        assert!(!Head { content_encoding: Some(b"gzip".into()), ..head("text/html") }.takes_tag());
        assert!(Head { content_encoding: Some(b"identity".into()), ..head("text/html") }.takes_tag());
        assert!(!Head { cache_control: Some(b"public, No-Transform".into()), ..head("text/html") }.takes_tag());
        assert!(wants_page(None) && wants_page(Some(b"document")) && !wants_page(Some(b"empty")));
    }

    #[test]
    fn a_changed_page_is_only_weakly_the_same() {
        assert_eq!((weak(b"\"a\""), weak(b"W/\"a\"")), (b"W/\"a\"".into(), b"W/\"a\"".into()));
    }
}
