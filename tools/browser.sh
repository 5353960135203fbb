#!/bin/sh
# Make sure of the browser and the fonts that the browser tests need, or say what is missing and fail.
# A page tested without fonts for emoji and CJK shows boxes, and nobody notices.
set -eu

missing=""
command -v chromium >/dev/null || missing="$missing chromium"
command -v fc-list >/dev/null || missing="$missing fontconfig"
[ -n "$(fc-list ':lang=ja' 2>/dev/null)" ] || missing="$missing fonts-noto-cjk"
[ -n "$(fc-list ':lang=und-zsye' 2>/dev/null)" ] || missing="$missing fonts-noto-color-emoji"
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "the browser tests need these Debian packages:$missing" >&2
    echo "install them as root ('apt-get install$missing'), then run 'make test' again" >&2
    exit 1
fi

echo "installing for the browser tests:$missing"
apt-get update -qq
# shellcheck disable=SC2086 # one word a package
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing
