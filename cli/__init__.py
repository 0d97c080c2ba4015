"""The `cdc` command. Functions stand alone, with their own imports: their folder joins the path."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "functions"))
