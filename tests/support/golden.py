"""Golden files: one reviewable file each, in tests/golden. `--update-golden` rewrites them."""

from tests.support.paths import GOLDEN


class Golden:
    """Compares a text with a committed file, or rewrites the file."""

    def __init__(self, update: bool) -> None:
        self.update = update

    def check(self, name: str, text: str) -> None:
        """The file `tests/golden/<name>` holds exactly this text."""
        file = GOLDEN / name
        if self.update:
            file.write_text(text)
        assert file.read_text() == text, f"{name} differs: look at the difference, then pytest --update-golden"
