"""A card that got another id: between two quizzes, in the middle of one, or since it was drilled."""

from __future__ import annotations

from pathlib import Path

from bot.core.model import Evidence, Wanted
from bot.core.quiz.actions import DrillMisses, MyResult, Void

from .facts import facts
from .learners import evidence, known, studies
from .test_stories import started
from .world import Night, Player


def renames(night: Night, *numbers: int, of: tuple[int, ...] = (0, 1, 2)) -> None:
    """The deck's author gives cards other ids."""
    (night.folder / "decks" / "facts.md").write_text(facts(*of, renamed=numbers))
    assert night.library.refresh()


async def plays(night: Night, players: list[Player], right: bool, text: str) -> None:
    await started(night, text, players)
    while (await night.quiz()).is_open:
        for player in players:
            await player.answers(right=right)
        await night.time.passes(12)
    await night.time.passes(5)


async def test_what_was_missed_is_asked_again_and_turned_around_under_its_new_id(tmp_path: Path) -> None:
    async with Night(tmp_path, {"facts": facts(0, 1, 2)}) as night:
        players = night.players(["Ana", "Ben"])
        await plays(night, players, False, "facts questions:1")
        (missed,) = (await night.quiz()).asked
        renames(night, 0, 1, 2)
        for order in ("missed-here", "missed-by-me"):
            await plays(night, players, True, f"facts order:{order}")
            assert (await night.quiz()).asked == (missed.replace(":f", ":g"),)
            assert "Ana: 1 card" in night.here.screen
            await players[1].does(MyResult())
            assert "Right now, and wrong last week:" in players[1].screen


async def test_evidence_reaches_a_card_that_is_still_known_by_its_earlier_id(tmp_path: Path) -> None:
    async with Night(tmp_path, {"facts": facts(0)}) as night:
        ana, _ = players = night.players(["Ana", "Ben"])
        (before,) = night.catalogue.cards
        await studies(night, ana.account, [before])
        renames(night, 0, of=(0,))
        await plays(night, players, False, "facts questions:1")
        progress, _ = await known(night, ana.account, before)
        assert progress is not None
        assert len(await evidence(night, ana.account, before)) == 1
        (asked,) = (await night.quiz()).asked
        assert (await known(night, ana.account, asked))[1] == [], "a sitting carries it over"
        await ana.does(Void(night.here.quiz, 1))
        await night.time.passes(3)
        undone, entries = await known(night, ana.account, before)
        assert [type(entry).__name__ for entry in entries] == ["Reviewed", "Evidence", "Undone"]
        assert undone != progress


async def test_the_group_is_known_to_have_met_what_it_met_under_an_earlier_id(tmp_path: Path) -> None:
    async with Night(tmp_path, {"facts": facts(0, 1, 2)}) as night:
        ana = night.player("Ana")
        await studies(night, ana.account, [card for card in night.catalogue.cards if card.endswith("1")])
        renames(night, 1)
        await started(night, "facts questions:1", [ana])
        question = (await night.quiz()).question
        assert question is not None
        assert (question.card.id[-2:], question.met) == ("g1", 1)


async def test_misses_join_a_drill_without_beginning_what_is_known_anew(tmp_path: Path) -> None:
    async with Night(tmp_path, {"facts": facts(0, 1)}) as night:
        ana = night.player("Ana")
        before, other = night.catalogue.cards
        await studies(night, ana.account, [before])
        await plays(night, [ana], False, "facts questions:2")
        renames(night, 0, 1, of=(0, 1))
        for _ in range(2):
            await ana.does(DrillMisses(night.here.quiz))
        progress, entries = await known(night, ana.account, before)
        assert progress is not None
        assert progress.reps == 1
        assert [entry for entry in entries if not isinstance(entry, Evidence)][1:] == [
            entry for entry in entries if isinstance(entry, Wanted)
        ]
        assert [type(entry) for entry in entries].count(Wanted) == 1
        assert (await known(night, ana.account, before.replace(":f", ":g")))[1] == []
        _, fresh = await known(night, ana.account, other.replace(":f", ":g"))
        assert [type(entry) for entry in fresh] == [Wanted]
        assert ana.reply.toast == "These cards are in your drill already; they come first now."


async def test_misses_of_a_deck_that_is_gone_are_not_said_to_be_in_the_drill(tmp_path: Path) -> None:
    async with Night(tmp_path, {"facts": facts(0, 1)}) as night:
        ana = night.player("Ana")
        await plays(night, [ana], False, "facts questions:1")
        (night.folder / "decks" / "facts.md").write_text(facts(7))
        assert night.library.refresh()
        await ana.does(DrillMisses(night.here.quiz))
        assert ana.reply.toast == "These cards are in no deck any more."
