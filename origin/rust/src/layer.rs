//! A tower layer in front of a service.

use crate::{
    evidence::{Arrived, Scheme, Verifier},
    refusal::{Reason, Refusal},
    replay::Replay,
    risk::Risk,
    setting::{MOST_BODY, SettingError},
};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, Response, header, request::Parts};
use http_body::Body;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use std::{
    error::Error,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::{SystemTime, UNIX_EPOCH},
};
use tower_layer::Layer;
use tower_service::Service;

/// What became of a request's evidence: an application has to take it apart before there is a risk to read.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// The evidence holds.
    Verified(Risk),
    /// The request has no evidence.
    Missing,
    /// The request has evidence that does not hold.
    Refused(Refusal),
}

/// Lets through only requests whose evidence holds: the others are answered 403 with problem+json.
///
/// A request that goes through has an [`Outcome`] among its extensions, and where that is [`Outcome::Verified`] its [`Risk`]
/// as well. It has to be the outermost layer: what is added to a router later stands outside of its layers, and a router's nest
/// shortens the path that was signed. `layer(router)` around the whole of it leaves no choice.
#[derive(Clone)]
pub struct EvidenceLayer {
    settings: Arc<Settings>,
}

#[derive(Clone)]
struct Settings {
    verifier: Verifier,
    replay: Option<Arc<dyn Replay>>,
    once: Once,
    pass_missing: bool,
    exempt: Vec<String>,
    exempt_where: fn(&Parts) -> bool,
    observe: bool,
    scheme: SchemeFrom,
    target: Option<fn(&Parts) -> String>,
    max_body: usize,
    clock: fn() -> u64,
    on_refusal: fn(&Parts, &Refusal),
}

/// What must come only once.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Once {
    /// Transactions and all methods but GET, HEAD, OPTIONS and TRACE.
    Unsafe,
    All,
    Transactions,
}

#[derive(Clone, Copy)]
enum SchemeFrom {
    Fixed(Scheme),
    Forwarded,
}

impl EvidenceLayer {
    /// Refuses what was here before, of transactions and all methods but GET, HEAD, OPTIONS and TRACE.
    pub fn new(verifier: Verifier, replay: impl Replay) -> Self {
        Self::without_replay(verifier).with(|settings| settings.replay = Some(Arc::new(replay)))
    }

    /// Lets a request come again as long as its signature lasts.
    pub fn without_replay(verifier: Verifier) -> Self {
        let settings = Settings {
            verifier,
            replay: None,
            once: Once::Unsafe,
            pass_missing: false,
            exempt: Vec::new(),
            exempt_where: |_| false,
            observe: false,
            scheme: SchemeFrom::Fixed(Scheme::Https),
            target: None,
            max_body: 1024 * 1024,
            clock: wall_clock,
            on_refusal: |request, refusal| {
                eprintln!("outwork: no valid evidence of {} {}: {refusal}", request.method, request.uri.path());
            },
        };
        Self { settings: Arc::new(settings) }
    }

    fn with(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        change(Arc::make_mut(&mut self.settings));
        self
    }

    /// Refuses also pages that were here before: each takes a place in the cache.
    #[must_use]
    pub fn all_once(self) -> Self {
        self.with(|settings| settings.once = Once::All)
    }

    /// Refuses only transactions that were here before: another POST takes no place in the cache.
    #[must_use]
    pub fn transactions_once(self) -> Self {
        self.with(|settings| settings.once = Once::Transactions)
    }

    /// Lets GET and HEAD of exactly this path pass without evidence, as [`Outcome::Missing`]: for health checks, which do not
    /// pass the edge. Whoever reaches the origin can ask for it: nothing else belongs here.
    ///
    /// # Errors
    /// It does not begin with `/`, or has a query or a `*`.
    pub fn exempt(self, path: &str) -> Result<Self, SettingError> {
        if !path.starts_with('/') || path.contains(['?', '*']) {
            return Err(SettingError::Exempt(path.to_owned()));
        }
        Ok(self.with(|settings| settings.exempt.push(path.to_owned())))
    }

