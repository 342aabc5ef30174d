//! What a model cannot hear is told: silence, and channels that cancel each other.
#![allow(clippy::unwrap_used, reason = "in a test a failed unwrap is the finding itself")]

use mgc::audio::{Blocks, Clip, MelConfig, write_wav};
use mgc::datasets::Folder;
use mgc::experiment::{Experiment, Observer, Warning};
use mgc::nets::{NetConfig, Variant};
use mgc::{Chunks, Classification, Classifier, Recipe};
use std::fs;
use std::io::Cursor;
use std::path::Path;

const RATE: u32 = 22_050;

fn classifier() -> Classifier {
    Classifier::load(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/model.safetensors")).unwrap()
}

fn tone(samples: usize) -> Vec<f32> {
    (0..samples).map(|index| 0.3 * (0.06 * index as f32).sin()).collect()
}

/// A wav of 16-bit stereo.
fn stereo(left: &[f32], right: &[f32]) -> Vec<u8> {
    let data = left.len() as u32 * 4;
    let mut bytes = b"RIFF".to_vec();
    bytes.extend((36 + data).to_le_bytes());
    bytes.extend(b"WAVEfmt \x10\0\0\0\x01\0\x02\0");
    bytes.extend(RATE.to_le_bytes());
    bytes.extend((RATE * 4).to_le_bytes());
    bytes.extend(b"\x04\0\x10\0data");
    bytes.extend(data.to_le_bytes());
    for (left, right) in left.iter().zip(right) {
        bytes.extend([left, right].into_iter().flat_map(|s| ((s * 32_767.0).round() as i16).to_le_bytes()));
    }
    bytes
}

fn classify(bytes: Vec<u8>) -> Classification {
    classifier().classify_reader(Cursor::new(bytes), "upload.wav").unwrap()
}

fn told(answer: &Classification) -> (bool, bool) {
    (answer.is_silent(), answer.channels_cancel())
}

#[test]
fn silence_is_told_and_music_however_quiet_is_not() {
    let silent = vec![0.0; RATE as usize];
    assert_eq!(told(&classify(stereo(&silent, &silent))), (true, false));
    let dither: Vec<f32> = (0..RATE).map(|index| [0.0, 1.0, -1.0][index as usize % 3] / 32_767.0).collect();
    assert_eq!(told(&classify(stereo(&dither, &dither))), (true, false), "one step of 16 bits");
    let quiet: Vec<f32> = tone(RATE as usize).iter().map(|sample| sample / 300.0).collect();
    assert_eq!(told(&classify(stereo(&quiet, &quiet))), (false, false), "-60 dB");
    let answer = classifier().classify_samples(&silent, RATE).unwrap();
    assert_eq!((told(&answer), answer.peak), ((true, false), 0.0));
}

#[test]
fn the_peak_is_that_of_the_mean_and_the_channel_peak_that_of_the_loudest_channel() {
    let (left, right) = (tone(RATE as usize), vec![0.0; RATE as usize]);
    let answer = classify(stereo(&left, &right));
    assert_eq!(told(&answer), (false, false), "one channel is silent");
    assert!((answer.peak - 0.15).abs() < 1e-4 && (answer.channel_peak - 0.3).abs() < 1e-4, "{answer:?}");
}

#[test]
fn stereo_of_which_one_channel_is_turned_round_is_told() {
    let left = tone(RATE as usize);
    let right: Vec<f32> = left.iter().map(|sample| -sample).collect();
    let answer = classify(stereo(&left, &right));
    assert_eq!(told(&answer), (true, true));
    let nearly: Vec<f32> = left.iter().map(|sample| -sample * 0.99).collect();
    assert_eq!(
        told(&classify(stereo(&left, &nearly))),
        (false, true),
        "the mean is 46 dB below the channels"
    );
    let unlike: Vec<f32> = left.iter().map(|sample| -sample * 0.5).collect();
    assert_eq!(told(&classify(stereo(&left, &unlike))), (false, false));
}

/// ffmpeg -f lavfi -i sine=frequency=440:sample_rate=8000:duration=1 -af "volume=4,pan=stereo|c0=c0|c1=-1*c0"
///     -c:a libvorbis -q:a 0 turned_round.ogg
#[test]
fn a_compressed_file_of_which_one_channel_is_turned_round_is_told() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/turned_round.ogg");
    let answer = classifier().classify(file).unwrap();
    assert!(answer.channels_cancel() && answer.channel_peak > 0.3, "{answer:?}");
    let mut blocks = Blocks::open(file).unwrap();
    while blocks.next().is_some() {}
    assert_eq!(blocks.channel_peak(), answer.channel_peak);
}

