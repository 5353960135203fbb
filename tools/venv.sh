#!/bin/sh
# Make the virtual environment $1 with the Python $2, or say what stands in the way.
set -eu
venv=$1
python=$2

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    echo "Python 3.11 or newer is needed and '$python' is not that: name one, as in 'make PYTHON=python3.11'" >&2
    exit 1
fi

# Debian keeps the part of Python that fills a virtual environment in a package of its own.
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
        echo "installing python3-venv: this Python cannot make virtual environments without it"
        apt-get update -qq
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3-venv
    else
        echo "this Python cannot make virtual environments: 'apt-get install python3-venv' as root, then again" >&2
        exit 1
    fi
fi

"$python" -m venv --clear "$venv"
