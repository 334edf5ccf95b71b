//! `#[row]`: a struct of the user's own, checked against a table or view.
//!
//! Names are compared here; types by the compiler, which alone knows what a path means: each field gets a trait that only
//! the column's type has, and whose message says so.

use pgkeel::codegen::rust::RowField;
use pgkeel::config::load;
use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens as _, format_ident, quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Data, DeriveInput, Field, Fields, Path, Type};

use crate::cache;
use crate::input::Input;
use crate::schema::{find, model, package};
use crate::settings::{self, error};

mod attributes;

use attributes::{Container, Marks};

/// The struct as it is, without what is ours, and the checks beside it. Errors leave the struct, so that they are all
/// there is to read.
pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut item: DeriveInput = match syn::parse2(item.clone()) {
        Ok(parsed) => parsed,
        Err(wrong) => {
            let wrong = wrong.into_compile_error();
            return quote!(#item #wrong);
        }
    };
    let checks = checks(arguments, &item).unwrap_or_else(syn::Error::into_compile_error);
    if let Data::Struct(data) = &mut item.data {
        data.fields.iter_mut().for_each(attributes::strip);
    }
    quote!(#item #checks)
}

/// What the macro was told besides the table.
struct Told {
    module: Option<Path>,
    exhaustive: bool,
}

fn checks(arguments: TokenStream, item: &DeriveInput) -> syn::Result<TokenStream> {
    let mut input: Input = syn::parse2(arguments)?;
    let Data::Struct(data) = &item.data else {
        return Err(syn::Error::new(item.ident.span(), "a row is a struct"));
    };
    let Fields::Named(fields) = &data.fields else {
        return Err(syn::Error::new(
            item.ident.span(),
            "a row is a struct with named fields: columns have names",
        ));
    };
    let package = package()?;
    let snapshot = input.take("snapshot")?.map(|option| option.string()).transpose()?;
    let module = input.take("module")?.map(|option| option.path()).transpose()?;
    let exhaustive = match input.take("exhaustive")? {
        Some(option) if option.value.is_some() => return Err(option.wrong("nothing: it is a bare word")),
        option => option.is_some(),
    };
    let told = Told { module, exhaustive };
    let settings = settings::settings(&mut input, &package, &["snapshot", "module", "exhaustive"])?;
    let (path, name) = match snapshot {
        Some(name) => (settings::file(&package, &name), name),
        None => {
            let path = settings.base.join(&settings.config.snapshot.path);
            let shown = settings.config.snapshot.path.display().to_string();
            (path, syn::LitStr::new(&shown, input.first.span()))
        }
    };
    let model = model(&path, &name, &settings)?;
    let at = find(&model, &input.first, &name.value())?;
    let columns = model.fields(at, &settings);
    let container = Container::read(&item.attrs)?;
    let mut found = Found::default();
    let mut wrong = Vec::new();
    for field in &fields.named {
        if let Err(error) = check(field, columns, &container, &told, &input.first.value(), &mut found) {
            wrong.push(error);
        }
    }
    if told.exhaustive {
        wrong.extend(exhausted(&found, columns, &input.first));
    }
    let wrong = wrong.into_iter().map(syn::Error::into_compile_error);
    let watched = cache::watch([Some(path.as_path()), settings.file.as_deref()].into_iter().flatten());
    let (traits, calls) = (&found.traits, &found.calls);
    let (generics, _, bounds) = item.generics.split_for_impl();
    Ok(quote! {
        #(#wrong)*
        #watched
        #[allow(dead_code, clippy::all, clippy::nursery, clippy::pedantic)]
        const _: () = {
            #(#traits)*
            fn check #generics () #bounds {
                #(#calls)*
            }
        };
    })
}

/// What came of the fields.
#[derive(Default)]
struct Found {
    /// The columns that have a field.
    columns: Vec<String>,
    /// Whether a field has fields of its own, which nobody sees here.
    is_open: Option<Span>,
    traits: Vec<TokenStream>,
    calls: Vec<TokenStream>,
}

fn check(
    field: &Field,
    columns: &[RowField],
    container: &Container,
    told: &Told,
    table: &str,
    found: &mut Found,
) -> syn::Result<()> {
    let Some(ident) = &field.ident else { return Ok(()) };
    let marks = Marks::read(field)?;
    if marks.is_flat {
        found.is_open = Some(ident.span());
    }
    if marks.is_flat || marks.is_skipped {
        return Ok(());
    }
    let bare = ident.to_string();
    let bare = bare.trim_start_matches("r#");
    let name = match &marks.column {
        Some(name) => name.value(),
        None => container.rename(bare),
    };
    let span = marks.column.as_ref().map_or(ident.span(), syn::LitStr::span);
    let Some(column) = columns.iter().find(|column| column.column == name) else {
        return Err(no_column(&name, span, columns, table));
    };
    found.columns.push(name);
    let ty = marks.decoded.as_ref().unwrap_or(&field.ty);
    let what = format!("the column `{}` of {table} is {}", column.column, column.sql);
    if marks.is_json {
        return check_json(column, &marks, ty, &what);
    }
    if !marks.is_as_is {
        expect(column, &marks, ty, &what, told, found)?;
    }
    Ok(())
}

