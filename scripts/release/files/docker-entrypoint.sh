#!/bin/bash
# Starts amilab as LocalStack's images are started: Testcontainers' LocalStack modules run a script
# that sets variables and calls this one, and wait for the line `Ready.`.
set -eu
arguments=(--listen 0.0.0.0:4566 --allow-host amilab --control-open --data "${AMILAB_DATA:-/var/lib/amilab}")
# The names by which others reach this container, with or without a port.
for name in "${LOCALSTACK_HOST:-}" "${HOSTNAME_EXTERNAL:-}" ${AMILAB_ALLOW_HOST:-}; do
  [ -z "$name" ] || arguments+=(--allow-host "${name%%:*}")
done
# shellcheck disable=SC2206  # words on purpose
arguments+=(${AMILAB_OPTIONS:-} "$@")
exec /usr/bin/amilab serve "${arguments[@]}"
