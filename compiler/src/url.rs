//! Addresses on the internet that a policy names, and that somebody fetches.

use outwork_engine::directories::check_url;

/// Says what is wrong with an address that is no `https:` URL of a host which all the internet knows.
pub(crate) fn check(url: &str) -> Result<String, String> {
    check_url(url).map(|location| location.url().to_owned()).map_err(|error| error.to_string())
}
