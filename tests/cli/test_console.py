"""Others' text is shown, never obeyed: on a terminal, and in a comment."""

import errno
import io
import os

import pytest

from cli.console import SafeConsole, finish, harmless
from cli.planning.markdown import code, fenced, plain


@pytest.mark.parametrize(
    "text", ["\x1b[2J", "\x1b]0;title\x07", "\x9b31m", "\x08\x08", "\u202egnp.exe", "\r over", "\x7f"]
)
def test_a_terminal_obeys_nobody(text: str) -> None:
    shown = io.StringIO()
    SafeConsole(file=shown, width=80).print(f"before {text} after\nnext\tline", markup=False, highlight=False)
    assert text not in shown.getvalue()
    assert "before \\x" in shown.getvalue()
    assert "after\nnext" in shown.getvalue()
    assert harmless("é → 漢\n") == "é → 漢\n"


@pytest.mark.parametrize(
    "text",
    ["</details><h1>✅", "<!-- cdc plan prod -->", "@org/team please", "a\n## ✅ approved", "`@org/team`", "| a | b |"],
)
def test_a_comment_is_nobody_s(text: str) -> None:
    for made in (plain(text), code(text)):
        assert "\n" not in made
        assert made.startswith("`") or not {"<", "@o"} & {made[i : i + n] for i in range(len(made)) for n in (1, 2)}
    assert code(text).count("`") == 2


def test_a_block_ends_where_it_should() -> None:
    made = fenced("a\n```\n</details>\n````\nb").splitlines()
    assert made[0] == "`````diff"
    assert made[-1] == "`````"
    assert made[1:-1].count("`````") == 0


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_what_is_wrong_with_the_machine_is_a_message(capsys: pytest.CaptureFixture[str], number: int) -> None:
    def work() -> int:
        raise OSError(number, os.strerror(number), "/full/file")

    with pytest.raises(SystemExit, match="1"):
        finish(work)
    assert os.strerror(number) in capsys.readouterr().err
    with pytest.raises(SystemExit, match="0"):
        finish(lambda: 0)


def test_a_fault_of_ours_keeps_its_traceback() -> None:
    def work() -> int:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))

    with pytest.raises(OSError, match="Bad file"):
        finish(work)
