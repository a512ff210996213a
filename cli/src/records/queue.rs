use std::collections::HashSet;

use super::{Labels, Record};

/// How many records are held: nobody looks at more of them.
const MOST: usize = 10_000;

/// Records to be looked at, those that were least sure first; of a device at one address only the least sure one.
#[derive(Default)]
pub(crate) struct Queue {
    records: Vec<Record>,
}

impl Queue {
    /// Adds a record of which nothing is known.
    pub(crate) fn add(&mut self, record: Record, labels: &Labels) {
        if labels.of(&record).is_none() && record.label.is_none() {
            self.records.push(record);
        }
        if self.records.len() >= 2 * MOST {
            self.sort();
        }
    }

    /// The records in their order. Of two as sure, the one that was read first comes first.
    pub(crate) fn into_records(mut self) -> Vec<Record> {
        self.sort();
        self.records
    }

    fn sort(&mut self) {
        let way = |record: &Record| (record.probability() - 0.5).abs();
        self.records.sort_by(|one, other| way(one).total_cmp(&way(other)));
        let mut seen = HashSet::new();
        self.records
            .retain(|record| seen.insert((record.outwork().device_id.clone(), record.client().map(String::from))));
        self.records.truncate(MOST);
    }
}

#[cfg(test)]
mod tests {
    use super::super::record::tests::{line, one};
    use super::*;

    #[test]
    fn those_least_sure_come_first_and_a_client_comes_once() {
        let labels = Labels::open(std::path::Path::new("/no/such/labels.csv")).unwrap();
        let mut queue = Queue::default();
        for (id, device, probability) in
            [("1", "a", 0.99), ("2", "b", 0.45), ("3", "a", 0.6), ("4", "c", 0.02), ("5", "b", 0.1)]
        {
            queue.add(one(line(id, device, probability).as_bytes()), &labels);
        }
        let mut labelled = one(line("6", "d", 0.5).as_bytes());
        labelled.label = Some("human".into());
        queue.add(labelled, &labels);
        let order = queue.into_records();
        assert_eq!(order.iter().map(Record::id).collect::<Vec<_>>(), ["2", "3", "4"]);
    }
}
