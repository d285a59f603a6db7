#!/bin/sh
# Every version under one name: asv keeps the results of two interpreters apart for good.
exec "$BENCH_PYTHON" "$@"
