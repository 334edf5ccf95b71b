//! What stands between the parentheses: a string, then options, each `name = value`.

use proc_macro2::Span;
use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned as _;
use syn::{Ident, LitBool, LitStr, Path, Token, braced, bracketed, token};

/// The whole input of a macro.
pub(crate) struct Input {
    /// The string that comes first: a snapshot, or a table.
    pub(crate) first: LitStr,
    /// The options, in their order.
    pub(crate) options: Vec<Setting>,
}

/// An option.
pub(crate) struct Setting {
    pub(crate) name: Ident,
    /// `None` for a bare word.
    pub(crate) value: Option<Value>,
}

/// What an option is set to.
pub(crate) enum Value {
    String(LitStr),
    Bool(LitBool),
    List(Vec<Value>, Span),
    Map(Vec<(LitStr, Value)>, Span),
    Path(Path),
}

impl Input {
    /// Takes the option of this name out.
    ///
    /// # Errors
    /// Where it stands twice.
    pub(crate) fn take(&mut self, name: &str) -> syn::Result<Option<Setting>> {
        let Some(at) = self.options.iter().position(|option| option.name == name) else {
            return Ok(None);
        };
        let taken = self.options.remove(at);
        match self.options.iter().find(|option| option.name == name) {
            Some(second) => Err(syn::Error::new(second.name.span(), format!("`{name}` stands twice"))),
            None => Ok(Some(taken)),
        }
    }
}

impl Setting {
    /// The string that it is set to.
    pub(crate) fn string(self) -> syn::Result<LitStr> {
        match self.value {
            Some(Value::String(text)) => Ok(text),
            _ => Err(self.wrong("a string")),
        }
    }

    /// The strings that it is set to.
    pub(crate) fn strings(self) -> syn::Result<Vec<LitStr>> {
        let wrong = self.wrong("a list of strings");
        let Some(Value::List(items, _)) = self.value else {
            return Err(wrong);
        };
        let strings = items.into_iter().map(|item| match item {
            Value::String(text) => Ok(text),
            other => Err(syn::Error::new(other.span(), "this is to be a string")),
        });
        strings.collect()
    }

    /// The path that it is set to.
    pub(crate) fn path(self) -> syn::Result<Path> {
        match self.value {
            Some(Value::Path(path)) => Ok(path),
            _ => Err(self.wrong("a path, such as crate::db")),
        }
    }

    /// The error that it is not set to what it should be.
    pub(crate) fn wrong(&self, wanted: &str) -> syn::Error {
        let span = self.value.as_ref().map_or(self.name.span(), Value::span);
        syn::Error::new(span, format!("`{}` takes {wanted}", self.name))
    }
}

impl Value {
    pub(crate) fn span(&self) -> Span {
        match self {
            Self::String(text) => text.span(),
            Self::Bool(truth) => truth.span(),
            Self::List(_, span) | Self::Map(_, span) => *span,
            Self::Path(path) => path.span(),
        }
    }

    /// The value as `pgkeel.toml` would have it.
    pub(crate) fn to_toml(&self) -> syn::Result<toml::Value> {
        Ok(match self {
            Self::String(text) => toml::Value::String(text.value()),
            Self::Bool(truth) => toml::Value::Boolean(truth.value()),
            Self::List(items, _) => toml::Value::Array(items.iter().map(Self::to_toml).collect::<syn::Result<_>>()?),
            Self::Map(items, _) => {
                let items = items.iter().map(|(key, value)| Ok((key.value(), value.to_toml()?)));
                toml::Value::Table(items.collect::<syn::Result<_>>()?)
            }
            Self::Path(path) => return Err(syn::Error::new(path.span(), "this is to be written as a string")),
        })
    }
}

impl Parse for Input {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let first = input.parse()?;
        let mut options = Vec::new();
        while !input.is_empty() {
            input.parse::<Token![,]>()?;
            if input.is_empty() {
                break;
            }
            options.push(input.parse()?);
        }
        Ok(Self { first, options })
    }
}

impl Parse for Setting {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let name = input.parse()?;
        let value = match input.parse::<Option<Token![=]>>()? {
            Some(_) => Some(input.parse()?),
            None => None,
        };
        Ok(Self { name, value })
    }
}

impl Parse for Value {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let next = input.lookahead1();
        if next.peek(LitStr) {
            return Ok(Self::String(input.parse()?));
        }
        if next.peek(LitBool) {
            return Ok(Self::Bool(input.parse()?));
        }
        if next.peek(token::Bracket) {
            let content;
            let brackets = bracketed!(content in input);
            let items = content.parse_terminated(Value::parse, Token![,])?;
            return Ok(Self::List(items.into_iter().collect(), brackets.span.join()));
        }
        if next.peek(token::Brace) {
            let content;
            let braces = braced!(content in input);
            let pair = |input: ParseStream<'_>| {
                let key = input.parse()?;
                input.parse::<Token![=]>()?;
                Ok((key, input.parse()?))
            };
            let items = content.parse_terminated(pair, Token![,])?;
            return Ok(Self::Map(items.into_iter().collect(), braces.span.join()));
        }
        if next.peek(Ident) || next.peek(Token![crate]) || next.peek(Token![self]) || next.peek(Token![super]) {
            return Ok(Self::Path(input.call(Path::parse_mod_style)?));
        }
        Err(next.error())
    }
}
