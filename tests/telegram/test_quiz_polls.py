"""Relaxed quizzes in Telegram groups: native polls, what is said below them, and votes that come when they may not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.telegram import quiz_words
from decks.model import Catalogue

from .backfill import catalogue
from .quiz_decks import LEVELS, LONG, jobs
from .quiz_night import SENDING, Night, night
from .server import Answer, BotApiServer, LostAfter, LostBefore, Message, flood, refusals, server_error
from .spec import assert_in_spec
from .transcript import assert_kept


@pytest.fixture(scope="module")
def decks(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    folder = tmp_path_factory.mktemp("decks")
    for name, text in (("levels", LEVELS), ("jobs", jobs(12)), ("long", LONG)):
        (folder / f"{name}.md").write_text(text)
    return catalogue(folder)


@pytest.fixture
async def evening(server: BotApiServer, tmp_path: Path, decks: Catalogue) -> AsyncIterator[Night]:
    async with night(server, tmp_path, decks) as made:
        yield made
    made.assert_within_limits()


def open_poll(evening: Night) -> tuple[Message, str, str]:
    """The newest poll, with its right option and a wrong one."""
    message = next(one for one in reversed(evening.group.messages) if one.poll)
    assert message.poll is not None
    right = message.poll.options[message.poll.correct[0]]
    return message, right, next(option for option in message.poll.options if option != right)


async def test_a_relaxed_quiz_asks_by_polls_and_closes_them(evening: Night) -> None:
    mira, ana, ben = evening.persons("Mira", "Ana", "Ben")
    await evening.starts(mira, "jobs questions:2 play:relaxed pace:host", ana, ben)
    poll, right, wrong = open_poll(evening)
    await ana.votes(poll, right)
    await evening.restart(5)
    await ben.votes(poll, wrong)
    pressed = await evening.pressed()
    assert [answer.right for answer in pressed.answers] == [True, False]
    await evening.passes(12)
    assert poll.poll is not None
    assert poll.poll.is_closed
    assert poll.buttons == []
    outcome = evening.group.messages[-1]
    assert outcome.reply_to == poll.id
    assert "<b>Right</b> Ana" in outcome.shown()
    assert [button["text"] for button in outcome.buttons] == ["Source", "To my drill", "Dispute", "Next"]
    await mira.presses("Next", on=outcome)
    await evening.passes(1)
    assert evening.group.messages[-1].poll not in (None, poll.poll)
    assert len(evening.drawn(*SENDING)) == 4, "a lobby, two polls, and what came of the first"
    assert_in_spec(evening.server)


async def test_what_fits_no_poll_is_asked_by_buttons(evening: Night) -> None:
    mira = evening.person("Mira")
    await evening.starts(mira, "long questions:1 play:relaxed pace:host", mira)
    assert evening.group.messages[-1].poll is None
    await evening.answers(mira, right=True)
    assert len((await evening.pressed()).answers) == 1


async def test_timed_questions_are_never_polls(evening: Night) -> None:
    mira = evening.person("Mira")
    await evening.starts(mira, "jobs questions:1", mira)
    assert evening.server.called("sendPoll") == []


async def test_a_relaxed_game_reads_well(evening: Night) -> None:
    mira, ana, ben = evening.persons("Mira", "Ana", "Ben")
    await evening.starts(mira, "levels questions:2 play:relaxed", ana, ben)
    poll, right, wrong = open_poll(evening)
    await ana.votes(poll, right)
    await evening.passes(3)
    await mira.says("/pausequiz", evening.group)
    await evening.passes(60)
    await ben.votes(poll, wrong)
    await mira.presses("Go on", where=evening.group)
    await evening.passes(14)
    await mira.says("/skip", evening.group)
    await evening.passes(16)
    assert_kept("quiz-relaxed", evening.group.chat.story)


async def test_votes_count_while_a_quiz_is_paused(evening: Night) -> None:
    mira, ana, ben = evening.persons("Mira", "Ana", "Ben")
    await evening.starts(mira, "jobs questions:1 play:relaxed", ana, ben)
    await mira.says("/pausequiz", evening.group)
    await evening.passes(40)
    poll, right, _ = open_poll(evening)
    await ana.votes(poll, right)
    assert [answer.right for answer in (await evening.pressed()).answers] == [True]
    await mira.presses("Go on", on=poll)
    await evening.passes(22)
    assert "<b>Right</b> Ana" in evening.group.screen


async def test_a_vote_that_comes_too_late_is_explained_in_private(evening: Night) -> None:
    mira, ana = evening.persons("Mira", "Ana")
    await evening.starts(mira, "jobs questions:2 play:relaxed", mira, ana)
    poll, right, _ = open_poll(evening)
    evening.server.faults.plan(flood(5), "stopPoll")
    await evening.passes(21)
    assert poll.poll is not None
    assert not poll.poll.is_closed
    await ana.votes(poll, right)
    assert ana.screen.startswith("The question closed ")
    await evening.passes(8)
    assert poll.poll.is_closed
    assert "Nobody answered." in evening.group.screen


async def test_a_vote_in_a_poll_that_stands_there_twice_is_sent_to_the_one_that_counts(evening: Night) -> None:
    mira, ana = evening.persons("Mira", "Ana")
    evening.server.faults.plan(LostAfter(), "sendPoll")
    await evening.starts(mira, "jobs questions:1 play:relaxed pace:host", mira, ana)
    await evening.passes(4)
    first, second = (one for one in evening.group.messages if one.poll)
    assert first.poll is not None
    await ana.votes(first, first.poll.options[0])
    assert ana.screen == quiz_words.OTHER_POLL
    assert (await evening.pressed()).answers == ()
    await ana.votes(second, first.poll.options[0])
    assert len((await evening.pressed()).answers) == 1


async def test_what_is_said_below_a_poll_comes_in_the_end_whatever_the_network_does(evening: Night) -> None:
    mira, ana = evening.persons("Mira", "Ana")
    await evening.starts(mira, "jobs questions:2 play:relaxed pace:host", mira, ana)
    poll, right, _ = open_poll(evening)
    evening.server.faults.plan(server_error(502), "stopPoll")
    evening.server.faults.plan(LostBefore(), "sendMessage")
    for player in (mira, ana):
        await player.votes(poll, right)
    await evening.passes(20)
    assert (evening.server.faults.hits["Answer"], evening.server.faults.hits["LostBefore"]) == (1, 1)
    below = [one for one in evening.group.messages if one.reply_to == poll.id]
    assert ["<b>Right</b> Mira, Ana" in one.shown() for one in below] == [True]


async def test_votes_for_a_skipped_question_do_not_look_as_if_they_counted(evening: Night) -> None:
    mira, ana = evening.persons("Mira", "Ana")
    await evening.starts(mira, "jobs questions:1 play:relaxed pace:host", mira, ana)
    poll, right, _ = open_poll(evening)
    await ana.votes(poll, right)
    await mira.says("/stopquiz", evening.group)
    await evening.passes(2)
    said = next(one for one in evening.group.messages if one.reply_to == poll.id)
    assert "This question does not count: it changes no score and no schedule." in said.text


async def test_no_poll_stays_open_when_backfill_was_away_too_long(evening: Night) -> None:
    mira, ana = evening.persons("Mira", "Ana")
    await evening.starts(mira, "jobs questions:2 play:relaxed", mira, ana)
    poll, _, _ = open_poll(evening)
    await evening.restart(16 * 60)
    await evening.passes(5)
    assert poll.poll is not None
    assert poll.poll.is_closed


async def test_polls_hide_their_results_and_stay_in_their_group(evening: Night) -> None:
    mira = evening.person("Mira")
    await evening.starts(mira, "jobs questions:1 play:relaxed", mira)
    (sent,) = evening.server.called("sendPoll")
    assert sent.params["hide_results_until_closes"] is True
    assert sent.params["protect_content"] is True
    assert open_poll(evening)[0].poll.question.startswith("1 of 1 · Jobs · 20 seconds\n")  # type: ignore[union-attr]


async def test_what_came_of_a_poll_is_said_once_over_restarts_and_deletions(evening: Night) -> None:
    mira, ana = evening.persons("Mira", "Ana")
    await evening.starts(mira, "jobs questions:2 play:relaxed pace:host", mira, ana)
    poll, right, wrong = open_poll(evening)
    for player in (mira, ana):
        await player.votes(poll, right)
    await evening.passes(4)
    await evening.restart(5)
    await evening.passes(4)
    assert len(evening.drawn(*SENDING)) == 3
    ana.write("/dispute which version?", evening.group, reply_to=evening.group.messages[-1])
    await evening.server.idle()
    await evening.passes(4)
    assert "See disputes" in [button["text"] for button in evening.group.messages[2].buttons]
    evening.server.faults.plan(LostAfter(), "stopPoll")
    await mira.says("/next", evening.group)
    await evening.passes(2)
    poll, right, wrong = open_poll(evening)
    mira.deletes(poll)
    for player in (mira, ana):
        player.vote(poll, wrong)
    await evening.server.idle()
    await evening.passes(4)
    assert "Nobody had it." in evening.group.messages[-1].text
    assert "2 of 2" in evening.group.messages[-1].text, "its poll is gone, so the whole question is shown"


async def test_a_poll_of_before_a_migration_still_counts_and_its_answer_comes_to_the_new_group(
    server: BotApiServer, tmp_path: Path, decks: Catalogue
) -> None:
    async with night(server, tmp_path, decks, basic=True) as evening:
        mira, ana, ben = evening.persons("Mira", "Ana", "Ben")
        await evening.starts(mira, "jobs questions:2 play:relaxed", ana, ben)
        poll, right, _ = open_poll(evening)
        await ana.votes(poll, right)
        evening.group = evening.group.becomes_supergroup(-1_000_000_000_777, mira)
        await server.idle()
        await ben.votes(poll, right)
        await evening.passes(5)
        assert len((await evening.pressed()).answers) == 2
        assert "<b>Right</b> Ana, Ben" in evening.group.screen
        await evening.passes(12)
        assert open_poll(evening)[0].poll.question.startswith("2 of 2")  # type: ignore[union-attr]


async def test_sixty_votes_in_a_second_count_and_stay_within_the_limits(evening: Night) -> None:
    sixty = evening.persons(*(f"Player {number}" for number in range(1, 61)))
    await evening.starts(sixty[0], "jobs questions:2 play:relaxed", *sixty)
    for _ in range(2):
        poll, right, wrong = open_poll(evening)
        for place, player in enumerate(sixty):
            player.vote(poll, wrong if place % 3 == 0 else right)
        await evening.server.idle(60)
        await evening.passes(14)
    pressed = await evening.pressed()
    assert (len(pressed.answers), sum(answer.right for answer in pressed.answers)) == (120, 80)
    assert len(evening.drawn(*SENDING)) == 6, "a lobby, two polls, what came of each, the results"
    assert all(len(one.messages) == 1 for one in sixty), "only what a first answer can do"


@pytest.mark.parametrize("forbidden", ["by the group's rights", "by Telegram itself"])
async def test_where_polls_are_forbidden_buttons_ask(evening: Night, forbidden: str) -> None:
    if forbidden == "by Telegram itself":
        refused = refusals.Refusal(403, "Forbidden: CHAT_SEND_POLLS_FORBIDDEN")
        evening.server.faults.plan(Answer(lambda: refused), "sendPoll")
    evening.group.chat.allows_polls = False
    mira = evening.person("Mira")
    await evening.starts(mira, "jobs questions:1 play:relaxed", mira)
    assert evening.group.messages[-1].poll is None
    await evening.answers(mira, right=True)
    assert len((await evening.pressed()).answers) == 1


async def test_a_vote_of_a_group_or_a_channel_is_nobodys(evening: Night) -> None:
    mira, ana = evening.persons("Mira", "Ana")
    await evening.starts(mira, "jobs questions:1 play:relaxed", mira, ana)
    poll, _, _ = open_poll(evening)
    assert poll.poll is not None
    channel = {"id": -1_000_000_000_777, "type": "channel", "title": "News"}
    ids = {"option_ids": [0], "option_persistent_ids": [poll.poll.persistent_id(0)]}
    evening.server.updates.put("poll_answer", {"poll_id": poll.poll.id, "voter_chat": channel} | ids)
    await ana.votes(poll)
    assert (await evening.pressed()).answers == ()
