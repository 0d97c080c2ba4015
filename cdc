#!/bin/sh
# Makes the Python environment once (cached, by the hash of its lock file), then runs the `cdc` command.
set -eu
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
cache="${XDG_CACHE_HOME:-$HOME/.cache}/cdc-streaming"

python=""
for candidate in "${CDC_PYTHON:-}" python3.13 python3.14 python3.12 python3.11 python3; do
    [ -n "$candidate" ] || continue
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ]; then
    echo "cdc: no Python 3.11 or newer on PATH" >&2
    echo "     hint: install one, or name it: CDC_PYTHON=/path/to/python3 ./cdc ..." >&2
    exit 3
fi

# Plans and deployments need neither a Java runtime nor PostgreSQL; each group of packages holds the one before it.
case "${1:-} ${2:-}" in
"preflight local") groups="development" ;;
"deploy "* | "drift "* | "plan "* | "preflight "* | "routes check" | "routes explain") groups="command local development" ;;
"test "* | "consumer test") groups="development" ;;
*) groups="local development" ;;
esac
environment=""
for group in $groups; do
    lock="$here/requirements/$group.txt"
    key=$(cat "$lock" "$here/local/toolchain/locks/uv.txt" | cksum | tr ' ' '-')
    folder="$cache/python-$group-$key"
    if [ -z "$environment" ] || [ -f "$folder/.complete" ]; then
        environment=$folder
        wanted=$lock
    fi
    [ ! -f "$environment/.complete" ] || break
done
if [ ! -f "$environment/.complete" ]; then
    "$python" "$here/local/toolchain/bootstrap.py" "$environment" "$wanted" || exit 3
fi
# Compiled once, outside of the checkout: the SDKs' thousands of files cost every command seconds otherwise.
unset PYTHONDONTWRITEBYTECODE
export PYTHONPYCACHEPREFIX="${PYTHONPYCACHEPREFIX:-$cache/bytecode}"
PYTHONPATH="$here${PYTHONPATH:+:$PYTHONPATH}" exec "$environment/bin/python" -m cli "$@"
