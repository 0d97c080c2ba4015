"""What stops a plugin's call; the engine shows each as one line."""

from plugins.engine.values import Properties


class Gone(Exception):
    """The object does not exist (any more)."""


class RestError(Exception):
    """The service said no; the text is for the user."""


class Taken(RestError):
    """There is an object of this name already."""


class Unanswered(RestError):
    """The answer was lost: whether the service did it is not known."""


class Failed(RestError):
    """The statement exists, but it failed: it stays in the state, to be replaced or looked at."""

    def __init__(self, message: str, identity: str, state: Properties) -> None:
        super().__init__(message)
        self.identity = identity
        self.state = state


class Refused(Exception):
    """A change that the real plugin refuses already in a preview."""


class BadConfig(Exception):
    """Provider inputs that the real plugin refuses when it starts."""
