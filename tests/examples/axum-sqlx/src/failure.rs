//! What a client is told when it does not work: never what the database said.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;

pub type Result<T, E = Failure> = std::result::Result<T, E>;

/// Why a request was not answered.
pub enum Failure {
    /// Nobody knows who sent it.
    Unknown,
    /// There is no such thing, or none that this user may know of.
    Absent,
    /// It does not fit the schema.
    Invalid(String),
    /// It is our fault.
    Database(sqlx::Error),
}

impl Failure {
    pub fn invalid(detail: impl Into<String>) -> Self {
        Self::Invalid(detail.into())
    }
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

impl From<JsonRejection> for Failure {
    fn from(rejection: JsonRejection) -> Self {
        Self::invalid(rejection.body_text())
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        match self {
            Self::Unknown => (StatusCode::UNAUTHORIZED, "sign in again").into_response(),
            Self::Absent => (StatusCode::NOT_FOUND, "there is no such note").into_response(),
            Self::Invalid(detail) => (StatusCode::UNPROCESSABLE_ENTITY, detail).into_response(),
            Self::Database(error) => {
                eprintln!("the database refused: {error}");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }
}

/// JSON that has to fit.
pub struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self> {
        let Json(body) = Json::from_request(request, state).await?;
        Ok(Self(body))
    }
}
