//! The name of this machine's processor, for what a grid has cost.

use std::thread::available_parallelism;

/// Returns the processor and how many of its cores this process may use: `AMD EPYC 9B14, 2 cores`.
pub(super) fn machine() -> String {
    let cores = available_parallelism().map_or(1, usize::from);
    let plural = if cores == 1 { "" } else { "s" };
    let unnamed = || format!("{} processor", std::env::consts::ARCH);
    format!("{}, {cores} core{plural}", processor().unwrap_or_else(unnamed))
}

/// Returns what Linux calls the processor; `None` elsewhere, and where it has no name for it.
fn processor() -> Option<String> {
    name_in(&std::fs::read_to_string("/proc/cpuinfo").ok()?)
}

fn name_in(cpuinfo: &str) -> Option<String> {
    let fields = cpuinfo.lines().filter_map(|line| line.split_once(':'));
    let name = fields.map(|(key, value)| (key.trim(), value.trim())).find(|(key, _)| *key == "model name")?.1;
    let words: Vec<&str> = name.split_whitespace().collect();
    (!words.is_empty()).then(|| words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::{machine, name_in};

    #[test]
    fn the_processor_is_named_in_single_spaces() {
        let text = "processor\t: 0\nmodel name\t: AMD EPYC  9B14 \nflags\t: fpu\n";
        assert_eq!(name_in(text).as_deref(), Some("AMD EPYC 9B14"));
        assert_eq!(name_in("Processor\t: ARMv8\nmodel name\t:\n"), None);
        assert!(machine().contains(" core"));
    }
}
