//! What is counted of a policy's models: how often each scored, whether it agrees with the one in force, and how far what it
//! sees has drifted from what it was trained on.

use crate::{
    host::{Host, Kind, Metric},
    metrics::Metrics,
};
use outwork_engine::{
    model::{MAX_INPUTS, Model, drift::Counts},
    policy::Policy,
    rules::Mode,
    scoring::{Scored, Slot},
};
use std::cell::RefCell;

/// Before a model has scored this often, its drift is mostly chance.
const LEAST: u32 = 512;

/// How many scored requests there are to one index that is worked out anew: each input has its turn once in 1,024, and no
/// request has to wait for all of them.
const TURN: u32 = 16;

/// From this many on, counts are halved: what was seen last weighs most.
const MOST: u32 = 8_192;

/// The models of a policy, as one thread counts them. A reload begins anew.
#[derive(Debug, Default)]
pub struct Models {
    // INVARIANT: in the order of the policy's slots.
    watched: RefCell<Vec<Watched>>,
}

/// One model.
#[derive(Debug)]
struct Watched {
    scored: Option<Metric>,
    // Whether it agrees with the model in force: no, yes. Only where its layer has several.
    agrees: [Option<Metric>; 2],
    // 16 KiB. None of a model that is off, or has nothing to compare with.
    counts: Option<Counts>,
}

impl Models {
    /// Nothing counted yet of the models of a policy. Their counters exist from here on; indices are 0 until they are known.
    pub fn new(host: &impl Host, metrics: &Metrics, policy: &Policy) -> Self {
        metrics.reset(host);
        let slots = policy.models().slots();
        Self { watched: RefCell::new(slots.iter().map(|slot| Watched::new(host, metrics, slot, slots)).collect()) }
    }

    /// Counts what models said of a request.
    pub fn note(&self, host: &impl Host, metrics: &Metrics, scored: &[Scored<'_>]) {
        let mut watched = self.watched.borrow_mut();
        for one in scored {
            if let Some(watched) = watched.get_mut(one.place) {
                watched.note(host, metrics, one, scored);
            }
        }
    }
}

impl Watched {
    fn new(host: &impl Host, metrics: &Metrics, slot: &Slot, slots: &[Slot]) -> Self {
        if slot.mode() == Mode::Off {
            return Self { scored: None, agrees: [None; 2], counts: None };
        }
        let counter = |name: String| metrics.named(host, Kind::Counter, name);
        let id = name(slot);
        let layer = |of: &&Slot| of.mode() != Mode::Off && of.model().layer() == slot.model().layer();
        let agrees = (slots.iter().filter(layer).count() > 1)
            .then(|| ["no", "yes"].map(|agrees| counter(format!("outwork_model_compared.slot.{id}.agrees.{agrees}"))));
        Self {
            scored: counter(format!("outwork_model_scored.slot.{id}")),
            agrees: agrees.unwrap_or_default(),
            counts: has_shares(slot.model()).then(Counts::default),
        }
    }

    fn note(&mut self, host: &impl Host, metrics: &Metrics, one: &Scored<'_>, all: &[Scored<'_>]) {
        metrics.raise(host, self.scored);
        if let Some(agrees) = agrees(one, all) {
            let [no, yes] = self.agrees;
            metrics.raise(host, if agrees { yes } else { no });
        }
        let Some((input, index)) = self.count(one) else { return };
        let Some((signal, _)) = one.slot.model().inputs().nth(input) else { return };
        let name = format!("outwork_model_psi_thousandths.slot.{}.signal.{}", name(one.slot), signal.name);
        if let Some(gauge) = metrics.named(host, Kind::Gauge, name) {
            metrics.set(host, gauge, index.into());
        }
    }

    /// Counts the bins; gives the input whose turn it is, and its index.
    fn count(&mut self, one: &Scored<'_>) -> Option<(usize, u32)> {
        let counts = self.counts.as_mut()?;
        counts.add(&one.binned);
        let rows = counts.rows();
        if rows < LEAST || !rows.is_multiple_of(TURN) {
            return None;
        }
        let input = usize::try_from(rows / TURN).ok()? % MAX_INPUTS;
        let index = counts.index(one.slot.model(), input);
        if rows >= MOST {
            counts.halve();
        }
        Some((input, index?))
    }
}

/// Whether a model that is not in force says the same of a request as the one of its layer that is.
fn agrees(one: &Scored<'_>, all: &[Scored<'_>]) -> Option<bool> {
    let layer = one.slot.model().layer();
    let other = all.iter().find(|other| other.in_force && other.slot.model().layer() == layer)?;
    (!one.in_force).then(|| one.score.is_probable() == other.score.is_probable())
}

