#!/usr/bin/env bash
#SBATCH --job-name=racked
#SBATCH --requeue
# A part of the replications 0:N of a scenario, as a task of a Slurm array.
#
#   parts=$(sbatch --parsable --array=0-19 slurm_array.sh SCENARIO N OUT [options of racked run])
#   sbatch --dependency=afterany:$parts --wrap 'racked merge OUT.parts/* --out OUT'
#
# There are as many parts as tasks; part i is in OUT.parts/i, in a folder all nodes share. A task that
# is killed, preempted or out of time goes on when it is queued again: sbatch the same once more.
set -euo pipefail
scenario=$1 count=$2 out=$3
shift 3
parts=$((SLURM_ARRAY_TASK_MAX - SLURM_ARRAY_TASK_MIN + 1))
i=$((SLURM_ARRAY_TASK_ID - SLURM_ARRAY_TASK_MIN))

exec racked run "$scenario" --replications "$((count * i / parts)):$((count * (i + 1) / parts))" \
  --threads "${SLURM_CPUS_PER_TASK:-1}" --progress none --out "$out.parts/$i" "$@"
