use std::collections::BTreeMap;

use super::{Written, table};
use crate::train::{Counts, Part, Row};

/// What the model was made of.
pub(super) fn data(written: &Written<'_>) -> String {
    let mut text = "\n## Data\n\n".to_owned();
    for point in &written.recipe.card.data {
        text += &format!("- {point}\n");
    }
    let counts = counts(written);
    text += &split(&counts);
    text += &table(&["", "", "Learned from", "Validated on", "Tested on"], counts.iter().map(row));
    let untested: Vec<_> =
        counts.iter().filter(|(_, [.., test])| test.rows == 0).map(|((_, name), _)| name.as_str()).collect();
    if !untested.is_empty() {
        text += &format!("\nWithout a test part, so that no figure here is of them: {}.\n", untested.join(", "));
    }
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

/// How many rows of each source of people and each generator are in each part.
type Parted = BTreeMap<(bool, String), [Counts; 3]>;

/// How rows were split, as it came out: persons are not all of one size.
fn split(counts: &Parted) -> String {
    let of = |is_program: bool| {
        let all = counts.iter().filter(|((is, _), _)| *is == is_program).map(|(_, counts)| counts);
        let rows = all.fold([0; 3], |[a, b, c], [x, y, z]| [a + x.rows, b + y.rows, c + z.rows]);
        let whole = rows.iter().sum::<usize>().max(1) as f64;
        rows.map(|rows| format!("{:.0} %", 100.0 * rows as f64 / whole)).join(", ")
    };
    format!(
        "\nSplit by person and by seed, nobody in two parts; learned from, validated on, tested on are {} of people's rows and {} of \
         programs'. Rows (persons or seeds):\n\n",
        of(false),
        of(true)
    )
}

fn counts(written: &Written<'_>) -> Parted {
    let is_used = |part: Part, row: &Row| part == Part::Test || !written.recipe.is_left_out(row);
    let of =
        |part: Part| written.all.only(|at, row| written.parts.get(at) == Some(&part) && is_used(part, row)).counts();
    let mut names = Parted::new();
    for (at, part) in [Part::Train, Part::Validate, Part::Test].map(of).into_iter().enumerate() {
        for (name, counts) in part {
            names.entry(name).or_default().get_mut(at).into_iter().for_each(|place| *place = counts);
        }
    }
    names
}

fn row(((is_program, name), counts): (&(bool, String), &[Counts; 3])) -> Vec<String> {
    let who = if *is_program { "programs" } else { "people" };
    let cell = |counts: &Counts| {
        if counts.rows == 0 { "–".to_owned() } else { format!("{} ({})", counts.rows, counts.persons) }
    };
    [name.clone(), who.to_owned()].into_iter().chain(counts.iter().map(cell)).collect()
}
