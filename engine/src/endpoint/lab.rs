//! The page on which visitors see what is seen of them.

use super::{Answer, Context, problem::Problem};

pub(super) fn serve(context: Context<'_>) -> Answer<'_> {
    Problem::MISSING.reply(&context).into()
}