/// A dot would end the name in Envoy's tags.
fn name(slot: &Slot) -> String {
    slot.id().replace('.', "_")
}

fn has_shares(model: &Model) -> bool {
    (0..MAX_INPUTS).any(|input| model.shares(input).iter().any(|share| *share > 0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        testing::{Memory, Small, configure, device_model, running},
        vm::Vm,
    };
    use outwork_engine::model;

    /// The model of the fixtures, and one that says the opposite, whose shares are not known.
    fn opposite() -> Vec<u8> {
        let mut parts = model::read(&device_model()).unwrap();
        parts.bias = -parts.bias;
        parts.trees.iter_mut().flat_map(|tree| &mut tree.leaves).for_each(|leaf| *leaf = -*leaf);
        parts.inputs.iter_mut().for_each(|input| input.shares.fill(0));
        parts.contributions = None;
        model::write(&parts).unwrap()
    }

    /// The model of the fixtures, trained on as many rows of each bin.
    fn trained() -> Vec<u8> {
        let mut parts = model::read(&device_model()).unwrap();
        parts.inputs.iter_mut().for_each(|input| input.shares.fill(1_000));
        model::write(&parts).unwrap()
    }

    fn ask(vm: &mut Vm<Memory>, times: usize) {
        for _ in 0..times {
            vm.host().request(&[("user-agent", "curl/8.5.0")]);
            vm.create(77, 1);
            vm.request(77, true);
        }
    }

    fn psi(vm: &Vm<Memory>) -> Vec<(String, i64)> {
        let metrics = vm.host().metrics.borrow();
        metrics.iter().filter(|(name, _)| name.starts_with("outwork_model_psi")).cloned().collect()
    }

    #[test]
    fn models_are_counted_and_compared_with_the_one_in_force() {
        let policy = Small::default()
            .model("old", Mode::Enforce, device_model())
            .model("same", Mode::Shadow, device_model())
            .model("v2.next", Mode::Shadow, opposite())
            .model("gone", Mode::Off, device_model());
        let mut vm = running(&policy);
        ask(&mut vm, 3);
        let metric = |name: &str| vm.host().metric(&format!("outwork_model_{name}"));
        for slot in ["old", "same", "v2_next"] {
            assert_eq!(metric(&format!("scored.slot.{slot}")), 3, "{slot}");
        }
        let compared =
            |slot: &str| ["no", "yes"].map(|agrees| metric(&format!("compared.slot.{slot}.agrees.{agrees}")));
        assert_eq!([compared("old"), compared("same"), compared("v2_next")], [[0, 0], [0, 3], [3, 0]]);
        assert!(vm.host().metrics.borrow().iter().all(|(name, _)| !name.contains("gone")));
    }

    #[test]
    fn a_model_alone_is_compared_with_nothing() {
        let mut vm = running(&Small::default().model("one", Mode::Shadow, device_model()));
        ask(&mut vm, 1);
        assert_eq!(vm.host().metric("outwork_model_scored.slot.one"), 1);
        assert!(vm.host().metrics.borrow().iter().all(|(name, _)| !name.contains("compared")));
    }

    #[test]
    fn drift_is_told_of_every_input_once_enough_was_seen_and_forgotten_by_a_reload() {
        let policy = Small::default().model("one", Mode::Shadow, trained()).model("two", Mode::Shadow, opposite());
        let mut vm = running(&policy);
        ask(&mut vm, LEAST as usize - 1);
        assert_eq!(psi(&vm), []);
        ask(&mut vm, 1_025);
        let told = psi(&vm);
        assert_eq!(told.len(), model::read(&device_model()).unwrap().inputs.len(), "none of a model without shares");
        // One request again and again is far from any training.
        assert!(told.iter().all(|(name, index)| name.contains(".slot.one.signal.") && *index > 250), "{told:?}");
        assert!(told.iter().any(|(name, _)| name.ends_with(".signal.header.count")), "{told:?}");
        assert!(configure(&mut vm, 1, &Small { version: "2", ..policy }.configuration()));
        assert!(psi(&vm).iter().all(|(_, index)| *index == 0));
        ask(&mut vm, 100);
        assert!(psi(&vm).iter().all(|(_, index)| *index == 0), "counts begin anew");
    }

    #[test]
    fn counts_go_on_for_as_long_as_there_are_requests() {
        let mut vm = running(&Small::default().model("one", Mode::Enforce, trained()));
        ask(&mut vm, MOST as usize + 1_024);
        assert_eq!(vm.host().metric("outwork_model_scored.slot.one"), i64::from(MOST) + 1_024);
        assert_eq!(psi(&vm).len(), 5);
        assert!(psi(&vm).iter().all(|(_, index)| *index > 250));
    }
}
