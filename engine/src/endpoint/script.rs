//! The files of the product's own pages.
//!
//! A name with a hash in it never changes its content, and may be kept for ever. `beacon.js` is the same script under a
//! name that pages can write down: it is asked for anew every five minutes, and answered with 304 while it is the same.

use super::{Answer, Context, problem::Problem};
use crate::{
    assets::{ASSETS, Asset, BEACON},
    decision::Reply,
};
use alloc::{string::String, vec::Vec};

const FOR_EVER: &str = "public, max-age=31536000, immutable";
const FIVE_MINUTES: &str = "public, max-age=300";

pub(super) fn serve(context: Context<'_>) -> Answer<'_> {
    let name = context.name();
    if name == b"beacon.js" {
        return stable(&context).into();
    }
    let asset = ASSETS.iter().find(|asset| asset.is_named(name));
    asset.map_or_else(|| Problem::MISSING.reply(&context), |asset| whole(asset, FOR_EVER)).into()
}

fn stable(context: &Context<'_>) -> Reply {
    let tag = ["\"", BEACON.id, "\""].concat();
    let mut reply = whole(&BEACON, FIVE_MINUTES);
    if context.values(b"if-none-match").any(|tags| names(tags, &tag)) {
        reply = Reply { status: 304, headers: kept(FIVE_MINUTES), body: String::new() };
    }
    reply.headers.push(("etag", tag));
    reply
}

fn whole(asset: &Asset, keep: &str) -> Reply {
    let mut headers = kept(keep);
    headers.push(("content-type", asset.kind.into()));
    Reply { status: 200, headers, body: asset.content.into() }
}

fn kept(keep: &str) -> Vec<(&'static str, String)> {
    Vec::from([("cache-control", keep.into()), ("cross-origin-resource-policy", "same-origin".into())])
}

/// Whether a list of entity tags has this one, compared weakly (RFC 9110, section 8.8.3.2).
fn names(tags: &[u8], tag: &str) -> bool {
    tags.split(|&byte| byte == b',')
        .map(<[u8]>::trim_ascii)
        .any(|known| known == b"*" || known.strip_prefix(b"W/").unwrap_or(known) == tag.as_bytes())
}
