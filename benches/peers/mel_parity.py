#!/usr/bin/env python3
"""Log-mel parity with librosa on real clips (needs numpy and librosa 0.11).

    python benches/peers/mel_parity.py ~/GTZAN
    python benches/peers/mel_parity.py ~/GTZAN --expected expected_mel_librosa.csv

Runs the program under test on every .wav below the folder, one after the other, as `COMMAND FILE --preset bbnn --npy OUT`,
and compares the (frames, bands) dB array that it writes with librosa.load, padded or cut to 661,794 samples,
melspectrogram and power_to_db. With --expected it also compares the figures of such a table (columns file, frames, mean_db, ...).

Expected: every cell within 1e-4 dB, the mean difference below 1e-5 dB, every figure within 1e-4; exit status 1 otherwise.
About 1 s a clip, nearly all of it librosa.
"""

import argparse
import csv
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

import librosa
import numpy as np

RATE, FFT, HOP, BANDS, SAMPLES = 22_050, 2048, 1024, 128, 661_794
CELL_DB = 1e-4  # f32 decibels near 80 are 8e-6 apart; librosa's own f32 sums and logarithm add a few of these steps
MEAN_DB = 1e-5
FIGURE_DB = 1e-4


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="searched for .wav files, at any depth")
    parser.add_argument("--command", default="cargo run --quiet --release --example mel --", help="the program under test")
    parser.add_argument("--expected", type=Path, help="table of librosa's figures, one row a clip")
    return parser.parse_args()


def clips(folder):
    return sorted(p for p in folder.rglob("*.wav") if not p.name.startswith("."))


def ours(command, clip, folder):
    out = Path(folder) / "mel.npy"
    subprocess.run([*command, clip, "--preset", "bbnn", "--npy", out], check=True, stdout=subprocess.DEVNULL)
    return np.load(out)


def librosas(clip):
    samples, _ = librosa.load(clip, sr=RATE)
    samples = librosa.util.fix_length(samples, size=SAMPLES)
    power = librosa.feature.melspectrogram(y=samples, sr=RATE, n_fft=FFT, hop_length=HOP, n_mels=BANDS)
    return librosa.power_to_db(power).T


def figures(mel):
    """The columns of the table of expected figures."""
    return {
        "frames": mel.shape[0],
        "mean_db": mel.mean(dtype=np.float64),
        "std_db": mel.std(dtype=np.float64),
        "min_db": mel.min(),
        "max_db": mel.max(),
        "frame0_band0": mel[0, 0],
        "frame323_band64": mel[323, 64],
        "frame646_band127": mel[646, 127],
    }


def worst_figure(mel, row):
    measured = figures(mel)
    return max(abs(measured[name] - float(row[name])) for name in row if name != "file")


def main():
    options = arguments()
    expected = {}
    if options.expected:
        with open(options.expected, newline="") as table:
            expected = {row["file"]: row for row in csv.DictReader(table)}
    worst, means, worst_of_figures, rows = 0.0, [], 0.0, 0
    found = clips(options.folder)
    with tempfile.TemporaryDirectory() as folder:
        for clip in found:
            mel = ours(shlex.split(options.command), clip, folder)
            difference = np.abs(mel.astype(np.float64) - librosas(clip))
            worst, means = max(worst, difference.max()), [*means, difference.mean()]
            line = f"{clip.name}: max {difference.max():.2e} dB, mean {difference.mean():.2e} dB"
            if row := expected.get(clip.name):
                figure = worst_figure(mel, row)
                worst_of_figures, rows = max(worst_of_figures, figure), rows + 1
                line += f", figures {figure:.2e}"
            print(line)
    if not found:
        sys.exit(f"no .wav below {options.folder}")
    print(f"librosa {librosa.__version__}, numpy {np.__version__}, {len(found)} clips: "
          f"max {worst:.2e} dB, largest mean {max(means):.2e} dB, {rows} rows of figures within {worst_of_figures:.2e}")
    sys.exit(not (worst <= CELL_DB and max(means) < MEAN_DB and worst_of_figures <= FIGURE_DB and rows == len(expected)))


if __name__ == "__main__":
    main()
