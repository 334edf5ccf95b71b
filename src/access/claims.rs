//! What a request says about who sends it, as SQL.

use crate::catalog::{Catalog, Name, QName};
use crate::config::Rls;
use crate::sql::{identifier, literal, split_name};
use crate::{Error, Result};

/// How SQL asks who sends a request.
#[derive(Clone, Debug, PartialEq)]
pub struct Claims {
    /// Where claims come from.
    pub source: Source,
    declared: Vec<(Name, String)>,
}

/// Where claims come from.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// Supabase's functions `auth.uid()` and `auth.jwt()`.
    Supabase,
    /// PostgREST's setting, a JSON object.
    JwtClaims,
    /// A setting that holds the user's key, such as `app.current_user_id`. Other claims are settings beside it, such as
    /// `app.tenant_id`.
    Setting(String),
    /// A function that gives the user's key. There are no other claims than the declared ones.
    Function(QName),
}

/// The setting in which PostgREST leaves the token's claims.
const JWT_CLAIMS: &str = "request.jwt.claims";

impl Claims {
    /// The claims that `[rls]` declares, or Supabase's in a project of Supabase's.
    ///
    /// # Errors
    /// Where a function is named that does not exist.
    pub fn new(config: &Rls, catalog: &Catalog, is_supabase: bool) -> Result<Self> {
        let source = match config.claims_source.as_deref() {
            Some("supabase") if is_supabase => Source::Supabase,
            Some("supabase") => {
                require_function(&QName::new("auth", "uid"), catalog)?;
                Source::Supabase
            }
            Some(JWT_CLAIMS) => Source::JwtClaims,
            Some(name) => setting_or_function(name.trim_end_matches("()"), catalog)?,
            None if is_supabase => Source::Supabase,
            None => Source::JwtClaims,
        };
        let declared = config
            .claims
            .iter()
            .map(|(name, sql)| (Name::from(name.as_str()), sql.clone()));
        Ok(Self {
            source,
            declared: declared.collect(),
        })
    }

    /// The key of the user who sends the request as a value of the type `data_type`; NULL for nobody. The expression is
    /// the same for every row: a policy wraps it as `(select …)`, so that it is evaluated once.
    pub fn user(&self, data_type: &str) -> String {
        if let Some(sql) = self.declared("user") {
            return sql.to_owned();
        }
        match &self.source {
            Source::Supabase if data_type == "uuid" => "auth.uid()".to_owned(),
            Source::Supabase => cast("auth.uid()", data_type),
            Source::JwtClaims => cast(&format!("({} ->> 'sub')", jwt()), data_type),
            Source::Setting(name) => cast(&setting(name), data_type),
            Source::Function(name) => format!("{}.{}()", identifier(&name.schema), identifier(&name.name)),
        }
    }

    /// A claim that the user cannot change himself, as a value of the type `data_type`; NULL where the request has none.
    /// With Supabase these are the token's `app_metadata`. `None` where the source has no such thing.
    pub fn claim(&self, name: &str, data_type: &str) -> Option<String> {
        if let Some(sql) = self.declared(name) {
            return Some(sql.to_owned());
        }
        let text = match &self.source {
            Source::Supabase => format!("(auth.jwt() -> 'app_metadata' ->> {})", literal(name)),
            Source::JwtClaims => format!("({} ->> {})", jwt(), literal(name)),
            Source::Setting(user) => setting(&match user.rsplit_once('.') {
                Some((prefix, _)) => format!("{prefix}.{name}"),
                None => name.to_owned(),
            }),
            Source::Function(_) => return None,
        };
        Some(cast(&text, data_type))
    }

    /// The claims that are declared: their names, and what they are in SQL.
    pub fn all_declared(&self) -> impl Iterator<Item = (&Name, &str)> {
        self.declared.iter().map(|(name, sql)| (name, sql.as_str()))
    }

    fn declared(&self, name: &str) -> Option<&str> {
        self.declared
            .iter()
            .find(|(declared, _)| declared == name)
            .map(|(_, sql)| sql.as_str())
    }
}

fn jwt() -> String {
    format!("{}::jsonb", setting(JWT_CLAIMS))
}

/// A setting's value; NULL where it was never set, or is empty, as it is after a transaction that set it.
fn setting(name: &str) -> String {
    format!("nullif(current_setting({}, true), '')", literal(name))
}

fn cast(sql: &str, data_type: &str) -> String {
    match data_type {
        "text" if !sql.ends_with("()") => sql.to_owned(),
        _ => format!("{sql}::{data_type}"),
    }
}

fn setting_or_function(name: &str, catalog: &Catalog) -> Result<Source> {
    let parts = split_name(name).unwrap_or_default();
    let [schema, function] = parts.as_slice() else {
        return Err(Error::new(format!("[rls] claims-source {name:?} is neither a setting nor a function")).with_hint(
            "write \"supabase\", \"request.jwt.claims\", a setting such as \"app.current_user_id\", or a function such as \"app.user_id()\"",
        ));
    };
    let function = QName::new(schema.as_str(), function.as_str());
    if has_function(&function, catalog) {
        return Ok(Source::Function(function));
    }
    if catalog.schemas.iter().any(|row| row.name == function.schema) {
        require_function(&function, catalog)?;
    }
    Ok(Source::Setting(name.to_owned()))
}

fn has_function(name: &QName, catalog: &Catalog) -> bool {
    catalog
        .routines
        .iter()
        .any(|row| row.id.name == *name && row.id.arguments.is_empty())
}

fn require_function(name: &QName, catalog: &Catalog) -> Result<()> {
    if has_function(name, catalog) {
        return Ok(());
    }
    Err(Error::new(format!(
        "[rls] claims-source: there is no function {}.{}()",
        name.schema, name.name
    ))
    .with_hint("make it first, or name another source of claims: a setting such as \"app.current_user_id\" needs none"))
}
