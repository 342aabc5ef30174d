#!/usr/bin/env python3
"""Resampling beside soxr's HQ quality, librosa's default, in accuracy and time (needs numpy, librosa 0.11 and soxr).

    python benches/peers/resample.py ~/music

Takes the mono mean of every .mp3, .ogg, .flac and .wav below the folder that is not at 22,050 Hz, and the worst case made here:
white noise with a sweep up to the Nyquist frequency. Both resample the same decoded f32 samples to 22,050 Hz on one thread; times are
medians, the two taking turns. Accuracy is the difference of librosa's log-mel spectrograms (FFT 2048, hop 1024, 128 bands,
power_to_db's defaults) in dB: its mean, its maximum in bands 0 to 119 and in bands 120 to 127.
The first frame and the last two have a column of their own, for clips that start or end at full volume: where soxr gives one sample
less than librosa promises (column cut) librosa pads with a zero.

Expected: mean at most 0.1 dB, bands 0 to 119 within 0.05 dB, median time below soxr's; exit status 1 otherwise.
"""

import argparse
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import librosa
import numpy as np
import soundfile
import soxr

TO = 22_050
MEAN_DB, LOW_BANDS_DB = 0.1, 0.05
LOW_BANDS = 120
INNER = slice(1, -2)  # frames
ROUNDS, RUNS = 3, 15  # turns, and runs in each after as many to warm up: the median of the medians


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="searched for music files, at any depth")
    parser.add_argument("--command", default="cargo run --quiet --release -p mgc-audio --example resample --",
                        help="the program under test: COMMAND IN.f32 FROM TO OUT.f32 RUNS")
    return parser.parse_args()


def worst_case(rate, seconds=30):
    """White noise and a sweep from 20 Hz to the Nyquist frequency: full energy in the transition band."""
    t = np.arange(rate * seconds) / rate
    growth = np.log(rate / 2 / 20)
    sweep = np.sin(2 * np.pi * 20 * seconds / growth * np.expm1(t / seconds * growth))
    noise = np.random.default_rng(1).standard_normal(t.size)
    return (0.1 * noise + 0.3 * sweep).astype(np.float32)


def signals(folder):
    for rate in (32_000, 44_100, 48_000, 96_000):
        yield "noise and sweep", rate, worst_case(rate)
    for path in sorted(p for p in folder.rglob("*") if p.suffix in (".mp3", ".ogg", ".flac", ".wav")):
        try:
            frames, rate = soundfile.read(path, dtype="float32", always_2d=True)
        except soundfile.LibsndfileError as error:
            print(f"{path.name}: {error}", file=sys.stderr)
            continue
        if rate != TO and frames.size:
            yield path.name, rate, frames.mean(axis=1)


def soxrs(samples, rate, runs):
    times = []
    for _ in range(2 * runs):
        start = time.perf_counter()
        out = soxr.resample(samples, rate, TO, "HQ")
        times.append((time.perf_counter() - start) * 1e3)
    return out, statistics.median(times[runs:])


def ours(command, samples, rate, runs, folder):
    given, made = Path(folder) / "in.f32", Path(folder) / "out.f32"
    samples.astype("<f4").tofile(given)
    text = subprocess.run([*command, given, str(rate), str(TO), made, str(runs)], check=True, capture_output=True, text=True).stdout
    return np.fromfile(made, "<f4"), float(text)


def mel(samples):
    power = librosa.feature.melspectrogram(y=samples, sr=TO, n_fft=2048, hop_length=1024, n_mels=128)
    return librosa.power_to_db(power).astype(np.float64)


def compare(name, rate, samples, command, folder):
    turns = [(ours(command, samples, rate, RUNS, folder), soxrs(samples, rate, RUNS)) for _ in range(ROUNDS)]
    our_ms, soxr_ms = (statistics.median(turn[side][1] for turn in turns) for side in (0, 1))
    (our_samples, _), (soxr_samples, _) = turns[-1]
    assert our_samples.size == -(-samples.size * TO // rate), "length"
    missing = our_samples.size - soxr_samples.size
    difference = abs(mel(our_samples) - mel(librosa.util.fix_length(soxr_samples, size=our_samples.size)))
    low, high = difference[:LOW_BANDS, INNER], difference[LOW_BANDS:, INNER]
    ends = np.delete(difference, INNER, axis=1)
    figures = [difference.mean(), low.max(initial=0.0), high.max(initial=0.0), ends.max()]
    print(f"{name[:30]:30} {rate:6} {samples.size / rate:6.1f} {figures[0]:9.5f} {figures[1]:9.5f} {figures[2]:9.5f} "
          f"{figures[3]:9.5f} {missing:4} {our_ms:8.3f} {soxr_ms:8.3f} {our_ms / soxr_ms:6.3f}", flush=True)
    return [*figures, our_ms / soxr_ms]


def main():
    options = arguments()
    command = shlex.split(options.command)
    print(f"soxr {soxr.__version__} (libsoxr {soxr.__libsoxr_version__}), librosa {librosa.__version__}")
    print(f"{'signal':30} {'Hz':>6} {'s':>6} {'mean dB':>9} {'0-119':>9} {'120-127':>9} {'ends':>9} {'cut':>4} "
          f"{'ours ms':>8} {'soxr ms':>8} {'ratio':>6}")
    with tempfile.TemporaryDirectory() as folder:
        rows = np.array([compare(*signal, command, folder) for signal in signals(options.folder)])
    worst, ratio = rows.max(axis=0), statistics.median(rows[:, 4])
    print(f"{len(rows)} signals: largest mean {worst[0]:.5f} dB, bands 0 to 119 {worst[1]:.5f} dB, 120 to 127 {worst[2]:.5f} dB, "
          f"ends {worst[3]:.5f} dB, median time ratio {ratio:.3f}")
    sys.exit(not (worst[0] <= MEAN_DB and worst[1] <= LOW_BANDS_DB and ratio < 1.0))


if __name__ == "__main__":
    main()
