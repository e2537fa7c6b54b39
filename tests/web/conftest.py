"""A page on a free port with the scripted tutor behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.web.app import Running, serve
from tests.web.scripted import ScriptedTutor


@pytest.fixture
def tutor() -> ScriptedTutor:
    return ScriptedTutor()


@pytest.fixture
def printed() -> list[str]:
    """What the page asked to print."""
    return []


@pytest.fixture
async def page(tutor: ScriptedTutor, printed: list[str]) -> AsyncIterator[Running]:
    running = await serve(tutor.handle, port=0, announce=printed.append)
    yield running
    await running.close()
