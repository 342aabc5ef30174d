#!/usr/bin/env bash
# Writes a grid of six small cells and its invented music, to try the other scripts on.
#
#   tiny.sh GRID FOLDER      GRID: the built example `grid`
set -euo pipefail

[[ $# -eq 2 ]] || { sed -n '2,4p' "$0" >&2; exit 2; }
grid=$1 folder=$2

mkdir -p "$folder/music"
cat > "$folder/grid.toml" <<'TOML'
variants = ["blocks1", "remove3x3"]
recipes = ["short"]
runs = 3

[[dataset]]
kind = "synthetic"
root = "music"
front_end = "quick"

[recipe.short]
base = "quick"
epochs = 1
TOML
cat > "$folder/music/synthetic.txt" <<'MANIFEST'
mgc synthetic corpus
version = 1
seconds = 1.5
train = 6
valid = 2
test = 2
seed = 1
MANIFEST
# The dry run opens the dataset, which renders the music that the manifest describes.
"$grid" "$folder/grid.toml" --dry-run
