#!/usr/bin/env python3
"""Speed of the log-mel spectrogram beside librosa's, in one run (needs numpy, scipy, soundfile, joblib and librosa 0.11).

    python benches/peers/mel.py ~/GTZAN
    python benches/peers/mel.py ~/GTZAN --command target/release/examples/throughput --clips 1000

Both sides get the same 22,050 Hz .wav files of the folder, in a circle, in turn:

(a) the spectrogram (FFT 2048, hop 1024, 128 bands, 661,794 samples) of samples in memory, CPU time of one thread, each side
    warmed up by a first run on the same clip, and the difference of every cell;
(b) reading, decoding and spectrogram by two threads of one process against two warm joblib workers, wall time a clip.

librosa is at its best: f32 samples, its filters cached, one thread a worker, the faster of numpy's and scipy's FFT, no result
sent back between processes. Expected: at least 3 times faster in both, every cell within 1e-4 dB; exit status 1 otherwise.
About a minute for 500 clips.
"""

import os

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[variable] = "1"  # before numpy is loaded, inherited by the workers

import argparse
import itertools
import platform
import shlex
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

import joblib
import librosa
import numpy as np
import scipy.fft
import soundfile

RATE, FFT, HOP, BANDS, SAMPLES = 22_050, 2048, 1024, 128, 661_794
CELL_DB = 1e-4  # f32 decibels near 80 are 8e-6 apart; librosa's own f32 sums and logarithm add a few of these steps
RATIO = 3.0
WORKERS = 2
CLIPS_A_ROUND = 50


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="searched for .wav files, at any depth")
    parser.add_argument("--command", default="cargo run --quiet --release -p mgc-audio --example throughput", help="our side")
    parser.add_argument("--clips", type=int, default=500, help="clips of each part (default 500)")
    return parser.parse_args()


class Ours:
    """Our side: one process that answers requests line by line."""

    def __init__(self, command):
        self.process = subprocess.Popen(shlex.split(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, *fields):
        print(*fields, sep="\t", file=self.process.stdin, flush=True)
        answer = self.process.stdout.readline()
        if not answer:
            sys.exit("our side ended early")
        return [int(field) / 1e6 for field in answer.split("\t")]  # ms


def use_fft(name):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # deprecated, but still how the FFT is chosen
        librosa.set_fftlib({"numpy": np.fft, "scipy": scipy.fft}[name])


def read(path):
    samples, rate = soundfile.read(path, dtype="float32")
    if rate != RATE:
        sys.exit(f"{path}: {rate} Hz, expected {RATE}")
    return librosa.util.fix_length(librosa.to_mono(samples.T), size=SAMPLES)


def log_mel(samples):
    power = librosa.feature.melspectrogram(y=samples, sr=RATE, n_fft=FFT, hop_length=HOP, n_mels=BANDS)
    return librosa.power_to_db(power)


def cpu_ms(samples):
    """CPU time of the second of two runs, and the result."""
    log_mel(samples)
    start = time.thread_time()
    mel = log_mel(samples)
    return 1e3 * (time.thread_time() - start), mel


def faster_fft(samples):
    def median(name):
        use_fft(name)
        return np.median([cpu_ms(samples)[0] for _ in range(11)])

    return min(("numpy", "scipy"), key=median)


def read_and_transform(path, fft):
    use_fft(fft)
    log_mel(read(path))


def one_thread(ours, clips):
    """Part (a): rows of CPU ms (librosa's, ours), and the largest difference in dB."""
    rows, worst = [], 0.0
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "mel.f32"
        for clip in clips:
            theirs, mel = cpu_ms(read(clip))
            our_cpu, _ = ours.ask("mel", clip, out)
            rows.append((theirs, our_cpu))
            difference = np.fromfile(out, "<f4").reshape(-1, BANDS).astype(np.float64) - mel.T
            worst = max(worst, np.abs(difference).max())
    return np.array(rows), worst


def two_workers(ours, clips, fft):
    """Part (b): rows of wall ms a clip (librosa's, ours), one for each round."""
    rows = []
    with joblib.Parallel(n_jobs=WORKERS, backend="loky", batch_size=5) as parallel:
        def theirs(files):
            start = time.perf_counter()
            parallel(joblib.delayed(read_and_transform)(file, fft) for file in files)
            return 1e3 * (time.perf_counter() - start)

        for number, files in enumerate(chunks(clips)):
            if number == 0:  # warm workers, warm files
                theirs(files)
                ours.ask("parallel", WORKERS, *files)
            rows.append((theirs(files) / len(files), ours.ask("parallel", WORKERS, *files)[0] / len(files)))
    return np.array(rows)


def chunks(clips):
    return [clips[i : i + CLIPS_A_ROUND] for i in range(0, len(clips), CLIPS_A_ROUND)]


def report(what, rows):
    theirs, ours = np.median(rows, axis=0)
    print(f"{what}: librosa {theirs:.2f} ms, ours {ours:.2f} ms, ratio {theirs / ours:.2f}")
    return theirs / ours


def processor():
    info = Path("/proc/cpuinfo")
    names = [line.split(":")[1].strip() for line in info.read_text().splitlines() if line.startswith("model name")] if info.exists() else []
    return f"{names[0] if names else platform.processor()}, {os.cpu_count()} cores"


def main():
    options = arguments()
    found = sorted(p for p in options.folder.rglob("*.wav") if not p.name.startswith("."))
    if not found:
        sys.exit(f"no .wav below {options.folder}")
    clips = list(itertools.islice(itertools.cycle(found), options.clips))
    fft = faster_fft(read(found[0]))
    use_fft(fft)
    print(f"{processor()}; Python {platform.python_version()}, librosa {librosa.__version__}, numpy {np.__version__}, "
          f"scipy {scipy.__version__}, joblib {joblib.__version__}; FFT of {fft}; {len(clips)} clips of {len(found)} files")
    ours = Ours(options.command)
    rows, worst = one_thread(ours, clips)
    for part in chunks(rows):
        report(f"  (a) {len(part)} clips", part)
    ratios = [report("(a) one thread, CPU time a clip", rows)]
    print(f"    largest difference of a cell {worst:.1e} dB")
    rows = two_workers(ours, clips, fft)
    for row in rows:
        report("  (b) a round", row[None])
    ratios.append(report("(b) two workers, wall time a clip", rows))
    sys.exit(not (worst <= CELL_DB and min(ratios) >= RATIO))


if __name__ == "__main__":
    main()
