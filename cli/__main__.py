"""`python -m cli`: what the launcher runs."""

import sys

from cli.app import app

if __name__ == "__main__":
    sys.exit(app(prog_name="cdc"))
