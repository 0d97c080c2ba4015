"""The steps of a rotation of API keys, as the settings write them."""

import re
from dataclasses import dataclass

from stacks.errors import CdcError
from stacks.settings.model import KeySettings

KEY = "cdc-streaming:keys:"


@dataclass(frozen=True, slots=True)
class Step:
    """From one setting to the next. `drops`: old keys end with it, so whoever still uses one is refused."""

    now: KeySettings
    next: KeySettings
    what: str
    drops: bool = False


def step(now: KeySettings, private: bool) -> Step:
    """What comes next. A private stack makes new keys one update before it uses them (docs/deploy.md, section 8)."""
    if not now.kept:
        new = successor(now.active)
        if private:
            return Step(now, KeySettings(active=now.active, kept=[new]), f"make the keys of generation {new}")
        return Step(now, KeySettings(active=new, kept=[now.active]), f"make and use the keys of generation {new}")
    newer = [one for one in now.kept if order(one) > order(now.active)]
    if newer:
        return Step(now, KeySettings(active=newer[-1], kept=[now.active]), f"use the keys of generation {newer[-1]}")
    return Step(now, KeySettings(active=now.active), f"end the keys of generation {', '.join(now.kept)}", drops=True)


def successor(generation: str) -> str:
    """The next generation's name. CdcError for one that is no number: its successor is for people to name."""
    if not generation.isdecimal():
        raise CdcError(
            f"the generation {generation!r} is no number, so the next one is yours to name",
            "write it by hand: docs/runbooks/rotation.md",
        )
    return str(int(generation) + 1)


def order(generation: str) -> tuple[int, str]:
    """Numbers by value, before names."""
    return (int(generation), "") if generation.isdecimal() else (10**12, generation)


def shown(keys: KeySettings) -> str:
    """As a settings file writes it."""
    kept = ", ".join(f'"{one}"' for one in keys.kept)
    return f'{{active: "{keys.active}"' + (f", kept: [{kept}]" if kept else "") + "}"


def written(text: str, keys: KeySettings) -> str:
    """A settings file's text with these keys. CdcError when it has no `config`."""
    line = f"  {KEY} {shown(keys)}\n"
    # The setting and what is indented below it.
    replaced, count = re.subn(rf"^  {re.escape(KEY)}[^\n]*\n(?:    [^\n]*\n)*", line, text, flags=re.MULTILINE)
    if count:
        return replaced
    added, count = re.subn(r"^config:[ \t]*\n", f"config:\n{line}", text, flags=re.MULTILINE)
    if not count:
        raise CdcError("the settings file has no `config:` of its own line", f"write it by hand: {line.strip()}")
    return added
