//! A network's layers as a table to read.

#![allow(clippy::unwrap_used, reason = "in a test a failed unwrap is the finding itself")]

use mgc_nets::{Variant, layer_table};

#[test]
fn the_table_has_a_line_for_each_layer_and_the_sums_of_its_parts() {
    let table = layer_table(&Variant::Proposed.config(10), (647, 128)).unwrap();
    let text = table.to_string();
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].starts_with("layer"));
    assert!(lines[1].starts_with("input") && lines[1].ends_with("647x128x1"));
    for layer in &table.layers {
        let of_layer = |line: &&&str| line.split_whitespace().next() == Some(&layer.name);
        assert_eq!(lines.iter().filter(of_layer).count(), 1, "{}", layer.name);
    }
    let sums = lines.iter().filter(|line| line.starts_with("= block")).count();
    assert_eq!(sums, Variant::Proposed.config(10).blocks);
    let all = lines[lines.len() - 2];
    assert!(all.starts_with("= all") && all.contains("186,026"), "{all}");
}
