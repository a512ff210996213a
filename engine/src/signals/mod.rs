//! Signals: what the facts mean, one named and typed value each.
//!
//! A signal is one file of this folder: what it means, what evades it, what it costs an honest visitor, its code and
//! the examples that a test executes and that `docs/signals.md` is made of. The registry below is the schema that
//! rules, models, records and docs share.
//!
//! A signal whose name ends in `matches` compares what the request does with what it claims to be: true when they
//! agree, false when they contradict one another, absent when the request claims nothing that could be compared.

mod registry;
mod sample;
mod scene;

mod agent_claimed;
mod agent_id;
mod agent_network;
mod agent_purpose;
mod agent_signature;
mod beacon_coalesces;
mod beacon_events;
mod beacon_fine_pointer;
mod beacon_frameless;
mod beacon_hidden_input;
mod beacon_hover;
mod beacon_no_brands;
mod beacon_no_languages;
mod beacon_no_plugins;
mod beacon_no_pointer;
mod beacon_presses;
mod beacon_small_screen;
mod beacon_time;
mod beacon_touch;
mod beacon_untrusted;
mod beacon_webdriver;
mod click_centred;
mod click_count;
mod click_hold;
mod click_hold_spread;
mod click_hover;
mod click_moves;
mod click_offset;
mod click_pressure;
mod click_unled;
mod client_address;
mod client_address_is_private;
mod client_ipv6;
mod fetch_consistent;
mod fetch_dest;
mod fetch_mode;
mod fetch_presence_matches;
mod fetch_site;
mod fetch_site_matches;
mod header_accept_encoding_matches;
mod header_accept_language_matches;
mod header_accept_matches;
mod header_bytes;
mod header_count;
mod header_duplicates;
mod header_order_matches;
mod header_priority_matches;
mod header_proxied;
mod header_pseudo_order;
mod header_pseudo_order_matches;
mod header_shape;
mod header_te_matches;
mod header_underscore;
mod header_unprintable;
mod header_upgrade_insecure_matches;
mod hints_brand_matches;
mod hints_major;
mod hints_major_matches;
mod hints_mobile_matches;
mod hints_platform;
mod hints_platform_matches;
mod hints_presence_matches;
mod key_dwell;
mod key_dwell_spread;
mod key_events;
mod key_flight;
mod key_flight_spread;
mod network_asn;
mod network_country;
mod pointer_acceleration;
mod pointer_agreement;
mod pointer_bell;
mod pointer_bell_spread;
mod pointer_bow;
mod pointer_change_median;
mod pointer_change_memory;
mod pointer_change_relative;
mod pointer_change_runs;
mod pointer_change_shape;
mod pointer_coalesced;
mod pointer_curvature;
mod pointer_curvature_spread;
mod pointer_directions;
mod pointer_end;
mod pointer_end_spread;
mod pointer_events;
mod pointer_fractional;
mod pointer_interval;
mod pointer_interval_spread;
mod pointer_jerk;
mod pointer_jumps;
mod pointer_micro_pauses;
mod pointer_overshoot;
mod pointer_path;
mod pointer_pause;
mod pointer_pauses;
mod pointer_peak;
mod pointer_peak_spread;
mod pointer_repeats;
mod pointer_reversals;
mod pointer_settling;
mod pointer_slow;
mod pointer_smooth;
mod pointer_speed;
mod pointer_speed_high;
mod pointer_speed_low;
mod pointer_speed_max;
mod pointer_speed_spread;
mod pointer_start;
mod pointer_start_spread;
mod pointer_straight;
mod pointer_straightness;
mod pointer_straightness_spread;
mod pointer_strokes;
mod pointer_submovements;
mod pointer_time;
mod pointer_turn_fast;
mod pointer_turn_median;
mod pointer_turn_memory;
mod pointer_turn_sharp;
mod pointer_turn_slow;
mod pointer_turn_slowing;
mod request_authority;
mod request_authority_is_address;
mod request_cookies;
mod request_extension;
mod request_method;
mod request_navigation;
mod request_path;
mod request_path_depth;
mod request_protocol;
mod request_query;
mod request_scheme;
mod session_age;
mod session_clearance;
mod session_confidence;
mod session_idle;
mod session_observations;
mod session_replayed;
mod session_skew;
mod session_valid;
mod session_window;
mod tls_alpn;
mod tls_family;
mod tls_ja3;
mod tls_ja4;
mod tls_ja4_cipher_hash;
mod tls_ja4_ciphers;
mod tls_ja4_extension_hash;
mod tls_ja4_extensions;
mod tls_ja4_version;
mod tls_library;
mod tls_matches_ua;
mod tls_sni;
mod tls_sni_matches_authority;
mod tls_version;
mod touch_arc;
mod touch_events;
mod touch_pressure_spread;
mod touch_radius_spread;
mod ua_automation;
mod ua_crawler;
mod ua_engine;
mod ua_family;
mod ua_length;
mod ua_major;
mod ua_mobile;
mod ua_platform;
mod ua_present;
mod ua_reduced;
mod ua_tool;
mod ua_well_formed;
mod wheel_delta;
mod wheel_delta_spread;
mod wheel_events;
mod wheel_reversals;

