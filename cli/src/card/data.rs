use std::collections::BTreeMap;

use super::{Written, table};
use crate::train::{Counts, Part};

/// What the model was made of.
pub(super) fn data(written: &Written<'_>) -> String {
    let mut text = "\n## Data\n\n".to_owned();
    for point in &written.recipe.card.data {
        text += &format!("- {point}\n");
    }
    text += "\nSplit by person and by seed: 60 % of each source's rows are learned from, 20 % validated on, 20 % tested on; nobody is \
             in two parts. Rows (persons or seeds):\n\n";
    text += &table(&["", "", "Learned from", "Validated on", "Tested on"], counts(written));
    let left: Vec<_> = written.recipe.model.without.iter().map(|name| format!("`{name}`")).collect();
    if !left.is_empty() {
        text += &format!("\nNever learned from: {}.\n", left.join(", "));
    }
    text += "\nFiles of rows:\n\n";
    let files = written.table.files.iter().map(|file| {
        let name = file.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        vec![name, file.rows.to_string(), format!("`{}`", file.sha256)]
    });
    text += &table(&["File", "Rows", "SHA-256"], files);
    text += "\nWhere they are from:\n\n";
    let sources = written.table.provenance.iter().map(|from| {
        let licence = if from.licence.is_empty() { "not said".to_owned() } else { from.licence.clone() };
        let (rows, people) = (from.rows.to_string(), from.people.to_string());
        vec![from.source.clone(), from.file.clone(), format!("`{}`", from.sha256), rows, people, licence]
    });
    text + &table(&["Source", "File", "SHA-256", "Rows", "Persons or seeds", "Licence"], sources)
}

fn counts(written: &Written<'_>) -> Vec<Vec<String>> {
    let of = |part: Part| written.all.only(|at, _| written.parts.get(at) == Some(&part)).counts();
    let parts = [Part::Train, Part::Validate, Part::Test].map(of);
    let mut names: BTreeMap<(bool, String), [Counts; 3]> = BTreeMap::new();
    for (at, part) in parts.into_iter().enumerate() {
        for (name, counts) in part {
            names.entry(name).or_default().get_mut(at).into_iter().for_each(|place| *place = counts);
        }
    }
    let row = |((is_program, name), counts): ((bool, String), [Counts; 3])| {
        let who = if is_program { "programs" } else { "people" };
        let cells = counts.map(|counts| format!("{} ({})", counts.rows, counts.persons));
        [name, who.to_owned()].into_iter().chain(cells).collect()
    };
    names.into_iter().map(row).collect()
}
