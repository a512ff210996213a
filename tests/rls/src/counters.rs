//! Where hits are counted: Limitador's memory, or Redis. Which limits apply, and what they are counted by, is Limitador's either way.

use std::collections::HashMap;
use std::time::Duration;

use limitador::RateLimiter;
use limitador::counter::Counter;
use limitador::errors::LimitadorError;
use limitador::limit::{Context, Limit, Namespace};
use redis::Script;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};

/// The entries of one descriptor.
pub(crate) type Entries = HashMap<String, String>;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// How long Redis may take to connect and to answer. Far above what loopback needs, also where a busy machine lets a server stand still for seconds: one
/// that is dead refuses at once.
const PATIENCE: Duration = Duration::from_secs(10);

/// Counters that Limitador's memory holds at most.
const IN_MEMORY: u64 = 1_000_000;

/// Looks at every counter, and adds the hits to all of them or, where one would be over, to none.
/// KEYS are the counters; ARGV holds the hits, then each counter's most and its seconds.
/// Answers 1 where it refused, then each counter's value and the milliseconds it still lives.
/// Limitador's own storage does the same in two steps, between which others may count.
const CHARGE: &str = "
    local over = 0
    for at, key in ipairs(KEYS) do
      local value = tonumber(redis.call('get', key) or 0)
      if value + tonumber(ARGV[1]) > tonumber(ARGV[2 * at]) then over = 1 end
    end
    local said = {over}
    for at, key in ipairs(KEYS) do
      if over == 0 then
        redis.call('incrby', key, ARGV[1])
        redis.call('expire', key, ARGV[2 * at + 1], 'NX')
      end
      table.insert(said, tonumber(redis.call('get', key) or 0))
      table.insert(said, redis.call('pttl', key))
    end
    return said";

/// The limits, and where their counters stand.
pub(crate) struct Counters {
    limits: RateLimiter,
    redis: Option<(ConnectionManager, Script)>,
}

/// What became of the hits of one check.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Checked {
    pub(crate) refused: bool,
    /// Of the limits that apply, the one with the least left.
    pub(crate) tightest: Option<Tightest>,
}

/// The counter that has the least left.
#[derive(Debug, PartialEq)]
pub(crate) struct Tightest {
    pub(crate) most: u64,
    pub(crate) seconds: u64,
    pub(crate) left: u64,
    pub(crate) reset: Duration,
}

impl Counters {
    /// The limits of a file as Limitador reads it, counted in Redis where an address is given.
    pub(crate) fn new(yaml: &str, redis: Option<&str>) -> Result<Self, Failure> {
        let limits = RateLimiter::new(IN_MEMORY);
        for limit in serde_yaml_ng::from_str::<Vec<Limit>>(yaml)? {
            limits.add_limit(limit);
        }
        let redis = redis.map(connection).transpose()?.map(|connection| (connection, Script::new(CHARGE)));
        Ok(Self { limits, redis })
    }

    /// Adds hits to all counters that the descriptors select, or to none of them where one would be over.
    pub(crate) async fn charge(&self, domain: &str, descriptors: Vec<Entries>, hits: u64) -> Result<Checked, Failure> {
        let namespace = Namespace::from(domain);
        match &self.redis {
            None => {
                let checked = self.limits.check_rate_limited_and_update(&namespace, &context(descriptors), hits);
                let checked = checked.map_err(told)?;
                Ok(Checked { refused: checked.limited, tightest: tightest(&checked.counters) })
            }
            Some((connection, script)) => {
                let counters = self.counters(&namespace, &context(descriptors))?;
                charge(connection.clone(), script, counters, hits).await
            }
        }
    }

    fn counters(&self, namespace: &Namespace, context: &Context<'_>) -> Result<Vec<Counter>, Failure> {
        let limits = self.limits.get_limits(namespace).into_iter().filter(|limit| limit.applies(context));
        limits.filter_map(|limit| Counter::new(limit, context).transpose()).collect::<Result<_, _>>().map_err(told)
    }
}

/// What an error says: Limitador's cannot be handed to another thread.
fn told(error: LimitadorError) -> Failure {
    error.to_string().into()
}

/// A connection that is made when it is first needed, and made anew by the request after the one that found it dead.
fn connection(address: &str) -> Result<ConnectionManager, redis::RedisError> {
    let config = ConnectionManagerConfig::new()
        .set_number_of_retries(0)
        .set_connection_timeout(Some(PATIENCE))
        .set_response_timeout(Some(PATIENCE));
    ConnectionManager::new_lazy_with_config(redis::Client::open(address)?, config)
}

fn context(descriptors: Vec<Entries>) -> Context<'static> {
    let mut context = Context::default();
    context.list_binding("descriptors".to_owned(), descriptors);
    context
}

async fn charge(
    mut connection: ConnectionManager,
    script: &Script,
    mut counters: Vec<Counter>,
    hits: u64,
) -> Result<Checked, Failure> {
    if counters.is_empty() {
        return Ok(Checked::default());
    }
    let mut call = script.prepare_invoke();
    call.arg(hits);
    for counter in &counters {
        call.key(key(counter)).arg(counter.max_value()).arg(counter.window().as_secs());
    }
    let said: Vec<i64> = call.invoke_async(&mut connection).await?;
    let Some((refused, values)) = said.split_first() else {
        return Err("the script answered nothing".into());
    };
    for (counter, pair) in counters.iter_mut().zip(values.chunks_exact(2)) {
        if let [value, milliseconds] = pair {
            counter.set_remaining(counter.max_value().saturating_sub(u64::try_from(*value).unwrap_or(0)));
            // A key that was never set, or lives for ever, has a negative time to live.
            counter.set_expires_in(u64::try_from(*milliseconds).map_or(counter.window(), Duration::from_millis));
        }
    }
    Ok(Checked { refused: *refused != 0, tightest: tightest(&counters) })
}

/// What a counter is called in Redis: its limit, but for the limit's size, and the values that it is counted by.
fn key(counter: &Counter) -> String {
    let limit = counter.limit();
    let mut conditions: Vec<String> = limit.conditions().into_iter().collect();
    conditions.sort_unstable();
    let (namespace, window) = (limit.namespace().as_ref(), counter.window().as_secs());
    format!("{{{namespace}}},{window},{conditions:?},{:?}", counter.set_variables())
}

fn tightest(counters: &[Counter]) -> Option<Tightest> {
    let counter = counters.iter().min_by_key(|counter| counter.remaining())?;
    Some(Tightest {
        most: counter.max_value(),
        seconds: counter.window().as_secs(),
        left: counter.remaining().unwrap_or(counter.max_value()),
        reset: counter.expires_in().unwrap_or(counter.window()),
    })
}
