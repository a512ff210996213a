//! The one form in which everybody writes a value (RFC 9651, 4.1): signatures are over that, and not over what was sent.

use super::{Bare, InnerList, Item, Parameters, Value};
use alloc::{format, string::String, vec::Vec};

impl Value<'_> {
    /// Appends its canonical form.
    pub fn write(&self, out: &mut String) {
        match self {
            Self::Item(item) => item.write(out),
            Self::Inner(list) => list.write(out),
        }
    }
}

impl InnerList<'_> {
    /// Appends its canonical form.
    pub fn write(self, out: &mut String) {
        out.push('(');
        for (at, item) in self.items().enumerate() {
            out.push_str(if at == 0 { "" } else { " " });
            item.write(out);
        }
        out.push(')');
        self.parameters.write(out);
    }
}

impl Item<'_> {
    /// Appends its canonical form.
    pub fn write(&self, out: &mut String) {
        self.bare.write(out);
        self.parameters.write(out);
    }
}

impl Parameters<'_> {
    /// Appends their canonical form: a key stands where it came first, with the value that came last.
    pub fn write(self, out: &mut String) {
        let mut written: Vec<(&str, Bare<'_>)> = Vec::new();
        for (key, value) in self.sent() {
            match written.iter_mut().find(|(known, _)| *known == key) {
                Some((_, place)) => *place = value,
                None => written.push((key, value)),
            }
        }
        for (key, value) in written {
            out.push(';');
            out.push_str(key);
            if value != Bare::Boolean(true) {
                out.push('=');
                value.write(out);
            }
        }
    }
}

impl Bare<'_> {
    /// Appends its canonical form.
    pub fn write(&self, out: &mut String) {
        match self {
            Self::Integer(number) => out.push_str(&format!("{number}")),
            Self::Decimal(thousandths) => write_decimal(*thousandths, out),
            Self::String(text) => {
                out.push('"');
                // Nothing but quotes and backslashes may be escaped, and both have to be.
                out.push_str(text.0);
                out.push('"');
            }
            Self::Token(token) => out.push_str(token),
            Self::Bytes(text) => {
                out.push(':');
                out.push_str(text);
                out.push(':');
            }
            Self::Boolean(truth) => out.push_str(if *truth { "?1" } else { "?0" }),
            Self::Date(seconds) => out.push_str(&format!("@{seconds}")),
            Self::Display(text) => write_display(text, out),
        }
    }
}

/// At least one digit behind the point, and no zero at the end that may be left out.
fn write_decimal(thousandths: i64, out: &mut String) {
    let sign = if thousandths < 0 { "-" } else { "" };
    let (whole, fraction) = (thousandths.unsigned_abs() / 1_000, thousandths.unsigned_abs() % 1_000);
    let fraction = format!("{fraction:03}");
    let fraction = match fraction.trim_end_matches('0') {
        "" => "0",
        digits => digits,
    };
    out.push_str(&format!("{sign}{whole}.{fraction}"));
}

fn write_display(text: &str, out: &mut String) {
    out.push_str("%\"");
    for byte in text.bytes() {
        match byte {
            b'%' | b'"' | 0..=0x1f | 0x7f.. => out.push_str(&format!("%{byte:02x}")),
            _ => out.push(char::from(byte)),
        }
    }
    out.push('"');
}
