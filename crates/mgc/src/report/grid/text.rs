//! Numbers and lists as text.

/// A share from 0 to 1 in percent, with two decimals and without the sign: `83.25`.
pub(super) fn percent(share: f64) -> String {
    signless_zero(format!("{:.2}", 100.0 * share))
}

/// A share with its sign: `83.25 %`.
pub(super) fn share(share: f64) -> String {
    format!("{}\u{a0}%", percent(share))
}

/// A difference of shares in percentage points: `+1.20` or `−0.40`.
pub(super) fn points(difference: f64) -> String {
    match percent(difference).strip_prefix('-') {
        Some(less) => format!("\u{2212}{less}"),
        None => format!("+{}", percent(difference)),
    }
}

/// An interval of shares in percent: `48.10 to 57.30`.
pub(super) fn interval((low, high): (f64, f64)) -> String {
    format!("{} to {}", percent(low), percent(high))
}

/// An interval of differences in percentage points.
pub(super) fn point_interval((low, high): (f64, f64)) -> String {
    format!("{} to {}", points(low), points(high))
}

/// A p value with three decimals.
pub(super) fn p_value(p: f64) -> String {
    if p < 0.001 { "< 0.001".into() } else { format!("{p:.3}") }
}

/// A number with commas between thousands.
pub(super) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number of things, with its noun: `1 track`, `2,000 tracks`.
pub(super) fn counted(number: usize, noun: &str) -> String {
    format!("{} {noun}{}", count(number as u64), if number == 1 { "" } else { "s" })
}

/// A number of things from the fewest to the most: `17 tracks`, `16 to 17 tracks`.
pub(super) fn between((fewest, most): (usize, usize), noun: &str) -> String {
    match fewest == most {
        true => counted(most, noun),
        false => format!("{} to {}", count(fewest as u64), counted(most, noun)),
    }
}

/// A large number in millions, billions or trillions: `3.72 billion`.
pub(super) fn large(number: f64) -> String {
    match number {
        ..1e6 => count(number as u64),
        ..1e9 => format!("{:.1} million", number / 1e6),
        ..1e12 => format!("{:.2} billion", number / 1e9),
        _ => format!("{:.2} trillion", number / 1e12),
    }
}

/// A list in a sentence: `a, b and c`.
pub(super) fn list<S: AsRef<str>>(items: &[S]) -> String {
    let items: Vec<&str> = items.iter().map(AsRef::as_ref).collect();
    match items.split_last() {
        None => String::new(),
        Some((last, [])) => (*last).to_owned(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}

/// A time in its two largest units: `2 h 4 min`.
pub(super) fn duration(time: std::time::Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..60 => format!("{:.1} s", time.as_secs_f64()),
        60..3600 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
    }
}

fn signless_zero(text: String) -> String {
    if text == "-0.00" { "0.00".into() } else { text }
}
