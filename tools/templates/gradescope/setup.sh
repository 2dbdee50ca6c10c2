#!/usr/bin/env bash
# Gradescope runs this once, as root, when it builds the image. The variables are for a rehearsal on another machine.
set -euo pipefail
AUTOGRADER=${AUTOGRADER:-/autograder}
GRADING=${GRADING:-/opt/grading}  # outside /root and /autograder/source: rooms without walls must read it
PYTHON=${GRADING_PYTHON:-$GRADING/bin/python}

if [ ! -x "$PYTHON" ]; then
  apt-get update
  DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends python3 python3-venv bubblewrap
  python3 -m venv "$GRADING"
  "$PYTHON" -m pip install --no-deps --require-hashes -r "$AUTOGRADER/source/requirements-class.lock"
fi
mkdir -p "$GRADING/engine"
cp -r "$AUTOGRADER/source/engine/." "$GRADING/engine"
chmod -R go=rX "$GRADING/engine"
export PYTHONPATH="$GRADING/engine"
export MPLCONFIGDIR=${MPLCONFIGDIR:-$GRADING/matplotlib}
"$PYTHON" -c "import matplotlib.font_manager"  # its list of fonts takes a second, once

# The release and the gradebook; a notebook that cannot be released ends the build here.
cd "$AUTOGRADER/source/course"
chmod 700 "$AUTOGRADER/source"
"$PYTHON" "$AUTOGRADER/source/grade.py" release "$AUTOGRADER"
