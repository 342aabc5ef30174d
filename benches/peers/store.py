#!/usr/bin/env python3
"""Speed of building a feature store beside librosa's, in one run (needs numpy, scipy, soundfile, joblib and librosa 0.11).

    python benches/peers/store.py ~/GTZAN
    python benches/peers/store.py ~/GTZAN --command target/release/examples/extract --clips 1000

Makes a corpus of distinct 22,050 Hz .wav clips in a temporary folder (1.3 MB each), the clips of the folder shifted in time, and
extracts it in parts of 50 clips, in turn:

- librosa: two warm joblib workers read, transform (FFT 2048, hop 1024, 128 bands, 661,794 samples) and np.save every clip. No
  hashing, no syncing, filters cached, f32 samples, one thread a worker, the faster of numpy's and scipy's FFT.
- ours: the example `extract` with two threads, start of the process included: hashing, decoding, transform, the cached rows,
  and the published file, synced to the disk.

Then a second build of each part, which must compute nothing, and a comparison of all rows. Expected: the median part at least 3 times
faster, every cell within 1e-4 dB; exit status 1 otherwise. About a minute for 500 clips.
"""

import argparse
import itertools
import json
import shlex
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import mel  # the neighbour: limits numpy to one thread before it is loaded
import joblib
import librosa
import numpy as np
import soundfile

THREADS = 2
HEADER = 64  # bytes before the first row of a published file


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="searched for .wav files, at any depth")
    parser.add_argument("--command", default="cargo run --quiet --release -p mgc-datasets --example extract --", help="our side")
    parser.add_argument("--clips", type=int, default=500, help="clips in all (default 500)")
    return parser.parse_args()


def corpus(sources, clips, root):
    """Parts of 50 distinct clips, each a folder of two genres; gives the folders."""
    for number, source in zip(range(clips), itertools.cycle(sources)):
        samples, rate = soundfile.read(source, dtype="int16")
        genre = root / f"part{number // mel.CLIPS_A_ROUND:03}" / ("even", "odd")[number % 2]
        genre.mkdir(parents=True, exist_ok=True)
        soundfile.write(genre / f"{number:05}.wav", np.roll(samples, 997 * number, axis=0), rate)
    return sorted(root.iterdir())


def extract(path, to, fft):
    mel.use_fft(fft)
    np.save(to / path.stem, mel.log_mel(mel.read(path)).T)


def theirs(parallel, files, to, fft):
    to.mkdir()
    start = time.perf_counter()
    parallel(joblib.delayed(extract)(file, to, fft) for file in files)
    return time.perf_counter() - start


def ours(command, part, store, computed):
    start = time.perf_counter()
    done = subprocess.run([*shlex.split(command), part, store, "--threads", str(THREADS)], check=True, capture_output=True, text=True)
    seconds = time.perf_counter() - start
    if f" {computed} computed" not in done.stdout:
        sys.exit(f"expected {computed} computed: {done.stdout}")
    return seconds


def published(store):
    """Rows of a published file by the name of their clip: see the source of `mgc-datasets`, `store/file.rs`."""
    data = (store / "features.bin").read_bytes()
    rows, frames, bands, index = struct.unpack("=4Q", data[16:48])
    values = np.frombuffer(data, "=f4", rows * frames * bands, HEADER).reshape(rows, frames, bands)
    return {Path(track["id"]).stem: row for track, row in zip(json.loads(data[-index:])["tracks"], values)}


def worst_difference(store, to):
    rows = published(store)
    saved = sorted(to.iterdir())
    if sorted(rows) != [path.stem for path in saved]:
        sys.exit("not the same clips on both sides")
    return max(np.abs(rows[path.stem].astype(np.float64) - np.load(path)).max() for path in saved)


def main():
    options = arguments()
    sources = sorted(p for p in options.folder.rglob("*.wav") if not p.name.startswith("."))
    if not sources:
        sys.exit(f"no .wav below {options.folder}")
    fft = mel.faster_fft(mel.read(sources[0]))
    print(f"{mel.processor()}; librosa {librosa.__version__}, FFT of {fft}; {options.clips} clips from {len(sources)} files")
    with tempfile.TemporaryDirectory() as root, joblib.Parallel(n_jobs=THREADS, backend="loky", batch_size=5) as parallel:
        root = Path(root)
        parts = corpus(sources, options.clips, root / "music")
        files = [sorted(part.rglob("*.wav")) for part in parts]
        theirs(parallel, files[0], root / "warm", fft)
        ours(options.command, parts[0], root / "warm store", len(files[0]))
        rows, worst = [], 0.0
        for number, (part, clips) in enumerate(zip(parts, files)):
            saved, store = root / f"npy{number}", root / f"store{number}"
            row = [theirs(parallel, clips, saved, fft), ours(options.command, part, store, len(clips)), ours(options.command, part, store, 0)]
            worst = max(worst, worst_difference(store, saved))
            rows.append(1e3 * np.array(row) / len(clips))
            mel.report(f"  {len(clips)} clips, wall time a clip", rows[-1][None, :2])
    rows = np.array(rows)
    ratio = mel.report(f"{options.clips} clips, wall time a clip", rows[:, :2])
    print(f"  of all clips together {rows[:, 0].mean() / rows[:, 1].mean():.2f}; second build {np.median(rows[:, 2]):.2f} ms a clip; "
          f"largest difference of a cell {worst:.1e} dB")
    sys.exit(not (worst <= mel.CELL_DB and ratio >= mel.RATIO))


if __name__ == "__main__":
    main()
