"""Every network from Keras through our import and our ONNX export into onnxruntime, compared with Keras.

    pip install tensorflow-cpu==2.21.0 keras==3.15.1 h5py safetensors onnxruntime
    cargo build --release --examples
    python benches/peers/keras_onnx.py --examples target/release/examples

Each network of tests/golden/bcastnets.py is built with the names that Keras gives by itself, filled with random weights and
saved as a whole model (.h5). `import_keras` must find out which network it is (`--variant` is only given for weights
alone), `export_onnx` writes what onnxruntime reads, and its probabilities must be Keras' to 1e-5.
"""
import argparse
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..", "..")
sys.path[:0] = [os.path.join(ROOT, "tests", "golden"), os.path.join(ROOT, "crates", "mgc-nets", "tests", "fixtures")]

import bcastnets
import numpy as np
import onnxruntime
from bcastnets import L, SPECS, keras
from generate_keras_variants import AutomaticNames

TOLERANCE = 1e-5  # both sides compute in f32
CLASSES = 10
LABELS = ",".join(f"genre{i}" for i in range(CLASSES))
OURS = {"bbnn_post": "bbnn_recoded", "proposed_code": "proposed", "proposed_fig": "proposed_figure",
        "globalmax": "global_max", "groupnorm": "group_norm", "labelsmooth": "label_smoothing",
        "se": "squeeze_excitation", "incresnet": "inception_resnet"}
# these two have the layers of another network: how it was trained differs
SAME_LAYERS = {"label_smoothing": "bbnn_recoded"}


def network(name, size):
    """As someone who writes the published code gets it: automatic names, a plain dropout layer."""
    keras.utils.clear_session()
    bcastnets.L = AutomaticNames()
    bcastnets.FixedDropout = lambda rate, mask, name: L.Dropout(rate)
    model = bcastnets.build(name, (*size, 1), CLASSES)
    bcastnets.L = L
    return model


def randomise(model, random):
    for layer in model.layers:
        for variable in layer.weights:
            draw = random.standard_normal(variable.shape)
            fan_in = np.prod(variable.shape[:-1]) if len(variable.shape) > 1 else 1
            kind = variable.name
            if kind == "moving_variance":
                value = 0.5 + np.abs(draw)
            elif kind == "gamma":
                value = 1 + 0.2 * draw
            else:
                value = draw * (np.sqrt(1 / fan_in) if "kernel" in kind else 0.2)
            variable.assign(value.astype("f4"))


def run(examples, program, *arguments):
    done = subprocess.run([os.path.join(examples, program), *arguments], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{program} {' '.join(arguments)}: {done.stderr.strip()}")
    return done.stdout


def probabilities(path, spectrograms):
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    logits = session.run(["logits"], {"spectrograms": spectrograms})[0].astype("f8")
    odds = np.exp(logits - logits.max(1, keepdims=True))
    return odds / odds.sum(1, keepdims=True)


def check(name, options, folder, random):
    ours = OURS.get(name, name)
    size = (97, 61) if name == "incresnet" else (86, 24)
    model = network(name, size)
    randomise(model, random)
    spectrograms = random.uniform(-2, 2, (3, *size, 1)).astype("f4")
    expected = model.predict(spectrograms, verbose=0)
    worst, told = 0, None
    for kind, save in [("model", model.save), ("weights", model.save_weights)]:
        paths = [os.path.join(folder, f"{name}.{kind}{ending}")
                 for ending in (".weights.h5" if kind == "weights" else ".h5", ".safetensors", ".onnx")]
        if kind == "weights":  # the layout of TensorFlow 2, which Keras 3 still reads but no longer writes
            from keras.src.legacy.saving import legacy_h5_format
            import h5py
            with h5py.File(paths[0], "w") as file:
                legacy_h5_format.save_weights_to_hdf5_group(file, model)
        else:
            save(paths[0])
        variant = ["--variant", ours] if kind == "weights" else []
        said = run(options.examples, "import_keras", "--hdf5", paths[0], "--labels", LABELS, "--out", paths[1], *variant)
        told = told or said.split()[0]
        run(options.examples, "export_onnx", "--model", paths[1], "--out", paths[2])
        found = probabilities(paths[2], np.ascontiguousarray(spectrograms.transpose(0, 3, 1, 2)))
        worst = max(worst, float(np.abs(found - expected).max()))
    known = told == SAME_LAYERS.get(ours, ours)
    verdict = "ok" if worst <= TOLERANCE and known else "NOT OK"
    print(f"{ours:20} told as {told:20} largest difference {worst:.1e}  {verdict}", flush=True)
    return verdict == "ok"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--examples", default="target/release/examples", help="folder of the built examples")
    parser.add_argument("networks", nargs="*", help="oracle names (default: all)")
    options = parser.parse_args()
    print(f"keras {keras.__version__}, onnxruntime {onnxruntime.__version__}")
    random = np.random.default_rng(1)
    with tempfile.TemporaryDirectory() as folder:
        good = [check(name, options, folder, random) for name in options.networks or SPECS]
    sys.exit(0 if all(good) else 1)


if __name__ == "__main__":
    main()
