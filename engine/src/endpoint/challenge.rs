//! Takes the answer to a challenge.

use super::{
    Answer, Context,
    cleared::{self, USED},
    hello::UNBOUND,
};
use crate::{
    challenge::{self, Proof, Refused},
    decision::{Reply, push_number},
    memo::Remembered,
};
use alloc::vec::Vec;

pub(super) fn serve(context: Context<'_>) -> Answer<'_> {
    match check(&context) {
        Ok(proof) => Answer::asking(Vec::from([proof.memo]), move |known| finish(&context, &proof, known)),
        Err(refused) => cleared::problem(refused).reply(&context).into(),
    }
}

fn check(context: &Context<'_>) -> Result<Proof, Refused> {
    let sent = challenge::read_answer(context.body).ok_or(Refused::Malformed)?;
    let client = cleared::client(context);
    challenge::check_work(context.keys, sent.challenge, sent.answer, &client, context.facts.now)
}

fn finish(context: &Context<'_>, proof: &Proof, remembered: &[Remembered]) -> Reply {
    if cleared::is_used(remembered) {
        return USED.reply(context);
    }
    let Some((until, cookie)) = cleared::clear(context, proof) else { return UNBOUND.reply(context) };
    let mut body = "{\"cleared\":true,\"until\":".into();
    push_number(&mut body, until.seconds());
    body.push('}');
    let headers = Vec::from([("content-type", "application/json".into()), ("set-cookie", cookie)]);
    Reply { status: 200, headers, body }
}
