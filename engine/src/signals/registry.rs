//! The schema: every signal, once.

use super::{
    Kind, Page, Signal, client_address, client_address_is_private, client_ipv6, fetch_consistent, fetch_dest,
    fetch_mode, fetch_presence_matches, fetch_site, fetch_site_matches, header_accept_encoding_matches,
    header_accept_language_matches, header_accept_matches, header_bytes, header_count, header_duplicates,
    header_order_matches, header_priority_matches, header_proxied, header_pseudo_order, header_pseudo_order_matches,
    header_shape, header_te_matches, header_underscore, header_unprintable, header_upgrade_insecure_matches,
    hints_brand_matches, hints_major, hints_major_matches, hints_mobile_matches, hints_platform,
    hints_platform_matches, hints_presence_matches, network_asn, network_country, request_authority,
    request_authority_is_address, request_cookies, request_extension, request_method, request_navigation, request_path,
    request_path_depth, request_protocol, request_query, request_scheme, tls_alpn, tls_family, tls_ja3, tls_ja4,
    tls_ja4_cipher_hash, tls_ja4_ciphers, tls_ja4_extension_hash, tls_ja4_extensions, tls_ja4_version, tls_library,
    tls_matches_ua, tls_sni, tls_sni_matches_authority, tls_version, ua_automation, ua_crawler, ua_engine, ua_family,
    ua_length, ua_major, ua_mobile, ua_platform, ua_present, ua_reduced, ua_tool, ua_well_formed,
};

macro_rules! registry {
    ($($module:ident $name:literal $kind:ident,)*) => {
        /// Every signal, in the order of its name.
        pub static SIGNALS: &[Signal] = &[$(Signal { name: $name, kind: Kind::$kind, read: $module::read }),*];

        /// The page of every signal, in the order of [`SIGNALS`].
        pub static PAGES: &[Page] = &[$($module::PAGE),*];
    };
}

registry! {
    client_address "client.address" Address,
    client_address_is_private "client.address_is_private" Bool,
    client_ipv6 "client.ipv6" Bool,
    fetch_consistent "fetch.consistent" Bool,
    fetch_dest "fetch.dest" Text,
    fetch_mode "fetch.mode" Text,
    fetch_presence_matches "fetch.presence_matches" Bool,
    fetch_site "fetch.site" Text,
    fetch_site_matches "fetch.site_matches" Bool,
    header_accept_encoding_matches "header.accept_encoding_matches" Bool,
    header_accept_language_matches "header.accept_language_matches" Bool,
    header_accept_matches "header.accept_matches" Bool,
    header_bytes "header.bytes" Int,
    header_count "header.count" Int,
    header_duplicates "header.duplicates" Int,
    header_order_matches "header.order_matches" Bool,
    header_priority_matches "header.priority_matches" Bool,
    header_proxied "header.proxied" Bool,
    header_pseudo_order "header.pseudo_order" Text,
    header_pseudo_order_matches "header.pseudo_order_matches" Bool,
    header_shape "header.shape" Text,
    header_te_matches "header.te_matches" Bool,
    header_underscore "header.underscore" Bool,
    header_unprintable "header.unprintable" Bool,
    header_upgrade_insecure_matches "header.upgrade_insecure_matches" Bool,
    hints_brand_matches "hints.brand_matches" Bool,
    hints_major "hints.major" Int,
    hints_major_matches "hints.major_matches" Bool,
    hints_mobile_matches "hints.mobile_matches" Bool,
    hints_platform "hints.platform" Text,
    hints_platform_matches "hints.platform_matches" Bool,
    hints_presence_matches "hints.presence_matches" Bool,
    network_asn "network.asn" Int,
    network_country "network.country" Text,
    request_authority "request.authority" Text,
    request_authority_is_address "request.authority_is_address" Bool,
    request_cookies "request.cookies" Int,
    request_extension "request.extension" Text,
    request_method "request.method" Text,
    request_navigation "request.navigation" Bool,
    request_path "request.path" Text,
    request_path_depth "request.path_depth" Int,
    request_protocol "request.protocol" Text,
    request_query "request.query" Text,
    request_scheme "request.scheme" Text,
    tls_alpn "tls.alpn" Text,
    tls_family "tls.family" Text,
    tls_ja3 "tls.ja3" Text,
    tls_ja4 "tls.ja4" Text,
    tls_ja4_cipher_hash "tls.ja4_cipher_hash" Text,
    tls_ja4_ciphers "tls.ja4_ciphers" Int,
    tls_ja4_extension_hash "tls.ja4_extension_hash" Text,
    tls_ja4_extensions "tls.ja4_extensions" Int,
    tls_ja4_version "tls.ja4_version" Text,
    tls_library "tls.library" Text,
    tls_matches_ua "tls.matches_ua" Bool,
    tls_sni "tls.sni" Text,
    tls_sni_matches_authority "tls.sni_matches_authority" Bool,
    tls_version "tls.version" Text,
    ua_automation "ua.automation" Text,
    ua_crawler "ua.crawler" Bool,
    ua_engine "ua.engine" Text,
    ua_family "ua.family" Text,
    ua_length "ua.length" Int,
    ua_major "ua.major" Int,
    ua_mobile "ua.mobile" Bool,
    ua_platform "ua.platform" Text,
    ua_present "ua.present" Bool,
    ua_reduced "ua.reduced" Bool,
    ua_tool "ua.tool" Text,
    ua_well_formed "ua.well_formed" Bool,
}

/// The place of a signal in [`SIGNALS`].
pub fn by_name(name: &str) -> Option<usize> {
    SIGNALS.binary_search_by(|signal| signal.name.cmp(name)).ok()
}
