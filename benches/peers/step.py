"""Training steps and inference of a broadcast network beside torch, TensorFlow and onnxruntime, in one run.

    pip install torch tensorflow-cpu keras onnxruntime psutil
    cargo build --release --workspace --examples
    python benches/peers/step.py [--variant bbnn] [--rounds 5]

`--variant cnn14` is a plain convolutional network of 243,454 parameters with dropout, in batches of 64 of 128 x 130.

Every side is a process of its own with two threads and allocators that keep freed memory; they take turns, one step at a
time, so that a busy minute hits all of them. The first two steps of each warm up. Printed are medians, the ratio to ours
and peak resident memory. torch runs compiled and channels last, its best setting known to us (`cnn14`: not compiled, which is
faster there); TensorFlow without XLA, which makes a step of `cnn14` 13 times as long; `--isa avx2` holds all sides to AVX2.
"""
import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
CLASSES, THREADS, WARM_UP = 10, 2, 2
# The threads of OpenMP and of onnxruntime spin for up to 0.2 s behind their work, on the cores that the next side wants.
PAUSE = 0.4
KEEP_MEMORY = {"MALLOC_MMAP_MAX_": "0", "MALLOC_TRIM_THRESHOLD_": "8000000000"}
AVX2 = {"ATEN_CPU_CAPABILITY": "avx2", "ONEDNN_MAX_CPU_ISA": "AVX2"}
# blocks, kernel of the second branch (0: none), of the third, transition as Liu's
NETWORKS = {"proposed": (4, 0, 3, False), "bbnn": (3, 3, 5, True)}
CNN = "cnn14"
FILTERS, DROPOUT = (16, 32, 64, 128, 64), 0.4


def spectrograms(n, frames, bands):
    import numpy as np
    i = np.arange(n * frames * bands, dtype="u8")
    values = -12.9 + 15.0 * ((i * i % 1009) / 504.5 - 1.0)
    return values.astype("f4").reshape(n, 1, frames, bands), np.arange(n) % CLASSES


