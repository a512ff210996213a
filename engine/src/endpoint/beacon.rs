//! Takes a batch of observations into the session's window. Nothing of it is kept but what the window holds.

use super::{Answer, Context, gpc::asks_not_to_be_observed, hello::UNBOUND, problem::Problem};
use crate::{
    beacon::{self, Batch, BeaconError, Sketch},
    decision::Reply,
    facts::{Facts, Session},
    limits::Table,
    memo::{Keep, Memo, Remembered},
    rules::Scratch,
    session::{self, Presented},
    time::Time,
    window::{SLACK_MILLIS, Window},
};
use alloc::{boxed::Box, string::String, vec::Vec};

/// How far the page's clock may be from ours: a day. People's clocks are wrong; those of recordings are more so.
const MAX_SKEW_SECONDS: u32 = 86_400;

/// How much longer than its session a batch may have taken, in microseconds: what was recorded before the session was opened
/// waited for its first flush, a minute at the most. Whoever makes events up has at least to wait as long as they tell of.
const HASTE: u64 = 60_000_000;

/// How long the path of a session is known again at the most, in microseconds: an hour; less where so many paths come that
/// the older ones give way.
const PATH_KEPT: u64 = 3_600_000_000;

pub(super) fn serve<'a>(context: Context<'a>, session: Presented) -> Answer<'a> {
    observe(context, session, |_, _| Reply { status: 204, headers: Vec::new(), body: String::new() })
}

/// Takes the batch, and answers with what is told of the window.
pub(super) fn observe<'a>(context: Context<'a>, session: Presented, tell: Tell) -> Answer<'a> {
    match take(&context, session) {
        Ok((window, sketch)) => {
            let memos = core::iter::once(order(&context, &window)).chain(paths(&context, &window, &sketch)).collect();
            Answer::asking(memos, move |remembered| finish(&context, *window, &sketch, remembered, tell))
        }
        Err(problem) => problem.reply(&context).into(),
    }
}

/// What is answered once a window has its batch.
type Tell = fn(&Context<'_>, &Window) -> Reply;

/// The window with the batch in it, and the sketch of its path.
fn take(context: &Context<'_>, session: Presented) -> Result<(Box<Window>, Sketch), Problem> {
    if asks_not_to_be_observed(context) {
        return Err(UNWANTED);
    }
    let Presented::Opened(mut window) = session else { return Err(NO_SESSION) };
    let batch = open(context, &window)?;
    let now = context.facts.now;
    window.skew = skew(&batch, now).ok_or(CLOCK)?;
    if !window.is_timely(batch.sequence, now) {
        return Err(STALE);
    }
    if told(&batch) > now.0.saturating_sub(window.opened.0).saturating_add(HASTE) {
        return Err(HASTY);
    }
    let decay = context.policy.settings().behaviour;
    window.observe(&batch.features(), batch.sequence, decay, now).map_err(|_| STALE)?;
    Ok((window, batch.sketch()))
}

/// The batch, by any key of the ring: the page was given the newest when it said hello.
fn open(context: &Context<'_>, window: &Window) -> Result<Batch, Problem> {
    let mut refused = BeaconError::WrongMac;
    for key in context.keys.beacon_keys(&window.id) {
        match beacon::open(context.body, &key) {
            Ok(batch) => return Ok(batch),
            Err(error) => refused = error,
        }
        if refused != BeaconError::WrongMac {
            break;
        }
    }
    Err(match refused {
        BeaconError::TooLong => Problem::new(413, "This is more than is taken here."),
        BeaconError::UnknownVersion(_) => Problem::new(422, "This version of a batch is not read here."),
        BeaconError::WrongMac => Problem::new(403, "This batch was not made with the key of its session."),
        BeaconError::Malformed(_) => Problem::new(400, "This is no batch of events."),
    })
}

/// How much time passes between the first event of a batch and the last, in microseconds.
fn told(batch: &Batch) -> u64 {
    batch.events.iter().skip(1).map(|event| u64::from(event.after) * 1_000).sum()
}

/// How many seconds the page's clock is ahead; none where it is too far off.
fn skew(batch: &Batch, now: Time) -> Option<i32> {
    let (page, edge) = (batch.clock / 1_000, now.seconds());
    let apart = u32::try_from(page.abs_diff(edge)).ok().filter(|apart| *apart <= MAX_SKEW_SECONDS)?;
    let apart = i32::try_from(apart).ok()?;
    Some(if page < edge { -apart } else { apart })
}

/// The newest sequence of a session, kept for as long as an older one would be timely: two copies of a token do not let
/// one batch count twice.
fn order(context: &Context<'_>, window: &Window) -> Memo {
    let kept = 2 * u64::from(SLACK_MILLIS) * 1_000;
    Memo {
        table: Table::Once,
        key: context.keys.memo_key(&[b"sequence", &window.id]),
        until: Time(context.facts.now.0.saturating_add(kept)),
        mark: window.sequence.into(),
        keep: Keep::Largest,
    }
}

/// Whose path this was first: a word for each key of its sketch, at this site.
fn paths(context: &Context<'_>, window: &Window, sketch: &Sketch) -> impl Iterator<Item = Memo> {
    let authority = context.facts.request.authority.to_ascii_lowercase();
    let (until, mark) = (Time(context.facts.now.0.saturating_add(PATH_KEPT)), mark(window));
    sketch.keys().map(move |key| Memo {
        table: Table::Paths,
        key: context.keys.memo_key(&[b"path", &authority, &key.to_le_bytes()]),
        until,
        mark,
        keep: Keep::First,
    })
}

/// Half of a session's id.
fn mark(window: &Window) -> u64 {
    window.id.first_chunk().map_or(0, |half| u64::from_le_bytes(*half))
}

/// A store that cannot be reached refuses nobody: the token's own sequence has been checked.
fn finish(context: &Context<'_>, mut window: Window, sketch: &Sketch, remembered: &[Remembered], tell: Tell) -> Reply {
    let (order, paths) = remembered.split_at_checked(1).unwrap_or_default();
    if matches!(order, [Remembered::Same | Remembered::Other(_)]) {
        return STALE.reply(context);
    }
    let owners = paths.iter().map(|known| match known {
        Remembered::Other(owner) => Some(*owner),
        Remembered::Nothing | Remembered::Same | Remembered::Unknown => None,
    });
    if sketch.is_known(owners) {
        window.replays = window.replays.saturating_add(1);
    }
    hold(context, &mut window);
    let facts = context.facts;
    match session::set_cookie(&window, context.keys, context.binding(), &facts.entropy, facts.now) {
        Some(cookie) => {
            let mut reply = tell(context, &window);
            reply.headers.push(("set-cookie", cookie));
            reply
        }
        None => UNBOUND.reply(context),
    }
}

/// Judges the request anew, with what was just observed, for the band that the session is held in from now on.
fn hold(context: &Context<'_>, window: &mut Window) {
    let facts = Facts { session: Session::Window(window, context.clearance), ..*context.facts };
    let held = context.policy.assess(&facts, context.keys, &mut Scratch::default()).held();
    window.held = held;
}

const UNWANTED: Problem =
    Problem::new(403, "This browser asks not to be observed (Global Privacy Control): nothing is taken from it.");
const NO_SESSION: Problem = Problem::new(401, "There is no session: the page has to say hello first.");
const STALE: Problem =
    Problem::new(409, "This batch is not newer than what is known: the page has to say hello again.");
const HASTY: Problem = Problem::new(409, "This batch tells of more time than its session has lasted.");
const CLOCK: Problem = Problem::new(409, "The clock of this page is more than a day off.");
