#!/bin/sh
# Compile every lock file from pyproject.toml. Run as: make lock
set -eu
cd "$(dirname "$0")/.."

compile() {
    .venv/bin/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" "$@"
}

group() { # group NAME OUTPUT: these packages alone, without what they would pull in
    .venv/bin/uv pip compile --group "$1" --quiet --universal --python-version 3.11 --generate-hashes --no-deps \
        --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" --output-file "$2"
}

compile --output-file requirements.txt
compile --group dev --constraint requirements.txt --output-file requirements-dev.txt
group geo requirements-geo.txt
group node requirements-node.txt
group meaning requirements-meaning.txt
group build requirements-build.txt

# No registry, host or path of the machine that made them may be in a lock.
if grep -nE '://|^--|file:' requirements*.txt; then
    echo "A lock file names a place (see above): compile it on a machine without local indexes." >&2
    exit 1
fi
