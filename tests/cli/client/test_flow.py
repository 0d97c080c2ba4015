"""What is said to be wrong with a flow, and what is not."""

import pytest

from cli.client.flow import Flow, SourceFlow, problems

GOOD = SourceFlow(name="s", raw=1000, dead=0, changes=1000, arrived=1000)


def one(**changed: int) -> SourceFlow:
    values = {name: getattr(GOOD, name) for name in ("name", "raw", "dead", "changes", "arrived")}
    return SourceFlow(**(values | changed))


@pytest.mark.parametrize(
    ("flow", "words"),
    [
        (Flow(3.0, (GOOD,)), []),
        (Flow(24.9, (GOOD,)), []),
        (Flow(25.1, (GOOD,)), ["heartbeat is 25 s old"]),
        (Flow(None, (GOOD,)), ["heartbeat never came"]),
        (Flow(3.0, (one(dead=10),)), []),
        (Flow(3.0, (one(dead=11),)), ["s: 11 dead letters for 1,000 rows"]),
        (Flow(3.0, (one(raw=0, dead=1),)), ["s: 1 dead letters for 0 rows"]),
        (Flow(3.0, (one(raw=0, changes=0, arrived=0),)), []),
        (Flow(3.0, (one(raw=0, arrived=0),)), ["s: its table has 1,000 changes, and none has arrived"]),
        (Flow(3.0, (one(dead=500), GOOD, one(arrived=0))), ["500 dead letters", "none has arrived"]),
    ],
)
def test_problems(flow: Flow, words: list[str]) -> None:
    told = list(problems(flow, 25))
    assert len(told) == len(words)
    assert all(word in text for word, text in zip(words, told, strict=True))
