//! Takes the answer to a challenge.

use super::{Answer, Context, problem::Problem};

pub(super) fn serve(context: Context<'_>) -> Answer<'_> {
    Problem::MISSING.reply(&context).into()
}
