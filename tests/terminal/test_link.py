"""Linking from a terminal: a line is a command, or a code where the screen takes one."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.core.actions import Link, Type, Unlink
from bot.core.link_model import TYPED, code_of
from bot.core.model import Account
from bot.core.reply import Line, Reply, Screen
from bot.terminal.keys import Press, understand

from .made import tutor, typed

ASKS = Reply(screen=Screen.NOTICE, body=(Line("A code?"),), attempt=TYPED, answers=True)
NOTHING = Reply(screen=Screen.NOTICE, body=())


@pytest.mark.parametrize("shown", [ASKS, NOTHING])
def test_a_code_after_the_command_is_read_on_every_screen(shown: Reply) -> None:
    assert understand("/link K7QM-2XPR", shown) == Press(Link("K7QM-2XPR"))
    assert understand(" /LINK  k7qm2xpr".lstrip(), shown) == Press(Link("k7qm2xpr"))
    assert understand("/link", shown) == Press(Link())
    assert understand("/unlink", shown) == Press(Unlink())


def test_a_code_alone_is_typed_where_one_is_asked_for() -> None:
    assert understand("K7QM-2XPR", ASKS) == Press(Type("K7QM-2XPR", TYPED))


async def test_a_terminal_is_linked_with_a_chat(tmp_path: Path) -> None:
    chat = Account("telegram", "1002")
    async with tutor(tmp_path) as door:
        offered = await door.handle(chat, Link(name="@ann"), "t1")
        code = code_of(offered.link.removeprefix("l_"))
        seen = " ".join((await typed(door.handle, f"/link {code}", "1")).split())
    assert "Link this account with Telegram (@ann, …1002)?" in seen
    assert "Half done. The same question waits on Telegram (@ann, …1002)" in seen
