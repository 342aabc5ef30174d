//! The description in a whole saved model. It tells apart networks of the same shapes that compute different
//! things.

use super::layout::{Kind, layers};
use crate::config::sizes::GROUP_CHANNELS;
use crate::config::{Block, HeadPool, NetConfig, Transition};
use crate::layers::EPSILON;
use mgc_ops::Activation;

/// Compares a network with a description (JSON text) and returns each contradiction: expected, found.
pub(super) fn contradictions(description: &str, config: &NetConfig) -> Vec<(String, String)> {
    let found = [
        activation(description, config),
        epsilon(description),
        groups(description, config),
        pool(description, "GlobalAveragePooling2D", config.head_pool == HeadPool::Average),
        pool(description, "AveragePooling2D", config.transition == Transition::PreActivation),
    ];
    found.into_iter().flatten().collect()
}

/// Returns whether both or neither have dropout, which matters in training only.
pub(super) fn same_dropout(description: &str, config: &NetConfig) -> bool {
    names(description, "Dropout") == (config.dropout > 0.)
}

fn activation(description: &str, config: &NetConfig) -> Option<(String, String)> {
    let own = match config.activation {
        Activation::Identity => "linear",
        Activation::Relu => "relu",
        Activation::Selu => "selu",
    };
    let recurrent = matches!(&config.block, Block::Broadcast(block) if block.lstm_units.is_some());
    let known =
        |name: &str| ["linear", "sigmoid", "softmax", own].contains(&name) || recurrent && name == "tanh";
    let layers = ["LeakyReLU", "ELU"].into_iter().filter(|layer| names(description, layer));
    let mut found = ["activation", "recurrent_activation"]
        .into_iter()
        .flat_map(|key| values(description, key))
        .chain(layers);
    let other = found.find(|name| !known(name))?;
    Some((format!("activation {own}"), other.to_owned()))
}

fn epsilon(description: &str) -> Option<(String, String)> {
    let other = values(description, "epsilon").find(|text| text.parse() != Ok(EPSILON))?;
    Some((format!("normalisations with epsilon {EPSILON}"), other.to_owned()))
}

fn groups(description: &str, config: &NetConfig) -> Option<(String, String)> {
    // TensorFlow Addons writes its own with a prefix, `Addons>`
    let entries = description.match_indices("GroupNormalization\"").map(|(at, _)| &description[at..]);
    let mut found: Vec<usize> =
        entries.filter_map(|text| values(text, "groups").next()?.parse().ok()).collect();
    let norms = layers(config).ok()?.into_iter().filter(|layer| layer.kind == Kind::GroupNorm);
    let mut expected: Vec<usize> = norms.map(|layer| layer.weights[0].elements() / GROUP_CHANNELS).collect();
    found.sort_unstable();
    expected.sort_unstable();
    let expectation = format!("{GROUP_CHANNELS} channels in each group, that is {expected:?} groups");
    (found != expected).then(|| (expectation, format!("{found:?}")))
}

fn pool(description: &str, layer: &str, expected: bool) -> Option<(String, String)> {
    let said = |there| if there { layer.to_owned() } else { format!("no {layer}") };
    let found = names(description, layer);
    (found != expected).then(|| (said(expected), said(found)))
}

fn names(description: &str, layer: &str) -> bool {
    description.contains(&format!("\"{layer}\""))
}

/// Returns the values of a key wherever it occurs, without quotation marks.
fn values<'a>(description: &'a str, key: &str) -> impl Iterator<Item = &'a str> {
    let key = format!("\"{key}\"");
    let after: Vec<&str> = description.split(&*key).skip(1).collect();
    after.into_iter().filter_map(|rest| {
        let value = rest.trim_start().strip_prefix(':')?.split([',', '}']).next()?;
        Some(value.trim().trim_matches('"'))
    })
}

#[cfg(test)]
mod tests {
    use super::{contradictions, values};
    use crate::config::NetConfig;
    use crate::config::variant::Variant;

    #[test]
    fn values_are_found_in_any_spacing() {
        let text = r#"{"a":1, "b" : "x" , "c": {"a" :2}, "ab": 3, "d": "a"}"#;
        assert_eq!(values(text, "a").collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!(values(text, "b").collect::<Vec<_>>(), ["x"]);
        assert_eq!(values(text, "z").count(), 0);
    }

    #[test]
    fn a_description_contradicts_a_network_that_would_compute_something_else() {
        let liu = r#""activation": "relu", "epsilon": 0.001, "AveragePooling2D", "GlobalAveragePooling2D""#;
        let differs = |variant: Variant, text: &str| contradictions(text, &variant.config(10));
        let pair = |expected: &str, found: &str| vec![(expected.to_owned(), found.to_owned())];
        assert_eq!(differs(Variant::Bbnn, liu), []);
        assert_eq!(differs(Variant::BbnnRecoded, liu), pair("no AveragePooling2D", "AveragePooling2D"));
        for (old, new) in
            [("relu", "elu"), ("0.001", "1e-5"), ("Global", "Other"), (", \"Av", ", \"ELU\", \"Av")]
        {
            assert_eq!(differs(Variant::Bbnn, &liu.replace(old, new)).len(), 1, "{new}");
        }
        let hard = r#""activation": "relu", "activation": "tanh", "recurrent_activation": "hard_sigmoid", "GlobalAveragePooling2D""#;
        assert_eq!(differs(Variant::Lstm, hard), pair("activation relu", "hard_sigmoid"));
        assert_eq!(differs(Variant::Lstm, &hard.replace("hard_", "")), []);
        let selu = liu.replace("relu", "selu");
        assert_eq!(differs(Variant::Bbnn, &selu), pair("activation relu", "selu"));
    }

    #[test]
    fn group_normalisations_of_other_groups_are_found() {
        let described = |groups: [usize; 9]| {
            let norm = |groups| format!(r#""GroupNormalization", "config": {{"groups": {groups}}}, "#);
            groups.map(norm).concat() + r#""GlobalAveragePooling2D""#
        };
        let config = NetConfig { blocks: 1, ..Variant::GroupNorm.config(10) };
        assert_eq!(contradictions(&described([2; 9]), &config), []);
        assert_eq!(contradictions(&described([2; 9]).replace("\"Group", "\"Addons>Group"), &config), []);
        assert!(contradictions(&described([16; 9]), &config)[0].1.contains("16"));
    }
}