    /// Lets what this says pass without evidence, as [`Outcome::Missing`].
    #[must_use]
    pub fn exempt_where(self, is_exempt: fn(&Parts) -> bool) -> Self {
        self.with(|settings| settings.exempt_where = is_exempt)
    }

    /// Lets requests without evidence pass as [`Outcome::Missing`]. What does not hold is refused all the same.
    #[must_use]
    pub fn pass_missing(self) -> Self {
        self.with(|settings| settings.pass_missing = true)
    }

    /// Refuses nothing but a bound body that is too large to be held or breaks off: the application looks at the [`Outcome`] itself.
    #[must_use]
    pub fn observe(self) -> Self {
        self.with(|settings| settings.observe = true)
    }

    /// The client's scheme, `https` unless said otherwise: it decides which port of `Host` goes without saying.
    #[must_use]
    pub fn scheme(self, scheme: Scheme) -> Self {
        self.with(|settings| settings.scheme = SchemeFrom::Fixed(scheme))
    }

    /// Takes the client's scheme of `X-Forwarded-Proto`.
    #[must_use]
    pub fn forwarded_scheme(self) -> Self {
        self.with(|settings| settings.scheme = SchemeFrom::Forwarded)
    }

    /// Path and query as the edge saw them, where a proxy rewrites them.
    #[must_use]
    pub fn target(self, target: fn(&Parts) -> String) -> Self {
        self.with(|settings| settings.target = Some(target))
    }

    /// How many bytes of a bound body are held while it is checked, 1 MiB unless said otherwise: more is refused with 413.
    ///
    /// # Errors
    /// None, or more than [`MOST_BODY`].
    pub fn max_body(self, bytes: usize) -> Result<Self, SettingError> {
        match bytes {
            1..=MOST_BODY => Ok(self.with(|settings| settings.max_body = bytes)),
            _ => Err(SettingError::MaxBody(bytes)),
        }
    }

    /// Another clock: seconds since 1970.
    #[must_use]
    pub fn clock(self, clock: fn() -> u64) -> Self {
        self.with(|settings| settings.clock = clock)
    }

    /// Is told of each request whose evidence does not hold: the place for a log. Unless said otherwise it is a line on standard
    /// error.
    #[must_use]
    pub fn on_refusal(self, told: fn(&Parts, &Refusal)) -> Self {
        self.with(|settings| settings.on_refusal = told)
    }
}

pub(crate) fn wall_clock() -> u64 {
    // A clock before 1970 is refused with everything that was signed since.
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

impl<S> Layer<S> for EvidenceLayer {
    type Service = Evidence<S>;

    fn layer(&self, inner: S) -> Evidence<S> {
        Evidence { inner, settings: Arc::clone(&self.settings) }
    }
}

/// A service behind an [`EvidenceLayer`].
#[derive(Clone)]
pub struct Evidence<S> {
    inner: S,
    settings: Arc<Settings>,
}

impl<S, B, R> Service<Request<B>> for Evidence<S>
where
    S: Service<Request<B>, Response = Response<R>> + Clone + Send + 'static,
    S::Future: Send,
    B: Body + From<Bytes> + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
    R: From<Bytes>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        // The service that was found ready is the one to call: its clone may not be.
        let fresh = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, fresh);
        let settings = Arc::clone(&self.settings);
        Box::pin(async move {
            match settings.pass(request).await {
                Ok(request) => inner.call(request).await,
                Err(refusal) => Ok(refusal.response()),
            }
        })
    }
}

