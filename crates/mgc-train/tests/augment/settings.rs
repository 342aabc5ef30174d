//! Strengths as text.

use crate::support::all;
use mgc_train::AugmentConfig;

#[test]
fn what_is_off_is_not_written() {
    assert_eq!(serde_json::to_string(&AugmentConfig::default()).unwrap(), "{}");
}

#[test]
fn strengths_survive_being_written() {
    let text = serde_json::to_string(&all()).unwrap();
    assert_eq!(serde_json::from_str::<AugmentConfig>(&text).unwrap(), all());
}

#[test]
fn a_missing_setting_takes_its_default_and_an_unknown_one_is_refused() {
    let config: AugmentConfig = serde_json::from_str(r#"{"equaliser": {"db": 8.0}}"#).unwrap();
    assert_eq!((config.equaliser.db, config.equaliser.max_knots), (8.0, 6));
    for wrong in [r#"{"equalizer": {}}"#, r#"{"pitch": {"semitone": 1.0}}"#, r#"{"mixup": {"beta": 1.0}}"#] {
        let error = serde_json::from_str::<AugmentConfig>(wrong).unwrap_err().to_string();
        assert!(error.contains("unknown field"), "{error}");
    }
}

#[test]
fn every_augmentation_alone_is_not_off() {
    let on = all();
    let off = AugmentConfig::default();
    let alone = [
        AugmentConfig { crop: on.crop, ..off },
        AugmentConfig { stretch: on.stretch, ..off },
        AugmentConfig { pitch: on.pitch, ..off },
        AugmentConfig { equaliser: on.equaliser, ..off },
        AugmentConfig { tilt: on.tilt, ..off },
        AugmentConfig { low_pass: on.low_pass, ..off },
        AugmentConfig { noise_floor: on.noise_floor, ..off },
        AugmentConfig { gain: on.gain, ..off },
        AugmentConfig { masks: on.masks, ..off },
        AugmentConfig { mix_style: on.mix_style, ..off },
        AugmentConfig { mixup: on.mixup, ..off },
    ];
    for config in alone {
        assert!(!config.is_off(), "{config:?}");
        assert_ne!(serde_json::to_string(&config).unwrap(), "{}");
    }
}
