"""Write digests.json: what Keras computes for every network, as norms, sums and first values.

    pip install tensorflow-cpu==2.21.0 keras==3.15.1 safetensors
    python make_digests.py [NETWORK ...]

Named networks replace or join those in the file, whose other lines stay as they are. Without names all are computed.

The networks are those of bcastnets.py, the step those of golden.py: 40 frames x 16 bands (incresnet 64 x 40), batch 4,
seed 1, f64. A tensor is a row of its Euclidean norm, its sum and its first three values, to eleven decimals.
"""
import json
import os
import sys

import numpy as np

from bcastnets import SPECS
from golden import make

GROUPS = ["grad.", "step1.", "adam1.", "adam3."]
OUTSIDE = {"adam3.losses", "adam3.eval_probs"}


DECIMALS = 11  # the tests compare to 1e-9


def digest(a):
    a = np.asarray(a, "f8")
    row = [np.linalg.norm(a), a.sum(), *a.ravel()[:3]]
    return [round(float(x), DECIMALS) + 0.0 for x in row]


def network(name):
    size = (64, 40) if name == "incresnet" else (40, 16)  # its stem pads nothing
    t, _ = make(name, *size, 4, 10, 1, 0.01, 3, "float64")
    out = {
        "input_shape": list(t["input"].shape),
        "train_loss": float(t["train.loss"]),
        "adam3_losses": t["adam3.losses"].tolist(),
        "eval_logits": t["eval.logits"].round(DECIMALS).tolist(),
    }
    for group in GROUPS:
        keys = sorted(k for k in t if k.startswith(group) and k not in OUTSIDE)
        out[group[:-1]] = {k[len(group):]: digest(t[k]) for k in keys}
    return out


def main():
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "digests.json")
    digests = {}
    if sys.argv[1:]:
        with open(path) as f:
            digests = json.load(f)
    digests.update((name, network(name)) for name in sys.argv[1:] or SPECS)
    lines = (json.dumps(name) + ":" + json.dumps(digests[name], separators=(",", ":")) for name in sorted(digests))
    with open(path, "w") as f:
        f.write("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
