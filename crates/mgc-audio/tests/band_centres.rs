//! Centre frequencies of the mel bands against librosa.

use mgc_audio::{MelConfig, MelScale};

/// librosa 0.11 works in f64 as we do; the values below are rounded to 1e-6 Hz.
const TOLERANCE_HZ: f64 = 1e-6;

/// `librosa.mel_frequencies(12, fmin=50, fmax=7600, htk=htk)[1:-1]`
const SLANEY: [f64; 10] = [
    315.148942,
    580.297885,
    845.446827,
    1120.813584,
    1473.288168,
    1936.609314,
    2545.63616,
    3346.190382,
    4398.503702,
    5781.749574,
];
const HTK: [f64; 10] = [
    233.193885,
    461.134436,
    744.751406,
    1097.644236,
    1536.734145,
    2083.075501,
    2762.865385,
    3608.699734,
    4661.136325,
    5970.639512,
];

fn centres(scale: MelScale) -> Vec<f64> {
    MelConfig { n_mels: 10, f_min: 50.0, f_max: 7600.0, scale, ..MelConfig::default() }.band_centres()
}

#[test]
fn the_centres_of_the_bands_are_librosas_on_both_scales() {
    for (scale, expected) in [(MelScale::Slaney, SLANEY), (MelScale::Htk, HTK)] {
        let centres = centres(scale);
        assert_eq!(centres.len(), expected.len());
        for (ours, librosa) in centres.iter().zip(expected) {
            assert!((ours - librosa).abs() <= TOLERANCE_HZ, "{scale:?}: {ours} instead of {librosa} Hz");
        }
    }
}
