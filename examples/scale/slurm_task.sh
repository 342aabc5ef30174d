#!/usr/bin/env bash
#SBATCH --requeue
#SBATCH --open-mode=append
# A Slurm task: runs a command, as one part of an array with --shard I/N. slurm.sh submits it.
#
# Slurm itself requeues a task when its node fails. One that fails on a sound node, killed for memory for
# example, is requeued here, three times at most.
set -euo pipefail

shard=() job=${SLURM_JOB_ID:?run this by slurm.sh}
if [[ -n ${SLURM_ARRAY_TASK_ID:-} ]]; then
    shard=(--shard "$SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_COUNT")
    # The number of the last task is also that of the whole array, which would be requeued.
    job=${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID
fi
export RAYON_NUM_THREADS="${SLURM_CPUS_PER_TASK:-1}"
if "$@" "${shard[@]}"; then
    exit 0
fi
if [[ ${SLURM_RESTART_COUNT:-0} -lt 3 ]]; then
    echo "failed, requeued" >&2
    scontrol requeue "$job"
    sleep 60 # until Slurm ends this attempt
fi
exit 1
