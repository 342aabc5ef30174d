#!/usr/bin/env bash
# Submits a command to Slurm in N parts, then once more without --shard, to collect.
#
#   slurm.sh N LOGS [SBATCH OPTION...] -- COMMAND [ARGUMENT...]
#
#   slurm.sh 8 logs --cpus-per-task=16 --mem=16G --time=12:00:00 -- \
#       ./datasets features gtzan --root /data/GTZAN --out /data/results/features/gtzan
#   slurm.sh 8 logs --cpus-per-task=16 --mem=32G --time=24:00:00 -- \
#       ./grid experiments.toml --out /data/results
#
# Prints the number of the job that collects: what must come after it takes --dependency=afterok:NUMBER.
set -euo pipefail

[[ $# -ge 4 ]] || { sed -n '2,11p' "$0" >&2; exit 2; }
parts=$1 logs=$2
shift 2
options=()
while [[ $# -gt 0 && $1 != -- ]]; do
    options+=("$1")
    shift
done
[[ $# -gt 1 ]] || { echo "no command after --" >&2; exit 2; }
shift # --

mkdir -p "$logs"
task=$(dirname "$0")/slurm_task.sh
submit() { sbatch --parsable --job-name=mgc "${options[@]}" "$@"; }
array=$(submit --array="1-$parts" --output="$logs/%A-%a.log" "$task" "$@")
# After any end: what a failed part has left, the collecting job computes itself.
submit --dependency="afterany:$array" --output="$logs/%j-collect.log" "$task" "$@"