/// Adds the trait that the field's type must have.
fn expect(column: &RowField, marks: &Marks, ty: &Type, what: &str, told: &Told, found: &mut Found) -> syn::Result<()> {
    let null = match (column.nullable, marks.is_nullable) {
        (true, _) => "can be NULL",
        (false, true) => "may be absent, as you say",
        (false, false) => "is never NULL",
    };
    let is_option = column.nullable || marks.is_nullable;
    let mut code = column.code.clone();
    if is_option && !column.nullable {
        code = format!("Option<{code}>");
    }
    if code.contains("super::") {
        let Some(module) = &told.module else {
            // Whose type it is, nobody here knows.
            return expect_option(is_option, ty, &format!("{what} and {null}"), found);
        };
        let module = module.to_token_stream().to_string().replace(' ', "");
        code = code.replace("super::", &format!("{module}::"));
    }
    let wanted: TokenStream = code.parse().map_err(|wrong| {
        let message = format!("{what}, whose type `{code}` is no Rust: {wrong}");
        error(ty.span(), message, "see [types] and [columns] of pgkeel.toml")
    })?;
    let wanted = respanned(wanted, ty.span());
    let message = format!("{what} and {null}: its field is `{code}`");
    found.add(ty, &TokenStream::new(), &wanted, &message, &format!("`{code}`"));
    Ok(())
}

/// Adds what can be said of a type that is the user's own.
fn expect_option(is_option: bool, ty: &Type, what: &str, found: &mut Found) -> syn::Result<()> {
    let is_written_so = match ty {
        Type::Path(path) => path.path.segments.last().is_some_and(|last| last.ident == "Option"),
        _ => false,
    };
    if is_option {
        let message = format!("{what}: its field is an `Option` of your type for it");
        let wanted = quote_spanned!(ty.span()=> ::core::option::Option<T>);
        found.add(ty, &quote!(<T>), &wanted, &message, "an `Option`");
    } else if is_written_so {
        let message = format!("{what}: its field is no `Option`");
        return Err(error(
            ty.span(),
            message,
            "`#[row(nullable)]` is for the far side of an outer join",
        ));
    }
    Ok(())
}

/// A JSON column that sqlx decodes by itself.
fn check_json(column: &RowField, marks: &Marks, ty: &Type, what: &str) -> syn::Result<()> {
    if !matches!(column.sql.as_str(), "json" | "jsonb") {
        return Err(syn::Error::new(ty.span(), format!("{what}, which is no JSON")));
    }
    if column.nullable && !marks.is_json_nullable {
        let message = format!("{what} and can be NULL");
        return Err(error(
            ty.span(),
            message,
            "write #[sqlx(json(nullable))], and an `Option`",
        ));
    }
    Ok(())
}

impl Found {
    /// Adds a trait for a field's type, that only `wanted` has.
    fn add(&mut self, ty: &Type, generics: &TokenStream, wanted: &TokenStream, message: &str, short: &str) {
        // A brace would begin a placeholder.
        let literal = |text: &str| text.replace('{', "{{").replace('}', "}}");
        let (message, label) = (literal(message), format!("this is `{{Self}}`, not {}", literal(short)));
        let number = self.traits.len();
        let (name, call) = (format_ident!("Column{number}"), format_ident!("is_column_{number}"));
        self.traits.push(quote! {
            #[diagnostic::on_unimplemented(message = #message, label = #label, note = #NOTE)]
            trait #name {}
            impl #generics #name for #wanted {}
            fn #call<T: #name + ?Sized>() {}
        });
        self.calls.push(quote_spanned!(ty.span()=> #call::<#ty>();));
    }
}

/// What a wrong type is told besides.
const NOTE: &str = "`#[row(as_is)]` leaves a type of your own alone; if the database has changed: `pgkeel pull`";

fn no_column(name: &str, span: Span, columns: &[RowField], table: &str) -> syn::Error {
    let message = format!("{table} has no column `{name}`");
    if let Some(column) = columns
        .iter()
        .find(|column| column.identifier.trim_start_matches("r#") == name)
    {
        let hint = format!(
            "it is called `{0}`: #[sqlx(rename = \"{0}\")], or #[row(column = \"{0}\")]",
            column.column
        );
        return error(span, message, hint);
    }
    let names: Vec<&str> = columns.iter().map(|column| column.column.as_str()).collect();
    let near = load::unknown("", name, &names);
    let near = near.hint().unwrap_or_default();
    error(
        span,
        message,
        format!("{near}\nhint: if the database has it: `pgkeel pull`"),
    )
}

/// The columns that have no field.
fn exhausted(found: &Found, columns: &[RowField], table: &syn::LitStr) -> Option<syn::Error> {
    if let Some(span) = found.is_open {
        return Some(error(
            span,
            "this field has fields that `exhaustive` cannot see",
            "leave `exhaustive` out",
        ));
    }
    let missing = columns
        .iter()
        .filter(|column| !found.columns.iter().any(|name| column.column == *name));
    let missing: Vec<String> = missing.map(|column| format!("`{}`", column.column)).collect();
    if missing.is_empty() {
        return None;
    }
    let message = format!("no field for {} of {}", missing.join(", "), table.value());
    Some(error(table.span(), message, "add it, or leave `exhaustive` out"))
}

/// The code with one place for all of it.
fn respanned(code: TokenStream, span: Span) -> TokenStream {
    let tokens = code.into_iter().map(|mut token| {
        if let TokenTree::Group(group) = &token {
            let inner = respanned(group.stream(), span);
            token = proc_macro2::Group::new(group.delimiter(), inner).into();
        }
        token.set_span(span);
        token
    });
    tokens.collect()
}
