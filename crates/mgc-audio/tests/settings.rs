//! Settings: presets, and what is refused.

use mgc_audio::{Decibels, Error, MelConfig, MelSpectrogram};

#[test]
fn the_presets_have_their_published_shapes() {
    for (name, samples, frames) in [("bbnn", 661_794, 647), ("heakl", 661_500, 646), ("quick", 110_250, 108)]
    {
        let config = name.parse::<MelConfig>().unwrap();
        assert_eq!(config.chunk_samples, Some(samples));
        assert_eq!((config.frames(1), config.frames(2_000_000)), (frames, frames));
        let shared = MelConfig { chunk_samples: None, ..config.clone() };
        assert_eq!(shared, MelConfig::default());
        let spectrogram = MelSpectrogram::new(config).unwrap().compute(&[0.5; 1000]).unwrap();
        assert_eq!(spectrogram.view().dim(), (frames, 128));
    }
    assert_eq!(MelConfig::NAMES, ["bbnn", "heakl", "quick"]);
}

#[test]
fn an_unknown_preset_is_told_the_known_ones() {
    let message = "bbn".parse::<MelConfig>().unwrap_err().to_string();
    assert_eq!(message, "unknown mel preset `bbn`; did you mean `bbnn`?; known: bbnn, heakl, quick");
}

#[test]
fn every_setting_out_of_range_is_named() {
    let decibels = |decibels| MelConfig { decibels, ..MelConfig::default() };
    let default = MelConfig::default;
    for (config, wrong) in [
        (MelConfig { sample_rate: 0, ..default() }, "sample_rate"),
        (MelConfig { n_fft: 1, ..default() }, "n_fft"),
        (MelConfig { n_fft: usize::MAX, ..default() }, "n_fft"),
        (MelConfig { hop_length: 0, ..default() }, "hop_length"),
        (MelConfig { n_mels: 0, ..default() }, "n_mels"),
        (MelConfig { n_mels: usize::MAX, ..default() }, "n_mels"),
        (MelConfig { f_min: -1.0, ..default() }, "f_min"),
        (MelConfig { f_min: f64::NAN, ..default() }, "f_min"),
        (MelConfig { f_min: 11_025.0, ..default() }, "f_max"),
        (MelConfig { f_max: 11_026.0, ..default() }, "f_max"),
        (MelConfig { f_max: f64::NAN, ..default() }, "f_max"),
        (MelConfig { chunk_samples: Some(0), ..default() }, "chunk_samples"),
        (decibels(Decibels { amin: 0.0, ..Decibels::default() }), "decibels.amin"),
        (decibels(Decibels { amin: f64::INFINITY, ..Decibels::default() }), "decibels.amin"),
        (decibels(Decibels { top_db: Some(-1.0), ..Decibels::default() }), "decibels.top_db"),
    ] {
        let error = MelSpectrogram::new(config).unwrap_err();
        assert!(matches!(error, Error::Config { field, .. } if field == wrong), "{wrong}: {error}");
    }
}

#[test]
fn samples_that_are_not_finite_are_refused() {
    let mel = MelSpectrogram::new(MelConfig::default()).unwrap();
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let mut samples = vec![0.1; 5000];
        samples[4321] = bad;
        assert!(matches!(mel.compute(&samples), Err(Error::NotFinite { index: 4321 })));
    }
}

#[test]
fn the_loudest_finite_samples_give_finite_decibels() {
    let mel = MelSpectrogram::new(MelConfig::default()).unwrap();
    let spectrogram = mel.compute(&[f32::MAX; 5000]).unwrap();
    assert!(spectrogram.as_slice().iter().all(|v| v.is_finite()));
}

#[test]
fn no_samples_need_a_length_to_pad_to() {
    let open = MelSpectrogram::new(MelConfig::default()).unwrap();
    assert!(matches!(open.compute(&[]), Err(Error::NoSamples)));
    let fixed = MelSpectrogram::new(MelConfig::quick()).unwrap();
    assert!(fixed.compute(&[]).unwrap().as_slice().iter().all(|v| *v == -100.0));
}

#[test]
fn cutting_and_padding_equal_a_clip_of_the_right_length() {
    let config = MelConfig { chunk_samples: Some(5000), ..MelConfig::default() };
    let mel = MelSpectrogram::new(config).unwrap();
    let long: Vec<f32> = (0..7000).map(|n| ((n * n) % 1000) as f32 / 1000.0).collect();
    assert_eq!(mel.compute(&long).unwrap(), mel.compute(&long[..5000]).unwrap());
    let padded: Vec<f32> = long[..3000].iter().copied().chain([0.0; 2000]).collect();
    assert_eq!(mel.compute(&long[..3000]).unwrap(), mel.compute(&padded).unwrap());
}

#[test]
fn a_plan_can_be_shared_by_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<MelSpectrogram>();
}

#[cfg(feature = "serde")]
#[test]
fn settings_survive_json() {
    for name in MelConfig::NAMES {
        let config = name.parse::<MelConfig>().unwrap();
        let json = serde_json::to_string(&config).unwrap();
        assert_eq!(serde_json::from_str::<MelConfig>(&json).unwrap(), config);
    }
}

#[cfg(feature = "serde")]
#[test]
fn settings_under_other_names_are_refused() {
    let json = serde_json::to_string(&MelConfig::quick()).unwrap();
    let error = serde_json::from_str::<MelConfig>(&json.replace("n_fft", "fft")).unwrap_err();
    assert!(error.to_string().contains("unknown field `fft`"), "{error}");
}
