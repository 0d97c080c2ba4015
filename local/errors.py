"""What the local environment reports to people: one exception, never a traceback."""


class LocalError(Exception):
    """An expected failure of the local environment.

    `message` says what happened, where, and what was found; `hint` says what to do about it.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
