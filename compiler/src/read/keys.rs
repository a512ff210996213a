//! A table whose keys are known beforehand.

use crate::{
    context::Context,
    diagnostic::{Code, Diagnostic, did_you_mean},
    source::{FileId, Span},
};
use std::ops::{Range, RangeInclusive};
use toml::{
    Spanned,
    de::{DeArray, DeTable, DeValue},
};

/// A table that may have only certain keys.
pub(crate) struct Keys<'a, 't> {
    table: &'a DeTable<'t>,
    file: FileId,
    range: Range<usize>,
    what: &'static str,
}

/// Text, and where its TOML string stands, quotes included.
#[derive(Clone, Debug)]
pub(crate) struct Text {
    pub(crate) value: String,
    pub(crate) span: Span,
}

impl<'a, 't> Keys<'a, 't> {
    /// Opens a table, and reports every key of it that is not `allowed`.
    pub(crate) fn open(
        cx: &mut Context<'_>,
        file: FileId,
        (table, range): (&'a DeTable<'t>, Range<usize>),
        what: &'static str,
        allowed: &[&str],
    ) -> Self {
        for key in table.keys().filter(|key| !allowed.contains(&key.get_ref().as_ref())) {
            let written = key.get_ref().as_ref();
            let help = did_you_mean(written, allowed.iter().copied()).map_or_else(
                || format!("the keys of {what} are {}", listed(allowed)),
                |near| format!("did you mean `{near}`?"),
            );
            let message = format!("`{written}` is no key of {what}");
            cx.report(
                Diagnostic::new(Code::UnknownKey, Span::new(file, key.span()), message).label("unknown key").help(help),
            );
        }
        Self { table, file, range, what }
    }

    pub(crate) fn file(&self) -> FileId {
        self.file
    }

    /// Where the table stands.
    pub(crate) fn span(&self) -> Span {
        self.at(self.range.clone())
    }

    pub(crate) fn at(&self, range: Range<usize>) -> Span {
        Span::new(self.file, range)
    }

    /// Where a key stands; the table, when it has none.
    pub(crate) fn key_span(&self, key: &str) -> Span {
        self.table.get_key_value(key).map_or_else(|| self.span(), |(key, _)| self.at(key.span()))
    }

    pub(crate) fn get(&self, key: &str) -> Option<&'a Spanned<DeValue<'t>>> {
        self.table.get(key)
    }

    pub(crate) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    pub(crate) fn text(&self, cx: &mut Context<'_>, key: &str) -> Option<Text> {
        self.text_of(cx, self.get(key)?, key)
    }

    pub(crate) fn required_text(&self, cx: &mut Context<'_>, key: &str) -> Option<Text> {
        if !self.has(key) {
            self.missing(cx, key);
        }
        self.text(cx, key)
    }

    pub(crate) fn missing(&self, cx: &mut Context<'_>, key: &str) {
        let message = format!("{} has no `{key}`", self.what);
        cx.report(Diagnostic::new(Code::MissingKey, self.span(), message).help(format!("add `{key} = …`")));
    }

    pub(crate) fn text_of(&self, cx: &mut Context<'_>, value: &Spanned<DeValue<'_>>, what: &str) -> Option<Text> {
        match value.get_ref() {
            DeValue::String(text) => Some(Text { value: text.clone().into_owned(), span: self.at(value.span()) }),
            _ => self.wrong_type(cx, value, what, "a string"),
        }
    }

    pub(crate) fn texts(&self, cx: &mut Context<'_>, key: &str) -> Option<Vec<Text>> {
        let items = self.array(cx, key)?;
        Some(items.iter().filter_map(|item| self.text_of(cx, item, key)).collect())
    }

    pub(crate) fn array(&self, cx: &mut Context<'_>, key: &str) -> Option<&'a DeArray<'t>> {
        let value = self.get(key)?;
        match value.get_ref() {
            DeValue::Array(items) => Some(items),
            _ => self.wrong_type(cx, value, key, "an array"),
        }
    }

    /// The tables of `[[key]]`.
    pub(crate) fn tables(&self, cx: &mut Context<'_>, key: &str) -> Vec<(&'a DeTable<'t>, Range<usize>)> {
        let Some(items) = self.array(cx, key) else { return Vec::new() };
        items.iter().filter_map(|item| self.table_of(cx, item, key)).collect()
    }

    pub(crate) fn table(&self, cx: &mut Context<'_>, key: &str) -> Option<(&'a DeTable<'t>, Range<usize>)> {
        self.table_of(cx, self.get(key)?, key)
    }

    pub(crate) fn table_of(
        &self,
        cx: &mut Context<'_>,
        value: &'a Spanned<DeValue<'t>>,
        what: &str,
    ) -> Option<(&'a DeTable<'t>, Range<usize>)> {
        match value.get_ref() {
            DeValue::Table(table) => Some((table, value.span())),
            _ => self.wrong_type(cx, value, what, "a table"),
        }
    }