impl Settings {
    /// The request with its outcome, or why it goes no further.
    async fn pass<B>(&self, request: Request<B>) -> Result<Request<B>, Refusal>
    where
        B: Body + From<Bytes>,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        let (mut parts, mut body) = request.into_parts();
        let outcome = match self.verified(&parts, &mut body).await {
            Ok(risk) => {
                parts.extensions.insert(risk.clone());
                Outcome::Verified(risk)
            }
            Err(refusal) => {
                let is_exempt = refusal.reason == Reason::Missing && self.is_exempt(&parts);
                if !is_exempt {
                    (self.on_refusal)(&parts, &refusal);
                }
                // Who reads the header itself shall not find one that nobody vouches for.
                parts.headers.remove("outwork-risk");
                parts.extensions.remove::<Risk>();
                match refusal.reason {
                    Reason::Missing if is_exempt || self.observe || self.pass_missing => Outcome::Missing,
                    // What was read of a body that is too large is gone, and one that broke off is no body.
                    Reason::TooLarge | Reason::Broken => return Err(refusal),
                    _ if self.observe => Outcome::Refused(refusal),
                    _ => return Err(refusal),
                }
            }
        };
        parts.extensions.insert(outcome);
        Ok(Request::from_parts(parts, body))
    }

    async fn verified<B>(&self, parts: &Parts, body: &mut B) -> Result<Risk, Refusal>
    where
        B: Body + From<Bytes>,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        let target = self.target_of(parts);
        let arrived = Arrived {
            method: parts.method.as_str(),
            authority: authority(parts),
            target: target.as_bytes(),
            scheme: self.scheme.of(&parts.headers),
        };
        let head = self.verifier.head(&arrived, &parts.headers, (self.clock)())?;
        let content = if head.binds_body() { self.collected(body).await? } else { Bytes::new() };
        let (nonce, until) = (head.nonce.clone(), head.until);
        let risk = head.with_body(&content)?;
        let asked = match self.once {
            Once::All => true,
            Once::Unsafe => risk.transaction.is_some() || !parts.method.is_safe(),
            Once::Transactions => risk.transaction.is_some(),
        };
        if asked {
            self.once(&risk, &nonce, until).await?;
        }
        Ok(risk)
    }

    fn is_exempt(&self, parts: &Parts) -> bool {
        let reads = matches!(parts.method, Method::GET | Method::HEAD);
        let target = self.target_of(parts);
        let path = target.split_once('?').map_or(target.as_str(), |(path, _)| path);
        (reads && self.exempt.iter().any(|exempt| exempt == path)) || (self.exempt_where)(parts)
    }

    fn target_of(&self, parts: &Parts) -> String {
        match self.target {
            Some(target) => target(parts),
            None => parts.uri.path_and_query().map_or_else(String::new, |target| target.as_str().to_owned()),
        }
    }

    /// The whole body, which the service can read once more.
    async fn collected<B>(&self, body: &mut B) -> Result<Bytes, Refusal>
    where
        B: Body + From<Bytes>,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        let whole = std::mem::replace(body, B::from(Bytes::new()));
        let content = Box::pin(Limited::new(whole, self.max_body).collect()).await.map_err(|error| {
            if error.is::<LengthLimitError>() {
                Refusal::new(Reason::TooLarge, "the body is larger than what is held to check it")
            } else {
                Refusal::new(Reason::Broken, "the body broke off")
            }
        })?;
        let content = content.to_bytes();
        *body = B::from(content.clone());
        Ok(content)
    }

    async fn once(&self, risk: &Risk, nonce: &str, until: u64) -> Result<(), Refusal> {
        let Some(replay) = &self.replay else { return Ok(()) };
        let asked = if risk.transaction.is_some() {
            replay.first_transaction(nonce, until)
        } else {
            replay.first(nonce, until)
        };
        match asked.await {
            Ok(true) => Ok(()),
            Ok(false) => Err(Refusal::new(Reason::Replayed, "the request was here before: does a proxy retry it?")),
            Err(error) => Err(Refusal::told(Reason::Unavailable, format!("the replay cache does not answer: {error}"))),
        }
    }
}

impl SchemeFrom {
    fn of(self, headers: &HeaderMap) -> Scheme {
        match self {
            Self::Fixed(scheme) => scheme,
            Self::Forwarded => match headers.get("x-forwarded-proto").map(HeaderValue::as_bytes) {
                Some(named) if named.eq_ignore_ascii_case(b"http") => Scheme::Http,
                _ => Scheme::Https,
            },
        }
    }
}

fn authority(parts: &Parts) -> &[u8] {
    let named = parts.uri.authority().map(|authority| authority.as_str().as_bytes());
    named.or_else(|| parts.headers.get(header::HOST).map(HeaderValue::as_bytes)).unwrap_or_default()
}
