//! Takes a batch of observations.

use super::{Answer, Context, problem::Problem};

pub(super) fn serve(context: Context<'_>) -> Answer<'_> {
    Problem::MISSING.reply(&context).into()
}