    pub(crate) fn boolean(&self, cx: &mut Context<'_>, key: &str) -> Option<bool> {
        let value = self.get(key)?;
        match value.get_ref() {
            DeValue::Boolean(value) => Some(*value),
            _ => self.wrong_type(cx, value, key, "true or false"),
        }
    }

    pub(crate) fn integer(&self, cx: &mut Context<'_>, key: &str, range: RangeInclusive<i64>) -> Option<i64> {
        let value = self.get(key)?;
        let number = self.integer_of(cx, value, key)?;
        self.within(cx, value, key, number, &range)
    }

    pub(crate) fn integer_of(&self, cx: &mut Context<'_>, value: &Spanned<DeValue<'_>>, what: &str) -> Option<i64> {
        match value.get_ref() {
            DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
                Ok(number) => Some(number),
                Err(_) => self.within(cx, value, what, i64::MAX, &(0..=0)),
            },
            _ => self.wrong_type(cx, value, what, "a whole number"),
        }
    }

    /// A share of one, in thousandths.
    pub(crate) fn thousandths(&self, cx: &mut Context<'_>, key: &str) -> Option<u16> {
        self.scaled(cx, key, 0.0..=1.0, 1000)
    }

    /// A percentage, in hundredths of a percent.
    pub(crate) fn percent(&self, cx: &mut Context<'_>, key: &str) -> Option<u16> {
        self.scaled(cx, key, 0.0..=100.0, 100)
    }

    /// A share of one that is not nothing, from a hundredth, in thousandths.
    pub(crate) fn scale(&self, cx: &mut Context<'_>, key: &str) -> Option<u16> {
        self.scaled(cx, key, 0.01..=1.0, 1000)
    }

    /// A number within bounds, times `scale`, rounded.
    fn scaled(&self, cx: &mut Context<'_>, key: &str, bounds: RangeInclusive<f64>, scale: u16) -> Option<u16> {
        let value = self.get(key)?;
        let range = format!("{} to {}", bounds.start(), bounds.end());
        let number = match value.get_ref() {
            DeValue::Float(number) => number.as_str().parse::<f64>().ok(),
            DeValue::Integer(number) => number.as_str().parse::<f64>().ok(),
            _ => return self.wrong_type(cx, value, key, &format!("a number from {range}")),
        };
        match number.filter(|number| bounds.contains(number)) {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number from 0 to 10,000")]
            Some(number) => Some((number * f64::from(scale)).round() as u16),
            None => self.out_of_range(cx, value, key, &range),
        }
    }

    /// One of the words allowed.
    pub(crate) fn word<T: Copy>(&self, cx: &mut Context<'_>, key: &str, words: &[(&str, T)]) -> Option<T> {
        let text = self.text(cx, key)?;
        choose(cx, &text, &format!("value of `{key}`"), words)
    }

    fn within(
        &self,
        cx: &mut Context<'_>,
        value: &Spanned<DeValue<'_>>,
        what: &str,
        number: i64,
        range: &RangeInclusive<i64>,
    ) -> Option<i64> {
        if range.contains(&number) {
            return Some(number);
        }
        self.out_of_range(cx, value, what, &format!("{} to {}", range.start(), range.end()))
    }

    fn out_of_range<T>(
        &self,
        cx: &mut Context<'_>,
        value: &Spanned<DeValue<'_>>,
        what: &str,
        range: &str,
    ) -> Option<T> {
        let message = format!("`{what}` is out of range");
        cx.report(
            Diagnostic::new(Code::OutOfRange, self.at(value.span()), message).help(format!("it goes from {range}")),
        );
        None
    }

    pub(crate) fn wrong_type<T>(
        &self,
        cx: &mut Context<'_>,
        value: &Spanned<DeValue<'_>>,
        what: &str,
        wanted: &str,
    ) -> Option<T> {
        let found = match value.get_ref() {
            DeValue::String(_) => "a string",
            DeValue::Integer(_) => "a whole number",
            DeValue::Float(_) => "a fraction",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a date",
            DeValue::Array(_) => "an array",
            DeValue::Table(_) => "a table",
        };
        let message = format!("`{what}` is {found}, not {wanted}");
        cx.report(Diagnostic::new(Code::WrongType, self.at(value.span()), message).label(format!("expected {wanted}")));
        None
    }
}

/// The value of the word that was written, or a report with those allowed.
pub(crate) fn choose<T: Copy>(cx: &mut Context<'_>, text: &Text, what: &str, words: &[(&str, T)]) -> Option<T> {
    if let Some((_, value)) = words.iter().find(|(word, _)| *word == text.value) {
        return Some(*value);
    }
    let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
    let help = did_you_mean(&text.value, known.iter().copied())
        .map_or_else(|| format!("write one of {}", listed(&known)), |near| format!("did you mean `{near}`?"));
    let message = format!("`{}` is no {what}", text.value);
    cx.report(Diagnostic::new(Code::UnknownWord, text.span.clone(), message).help(help));
    None
}

/// Names as a sentence lists them.
pub(crate) fn listed(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