#[test]
fn only_what_was_heard_counts() {
    let mut late = vec![0.0; 4 * RATE as usize];
    late.extend(tone(RATE as usize));
    let bytes = stereo(&late, &late);
    let first = classifier().with_chunks(Chunks::First);
    assert!(first.classify_reader(Cursor::new(bytes.clone()), "late.wav").unwrap().is_silent());
    assert!(!classify(bytes).is_silent());
}

/// Two genres of tracks; those of these numbers are silent.
fn music(root: &Path, silent: &[usize]) -> Folder {
    for (genre, name) in ["fado", "polka"].iter().enumerate() {
        fs::create_dir_all(root.join(name)).unwrap();
        for track in 0..10 {
            let number = genre * 10 + track;
            // silence as a recorder leaves it: one step of 16 bits
            let level = if silent.contains(&number) { 3e-5 } else { 1.0 };
            let step = 0.02 + 0.01 * number as f32;
            let samples = (0..RATE).map(|index| level * (step * index as f32).sin()).collect();
            write_wav(root.join(format!("{name}/{track}.wav")), &Clip::new(samples, RATE)).unwrap();
        }
    }
    Folder::open(root).unwrap()
}

#[derive(Default)]
struct Warnings(Vec<Warning>);

impl Observer for Warnings {
    fn on_warning(&mut self, warning: &Warning) {
        self.0.push(warning.clone());
    }
}

#[test]
fn silent_tracks_of_a_dataset_are_named_however_they_are_kept() {
    let root = tempfile::tempdir().unwrap();
    let dataset = music(&root.path().join("music"), &[1, 13]);
    write_wav(root.path().join("music/polka/7.wav"), &Clip::new(vec![0.0; RATE as usize], RATE)).unwrap();
    let network = NetConfig { width: 4, growth: 4, blocks: 1, ..Variant::Proposed.config(2) };
    let front_end =
        MelConfig { hop_length: 2048, n_mels: 16, chunk_samples: Some(22_050), ..MelConfig::default() };
    let mut recipe = Recipe::quick();
    recipe.train.epochs = 1;
    let experiment =
        || Experiment::new(&dataset, network.clone()).with_recipe(recipe).with_front_end(front_end.clone());
    for (run, experiment) in
        [("a", experiment()), ("b", experiment().with_store(root.path().join("features")))]
    {
        let mut warnings = Warnings::default();
        experiment.run(root.path().join(run), &mut warnings).unwrap();
        let silent = warnings.0.iter().find_map(|warning| match warning {
            Warning::Silent(ids) => Some(ids.clone()),
            _ => None,
        });
        let mut silent = silent.unwrap();
        silent.sort();
        assert_eq!(silent, ["fado/1.wav", "polka/3.wav", "polka/7.wav"]);
    }
}

#[test]
fn silent_tracks_that_are_scored_are_listed() {
    let root = tempfile::tempdir().unwrap();
    let dataset = music(root.path(), &[0, 19]);
    let dataset =
        mgc::datasets::with_label_map(Box::new(dataset), &[("fado", "waltz"), ("polka", "march")]).unwrap();
    let all: Vec<usize> = (0..dataset.tracks().len()).collect();
    assert_eq!(classifier().predict(dataset.as_ref(), &all, |_| ()).unwrap().silent, [0, 19]);
}