pub use registry::{PAGES, SIGNALS, by_name};
pub use sample::{Expected, Sample, Visit, agents::registry as sample_agents};
pub use scene::{Agents, Scene};
pub(crate) use scene::{HeaderName, Marks};

use crate::fact::Fact;
use core::net::IpAddr;

/// What a signal reads of one request: a value, or why there is none.
pub type Reading<'a> = Fact<Value<'a>>;

/// A signal's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// True or false.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Text, as the bytes that were sent: clients are not held to UTF-8.
    Text(&'a [u8]),
    /// An address.
    Address(IpAddr),
}

impl From<bool> for Value<'_> {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<u16> for Value<'_> {
    fn from(value: u16) -> Self {
        Self::Int(value.into())
    }
}

impl From<u64> for Value<'_> {
    fn from(value: u64) -> Self {
        Self::Int(i64::try_from(value).unwrap_or(i64::MAX))
    }
}

impl From<u32> for Value<'_> {
    fn from(value: u32) -> Self {
        Self::Int(value.into())
    }
}

impl From<usize> for Value<'_> {
    fn from(value: usize) -> Self {
        Self::Int(i64::try_from(value).unwrap_or(i64::MAX))
    }
}

impl<'a> From<&'a [u8]> for Value<'a> {
    fn from(value: &'a [u8]) -> Self {
        Self::Text(value)
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(value: &'a str) -> Self {
        Self::Text(value.as_bytes())
    }
}

impl From<IpAddr> for Value<'_> {
    fn from(value: IpAddr) -> Self {
        Self::Address(value)
    }
}

impl Value<'_> {
    /// The type of the value.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Bool(_) => Kind::Bool,
            Self::Int(_) => Kind::Int,
            Self::Text(_) => Kind::Text,
            Self::Address(_) => Kind::Address,
        }
    }
}

/// The type of a signal's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// [`Value::Bool`]
    Bool,
    /// [`Value::Int`]
    Int,
    /// [`Value::Text`]
    Text,
    /// [`Value::Address`]
    Address,
}

/// One signal, as the engine runs it.
#[derive(Clone, Copy)]
pub struct Signal {
    /// Its name in rules, records and docs: `ua.family`. Stable for ever.
    pub name: &'static str,
    /// The type of its value.
    pub kind: Kind,
    /// Reads it.
    pub read: for<'s> fn(&'s Scene<'_>) -> Reading<'s>,
}

/// What begins the names of signals of what pages report: without a window of observation there is none of them.
const REPORTED: &[&str] = &["beacon.", "click.", "key.", "pointer.", "touch.", "wheel."];

impl Signal {
    /// Whether it is of what pages report.
    pub(crate) fn is_reported(&self) -> bool {
        REPORTED.iter().any(|group| self.name.starts_with(group))
    }
}

/// One signal, as its reader meets it. Kept apart from [`Signal`] so that no host carries prose.
#[derive(Clone, Copy)]
pub struct Page {
    /// What the value is, in one sentence.
    pub means: &'static str,
    /// What it costs a client to fake it.
    pub evasion: &'static str,
    /// Which honest visitors it may hit, and how.
    pub honest_cost: &'static str,
    /// On which hosts it is known.
    pub seen_by: &'static str,
    /// Requests and what the signal reads of them; a test executes each.
    pub examples: &'static [(Sample, Expected)],
}
