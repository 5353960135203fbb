#!/bin/sh
# Say what is missing where the web client cannot be checked and built.
set -eu

if ! command -v npm >/dev/null || ! node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)'; then
    echo "Node 20 or newer, with npm, is needed to check the web client; found: $(node --version 2>/dev/null || echo none)" >&2
    echo "('make run' needs neither: the built pages are in web/dist)" >&2
    exit 1
fi
