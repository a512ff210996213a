//! Answers in a service's place (RFC 9457). What they say is for anybody: why is in the log.

use crate::{refusal::Refusal, risk::TransactionRefused};
use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use std::{error::Error, fmt};

impl Refusal {
    /// The answer to such a request: for services that have no layer here.
    pub fn response<R: From<Bytes>>(&self) -> Response<R> {
        problem(self.reason.status(), "This request carries no valid evidence of the edge.", self.reason.name())
    }
}

impl TransactionRefused {
    /// The answer to such a request, 403. With the feature `axum` it is what a handler may return as it is.
    pub fn response<R: From<Bytes>>(&self) -> Response<R> {
        problem(StatusCode::FORBIDDEN, "This request is not the transaction that is taken here.", "transaction")
    }
}

/// A risk was asked for where none is verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotVerified;

impl NotVerified {
    /// The answer to such a request, 403.
    pub fn response<R: From<Bytes>>(self) -> Response<R> {
        problem(StatusCode::FORBIDDEN, "This request carries no valid evidence of the edge.", "missing")
    }
}

impl fmt::Display for NotVerified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the request has no verified risk: is the layer around this service?")
    }
}

impl Error for NotVerified {}

fn problem<R: From<Bytes>>(status: StatusCode, detail: &str, reason: &str) -> Response<R> {
    let title = status.canonical_reason().unwrap_or_default();
    let number = status.as_u16();
    let body = format!(
        r#"{{"type": "about:blank", "title": "{title}", "status": {number}, "detail": "{detail}", "reason": "{reason}"}}"#
    );
    let mut response = Response::new(R::from(Bytes::from(body)));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

#[cfg(feature = "axum")]
mod axum {
    use super::NotVerified;
    use crate::risk::{Risk, TransactionRefused};
    use axum_core::{
        extract::FromRequestParts,
        response::{IntoResponse, Response},
    };
    use http::request::Parts;

    impl IntoResponse for TransactionRefused {
        fn into_response(self) -> Response {
            self.response()
        }
    }

    impl IntoResponse for NotVerified {
        fn into_response(self) -> Response {
            self.response()
        }
    }

    /// The verified risk of a request, or 403.
    impl<S: Send + Sync> FromRequestParts<S> for Risk {
        type Rejection = NotVerified;

        async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, NotVerified> {
            parts.extensions.get().cloned().ok_or(NotVerified)
        }
    }
}
