//! What the filter asks of its proxy. The only module that names hostcalls.

use outwork_engine::time::Time;

/// A proxy, as far as this filter needs one.
///
/// A call that returns bytes costs about 0.8–1.1 µs in Envoy, one that returns none 0.1–0.25 µs.
pub trait Host {
    /// The wall clock.
    ///
    /// # Errors
    /// As every call here: when the proxy does not do it.
    fn now(&self) -> Result<Time, Failure>;

    /// Fills `bytes` with random ones.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), Failure>;

    /// The request's header map, serialised.
    fn request_headers(&self) -> Result<Vec<u8>, Failure>;

    /// At most this many bytes of what has arrived of the request's body.
    fn request_body(&self, most: usize) -> Result<Vec<u8>, Failure>;

    /// Adds a request header.
    fn add_header(&self, name: &[u8], value: &[u8]) -> Result<(), Failure>;

    /// Removes all request headers of a name.
    fn remove_header(&self, name: &[u8]) -> Result<(), Failure>;

    /// The map of the request's trailers, serialised; in their callback.
    fn trailers(&self) -> Result<Vec<u8>, Failure>;

    /// Adds a trailer to the request.
    fn add_trailer(&self, name: &[u8], value: &[u8]) -> Result<(), Failure>;

    /// Removes all trailers of a name from the request.
    fn remove_trailer(&self, name: &[u8]) -> Result<(), Failure>;

    /// A property, by its path with zero bytes between the parts; none where there is no such property.
    fn property(&self, call: Call, path: &[u8]) -> Result<Option<Vec<u8>>, Failure>;

    /// Leaves a value for other parts of the proxy, in Envoy as filter state `wasm.` + `name`.
    fn set_property(&self, name: &[u8], value: &[u8]) -> Result<(), Failure>;

    /// Answers the request here. `headers` are a serialised map.
    fn reply(&self, status: u16, details: &str, headers: &[u8], body: &[u8]) -> Result<(), Failure>;

    /// Defines a metric; a name defined before is the same metric.
    fn define(&self, kind: Kind, name: &str) -> Result<Metric, Failure>;

    /// Adds to a counter.
    fn count(&self, metric: Metric, by: i64) -> Result<(), Failure>;

    /// Sets a gauge.
    fn gauge(&self, metric: Metric, value: u64) -> Result<(), Failure>;

    /// What all threads share under a key, and its stamp.
    fn shared(&self, key: &[u8]) -> Result<Option<(Vec<u8>, u32)>, Failure>;

    /// Shares a value, unless another thread did so since the stamp; without a stamp in any case. Tells whether it did.
    fn share(&self, key: &[u8], value: &[u8], stamp: Option<u32>) -> Result<bool, Failure>;

    /// Calls a method of a gRPC service (its name, then the method's) at a cluster of the proxy's; gives the number under which
    /// the answer, or that there is none, will be known. It belongs to the plugin and not to the request.
    fn call(&self, cluster: &str, method: (&str, &str), message: &[u8], timeout_ms: u32) -> Result<u32, Failure>;

    /// What a service answered, in its callback: at most this many bytes.
    fn received(&self, most: usize) -> Result<Vec<u8>, Failure>;

    /// Fetches something from a cluster of the proxy's, by a header map; gives the number under which the answer will be known. It
    /// belongs to the plugin.
    fn fetch(&self, cluster: &str, headers: &[u8], timeout_ms: u32) -> Result<u32, Failure>;

    /// The header map of what was fetched, in its callback; empty where there was no answer.
    fn fetched_headers(&self) -> Result<Vec<u8>, Failure>;

    /// At most this many bytes of what was fetched, in its callback.
    fn fetched_body(&self, most: usize) -> Result<Vec<u8>, Failure>;

    /// Lets a request go on that was held.
    fn resume(&self) -> Result<(), Failure>;

    /// Has the proxy tick for the plugin every so many milliseconds; 0 for no more.
    fn tick(&self, milliseconds: u32) -> Result<(), Failure>;

    /// The plugin's configuration of this many bytes.
    fn configuration(&self, size: usize) -> Result<Vec<u8>, Failure>;

    /// A variable of the module's environment, where it is there and UTF-8.
    fn variable(&self, name: &str) -> Option<String>;

    /// Whether a context is still there.
    fn lives(&self, context: u32) -> bool;

    /// Writes a line into the proxy's log.
    fn log(&self, level: Level, line: &str);
}

/// The stamp of what is not shared yet. Envoy takes any then; one that nothing has makes it refuse, should another thread have
/// shared it in between.
pub const NEVER: u32 = u32::MAX;

/// A metric that was defined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Metric(pub u32);

/// The kind of a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It only grows.
    Counter,
    /// It has a value.
    Gauge,
}

/// How much a line in the log matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Something is not as it should be.
    Warn,
    /// The filter cannot do its work.
    Critical,
}

/// What could not be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What was asked of the proxy.
    pub call: Call,
    /// What it answered.
    pub status: u32,
}

/// What is asked of the proxy, as metrics name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Call {
    /// Read the request headers.
    Headers,
    /// Read the request body.
    Body,
    /// Tell the time.
    Clock,
    /// Give random bytes.
    Entropy,
    /// Show what is known of the connection.
    Connection,
    /// Change a request header.
    Edit,
    /// Leave filter state.
    State,
    /// Answer a request.
    Reply,
    /// Read or write what is shared.
    Store,
    /// Call the rate-limit service, or show what it answered.
    Service,
    /// Fetch an agent's directory, or show what was fetched.
    Fetch,
    /// Let a request go on that was held.
    Resume,
    /// Tick.
    Timer,
    /// Define or change a metric.
    Metric,
    /// Show the plugin's configuration.
    Configuration,
}

impl Call {
    /// Every call, in order.
    pub const ALL: [Self; 15] = [
        Self::Headers,
        Self::Body,
        Self::Clock,
        Self::Entropy,
        Self::Connection,
        Self::Edit,
        Self::State,
        Self::Reply,
        Self::Store,
        Self::Service,
        Self::Fetch,
        Self::Resume,
        Self::Timer,
        Self::Metric,
        Self::Configuration,
    ];

    /// The name in metrics and logs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Headers => "headers",
            Self::Body => "body",
            Self::Clock => "clock",
            Self::Entropy => "entropy",
            Self::Connection => "connection",
            Self::Edit => "edit",
            Self::State => "state",
            Self::Reply => "reply",
            Self::Store => "store",
            Self::Service => "service",
            Self::Fetch => "fetch",
            Self::Resume => "resume",
            Self::Timer => "timer",
            Self::Metric => "metric",
            Self::Configuration => "configuration",
        }
    }
}

#[cfg(target_arch = "wasm32")]
pub use wasm::Envoy;

#[cfg(target_arch = "wasm32")]
#[expect(unsafe_code, reason = "hostcalls are foreign functions that take and return pointers into our memory")]
mod wasm;

#[cfg(target_arch = "wasm32")]
pub(crate) use wasm::allocate;
