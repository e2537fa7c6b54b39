"""A rehearsal, as a learner goes through it."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from bot.core.actions import (
    Ask,
    Begin,
    DrillMisses,
    HandIn,
    Know,
    Mark,
    Rehearse,
    ShowExam,
    ShowMiss,
    ShowRehearsal,
    Start,
    Stop,
    Type,
)
from bot.core.model import Change, Evidence, Wanted
from bot.core.ports import Turn
from bot.core.rehearsal_model import Rehearsal
from bot.core.rehearsal_sample import options_of
from bot.core.reply import Reply, Screen
from tests.exam.made import decks, knows_all_of_today, prepared, questions
from tests.stories.decks import deck
from tests.stories.driver import MINUTE, Person, Story
from tests.stories.kept import assert_kept


async def rehearsal(ann: Person) -> Rehearsal:
    found = await ann.story.look(ann.account, lambda turn: turn.rehearsal())
    assert found is not None
    return found


async def answers(ann: Person, *, right: bool) -> None:
    """The question on screen, by its letter."""
    now = await rehearsal(ann)
    asked = now.asked[now.at]
    card = (await ann.story.look(ann.account, lambda turn: turn.shown([asked.revision])))[asked.revision]
    options = options_of(card, now.id)
    place = next(place for place, option in enumerate(options) if option.right is right)
    await ann.presses("ABCD"[place])


async def logged(ann: Person) -> list[Evidence]:
    found = []
    for card in sorted(ann.story.library.current.cards):
        found += [entry for entry in await ann.log(card) if isinstance(entry, Evidence)]
    return found


async def test_a_rehearsal_from_its_offer_to_the_drill_of_its_misses(tmp_path: Path) -> None:
    async with Story(tmp_path, decks()) as story:
        ann = await prepared(story, date="2027-01-16")
        await ann.does(ShowExam())
        await ann.presses("Rehearsal")
        ann.sees("6 questions, 12 minutes", "You see no answers until the end.")
        await ann.presses("Begin")
        await answers(ann, right=True)
        await answers(ann, right=False)
        story.passes(minutes=4)
        await story.restart()
        await ann.does(Begin())
        ann.sees("*3 of 6* · 7 min left")
        await ann.presses("Later")
        await answers(ann, right=False)
        await answers(ann, right=True)
        await ann.presses("Earlier")
        ann.sees("You answered")
        await answers(ann, right=True)
        await answers(ann, right=True)
        ann.sees("1 question left open: 3.")
        await ann.presses("To the open")
        await answers(ann, right=False)
        await ann.does(Ask((await rehearsal(ann)).id, 6))
        ann.sees("All 6 are answered")
        before = await ann.progress()
        await ann.presses("Hand in")
        ann.sees("3 of 6, in", "3 questions missed.")
        assert await ann.progress() == before == {}, "cards never met stay so"
        assert await logged(ann) == []
        await ann.presses("See the misses")
        ann.sees("Miss 1 of 3", "You chose")
        await ann.presses("Later")
        await ann.presses("Later")
        assert "Later" not in ann.labels
        await ann.presses("Result")
        await ann.presses("Drill the misses")
        ann.sees("1 of 3")
        done = await rehearsal(ann)
        missed = {done.asked[place].card for place in done.missed}
        while ann.is_at(Screen.QUESTION):
            await ann.does(Know(ann.reply.attempt))
        assert set(await ann.progress()) == missed
        await ann.does(ShowRehearsal("pipes"))
        ann.sees("Last time: 3 of 6, on Mon 23 Nov.")
        await ann.presses("Result")
        ann.sees("3 of 6, in")
        assert_kept("rehearsal", story.transcript)


async def test_nothing_is_told_before_the_end(tmp_path: Path) -> None:
    async with Story(tmp_path, decks()) as story:
        ann = await prepared(story)
        await ann.does(Rehearse("pipes"))
        for _ in range(6):
            await answers(ann, right=False)
            assert not any(word in ann.screen for word in ("chose", "Team", "right", "Yes", "wrong"))
        now = (await rehearsal(ann)).id
        for peek in (ShowMiss(now, 0), ShowMiss(now, -1), DrillMisses(now)):
            await ann.does(peek)
            ann.sees("All 6 are answered")
        assert await logged(ann) == []


async def test_when_the_time_is_over_what_was_answered_counts(tmp_path: Path) -> None:
    async with Story(tmp_path, decks()) as story:
        ann = await prepared(story)
        await ann.does(Rehearse("pipes"))
        await answers(ann, right=True)
        late = ann.button("A").action
        story.passes(minutes=12)
        await story.restart()
        await ann.does(late)
        ann.sees("Time is up. What was answered until then counts.", "1 of 6, in 12 minutes.", "5 questions missed.")
        assert (await rehearsal(ann)).left == (1, 2, 3, 4, 5), "the late press is none"
        await ann.presses("See the misses")
        ann.sees("Left open.")
        await ann.does(late)
        ann.sees("That rehearsal is handed in; its answers stand.")


async def test_the_last_moment_still_counts_and_the_next_does_not(tmp_path: Path) -> None:
    async with Story(tmp_path, decks()) as story:
        ann = await prepared(story)
        await ann.does(Rehearse("pipes"))
        ends = (await rehearsal(ann)).ends_at
        first = ann.button("A").action
        story.now = ends - 1
        await ann.does(first, seconds=0)
        assert (await rehearsal(ann)).asked[0].picked == 0
        second = ann.button("A").action
        story.now = ends
        await ann.does(second, seconds=0)
        ann.sees("Time is up.")
        assert (await rehearsal(ann)).asked[1].picked == -1


async def test_time_that_ran_out_while_away_is_told_by_whatever_comes_next(tmp_path: Path) -> None:
    async with Story(tmp_path, decks()) as story:
        ann = await prepared(story)
        for way_back in (Begin(), Type("B"), ShowRehearsal("pipes")):
            await ann.does(Rehearse("pipes"))
            await answers(ann, right=True)
            story.passes(days=2)
            await ann.does(way_back)
            ann.sees("Time is up.", "1 of 6")
            assert not (await rehearsal(ann)).is_open


async def test_old_screens_change_their_own_question_or_nothing(tmp_path: Path) -> None:
    async with Story(tmp_path, decks()) as story:
        ann = await prepared(story)
        await ann.does(Rehearse("pipes"))
        first = await rehearsal(ann)
        await answers(ann, right=True)
        await ann.does(Mark(first.id, 0, 3))
        ann.sees("2 of 6"), "the question on screen stays"
        assert (await rehearsal(ann)).asked[0].picked == 3
        for odd in (Mark(first.id, 0, 9), Mark(first.id, 0, -1), Mark(first.id, 77, 0), Mark(first.id, -1, 0)):
            before = await rehearsal(ann)
            await ann.does(odd)
            ann.sees("That option is not on this question.")
            assert await rehearsal(ann) == before
        await ann.does(HandIn(first.id, True))
        await ann.does(Rehearse("pipes"))
        second = await rehearsal(ann)
        for old in (Mark(first.id, 0, 0), HandIn(first.id, True), DrillMisses(first.id), Ask("gone", 3)):
            await ann.does(old)
            ann.sees("That rehearsal is over. Here is where you are.", "1 of 6")
            assert await rehearsal(ann) == second


async def test_two_surfaces_share_one_rehearsal(tmp_path: Path) -> None:
    async with Story(tmp_path, decks()) as story:
        ann = await prepared(story)
        there = Person(story, type(ann.account)("terminal", "local"))
        await ann.does(Rehearse("pipes"))
        await answers(ann, right=True)
        await there.does(Begin())
        there.sees("2 of 6")
        await there.types("b")
        there.sees("3 of 6")
        await there.types("no letter")
        there.sees("A rehearsal is under way: press a letter, or type one.", "3 of 6")
        await ann.does(Rehearse("pipes"))
        ann.sees("3 of 6")


async def test_the_drill_and_a_rehearsal_stand_beside_one_another(tmp_path: Path) -> None:
    async with Story(tmp_path, decks()) as story:
        ann = await prepared(story)
        await ann.does(Start())
        card = ann.reply.attempt
        await ann.does(Rehearse("pipes"))
        ann.sees("1 of 6")
        await ann.does(Know(card))
        ann.sees("That card is no longer open.", "1 of 6")
        assert await ann.progress() == {}
        await ann.does(Start())
        assert ann.is_at(Screen.QUESTION)
        await ann.types("whatever")
        assert ann.is_at(Screen.ANSWER), "text answers the card that is open"
        await ann.does(ShowRehearsal("pipes"))
        ann.sees("1 of 6")


async def test_an_edited_deck_leaves_a_rehearsal_as_it_was_asked(tmp_path: Path) -> None:
    async with Story(tmp_path, decks()) as story:
        ann = await prepared(story)
        await ann.does(Rehearse("pipes"))
        before = ann.screen.splitlines()[1:]
        story.edits("pipes", deck("pipes", "Pipes", questions(12).replace("keeps two runs", "parts two runs")))
        await ann.does(Begin())
        assert ann.screen.splitlines()[1:] == before
        await answers(ann, right=True)
        story.edits("pipes", deck("pipes", "Pipes", questions(1)))
        await ann.does(HandIn((await rehearsal(ann)).id, True))
        ann.sees("1 of 6", "5 questions missed.")
        await ann.presses("See the misses")
        await ann.presses("Drill the misses")
        assert ann.is_at(Screen.QUESTION) or "retired" in ann.screen


async def test_cards_set_aside_are_not_drilled(tmp_path: Path) -> None:
    async with Story(tmp_path, decks(count=3, asked=2)) as story:
        ann = await prepared(story)
        await ann.does(Start())
        while ann.is_at(Screen.QUESTION):
            await ann.presses("More")
            await ann.presses("Never show")
        await ann.does(Rehearse("pipes"))
        await ann.presses("Hand in")
        await ann.presses("Hand in as it is")
        await ann.presses("Drill the misses")
        ann.sees("The cards that were missed have been retired or set aside since.")


async def test_a_track_without_choices_says_so(tmp_path: Path) -> None:
    async with Story(tmp_path, decks(count=0)) as story:
        ann = await prepared(story)
        await ann.does(ShowRehearsal("pipes"))
        ann.sees("This track has no cards that can be asked by choice yet.")
        await ann.does(Rehearse("pipes"))
        ann.sees("This track has no cards that can be asked by choice yet.")


async def test_fewer_cards_than_questions_are_told_and_timed(tmp_path: Path) -> None:
    async with Story(tmp_path, decks(count=3, asked=6, minutes=12)) as story:
        ann = await prepared(story)
        await ann.does(ShowRehearsal("pipes"))
        ann.sees("3 questions, of the exam's 6: there are cards for no more, 6 minutes")
        await ann.presses("Begin")
        now = await rehearsal(ann)
        assert now.ends_at - now.started_at == 6 * MINUTE


async def test_a_wrong_answer_on_a_card_being_learnt_brings_it_back_and_a_right_one_moves_nothing(
    tmp_path: Path,
) -> None:
    async with Story(tmp_path, decks()) as story:
        ann = await prepared(story)
        await knows_all_of_today(ann)
        story.passes(days=1)
        before = await ann.progress()
        today = before["own:q-0"].reviewed_day + 1
        await ann.does(Rehearse("pipes"))
        for turn in range(6):
            await answers(ann, right=turn % 2 == 0)
        await ann.presses("Hand in")
        after, found = await ann.progress(), {entry.card: entry.correct for entry in await logged(ann)}
        assert found
        assert not all(found.values())
        for card, progress in before.items():
            if found.get(card, True):
                assert after[card] == progress
            else:
                assert after[card].due_day == today
                assert (after[card].memory, after[card].lapses) == (progress.memory, progress.lapses), (
                    "the drill decides"
                )
        assert set(after) == set(before), "cards never met stay so"


async def test_whoever_keeps_quizzes_separate_keeps_rehearsals_so(tmp_path: Path) -> None:
    async with Story(tmp_path, decks()) as story:
        ann = await prepared(story)
        await knows_all_of_today(ann)
        story.passes(days=1)
        me = await story.look(ann.account, lambda turn: turn.learner(ann.account))
        assert me is not None

        def separate(turn: Turn) -> Reply:
            turn.learner(ann.account)
            turn.save(Change(learner=replace(me, separate=True)), ())
            return Reply(screen=Screen.NOTICE, body=())

        await story.store.run(ann.account, "separate", separate)
        before = await ann.progress()
        await ann.does(Rehearse("pipes"))
        for _ in range(6):
            await answers(ann, right=False)
        await ann.presses("Hand in")
        assert await ann.progress() == before
        assert await logged(ann) == []


async def test_misses_join_the_drill_once_and_stay_when_their_sitting_is_left(tmp_path: Path) -> None:
    async with Story(tmp_path, decks()) as story:
        ann = await prepared(story)
        await ann.does(Rehearse("pipes"))
        for turn in range(6):
            await answers(ann, right=turn > 2)
        await ann.presses("Hand in")
        misses = ann.button("Drill the misses").action
        await ann.does(misses)
        ann.sees("3 cards you missed")
        await ann.does(Stop())
        assert len(await ann.progress()) == 3, "as if just missed"
        await ann.does(misses)
        ann.sees("3 cards you missed", "1 of 3")
        wanted = [entry for card in await ann.progress() for entry in await ann.log(card) if isinstance(entry, Wanted)]
        assert len(wanted) == 3
