//! Lists of crawlers' user agents.
