"""Who is told what of a quiz in a group: hosts, strangers, people behind a group's name, and people with odd names."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.core.quiz.model import Ending
from bot.telegram import quiz_words
from decks.model import Catalogue

from .backfill import catalogue
from .quiz_decks import TYPED, jobs
from .quiz_night import SENDING, Night, night
from .server import BotApiServer


@pytest.fixture(scope="module")
def decks(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    folder = tmp_path_factory.mktemp("decks")
    for name, text in (("anomalies", TYPED), ("jobs", jobs(12))):
        (folder / f"{name}.md").write_text(text)
    return catalogue(folder)


@pytest.fixture
async def evening(server: BotApiServer, tmp_path: Path, decks: Catalogue) -> AsyncIterator[Night]:
    async with night(server, tmp_path, decks) as made:
        yield made
    made.assert_within_limits()


# --- the host ----------------------------------------------------------------------------------------------------


async def test_a_host_is_told_of_a_dispute_in_private_once_a_question_and_decides_there(evening: Night) -> None:
    mira, ana, ben = evening.persons("Mira", "Ana", "Ben")
    await evening.starts(mira, "jobs questions:3", ana, ben)
    question = evening.group.messages[-1]
    for player in (ana, ben):
        await evening.answers(player, right=False)
    await evening.passes(4)
    for player, reason in ((ana, "which version?"), (ben, "me too"), (ana, "really")):
        player.write(f"/dispute {reason}", evening.group, reply_to=question)
        await evening.server.idle()
    assert len(mira.messages) == 1
    assert "Ana disputes question 1: “which version?”" in mira.screen
    await mira.presses("Void question 1")
    assert "Question 1 is void" in mira.screen
    assert (await evening.quiz()).past[0].void
    assert "which version?" not in evening.group.messages[-1].text


async def test_a_dispute_means_the_question_it_replies_to_also_of_an_older_quiz_after_a_restart(
    evening: Night,
) -> None:
    mira, ana = evening.persons("Mira", "Ana")
    await evening.starts(mira, "jobs questions:2", mira, ana)
    old, first = await evening.latest(), evening.group.messages[-1]
    for _ in range(2):
        for player in (mira, ana):
            await evening.answers(player, right=True)
        await evening.passes(14)
    await evening.starts(mira, "jobs questions:1", mira, ana)
    for player in (mira, ana):
        await evening.answers(player, right=True)
    await evening.passes(2)
    await evening.restart(5)
    ana.write("/dispute which version?", evening.group, reply_to=first)
    ana.write("hm", evening.group, reply_to=first)
    await evening.server.idle()
    assert [one.question for one in (await evening.pressed(old)).disputes] == [1]
    assert (await evening.pressed()).disputes == ()
    await evening.passes(20)


async def test_a_host_without_a_private_chat_finds_disputes_by_command(evening: Night) -> None:
    mira, ana = evening.person("Mira", known=False), evening.person("Ana")
    await evening.starts(mira, "jobs questions:1", ana)
    await evening.answers(ana, right=False)
    await evening.passes(20)
    await ana.says("/dispute 1 which version?", evening.group)
    assert evening.group.messages[-1].text == "Thank you. Whoever started the quiz can read it now."
    await evening.passes(60)
    await mira.says("/disputes", evening.group)
    assert evening.group.messages[-1].text == quiz_words.OPEN_PRIVATE
    await mira.says("/start group")
    await mira.says("/disputes", evening.group)
    assert "which version?" in mira.screen


async def test_an_admin_who_did_not_start_it_turns_the_weekly_board_off(evening: Night) -> None:
    mira, olga = evening.person("Mira"), evening.server.people[99]
    olga._open(olga.chat)
    await mira.says("/quiz jobs", evening.group)
    await olga.presses("Options", where=evening.group)
    await olga.presses("No weekly board")
    assert "No weekly board is posted here any more." in olga.screen


# --- behind another name -----------------------------------------------------------------------------------------


async def test_an_anonymous_admin_hosts_but_plays_under_their_own_name(evening: Night) -> None:
    olga, ana = evening.server.people[99], evening.person("Ana")
    group = evening.group.chat.as_json()
    olga.write("/quiz anomalies answers:typed questions:2", evening.group, named=group)
    await evening.server.idle()
    assert "An admin started this." in evening.group.screen
    ana.press("Join", where=evening.group)
    await evening.passes(16)
    question = evening.group.messages[-1]
    olga.write("phantom read", evening.group, reply_to=question, named=group)
    olga.write("/joinquiz", evening.group, named=group)
    olga.write("/quizoptions", evening.group, named=group)
    olga.write("/exportquiz", evening.group, named=group)
    await evening.server.idle()
    assert [one.text for one in evening.group.messages].count(quiz_words.NAMELESS) == 4
    pressed = await evening.pressed()
    assert (len(pressed.answers), len(pressed.joined)) == (0, 1)
    ana.write("/dispute 1 why", evening.group)
    olga.write("/pausequiz", evening.group, named=group)
    await evening.server.idle()
    await evening.passes(4)
    assert "The quiz is paused." in evening.group.screen
    await olga.presses("Go on", where=evening.group)
    olga.write("/stopquiz", evening.group, named=group)
    await evening.server.idle()
    await evening.passes(1)
    assert (await evening.quiz()).ending is Ending.STOPPED


async def test_nothing_is_started_or_answered_in_the_name_of_a_channel(evening: Night) -> None:
    mira, ana = evening.persons("Mira", "Ana")
    news = {"id": -1_000_000_000_777, "type": "channel", "title": "News"}
    ana.write("/quiz jobs", evening.group, named=news)
    await evening.server.idle()
    assert [one.text for one in evening.group.messages] == [quiz_words.NAMELESS]
    await evening.starts(mira, "anomalies answers:typed questions:1", mira)
    ana.write("phantom read", evening.group, reply_to=evening.group.messages[-1], named=news)
    await evening.server.idle()
    assert (await evening.pressed()).answers == ()


async def test_names_are_shown_as_they_are_and_change_nothing_else(evening: Night) -> None:
    odd = ("<b>Bold", "**Ana** `x`", "a_b*c[d](http://e.f)", "\u202edrawkcab", "&lt;", "x" * 64)
    people = evening.persons(*odd)
    await evening.starts(people[0], "jobs questions:1", *people)
    for player in people:
        await evening.answers(player, right=True)
    await evening.passes(14)
    shown = evening.group.messages[-2].text
    for name in ("<b>Bold", "**Ana** `x`", "a_b*c[d](http://e.f)", "drawkcab", "&lt;", "x" * 31):
        assert name in shown, name
    assert "\u202e" not in shown


# --- what needs no answer, and what does -------------------------------------------------------------------------


async def test_talk_below_a_question_is_let_be(evening: Night) -> None:
    mira, ana = evening.persons("Mira", "Ana")
    await evening.starts(mira, "jobs questions:1", mira, ana)
    question = evening.group.messages[-1]
    for player in (mira, ana):
        await evening.answers(player, right=True)
    await evening.passes(4)
    said, shown = len(evening.drawn(*SENDING)), ana.screen
    ana.write("that was an easy one", evening.group, reply_to=question)
    await evening.server.idle()
    await evening.passes(20)
    ana.write("good game", evening.group, reply_to=question)
    await evening.server.idle()
    assert len(evening.drawn(*SENDING)) == said + 1, "only the results"
    assert ana.screen == shown


async def test_whoever_joins_in_mid_game_is_told_so(evening: Night) -> None:
    mira, ana = evening.persons("Mira", "Ana")
    await evening.starts(mira, "jobs questions:2", mira)
    await ana.says("/joinquiz", evening.group)
    assert evening.group.messages[-1].text == quiz_words.JOINED
    assert len((await evening.pressed()).joined) == 2


async def test_what_a_link_leads_to_is_said_once(evening: Night) -> None:
    mira, zoe = evening.person("Mira"), evening.person("Zoe", known=False)
    await evening.starts(mira, "jobs questions:1", zoe)
    await evening.answers(zoe, right=False)
    await evening.passes(14)
    await zoe.presses("Drill my misses", where=evening.group)
    await zoe.follows()
    assert zoe.screen.count("These cards are in your drill already; they come first now.") == 1
    await zoe.says(f"/start q_e_{await evening.latest()}")
    assert zoe.messages[-1].text == "That quiz is over."


async def test_a_command_may_go_on_in_its_next_line(evening: Night) -> None:
    mira = evening.person("Mira")
    await mira.says("/quiz\njobs\nquestions:3", evening.group)
    assert "3 questions" in evening.group.screen


async def test_the_general_topic_has_a_quiz_of_its_own(server: BotApiServer, tmp_path: Path, decks: Catalogue) -> None:
    async with night(server, tmp_path, decks, "SQL") as forum:
        mira, ana = forum.persons("Mira", "Ana")
        mira.write("/quiz jobs questions:1", forum.group)
        ana.write("/quiz jobs questions:1", forum.group, thread=2)
        await server.idle()
        await forum.passes(16)
        general = [message for message in forum.group.messages if message.thread is None]
        assert ["1 of 1" in general[-1].text, "1 of 1" in forum.group.topic(2)[-1].text] == [True, True]
        ana.write("hm", forum.group, reply_to=general[-1])
        forum.tap(ana, 0, general[-1])
        await server.idle()
        await forum.passes(4)
        assert "<b>In (1)</b> Ana" in general[-1].shown()
        assert "Ana" not in forum.group.topic(2)[-1].text
        await forum.passes(40)
