"""Saved quizzes, timetables and exports."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.clock import wall_time
from bot.core.export_csv import STARTS_FORMULA
from bot.core.model import TutorError
from bot.core.quiz.actions import Open, Save, Schedule, ShowSaved, Skip, Stop, Void
from bot.core.quiz.keep import next_due
from bot.core.quiz.model import Stage
from bot.core.reply import Aside

from .test_stories import started
from .world import HERE, Night

HOUR = 3600


async def test_a_saved_quiz_asks_the_same_questions_in_any_channel_of_the_server(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        mira, ana = players = night.players(["Mira", "Ana"])
        await started(night, "txn-isolation questions:2", players)
        for _ in range(2):
            for player in players:
                await player.answers(right=True)
            await night.time.passes(12)
        asked = [past.card for past in (await night.quiz()).past]
        await ana.does(Save("mine"))
        assert ana.reply.toast == "Only whoever started the quiz and moderators can do that."
        await mira.does(Save("Monday warm-up"))
        assert mira.reply.toast == "Saved. /quiz saved:monday-warm-up asks the same 2 questions."
        await ana.does(ShowSaved())
        assert "monday-warm-up: 2 questions" in ana.screen
        there = night.player("Jo", channel="551")
        await there.starts("saved:monday-warm-up pace:40s")
        await there.presses("Start now")
        await night.time.passes(1)
        quiz = await night.quiz(there.channel.quiz)
        assert quiz.options.cards == tuple(asked)
        assert quiz.options.window == 40
        assert quiz.question is not None
        assert quiz.question.card.id == asked[0]
        await there.does(Open("saved:tuesday"))
        assert there.reply.toast == "No quiz is saved as “tuesday”. There is: monday-warm-up."


def command_shown(night: Night, channel: str = HERE.channel) -> str:
    """The line at the foot of the results, without the command itself; empty where there is none."""
    show = night.channels[channel].show
    assert show.slot == "end"
    return "".join(block.text for block in show.foot if isinstance(block, Aside)).removeprefix("/quiz ")


async def test_the_command_at_the_end_of_a_saved_quiz_starts_the_same_quiz_again(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        mira, ana = players = night.players(["Mira", "Ana"])
        await started(night, "txn-isolation questions:2 hints:on play:hardcore", players)
        for _ in range(2):
            for player in players:
                await player.answers(right=True)
            await night.time.passes(12)
        await mira.does(Save("warm_up"))
        await mira.starts("saved:warm_up play:everyone hints:off pace:host")
        lobby = night.here.screen
        before = await night.quiz()
        assert before.options.cards
        await mira.does(Stop())
        await night.time.passes(3)
        await mira.starts(command_shown(night).replace("\\", ""))
        again = await night.quiz()
        assert again.id != before.id
        assert again.options == before.options
        assert night.here.screen.replace(again.id, before.id).split("Starts")[0] == lobby.split("Starts")[0]
        assert ana.reply.toast == ""


async def test_questions_that_were_void_or_skipped_are_not_saved(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        (mira,) = players = [night.player("Mira")]
        await started(night, "txn-isolation questions:3", players)
        await mira.does(Skip())
        await night.time.passes(11)
        await mira.does(Save("now"))
        assert mira.reply.toast == "The first question is still to come.", "nothing that counts was asked yet"
        for _ in range(2):
            await mira.answers(right=True)
            await night.time.passes(12)
        await mira.does(Void(night.here.quiz, 2))
        await mira.does(Save("now"))
        third = (await night.quiz()).asked[2]
        await mira.starts("saved:now")
        assert (await night.quiz()).options.cards == (third,)


async def test_a_scheduled_quiz_opens_its_lobby_for_five_minutes_on_its_days(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:  # Monday, 18:00 UTC
        mod = night.player("Mira", manages=True)
        await night.player("Ana").does(Schedule("weekdays 09:00"))
        await mod.does(Schedule("weekdays 09:00", "txn-isolation questions:1", "Europe/Berlin"))
        assert "weekdays 09:00, Europe/Berlin" in mod.reply.toast
        await night.time.passes(13.9 * HOUR)
        assert night.here.sends == 0
        await night.time.passes(0.15 * HOUR)
        assert night.here.show.slot == "lobby"
        assert night.here.show.timing is not None
        lobby = await night.quiz()
        assert night.here.show.timing.at == lobby.opened_at + 300_000
        assert lobby.stage is Stage.LOBBY
        await night.time.passes(48 * HOUR)
        assert len({show.quiz for show in night.here.shows.values()}) == 3
        await mod.does(ShowSaved())
        await mod.presses("Stop 1", private=True)
        await night.time.passes(48 * HOUR)
        assert len({show.quiz for show in night.here.shows.values()}) == 3


async def test_a_planned_quiz_that_cannot_start_says_so_in_its_channel(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        mod = night.player("Mira", manages=True)
        await mod.does(Schedule("daily 18:30", "txn-isolation order:missed-here"))
        await night.time.passes(24 * HOUR)
        assert night.here.sends == 1
        assert "The quiz planned for now did not start." in night.here.screen
        assert "missed" in night.here.screen, "and why"
        await night.restart(1)
        assert night.here.sends == 1, "it is said once"


async def test_a_schedule_rings_once_although_the_process_was_away_and_not_hours_late(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        mod = night.player("Mira", manages=True)
        await mod.does(Schedule("daily 18:30", "txn-isolation questions:1"))
        await night.restart(0.6 * HOUR)
        assert night.here.sends == 1, "a few minutes late"
        await night.restart(1)
        await night.time.passes(1)
        assert len({show.quiz for show in night.here.shows.values()}) == 1
        await night.time.passes(HOUR)
        before = night.here.sends
        await night.restart(30 * HOUR)
        assert night.here.sends == before


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo"])
@pytest.mark.parametrize("minute", [0, 2 * 60 + 10, 2 * 60 + 30, 9 * 60])
def test_a_schedule_rings_once_on_each_of_its_days_whatever_the_clocks_do(zone: str, minute: int) -> None:
    at = 1_767_225_600_000  # 2026-01-01
    days = (0, 3, 6)  # clocks change on Sundays there, in Cairo on Thursdays and Fridays
    rung, moved = [], 0
    while at < 1_830_297_600_000:  # two years
        at = next_due(days, minute, zone, at)
        shown = wall_time(at, zone)
        rung.append(shown.date())
        if (late := shown.hour * 60 + shown.minute - minute) != 0:
            moved += 1
            assert 0 < late <= 60, "that time was skipped: it is the first instant after"
    wanted = [
        day for day in (rung[0] + timedelta(n) for n in range((rung[-1] - rung[0]).days + 1)) if day.weekday() in days
    ]
    assert rung == wanted
    assert moved <= 2
    assert moved == 2 or (zone, minute) not in {("Europe/Berlin", 130), ("America/New_York", 150)}


@pytest.mark.parametrize("when", ["sometimes", "weekdays 09:00 Mars/Olympus"])
async def test_a_schedule_that_cannot_be_read_is_refused(tmp_path: Path, when: str) -> None:
    async with Night(tmp_path) as night:
        mod = night.player("Mira", manages=True)
        await mod.does(Schedule(when))
        assert "Write it like" in mod.reply.toast


async def test_results_are_exported_for_the_host_and_open_in_a_spreadsheet_as_text(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        mira, mallory, eve = players = [
            night.player(name) for name in ("Mira", '=HYPERLINK("http://x","Ana")', "＝SUM(1)")
        ]
        await started(night, "sql-joins questions:1 answers:typed", players)
        await mira.types("+1")
        await mallory.types('@SUM(1), "quoted"\n-2')
        await eve.types("\t=1")
        await night.time.passes(14)
        name, text = await night.quizzes.export(mira.place, mira.person)
        assert name == "quiz-2026-11-23.csv"
        rows = list(csv.DictReader(io.StringIO(text)))
        assert [row["player"] for row in rows] == ["Mira", '\'=HYPERLINK("http://x","Ana")', "'＝SUM(1)"]
        assert rows[0]["answer"] == "'+1"
        assert not any(cell.startswith(tuple(STARTS_FORMULA)) for row in rows for cell in row.values())
        with pytest.raises(TutorError, match="Only whoever started"):
            await night.quizzes.export(mallory.place, mallory.person)
