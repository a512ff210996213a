use std::fs;
use std::path::Path;

/// The name of the page whose table says under what licence each file is.
const PAGE: &str = "PROVENANCE.md";

/// How many folders up from a file it may lie.
const FOLDERS: usize = 4;

/// The longest page that is read.
const MAX_PAGE: u64 = 1 << 20;

/// Under what licence a file is: the cell of the column `licence` in the row that names the file, in a table of the
/// `PROVENANCE.md` beside it or in a folder above. Empty where there is none.
pub(crate) fn licence(file: &Path) -> String {
    let pages = file.ancestors().skip(1).take(FOLDERS).map(|folder| folder.join(PAGE));
    let read = |page: &std::path::PathBuf| fs::metadata(page).is_ok_and(|meta| meta.len() <= MAX_PAGE);
    let texts = pages.filter(read).filter_map(|page| fs::read_to_string(page).ok());
    let stem = stem(file);
    texts.filter_map(|text| of(&text, stem)).next().unwrap_or_default()
}

/// The name of a file up to its first point.
fn stem(file: &Path) -> &str {
    let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    name.split('.').next().unwrap_or_default()
}

/// The licence of a file in the tables of a page in Markdown.
fn of(text: &str, stem: &str) -> Option<String> {
    let mut column = None;
    for row in text.lines().filter(|line| line.starts_with('|')) {
        let cells: Vec<&str> = row.trim().trim_matches('|').split('|').map(str::trim).collect();
        let is_licence = |cell: &&str| ["licence", "license"].contains(&cell.to_ascii_lowercase().as_str());
        if let Some(found) = cells.iter().position(is_licence) {
            column = Some(found);
        } else if self::stem(Path::new(cells.first()?.trim_matches('`'))) == stem {
            return column.and_then(|column| cells.get(column)).map(|cell| (*cell).to_owned());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_in_markdown_says_the_licence_of_a_file() {
        let page = "# x\n\n| split/file | sessions | licence |\n|---|---|---|\n| pointer/dev/human_a | 3 | MIT |\n\n| file | licence | what |\n|---|---|---|\n| `b.jsonl.gz` | none: do not redistribute | y |\n";
        assert_eq!(of(page, "human_a").as_deref(), Some("MIT"));
        assert_eq!(of(page, "b").as_deref(), Some("none: do not redistribute"));
        assert_eq!(of(page, "human"), None);
        assert_eq!(of("| human_a | MIT |", "human_a"), None);
        assert_eq!(stem(Path::new("x/human_a.jsonl.gz")), "human_a");
    }

    #[test]
    fn a_file_without_a_page_has_none() {
        assert_eq!(licence(Path::new("/no/such/file.jsonl")), "");
    }
}
