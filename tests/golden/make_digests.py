"""Write digests.json: what Keras computes for the networks under test, as norms, sums and first values.

    pip install tensorflow-cpu==2.21.0 keras==3.15.1 safetensors
    python make_digests.py

The networks are those of bcastnets.py, the step those of golden.py: 40 frames x 16 bands, batch 4, seed 1, f64.
"""
import json
import os

import numpy as np

from golden import make

NETWORKS = ["bbnn", "proposed_code"]
GROUPS = ["grad.", "step1.", "adam1.", "adam3."]
OUTSIDE = {"adam3.losses", "adam3.eval_probs"}


def digest(a):
    a = np.asarray(a, "f8")
    return {"l2": float(np.linalg.norm(a)), "sum": float(a.sum()), "head": [float(x) for x in a.ravel()[:3]]}


def main():
    out = {}
    for name in NETWORKS:
        t, _ = make(name, 40, 16, 4, 10, 1, 0.01, 3, "float64")
        out[name] = {
            "input_shape": list(t["input"].shape),
            "train_loss": float(t["train.loss"]),
            "eval_logits": t["eval.logits"].round(9).tolist(),
        }
        for group in GROUPS:
            keys = sorted(k for k in t if k.startswith(group) and k not in OUTSIDE)
            out[name][group[:-1]] = {k[len(group):]: digest(t[k]) for k in keys}
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "digests.json")
    with open(path, "w") as f:
        json.dump(out, f, separators=(",", ":"))


if __name__ == "__main__":
    main()
