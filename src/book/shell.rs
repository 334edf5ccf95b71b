//! What is around every page: its head, the side with schemas and kinds, the search, and the way back.

use super::markup::Markup;
use super::site::{Section, Site};
use crate::catalog::{Name, ObjectId, QName};

pub(super) const CSS: &str = include_str!("assets/book.css");
pub(super) const JS: &str = include_str!("assets/book.js");
pub(super) const THEME: &str = include_str!("assets/theme.js");

/// Up to how many relations of its schema the side of a page lists.
const LISTED: usize = 60;
/// Up to how many schemas it lists.
const SCHEMAS: usize = 40;

/// A page in the making.
pub(super) struct Page<'s, 'a> {
    pub(super) site: &'s Site<'a>,
    /// The way from its folder to the book's.
    pub(super) root: &'static str,
    pub(super) title: String,
    /// What it is about, in a word, above the title.
    pub(super) kind: &'static str,
    /// The schema that it belongs to.
    pub(super) schema: Option<&'s str>,
    /// The schema that the side shows the insides of, where it is not that.
    pub(super) opened: Option<&'s str>,
    /// The page itself, to be marked where it is listed.
    pub(super) path: String,
    /// What sets the parts of one thing apart from those of another on the same page.
    pub(super) suffix: String,
    /// The headings that can be gone to.
    pub(super) marks: Vec<(&'static str, String)>,
    pub(super) body: Markup,
}

impl<'s, 'a> Page<'s, 'a> {
    pub(super) fn new(site: &'s Site<'a>, path: &str, kind: &'static str, title: impl Into<String>) -> Self {
        Self {
            site,
            root: if path.contains('/') { "../" } else { "" },
            title: title.into(),
            kind,
            schema: None,
            opened: None,
            path: path.to_owned(),
            suffix: String::new(),
            marks: Vec::new(),
            body: Markup::default(),
        }
    }

    /// A part under a heading of its own.
    pub(super) fn part(&mut self, id: &'static str, heading: &str, content: impl FnOnce(&mut Self)) {
        self.marks.push((id, heading.to_owned()));
        let id = format!("{id}{}", self.suffix);
        let labelled = format!("{id}-heading");
        self.body
            .open("section", &[("id", &id), ("aria-labelledby", &labelled)]);
        self.body.leaf("h2", &[("id", &labelled)], heading);
        content(self);
        self.body.close("section");
    }

    /// A table under a caption that only those hear who cannot see it.
    pub(super) fn table(&mut self, caption: &str, heads: &[&str], rows: impl FnOnce(&mut Self)) {
        let region: [super::markup::Attribute<'_>; 4] = [
            ("class", &"wide"),
            ("tabindex", &0),
            ("role", &"group"),
            ("aria-label", &caption),
        ];
        self.body.open("div", &region);
        self.body.open("table", &[]);
        self.body.leaf("caption", &[("class", &"unseen")], caption);
        self.body.fixed("<thead><tr>");
        for head in heads {
            self.body.leaf("th", &[("scope", &"col")], head);
        }
        self.body.fixed("</tr></thead><tbody>");
        rows(self);
        self.body.fixed("</tbody></table></div>");
    }

    /// A link to a page of the book, or the text alone where there is none.
    pub(super) fn link(&mut self, path: Option<&str>, text: impl std::fmt::Display) {
        match path {
            Some(path) => {
                let address = format!("{}{path}", self.root);
                self.body.leaf("a", &[("href", &address)], text);
            }
            None => self.body.text(text),
        }
    }

    /// The name of a relation, which leads to its page.
    pub(super) fn relation(&mut self, name: &QName) {
        let path = self.site.page_of_relation(name);
        self.link(path, name);
    }

    /// The name of an object, which leads to its page.
    pub(super) fn object(&mut self, object: &ObjectId) {
        let path = self.site.page_of(object);
        self.link(path, object);
    }

    /// A type, which leads to its page.
    pub(super) fn data_type(&mut self, sql: &Name) {
        let path = self.site.page_of_type(sql);
        self.body.open("code", &[]);
        self.link(path, sql);
        self.body.close("code");
    }

    /// A block of code.
    pub(super) fn code(&mut self, language: &str, code: &str) {
        self.body.fixed("<pre tabindex=\"0\"><code>");
        super::highlight::code(code, super::highlight::Syntax::of(language), &mut self.body);
        self.body.fixed("</code></pre>");
    }

