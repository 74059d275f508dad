#!/usr/bin/env bash
# Runs the replications 0:N of a scenario in parts with GNU parallel and merges them.
#
#   parallel.sh SCENARIO N PARTS OUT [options of racked run]
#
# Parts are in OUT.parts. Given again after whatever stopped it, it goes on; parts that have ended are
# not run again. For other machines add their names: PARALLEL='--sshlogin node1,node2 --workdir .' with
# a folder they share, or see `man parallel`.
set -euo pipefail
scenario=$1 count=$2 parts=$3 out=$4
shift 4

ranges=()
for ((i = 0; i < parts; ++i)); do
  ranges+=("$((count * i / parts)):$((count * (i + 1) / parts))")
done

# A part with failed replications ends with 70; the merge tells of them.
parallel --will-cite racked run "$scenario" --replications {} --threads 1 --progress none \
  --out "$out.parts/{}" "$@" '>/dev/null' ::: "${ranges[@]}" || true
racked merge "${ranges[@]/#/$out.parts/}" --out "$out"
