#!/usr/bin/env python3
"""Runs a command in N parts on a Ray cluster, then once more without --shard, to collect.

    ray_parts.py N CPUS COMMAND [ARGUMENT...]

    ray_parts.py 8 16 ./grid experiments.toml --out /shared/results

CPUS is the number of cores of a part. A part that fails, or whose machine is lost, is run again three times.
"""

import os
import subprocess
import sys

import ray


def main(parts: int, cpus: int, command: list[str]) -> None:
    ray.init(address="auto")

    @ray.remote(num_cpus=cpus, max_retries=3, retry_exceptions=True)
    def run(shard: list[str]) -> None:
        environment = {**os.environ, "RAYON_NUM_THREADS": str(cpus)}
        subprocess.run([*command, *shard], check=True, env=environment)

    ray.get([run.remote(["--shard", f"{index}/{parts}"]) for index in range(1, parts + 1)])
    ray.get(run.remote([]))


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
