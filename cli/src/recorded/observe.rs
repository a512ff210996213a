use outwork_engine::beacon::open;
use outwork_engine::time::Time;
use outwork_engine::window::{Decay, Window};

use super::cut::cut;
use super::input::InputKind;
use super::{KEY, Session};
use crate::failure::Failure;

/// What is known after a batch.
pub(crate) struct Observed<'a> {
    /// The window with it.
    pub(crate) window: &'a Window,
}

/// Plays a session: every batch is written as the script writes it, opened as the edge opens it, and counted in a window.
pub(crate) fn observe(
    session: &Session,
    kind: InputKind,
    mut each: impl FnMut(&Observed<'_>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut window: Option<Window> = None;
    for (_, batch) in cut(session, kind) {
        let name = &session.session_id;
        let batch = open(&batch.write(&KEY), &KEY)
            .map_err(Failure::because(format!("session `{name}`: a batch that we wrote cannot be read")))?;
        let (now, features) = (Time(batch.clock * 1_000), batch.features());
        let window =
            window.get_or_insert_with(|| Window::new([7; 16], Time(now.0 - u64::from(batch.sequence) * 1_000)));
        window
            .observe(&features, batch.sequence, Decay::default(), now)
            .map_err(|_| Failure::new(format!("session `{name}`: a batch is not newer than the one before it")))?;
        each(&Observed { window })?;
    }
    Ok(())
}
