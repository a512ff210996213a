//! What a path is of: the route, without the ids in it.
//!
//! A limit by path counts what is asked for, not who asks. `/orders/1001` and `/orders/1002` are one route to it.
//!
//! The class of a path is made of its first four segments, with `/**` after them where there are more. Empty segments and
//! `.` are left out, so that `//login` and `/login/` are `/login`. A segment that is an id stands there as `*`:
//!
//! - digits alone: `1001`;
//! - 16 characters or more of `A`–`Z`, `a`–`z`, `0`–`9`, `-` and `_`, with a digit among them: UUIDs, hexadecimal, base64url,
//!   and the titles of articles with a number in them;
//! - anything of more than 64 bytes.
//!
//! What follows the last dot of a segment stays, if what is before it is an id: `/img/8213.webp` is `/img/*.webp`. Nothing is
//! decoded, and case counts: `/%6Cogin` and `/Login` are classes of their own. A client can make up as many classes as it
//! likes, at no cost; a store that is bounded forgets the oldest. So a limit by path alone is for the routes that a site
//! has: its condition names them.

use alloc::vec::Vec;

/// How many segments count.
const SEGMENTS: usize = 4;

/// What is longer is no name of a route.
const LONGEST_NAME: usize = 64;

/// What is shorter and no number may be a name.
const SHORTEST_ID: usize = 16;

/// The class of a path, without the query.
pub fn path_class(path: &[u8]) -> Vec<u8> {
    let mut class = Vec::with_capacity(path.len().min(SEGMENTS * (LONGEST_NAME + 1)) + 3);
    let mut segments = path.split(|&byte| byte == b'/').filter(|segment| !segment.is_empty() && *segment != b".");
    for segment in segments.by_ref().take(SEGMENTS) {
        class.push(b'/');
        push(&mut class, segment);
    }
    if segments.next().is_some() {
        class.extend(b"/**");
    }
    if class.is_empty() {
        class.push(b'/');
    }
    class
}

fn push(class: &mut Vec<u8>, segment: &[u8]) {
    let dot = segment.iter().rposition(|&byte| byte == b'.');
    let (stem, extension) = dot.and_then(|at| segment.split_at_checked(at)).unwrap_or((segment, b""));
    if segment.len() > LONGEST_NAME {
        class.push(b'*');
    } else if is_id(stem) {
        class.push(b'*');
        class.extend(extension);
    } else {
        class.extend(segment);
    }
}

fn is_id(stem: &[u8]) -> bool {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let has_digit = stem.iter().any(u8::is_ascii_digit);
    let is_number = has_digit && stem.iter().all(u8::is_ascii_digit);
    is_number || has_digit && stem.len() >= SHORTEST_ID && stem.iter().all(is_part)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn class(path: &str) -> alloc::string::String {
        alloc::string::String::from_utf8(path_class(path.as_bytes())).unwrap()
    }

    #[test]
    fn routes_stay_and_ids_go() {
        for (path, expected) in [
            ("/", "/"),
            ("", "/"),
            ("/login", "/login"),
            ("//login/", "/login"),
            ("/./login", "/login"),
            ("/orders/1001", "/orders/*"),
            ("/orders/1001/items/7", "/orders/*/items/*"),
            ("/api/v1/users/me", "/api/v1/users/me"),
            ("/a/b/c/d/e", "/a/b/c/d/**"),
            ("/a/b/c/d/", "/a/b/c/d"),
            ("/u/3f2504e0-4f89-11d3-9a0c-0305e82c3301/x", "/u/*/x"),
            ("/t/dGhpcyBpcyBhIHRva2Vu1", "/t/*"),
            ("/t/0123456789abcde", "/t/0123456789abcde"),
            ("/t/0123456789abcdef", "/t/*"),
            ("/about-our-company-and-team", "/about-our-company-and-team"),
            ("/img/8213.webp", "/img/*.webp"),
            ("/app.js", "/app.js"),
            ("/2026/11/22/what-we-learned-in-2026", "/*/*/*/*"),
            ("*", "/*"),
        ] {
            assert_eq!(class(path), expected, "{path}");
        }
    }

    #[test]
    fn a_long_segment_is_no_name() {
        let long = "x".repeat(LONGEST_NAME);
        assert_eq!(class(&alloc::format!("/{long}")), alloc::format!("/{long}"));
        assert_eq!(class(&alloc::format!("/{long}x.html")), "/*");
    }

    proptest! {
        #[test]
        fn any_bytes_have_a_bounded_class_that_is_its_own(path: Vec<u8>) {
            let class = path_class(&path);
            prop_assert!(class.starts_with(b"/") && class.len() <= SEGMENTS * (LONGEST_NAME + 1) + 3);
            if !class.ends_with(b"/**") {
                prop_assert_eq!(path_class(&class), class);
            }
        }

        #[test]
        fn an_id_makes_no_difference(before in "/[a-z]{1,8}/", one: u64, other: u64, after in "(/[a-z]{1,8}){0,3}") {
            let of = |id: u64| class(&alloc::format!("{before}{id}{after}"));
            prop_assert_eq!(of(one), of(other));
        }
    }
}
