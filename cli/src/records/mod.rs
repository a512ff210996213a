//! Records of decisions, and what people say of those whom they are about.

mod ecs;
mod labels;
mod queue;
mod record;
mod review;
mod shown;

pub(crate) use labels::Labels;
pub(crate) use queue::Queue;
pub(crate) use record::{Feature, Record};
pub(crate) use review::{Answers, review};
