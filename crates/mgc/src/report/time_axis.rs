//! Times as people read them, on an axis.

/// Steps between the labels of an axis, s.
const STEPS: [f64; 17] =
    [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0];

/// Returns the places of at most `most` labels, s: multiples of a round step.
pub(super) fn ticks(start: f64, end: f64, most: usize) -> Vec<f64> {
    let fits = |step: &&f64| (end - start) / **step <= most as f64;
    let step = STEPS.iter().find(fits).copied();
    let step = step.unwrap_or_else(|| 3600.0 * ((end - start) / 3600.0 / most as f64).ceil());
    let first = (start / step).ceil();
    let places = (0..=most).map(|tick| (first + tick as f64) * step);
    places.filter(|place| *place <= end).collect()
}

/// `0:05`, `1:02:05`; with hundredths where there are any: `0:05.25`
pub(super) fn clock(seconds: f64) -> String {
    let hundredths = (seconds * 100.0).round() as u64;
    let (whole, rest) = (hundredths / 100, hundredths % 100);
    let (hours, minutes, seconds) = (whole / 3600, whole / 60 % 60, whole % 60);
    let fraction = if rest == 0 { String::new() } else { format!(".{rest:02}") };
    let fraction = fraction.strip_suffix('0').unwrap_or(&fraction);
    match hours {
        0 => format!("{minutes}:{seconds:02}{fraction}"),
        _ => format!("{hours}:{minutes:02}:{seconds:02}{fraction}"),
    }
}

#[cfg(test)]
mod tests {
    use super::{clock, ticks};

    #[test]
    fn a_clock_has_hours_and_hundredths_only_where_they_are_needed() {
        let times = [0.0, 65.0, 3725.0, 0.5, 59.999, 7.25];
        assert_eq!(times.map(clock), ["0:00", "1:05", "1:02:05", "0:00.5", "1:00", "0:07.25"]);
    }

    #[test]
    fn labels_are_round_times_within_the_axis() {
        assert_eq!(ticks(0.0, 30.0, 12), [0.0, 5.0, 10.0, 15.0, 20.0, 25.0, 30.0]);
        assert_eq!(ticks(61.0, 91.0, 6), [65.0, 70.0, 75.0, 80.0, 85.0, 90.0]);
        assert_eq!(ticks(0.0, 1e5, 12).len(), 10, "every three hours");
    }
}