def torch_network(variant):
    import torch
    from torch import nn

    blocks, kernel3, kernel5, liu = NETWORKS[variant]

    def norm(channels):
        return nn.BatchNorm2d(channels, eps=1e-3, momentum=0.01)

    class Block(nn.Module):
        def __init__(self, c):
            super().__init__()
            one = lambda: nn.Sequential(norm(c), nn.ReLU(), nn.Conv2d(c, 32, 1))
            deep = lambda k: nn.Sequential(one(), norm(32), nn.ReLU(),
                                           *([nn.Conv2d(32, 32, k, padding=k // 2)] if k else []))
            self.b1, self.b3, self.b5 = one(), deep(kernel3), deep(kernel5)
            self.bp = nn.Sequential(nn.MaxPool2d(3, 1, 1), one())

        def forward(self, x):
            return torch.cat([x, self.b1(x), self.b3(x), self.b5(x), self.bp(x)], 1)

    last = 32 * (1 + 4 * blocks)
    stem = [nn.Conv2d(1, 32, 3, padding=1), norm(32), nn.ReLU(), nn.MaxPool2d((4, 1))]
    if liu:
        transition = [norm(last), nn.ReLU(), nn.Conv2d(last, 32, 1), nn.AvgPool2d(2)]
    else:
        transition = [nn.Conv2d(last, 32, 1), norm(32), nn.ReLU(), nn.MaxPool2d(2)]
    head = [norm(32), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(32, CLASSES)]
    return nn.Sequential(*stem, *(Block(32 * (1 + 4 * i)) for i in range(blocks)), *transition, *head)


def torch_cnn():
    import torch
    from torch import nn

    layers, last = [], 1
    for i, filters in enumerate(FILTERS):
        dropout = [nn.Dropout(DROPOUT)] if i + 1 < len(FILTERS) else []
        layers += [nn.Conv2d(last, filters, 3), nn.ReLU(), (nn.MaxPool2d, nn.AvgPool2d)[i % 2](2), *dropout]
        last = filters
    dense = [nn.LazyLinear(200), nn.ReLU(), nn.Linear(200, 100), nn.SELU(), nn.Linear(100, CLASSES)]
    return nn.Sequential(*layers, nn.Flatten(), *dense)


def keras_cnn(keras, frames, bands):
    L = keras.layers
    layers = [keras.Input((frames, bands, 1))]
    for i, filters in enumerate(FILTERS):
        dropout = [L.Dropout(DROPOUT)] if i + 1 < len(FILTERS) else []
        layers += [L.Conv2D(filters, 3, activation="relu"), (L.MaxPooling2D, L.AveragePooling2D)[i % 2](2), *dropout]
    dense = [L.Dense(200, "relu"), L.Dense(100, "selu"), L.Dense(CLASSES, "softmax")]
    return keras.Sequential([*layers, L.Flatten(), *dense])


def serve_torch(options):
    import torch

    torch.set_num_threads(THREADS)
    plain = options.variant == CNN
    net = torch_cnn() if plain else torch_network(options.variant)
    net(torch.zeros(2, 1, options.frames, options.bands))  # tells the first dense layer its size
    net = net.to(memory_format=torch.channels_last)
    adam = torch.optim.Adam(net.parameters(), lr=0.01, eps=1e-7)
    fast = net if plain else torch.compile(net)

    def batch(n):
        x, labels = spectrograms(n, options.frames, options.bands)
        return torch.from_numpy(x).contiguous(memory_format=torch.channels_last), torch.from_numpy(labels)

    def train(x, labels):
        net.train()
        adam.zero_grad(set_to_none=True)
        torch.nn.functional.cross_entropy(fast(x), labels).backward()
        adam.step()

    def infer(x, _):
        net.eval()
        with torch.no_grad():
            fast(x)

    serve(batch, {"train": train, "infer": infer})


def serve_tensorflow(options):
    sys.path.insert(0, os.path.join(HERE, "..", "..", "tests", "golden"))
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(THREADS)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    import bcastnets
    keras = bcastnets.keras
    if options.variant == CNN:
        net = keras_cnn(keras, options.frames, options.bands)
    else:
        oracle = {"proposed": "proposed_code"}.get(options.variant, options.variant)
        net = bcastnets.build(oracle, (options.frames, options.bands, 1), CLASSES)
    net.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy")

    def batch(n):
        x, labels = spectrograms(n, options.frames, options.bands)
        return tf.constant(x.transpose(0, 2, 3, 1)), tf.constant(labels)

    infer = tf.function(lambda x: net(x, training=False))
    serve(batch, {"train": lambda x, y: net.train_on_batch(x, y), "infer": lambda x, _: infer(x).numpy()})


def serve_onnxruntime(options):
    import onnxruntime

    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = THREADS
    session = onnxruntime.InferenceSession(options.model, settings, providers=["CPUExecutionProvider"])
    batch = lambda n: spectrograms(n, options.frames, options.bands)
    serve(batch, {"infer": lambda x, _: session.run(["logits"], {"spectrograms": x})})


def serve(batch, work):
    """Answers `train N` and `infer N` with seconds and peak memory in MB, as our own side does."""
    import resource
    for line in sys.stdin:
        kind, n = line.split()
        x, labels = batch(int(n))
        start = time.perf_counter()
        work[kind](x, labels)
        seconds = time.perf_counter() - start
        print(f"{seconds:.6f} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f}", flush=True)


class Side:
    def __init__(self, name, command, environment):
        self.name, self.memory = name, 0
        threads = {"RAYON_NUM_THREADS": "2", "OMP_NUM_THREADS": "2", "TF_CPP_MIN_LOG_LEVEL": "3"}
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        stderr=subprocess.DEVNULL, env={**os.environ, **threads, **environment})

    def ask(self, line):
        time.sleep(PAUSE)
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().split()
        if len(answer) != 2:
            raise SystemExit(f"{self.name} ended while it was asked to `{line}`")
        self.memory = float(answer[1])
        return float(answer[0])


def compare(work, sides, rounds):
    times = {side: [] for side in sides}
    for _ in range(WARM_UP):
        [side.ask(work) for side in sides]
    for _ in range(rounds):
        for side in sides:
            times[side].append(side.ask(work))
    ours = statistics.median(times[sides[0]])
    for side in sides:
        median = statistics.median(times[side])
        spread = f"{min(times[side]):.3f} to {max(times[side]):.3f}"
        print(f"{work:8} {side.name:14} {median:7.3f} s ({spread})  {median / ours:5.2f} x ours  peak {side.memory:6.0f} MB",
              flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--command", help="our side; by default the example in target/release")
    parser.add_argument("--variant", default="proposed", choices=[*NETWORKS, CNN])
    parser.add_argument("--frames", type=int, help="default: 647; cnn14: 128")
    parser.add_argument("--bands", type=int, help="default: 128; cnn14: 130")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--isa", choices=["avx2"], help="hold all sides to it")
    parser.add_argument("--without", action="append", default=[], help="leave a peer out")
    parser.add_argument("--torch-python", default=sys.executable, help="an interpreter that has torch")
    parser.add_argument("--serve", help=argparse.SUPPRESS)
    parser.add_argument("--model", help=argparse.SUPPRESS)
    options = parser.parse_args()
    plain = options.variant == CNN
    options.frames, options.bands = options.frames or (128 if plain else 647), options.bands or (130 if plain else 128)
    if options.serve:
        return globals()["serve_" + options.serve](options)
    environment = {**KEEP_MEMORY, **(AVX2 if options.isa else {})}
    held = {"MGC_OPS_SIMD": options.isa} if options.isa else {}
    size = [str(options.frames), str(options.bands)]
    if plain:
        ours = Side("ours", [options.command or "target/release/examples/cnn_step", *size], held)
        works, onnx = ("infer 64", "train 64"), []
    else:
        ours = Side("ours", [options.command or "target/release/examples/step", options.variant, *size], held)
        works, onnx = ("infer 1", "infer 8", "train 8"), ["onnxruntime"]
    with tempfile.TemporaryDirectory() as folder:
        model = os.path.join(folder, "net.onnx")
        if onnx:
            ours.ask(f"onnx {model}")
        again = [__file__, "--variant", options.variant, "--frames", size[0], "--bands", size[1]]
        python = {"torch": options.torch_python}
        start = lambda peer, *more: Side(peer, [python.get(peer, sys.executable), *again, "--serve", peer, *more], environment)
        peers = {name: start(name, "--model", model) for name in ("torch", "tensorflow", *onnx)
                 if name not in options.without}
        trainers = [ours] + [peers[name] for name in ("torch", "tensorflow") if name in peers]
        for work in works:
            compare(work, trainers if work.startswith("train") else [ours, *peers.values()], options.rounds)
        for side in [ours, *peers.values()]:
            side.process.stdin.close()


if __name__ == "__main__":
    main()
