//! TensorBoard's files, read back by a reader of their own.

#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test a failed unwrap is the finding itself")]

use mgc_train::{Callback, Epoch, Metrics, TensorBoard};
use std::path::Path;

/// Step, tag and value, in order.
type Values = Vec<(u64, String, f32)>;

/// The fields of a message: number and content, numbers as eight bytes.
fn fields(mut data: &[u8]) -> Vec<(u64, Vec<u8>)> {
    let mut fields = Vec::new();
    while !data.is_empty() {
        let key = varint(&mut data);
        let length = match key & 7 {
            0 => {
                fields.push((key >> 3, varint(&mut data).to_le_bytes().to_vec()));
                continue;
            }
            1 => 8,
            2 => varint(&mut data) as usize,
            5 => 4,
            other => panic!("wire type {other}"),
        };
        let (field, rest) = data.split_at(length);
        fields.push((key >> 3, field.to_vec()));
        data = rest;
    }
    fields
}

fn varint(data: &mut &[u8]) -> u64 {
    let end = data.iter().position(|byte| byte & 0x80 == 0).unwrap() + 1;
    let (number, rest) = data.split_at(end);
    *data = rest;
    number.iter().rev().fold(0, |sum, byte| sum << 7 | u64::from(byte & 0x7f))
}

fn field(fields: &[(u64, Vec<u8>)], number: u64) -> Option<&[u8]> {
    fields.iter().find(|(found, _)| *found == number).map(|(_, content)| content.as_slice())
}

fn read(folder: &Path, run: &str) -> Values {
    let file = std::fs::read(folder.join(run).join("events.out.tfevents.mgc")).unwrap();
    let (mut rest, mut values, mut first) = (file.as_slice(), Values::new(), true);
    while !rest.is_empty() {
        let length = u64::from_le_bytes(rest[..8].try_into().unwrap()) as usize;
        let event = fields(&rest[12..12 + length]);
        rest = &rest[12 + length + 4..];
        let time = f64::from_le_bytes(field(&event, 1).unwrap().try_into().unwrap());
        assert!(time > 1.7e9, "{time} is not a date of today");
        if std::mem::take(&mut first) {
            assert_eq!(field(&event, 3).unwrap(), b"brain.Event:2");
            continue;
        }
        let step = u64::from_le_bytes(field(&event, 2).unwrap().try_into().unwrap());
        for (_, value) in fields(field(&event, 5).unwrap()) {
            let value = fields(&value);
            let tag = String::from_utf8(field(&value, 1).unwrap().to_vec()).unwrap();
            values.push((step, tag, f32::from_le_bytes(field(&value, 2).unwrap().try_into().unwrap())));
        }
    }
    values
}

fn epoch(index: usize, valid: bool) -> Epoch {
    let metrics = |loss| Metrics { loss, accuracy: 0.5 };
    Epoch::new(index, 0.01, metrics(2.0 + index as f64), valid.then(|| metrics(3.0)))
}

#[test]
fn the_curves_of_training_and_validation_are_two_runs() {
    let folder = tempfile::tempdir().unwrap();
    let mut curves = TensorBoard::new(folder.path());
    curves.on_start(&[]).unwrap();
    for index in [0, 300] {
        assert!(curves.on_epoch(&epoch(index, true)).unwrap().is_continue());
    }
    let value = |step, tag: &str, value| (step, tag.to_string(), value);
    let expected = [
        value(0, "epoch_loss", 2.0),
        value(0, "epoch_accuracy", 0.5),
        value(0, "epoch_learning_rate", 0.01),
        value(300, "epoch_loss", 302.0),
        value(300, "epoch_accuracy", 0.5),
        value(300, "epoch_learning_rate", 0.01),
    ];
    assert_eq!(read(folder.path(), "train"), expected);
    let expected = [0, 300].map(|step| [value(step, "epoch_loss", 3.0), value(step, "epoch_accuracy", 0.5)]);
    assert_eq!(read(folder.path(), "validation"), expected.concat());
}

#[test]
fn a_resumed_run_begins_with_the_epochs_done_and_a_new_one_replaces_the_files() {
    let folder = tempfile::tempdir().unwrap();
    let steps = |run| read(folder.path(), run).iter().map(|(step, ..)| *step).collect::<Vec<_>>();
    let mut first = TensorBoard::new(folder.path());
    first.on_start(&[]).unwrap();
    (0..3).for_each(|index| assert!(first.on_epoch(&epoch(index, true)).is_ok()));

    let mut resumed = TensorBoard::new(folder.path());
    resumed.on_start(&[epoch(0, true), epoch(1, true)]).unwrap();
    assert!(resumed.on_epoch(&epoch(2, true)).is_ok());
    assert_eq!(
        (steps("train"), steps("validation")),
        (vec![0, 0, 0, 1, 1, 1, 2, 2, 2], vec![0, 0, 1, 1, 2, 2])
    );

    let mut new = TensorBoard::new(folder.path());
    new.on_start(&[]).unwrap();
    assert!(new.on_epoch(&epoch(0, false)).is_ok());
    assert_eq!(steps("train"), [0, 0, 0]);
    assert!(!folder.path().join("validation/events.out.tfevents.mgc").exists());
}

#[test]
fn a_folder_that_cannot_be_made_is_an_error_that_names_it() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("train"), "a file").unwrap();
    let error = TensorBoard::new(folder.path()).on_start(&[]).unwrap_err();
    assert!(error.to_string().contains("events.out.tfevents.mgc"), "{error}");
}
