"""Sessions in the terminal: the real tutor on real SQLite, lines typed in, the scrollback read."""

from __future__ import annotations

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.core.actions import Action, Begin, Reveal, Start, Stop, Undo
from bot.core.model import Account, TutorError
from bot.core.ports import StoreError
from bot.core.reply import Button, Line, Reply, Screen
from tests.databases import migrated
from tests.kept import assert_kept
from tests.shipped import shipped

from .made import Clock, tutor, typed

KEPT = Path(__file__).parent / "kept"

FIRST_CARD = ("1", "2")  # a goal, ten minutes


async def test_a_first_session_at_80_columns(tmp_path: Path) -> None:
    async with tutor(tmp_path) as door:
        seen = await typed(door.handle, *FIRST_CARD, "h", "/etc/passwd", "", "", "3", "u")
    assert_kept(KEPT / "first-80.txt", seen)


async def test_a_first_session_at_40_columns(tmp_path: Path) -> None:
    async with tutor(tmp_path) as door:
        seen = await typed(door.handle, *FIRST_CARD, "h", "/etc/passwd", "", "", "3", "u", width=40)
    assert_kept(KEPT / "first-40.txt", seen)


async def test_every_way_of_asking_takes_its_lines(tmp_path: Path) -> None:
    lines = ("", "1", "", "4", "17", "c", "c", "", "", "t1", "t2", "g", "b", "m", "b", "2")
    async with tutor(tmp_path) as door:
        seen = await typed(door.handle, *FIRST_CARD, *lines)
    assert_kept(KEPT / "ways.txt", seen)


async def test_a_rating_before_the_answer_is_not_judged_but_with_a_space_it_is_an_answer(tmp_path: Path) -> None:
    async with tutor(tmp_path) as door:
        seen = await typed(door.handle, *FIRST_CARD, "3", " 3")
    assert "3 is no key here. To answer with it, put a space before it. Nothing was changed." in seen
    assert seen.count("You wrote: 3.") == 1


async def test_help_stats_and_back_leave_the_card_as_it_was(tmp_path: Path) -> None:
    async with tutor(tmp_path) as door:
        seen = await typed(door.handle, *FIRST_CARD, "?", "", "/stats", "", "/nope", "")
    assert "Ctrl-C leaves the card open for later." in " ".join(seen.split())
    assert seen.count("1 of 5 · Ports and queues") == 3
    assert "There is no such command" in seen
    assert "Programs look a service up by name there." in seen


async def test_q_ends_the_session_with_its_summary_and_the_next_begins_at_the_menu(tmp_path: Path) -> None:
    async with tutor(tmp_path) as door:
        ended = await typed(door.handle, *FIRST_CARD, "", "3", "q", "never read")
        again = await typed(door.handle)
    assert ended.endswith("1 card returns later today.\n\nNothing is due tomorrow.\n")
    assert "of 5" not in again
    assert again.endswith("Until next time.\n")


async def test_ctrl_c_keeps_the_card_open(tmp_path: Path) -> None:
    async with tutor(tmp_path) as door:
        left = await typed(door.handle, *FIRST_CARD, stays=True)
        again = await typed(door.handle, stays=True)
    assert left.endswith("Left. The open card waits for you.\n")
    assert again.startswith("1 of 5 · Ports and queues\n")


async def test_the_page_and_the_terminal_are_one_learner_and_leaving_ends_no_session_of_the_page(
    tmp_path: Path,
) -> None:
    page = Account("web", "local")
    async with tutor(tmp_path) as door:
        await typed(door.handle, *FIRST_CARD, stays=True)
        there = await door.handle(page, Start(), "moves")
        here = await typed(door.handle, "q")
        still = await door.handle(page, Begin(), "looks")
    assert "This session moved to the page." in here
    assert (still.screen, still.attempt) == (Screen.QUESTION, there.attempt)


async def test_the_catalogue_that_comes_along_can_be_drilled(tmp_path: Path) -> None:
    from bot.core.tutor import Tutor
    from storage.open import open_store

    library, clock = shipped(), Clock()
    store = await open_store(migrated(tmp_path / "progress.db"), clock=clock)
    try:
        seen = await typed(Tutor(store, lambda: library.current, clock).handle, *FIRST_CARD, *("", "1") * 6, width=40)
    finally:
        await store.close()
    assert "5 of 10" in seen
    assert max(map(len, seen.splitlines())) <= 40


# --- what can go wrong -------------------------------------------------------------------------------------------

CARD = Reply(
    screen=Screen.QUESTION,
    body=(Line("Why?"),),
    rows=((Button("Show answer", Reveal("one"), key=" "),),),
    attempt="one",
    answers=True,
)


class Door:
    """Answers every action with one card, or raises what comes next; remembers what it was asked."""

    def __init__(self, *faults: Exception | None) -> None:
        self._faults = list(faults)
        self.asked: list[tuple[Account, Action]] = []
        self.keys: list[str] = []

    async def handle(self, account: Account, action: Action, key: str) -> Reply:
        self.asked.append((account, action))
        self.keys.append(key)
        fault = self._faults.pop(0) if self._faults else None
        if fault is not None:
            raise fault
        return CARD


@pytest.mark.parametrize("told", [TutorError("Look first."), StoreError("There is no room left.")])
async def test_a_sentence_of_the_tutor_or_the_store_is_said_and_the_card_stays(told: Exception) -> None:
    door = Door(None, told)
    seen = await typed(door.handle, "", "", stays=True)
    assert seen == (
        f"Why?\n\n[Enter] Show answer\n\n{told}\n\n[Enter] Show answer\n\nLeft. The open card waits for you.\n"
    )
    assert door.asked[1] == door.asked[2] == (Account("terminal", "local"), Reveal("one"))


async def test_a_bug_is_told_with_the_reference_it_is_logged_under() -> None:
    with capture_logs() as logs:
        seen = await typed(Door(None, RuntimeError("a secret of ours")).handle, "", stays=True)
    (entry,) = logs
    assert entry["event"] == "terminal.failed"
    assert f"your progress is safe. Reference {entry['error_id']}." in " ".join(seen.split())
    assert "secret" not in seen


async def test_when_the_first_screen_fails_enter_asks_again() -> None:
    door = Door(StoreError("The store is busy."))
    seen = await typed(door.handle, "", stays=True)
    assert seen.startswith("The store is busy.\n\nWhy?\n")
    assert [action for _, action in door.asked] == [Begin(), Begin()]


async def test_every_press_has_a_key_of_its_own() -> None:
    door = Door()
    await typed(door.handle, "", "", "an answer", "/undo")
    assert [action for _, action in door.asked][-2:] == [Undo(), Stop()]
    assert len(set(door.keys)) == len(door.keys) == 6
    assert all(len(key) == 32 for key in door.keys)