    /// Code within a line or a cell.
    pub(super) fn inline_code(&mut self, code: &str) {
        self.body.fixed("<code class=\"sql\">");
        super::highlight::code(code, super::highlight::SQL, &mut self.body);
        self.body.fixed("</code>");
    }

    /// A comment of the schema's, its paragraphs kept.
    pub(super) fn comment(&mut self, text: Option<&str>, class: &'static str) {
        if let Some(text) = text {
            self.body.leaf("p", &[("class", &class)], text.trim());
        }
    }

    /// The whole page.
    pub(super) fn finish(self) -> String {
        let Self {
            site,
            root,
            title,
            kind,
            ..
        } = &self;
        let mut out = Markup::default();
        out.fixed("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">");
        out.fixed("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'\">");
        out.fixed("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><meta name=\"color-scheme\" content=\"light dark\">");
        out.leaf("title", &[], format_args!("{title} · {}", site.contents.title));
        let file = |name: &str| format!("{root}assets/{name}");
        out.element("link", &[("rel", &"stylesheet"), ("href", &file("book.css"))], |_| ());
        out.element("script", &[("src", &file("theme.js"))], |_| ());
        out.element("script", &[("src", &file("book.js")), ("defer", &"defer")], |_| ());
        out.open("body", &[("data-root", root)]);
        out.fixed("<a class=\"skip\" href=\"#main\">Skip to the page</a><header class=\"top\">");
        let home = format!("{root}index.html");
        out.element("a", &[("class", &"home"), ("href", &home)], |out| {
            out.fixed(MARK);
            out.leaf("span", &[], site.contents.title);
        });
        out.fixed(SEARCH);
        let is_marked = self.marks.len() > 2;
        let frame = if is_marked { "frame marked" } else { "frame" };
        out.fixed("</header>");
        out.open("div", &[("class", &frame)]);
        out.fixed("<nav class=\"side\" aria-label=\"Schema\">");
        self.side(&mut out);
        out.fixed("</nav><main id=\"main\" tabindex=\"-1\">");
        out.open("header", &[("class", &"title")]);
        out.open("p", &[("class", &"kind")]);
        out.text(kind);
        if let Some(schema) = self.schema {
            out.text(" in ");
            let path = site.page_of(&ObjectId::Schema(schema.into()));
            let address = format!("{root}{}", path.unwrap_or("index.html"));
            out.leaf("a", &[("href", &address)], schema);
        }
        out.close("p");
        out.leaf("h1", &[], title);
        out.close("header");
        out.append(&self.body);
        out.fixed("</main>");
        if is_marked {
            out.fixed("<nav class=\"marks\" aria-label=\"On this page\"><p>On this page</p><ul>");
            for (id, heading) in &self.marks {
                out.element("li", &[], |out| {
                    out.leaf("a", &[("href", &format_args!("#{id}"))], heading);
                });
            }
            out.fixed("</ul></nav>");
        }
        out.fixed("</div></body></html>\n");
        out.finish()
    }

    fn side(&self, out: &mut Markup) {
        let site = self.site;
        out.fixed("<ul class=\"places\">");
        let contents = site.contents;
        let places: [(&str, &str, bool, usize); 8] = [
            ("index.html", "Overview", true, 0),
            ("diagrams.html", "Diagrams", true, 0),
            ("access.html", "Access", !contents.access.is_empty(), 0),
            ("findings.html", "Findings", true, contents.findings.len()),
            (
                "changes.html",
                "Changes",
                contents.changes.is_some(),
                contents.changes.map_or(0, |all| all.changes.len()),
            ),
            (
                "migrations.html",
                "Migrations",
                !contents.history.is_empty(),
                contents.history.len(),
            ),
            (
                "roles.html",
                "Roles",
                !site.catalog.roles.is_empty(),
                site.catalog.roles.len(),
            ),
            ("others.html", "Other objects", true, 0),
        ];
        for (path, name, is_there, count) in places {
            if is_there {
                out.element("li", &[], |out| self.entry(path, name, count, out));
            }
        }
        out.fixed("</ul><p class=\"label\">Schemas</p><ul class=\"schemas\">");
        let shown = site
            .schemas
            .iter()
            .enumerate()
            .filter(|(at, section)| *at < SCHEMAS || self.schema == Some(section.name.as_str()));
        for (_, section) in shown {
            out.element("li", &[], |out| self.schema_entry(section, out));
        }
        out.fixed("</ul>");
        if site.schemas.len() > SCHEMAS {
            let home = format!("{}index.html#schemas", self.root);
            out.leaf(
                "a",
                &[("class", &"more"), ("href", &home)],
                format_args!("All {} schemas", site.schemas.len()),
            );
        }
    }

    fn is_open(&self, section: &Section<'_>) -> bool {
        let name = Some(section.name.as_str());
        self.schema == name || self.opened == name || self.site.schemas.len() == 1
    }

    fn schema_entry(&self, section: &Section<'_>, out: &mut Markup) {
        let path = self
            .site
            .page_of(&ObjectId::Schema(section.name.clone()))
            .unwrap_or("index.html");
        self.entry(path, section.name, 0, out);
        if !self.is_open(section) {
            return;
        }
        out.fixed("<ul>");
        let kinds = [
            ("tables", "Tables", section.tables.len()),
            ("views", "Views", section.views.len()),
            ("functions", "Functions", section.routines.len()),
            ("types", "Types", section.types.len()),
            ("sequences", "Sequences", section.sequences.len()),
        ];
        let total = section.tables.len() + section.views.len();
        for (id, name, count) in kinds {
            if count == 0 {
                continue;
            }
            out.open("li", &[]);
            self.entry(&super::pages::schema::place_of(section, id), name, count, out);
            let listed = match id {
                "tables" => section.tables.as_slice(),
                "views" => section.views.as_slice(),
                _ => &[],
            };
            if !listed.is_empty() && total <= LISTED {
                out.fixed("<ul class=\"listed\">");
                for relation in listed {
                    let path = self.site.page_of(&relation.object()).unwrap_or_default();
                    out.element("li", &[], |out| self.entry(path, &relation.name.name, 0, out));
                }
                out.fixed("</ul>");
            }
            out.close("li");
        }
        out.fixed("</ul>");
    }

    fn entry(&self, path: &str, name: &str, count: usize, out: &mut Markup) {
        let address = format!("{}{path}", self.root);
        let mut attributes: Vec<super::markup::Attribute<'_>> = vec![("href", &address)];
        if path == self.path {
            attributes.push(("aria-current", &"page"));
        }
        out.element("a", &attributes, |out| {
            out.leaf("span", &[], name);
            if count > 0 {
                out.leaf("span", &[("class", &"count")], grouped(count));
            }
        });
    }
}

/// A number whose thousands can be told apart.
pub(super) fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let first = digits.len() % 3;
    let mut text = digits[..first].to_owned();
    for group in digits.as_bytes()[first..].chunks(3) {
        if !text.is_empty() {
            text.push('\u{202f}');
        }
        text.extend(group.iter().copied().map(char::from));
    }
    text
}

/// The word for one or several.
pub(super) fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{} {}", grouped(count), if count == 1 { one } else { many })
}

