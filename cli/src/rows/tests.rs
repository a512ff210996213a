use super::read::from;
use super::write::to;
use super::*;
use crate::failure::Failure;
use outwork_engine::signals::{SIGNALS, Signal, by_name};
use outwork_replay::Rate;

/// A row of a session.
fn meta(id: &str, label: Option<Label>) -> Meta {
    Meta {
        source: "made".into(),
        id: id.into(),
        person: "ann".into(),
        generator: (label == Some(Label::Program)).then(|| "bézier".into()),
        label,
        kind: Kind::Mouse,
        group: "browser".into(),
        window: Span::TenSeconds,
        rate: Rate::ALL,
    }
}

fn signals<'a>(names: &'a [&str]) -> impl Iterator<Item = &'static Signal> + 'a {
    names.iter().map(|name| &SIGNALS[by_name(name).unwrap()])
}

/// Rows with each kind of signal, more than a group of Parquet has.
pub(super) fn table(rows: usize) -> Table {
    let names = ["ua.family", "pointer.speed", "client.address", "beacon.webdriver"];
    let mut table = Table::new(Subject::Behaviour, signals(&names));
    for row in 0..rows {
        let label = [None, Some(Label::Person), Some(Label::Program)][row % 3];
        table.push(meta(&row.to_string(), label), |signal| match signal.name {
            "ua.family" => (!row.is_multiple_of(4)).then(|| Cell::Text(format!("family {}", row % 5))),
            "pointer.speed" => (!row.is_multiple_of(7)).then_some(Cell::Number((row % 65_536) as u16)),
            _ => Some(Cell::Number(1)),
        });
    }
    table.provenance.push(Provenance { source: "made".into(), rows: rows as u64, ..Provenance::default() });
    table
}

fn bytes(table: &Table) -> Vec<u8> {
    let mut bytes = Vec::new();
    to(&mut bytes, table).unwrap();
    bytes
}

fn said(read: Result<Table, Failure>) -> String {
    format!("{:?}", read.err())
}

#[test]
fn what_is_written_is_read_again_and_always_the_same_bytes() {
    let table = table(70_000);
    assert_eq!(
        table.columns.iter().map(|column| column.signal.name).collect::<Vec<_>>(),
        ["beacon.webdriver", "pointer.speed", "ua.family"]
    );
    let written = bytes(&table);
    assert_eq!(written, bytes(&table));
    let read = from("x", &written).unwrap();
    assert_eq!((read.subject, &read.meta, &read.provenance), (table.subject, &table.meta, &table.provenance));
    for (column, other) in table.columns.iter().zip(&read.columns) {
        assert_eq!((column.signal.name, &column.cells), (other.signal.name, &other.cells));
    }
}

#[test]
fn rates_have_a_column_where_some_are_not_whole() {
    let mut sampled = table(3);
    sampled.meta[1].rate = Rate::of(0.1).unwrap();
    let read = from("x", &bytes(&sampled)).unwrap();
    assert_eq!((read.meta, read.columns.len()), (sampled.meta, 3));
    let has = |table: &Table| bytes(table).windows(7).any(|part| part == b"sampled");
    assert!(!has(&table(3)), "files of others stay as they were");
}

#[test]
fn an_empty_table_has_its_columns() {
    let read = from("x", &bytes(&table(0))).unwrap();
    assert_eq!((read.meta.len(), read.columns.len()), (0, 3));
}

#[test]
fn every_signal_but_addresses_has_a_column() {
    let all = Table::new(Subject::Device, SIGNALS);
    assert_eq!(all.columns.len(), SIGNALS.len() - 1);
    assert_eq!(from("x", &bytes(&all)).unwrap().columns.len(), all.columns.len());
}

#[test]
fn what_is_no_table_of_rows_is_refused_with_file_and_column() {
    assert!(said(from("`x`", b"PAR1")).contains("`x` is no Parquet file"));
    let mut wrong = table(3);
    wrong.meta[1].generator = Some("g".into());
    let text = said(from("`x`", &bytes(&wrong)));
    assert!(text.contains("`x`, column `generator`: row 2: the row of a person has a generator"), "{text}");
    let mut other = table(3);
    let speed = &SIGNALS[by_name("pointer.speed").unwrap()];
    other.columns[2] = Column { signal: speed, cells: Cells::Texts(vec![None; 3]) };
    other.columns.remove(1);
    let text = said(from("`x`", &bytes(&other)));
    assert!(text.contains("`x`, column `pointer.speed`: it is to be a flat column of type Int32"), "{text}");
}

#[test]
fn a_file_that_was_cut_off_is_an_error() {
    let whole = bytes(&table(40));
    for cut in (0..whole.len()).step_by(7) {
        assert!(from("x", &whole[..cut]).is_err());
    }
}

#[test]
fn several_files_are_one_table_of_the_columns_that_all_have() {
    let folder = std::env::temp_dir().join(format!("outwork-rows-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = |name: &str, table: &Table| {
        let path = folder.join(name);
        write(&path, table).unwrap();
        path
    };
    let (mut narrow, mut device) = (table(5), table(2));
    narrow.columns.remove(1);
    device.subject = Subject::Device;
    let (wide, same) = (file("wide", &table(10)), file("same", &table(10)));
    let (narrow, device) = (file("narrow", &narrow), file("device", &device));
    let both = read(&[wide.clone(), narrow.clone()]).unwrap();
    assert_eq!((both.meta.len(), both.columns.len(), both.files.len(), both.provenance.len()), (15, 2, 2, 2));
    assert!(both.columns.iter().all(|column| column.cells.len() == 15));
    let lacks = |table: &Table, name| said(table.column(name).map(|_| table.clone()));
    assert!(lacks(&both, "pointer.speed").contains("narrow` has no column `pointer.speed`"));
    assert!(lacks(&both, "key.dwell").contains("the rows have no column `key.dwell`"));
    let turned = read(&[narrow, wide.clone()]).unwrap();
    assert!(lacks(&turned, "pointer.speed").contains("narrow` has no column `pointer.speed`"));
    assert!(said(read(&[wide.clone(), same])).contains("has the same bytes as"));
    assert!(said(read(&[wide, device])).contains("is about device"));
    assert!(said(read(&[folder.join("none")])).contains("none` cannot be read"));
    assert!(said(read(&[])).contains("no file of rows"));
    std::fs::remove_dir_all(&folder).unwrap();
}
