//! What the shell shall do, as it reads it: `worker/shell/effects.js` is the other side.

use memchr::memchr2;
use outwork_engine::decision::{Edit, Reply};

use crate::elsewhere::Question;

/// Appends effects to `out`: status, delay and record, the edits of the request's headers, the reply.
///
/// Each is a line, each list has its length before it, and the body comes last, since it alone may hold line feeds.
/// A status of 0 means that the request goes on; a delay is how many milliseconds the reply may be held back; an empty record
/// that the policy keeps none.
pub(crate) fn write(answer: Option<&Reply>, delay: u32, record: &str, changes: &[Edit<'_>], out: &mut Vec<u8>) {
    line(out, answer.map_or(0, |reply| reply.status).to_string().as_bytes());
    line(out, delay.to_string().as_bytes());
    line(out, record.as_bytes());
    edits(out, changes);
    reply(out, answer);
}

/// Appends that the shell shall collect the request's body, up to one byte more than `most`, and call again.
pub(crate) fn collect(most: usize, out: &mut Vec<u8>) {
    out.push(b'c');
    line(out, most.to_string().as_bytes());
}

/// Appends the same of a request that was charged, with what came of that: the shell brings it back with the body.
pub(crate) fn bind(most: usize, known: &str, out: &mut Vec<u8>) {
    collect(most, out);
    line(out, known.as_bytes());
}

/// Appends that the shell shall ask about charges, and call again with what is known already and an answer for each.
pub(crate) fn ask(question: &Question, out: &mut Vec<u8>) {
    out.push(b'g');
    line(out, question.known.as_bytes());
    for due in &question.due {
        line(out, due.as_bytes());
    }
}

/// Two lines an edit: `-name` and nothing, or `+name` and a value.
fn edits(out: &mut Vec<u8>, edits: &[Edit<'_>]) {
    line(out, edits.len().to_string().as_bytes());
    for edit in edits {
        let (sign, name, value): (u8, &[u8], &[u8]) = match edit {
            Edit::Remove(name) => (b'-', name, b""),
            Edit::Append(name, value) => (b'+', name.as_bytes(), value),
        };
        out.push(sign);
        line(out, name);
        line(out, value);
    }
}

fn reply(out: &mut Vec<u8>, reply: Option<&Reply>) {
    let (headers, body) = reply.map_or((&[][..], ""), |reply| (&reply.headers, &reply.body));
    line(out, headers.len().to_string().as_bytes());
    for (name, value) in headers {
        line(out, name.as_bytes());
        line(out, value.as_bytes());
    }
    out.extend_from_slice(body.as_bytes());
}

/// A line feed inside a value would shift every line after it, and no header may hold one anyway.
fn line(out: &mut Vec<u8>, text: &[u8]) {
    let mut rest = text;
    while let Some((clean, after)) = memchr2(b'\n', b'\r', rest).and_then(|at| rest.split_at_checked(at)) {
        out.extend_from_slice(clean);
        out.push(b' ');
        rest = after.get(1..).unwrap_or_default();
    }
    out.extend_from_slice(rest);
    out.push(b'\n');
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn what_would_end_a_line_is_a_space() {
        let mut out = Vec::new();
        for text in ["", "plain", "\r\nset-cookie: a=1\n"] {
            line(&mut out, text.as_bytes());
        }
        assert_eq!(out, b"\nplain\n  set-cookie: a=1 \n");
    }
}