const MARK: &str = "<svg viewBox=\"0 0 24 24\" width=\"22\" height=\"22\" aria-hidden=\"true\"><path d=\"M12 3C7 3 4 4.6 4 6.5v11C4 19.4 7 21 12 21s8-1.6 8-3.5v-11C20 4.6 17 3 12 3z\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.6\"/><path d=\"M4 6.5C4 8.4 7 10 12 10s8-1.6 8-3.5M4 12c0 1.900 3 3.500 8 3.500s8-1.600 8-3.500\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.6\"/></svg>";

const SEARCH: &str = "<div class=\"search\" role=\"search\"><label class=\"unseen\" for=\"search\">Search the schema</label>\
<input id=\"search\" type=\"search\" role=\"combobox\" aria-expanded=\"false\" aria-controls=\"results\" aria-autocomplete=\"list\" autocomplete=\"off\" spellcheck=\"false\" placeholder=\"Search tables, columns, functions…\"><kbd aria-hidden=\"true\">/</kbd>\
<ul id=\"results\" role=\"listbox\" aria-label=\"What was found\" hidden></ul><p id=\"told\" class=\"unseen\" role=\"status\"></p></div>\
<button id=\"theme\" type=\"button\" aria-label=\"Light or dark\" title=\"Light or dark\"><svg viewBox=\"0 0 24 24\" width=\"18\" height=\"18\" aria-hidden=\"true\"><circle cx=\"12\" cy=\"12\" r=\"8\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.8\"/><path d=\"M12 4a8 8 0 0 1 0 16z\" fill=\"currentColor\"/></svg></button>\
<button id=\"menu\" type=\"button\" aria-label=\"Menu\" aria-expanded=\"false\"><svg viewBox=\"0 0 24 24\" width=\"20\" height=\"20\" aria-hidden=\"true\"><path d=\"M4 7h16M4 12h16M4 17h16\" stroke=\"currentColor\" stroke-width=\"2\"/></svg></button>";
