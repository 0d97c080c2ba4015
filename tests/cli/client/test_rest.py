"""Lists of Confluent's, to their last page."""

import httpx2
import pytest

from cli.client.rest import Rest
from stacks.errors import CdcError


def test_a_list_goes_on_where_its_answer_says(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, str]] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(dict(request.url.params))
        following = {"": "?page_token=two", "two": "?page_token=three&page_size=1"}.get(asked[-1].get("page_token", ""))
        if asked[-1].get("page_token") == "gone":
            return httpx2.Response(404)
        metadata = {"next": f"https://elsewhere/iam/v2/things{following}" if following else None}
        return httpx2.Response(200, json={"data": [len(asked)], "metadata": metadata})

    rest = Rest("https://api", "k", "s", local=True)
    monkeypatch.setattr(rest, "http", httpx2.Client(base_url="https://api", transport=httpx2.MockTransport(answer)))
    wanted = {"crn_pattern": "crn://*", "page_size": "100"}
    assert rest.listed("/iam/v2/things", **wanted) == [1, 2, 3]
    assert asked == [wanted, {**wanted, "page_token": "two"}, {**wanted, "page_token": "three"}]
    with pytest.raises(CdcError, match="answered 404"):
        rest.listed("/iam/v2/things", page_token="gone")  # noqa: S106 - no password
    assert rest.listed("/iam/v2/things", page_token="three") == [5]  # noqa: S106
