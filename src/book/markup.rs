//! HTML and SVG, written so that nothing can be forgotten: text and values are escaped where they are put in.

use std::fmt::{self, Display, Write};

/// An attribute: a name of ours, and whatever value.
pub(super) type Attribute<'a> = (&'static str, &'a dyn Display);

/// Markup in the making. Tags and attributes are this program's own words, everything else is escaped.
#[derive(Debug, Default)]
pub(super) struct Markup {
    out: String,
}

impl Markup {
    /// An element and what is in it.
    pub(super) fn element(&mut self, tag: &'static str, attributes: &[Attribute<'_>], content: impl FnOnce(&mut Self)) {
        self.open(tag, attributes);
        content(self);
        self.close(tag);
    }

    /// An element that holds nothing but text.
    pub(super) fn leaf(&mut self, tag: &'static str, attributes: &[Attribute<'_>], text: impl Display) {
        self.element(tag, attributes, |markup| markup.text(text));
    }

    /// An element that holds nothing.
    pub(super) fn empty(&mut self, tag: &'static str, attributes: &[Attribute<'_>]) {
        self.start(tag, attributes);
        self.out.push_str("/>");
    }

    /// Text.
    pub(super) fn text(&mut self, text: impl Display) {
        // Writing to a string cannot fail.
        let _ = write!(Escaped(&mut self.out), "{text}");
    }

    /// Markup that stands in the program as it is.
    pub(super) fn fixed(&mut self, markup: &'static str) {
        self.out.push_str(markup);
    }

    /// Markup that was made here.
    pub(super) fn append(&mut self, other: &Markup) {
        self.out.push_str(&other.out);
    }

    pub(super) fn open(&mut self, tag: &'static str, attributes: &[Attribute<'_>]) {
        self.start(tag, attributes);
        self.out.push('>');
    }

    pub(super) fn close(&mut self, tag: &'static str) {
        self.out.extend(["</", tag, ">"]);
    }

    /// All of it.
    pub(super) fn finish(self) -> String {
        self.out
    }

    fn start(&mut self, tag: &'static str, attributes: &[Attribute<'_>]) {
        self.out.extend(["<", tag]);
        for (name, value) in attributes {
            self.out.extend([" ", name, "=\""]);
            self.text(value);
            self.out.push('"');
        }
    }
}

/// Escapes for text and for attributes in double quotes alike.
struct Escaped<'a>(&'a mut String);

impl Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for character in text.chars() {
            match character {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                // XML has no way to write them.
                control if control.is_control() && !matches!(control, '\n' | '\t') => self.0.push('\u{fffd}'),
                '\u{fffe}' | '\u{ffff}' => self.0.push('\u{fffd}'),
                other => self.0.push(other),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_put_in_stays_text() {
        let mut markup = Markup::default();
        let evil = "\"><script>alert('&')</script>\u{1}";
        markup.element("a", &[("title", &evil)], |markup| markup.text(evil));
        let escaped = "&quot;&gt;&lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;\u{fffd}";
        assert_eq!(markup.finish(), format!("<a title=\"{escaped}\">{escaped}</a>"));
    }
}
