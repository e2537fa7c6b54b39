"""Quiz nights in Telegram groups with one, five and sixty players, as the group and each player see them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast

import pytest

from bot.core.model import Account
from bot.core.quiz.model import Ending, Stage
from bot.telegram import quiz_words
from decks.model import Catalogue
from tests.quiz.learners import evidence, studies

from .backfill import catalogue
from .quiz_decks import LEVELS, TYPED, jobs
from .quiz_night import SENDING, Night, night, points, shown_points
from .server import BotApiServer, shuffled
from .spec import assert_in_spec
from .transcript import assert_kept


@pytest.fixture(scope="module")
def decks(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    folder = tmp_path_factory.mktemp("decks")
    for name, text in (("levels", LEVELS), ("anomalies", TYPED), ("jobs", jobs(12))):
        (folder / f"{name}.md").write_text(text)
    return catalogue(folder)


@pytest.fixture
async def evening(server: BotApiServer, tmp_path: Path, decks: Catalogue) -> AsyncIterator[Night]:
    async with night(server, tmp_path, decks) as made:
        yield made
    made.assert_within_limits()


async def test_a_whole_game_of_five(evening: Night) -> None:
    mira, ana, ben, chidi, dana = evening.persons("Mira", "Ana", "Ben", "Chidi", "Dana")
    await mira.says("/quiz levels questions:3 hints:on", evening.group)
    for player in (ana, ben, chidi):
        await player.presses("Join", where=evening.group)
        await evening.passes(1)
    await evening.passes(15)
    await evening.answers(ana, right=True)
    await evening.passes(1.3)
    await evening.answers(ben, right=False)
    await evening.passes(1)
    await evening.answers(ben, right=True)
    await evening.passes(31)
    for player in (ana, ben, chidi):
        await evening.answers(player, right=True)
    await evening.answers(dana, right=False)
    await evening.passes(44)
    quiz = await evening.quiz()
    assert (quiz.stage, quiz.ending) == (Stage.FINISHED, Ending.PLAYED)
    await ben.presses("My result", where=evening.group)
    assert_kept("quiz-of-five", evening.group.chat.story)
    assert_kept("quiz-of-five-ben", ben.chat.story)
    assert len(evening.drawn(*SENDING)) == 5, "a lobby, three questions, the results"
    assert_in_spec(evening.server)


async def test_alone_one_plays_as_well(evening: Night) -> None:
    mira = evening.person("Mira")
    await evening.starts(mira, "jobs questions:2", mira)
    await evening.answers(mira, right=True)
    await evening.passes(11)
    await evening.answers(mira, right=False)
    await evening.passes(12)
    assert "1 player" in evening.group.messages[-1].text
    assert (await evening.quiz()).ending is Ending.PLAYED


async def test_sixty_players_answer_within_a_second(evening: Night) -> None:
    sixty = evening.persons(*(f"Player {number}" for number in range(1, 61)))
    cards = [card.id for card in evening.made.decks.cards_by_deck["jobs"]]
    await studies(cast("Any", evening), Account("telegram", str(sixty[0].id)), cards)
    await evening.starts(sixty[0], "jobs questions:3", *sixty)
    wrong = []
    for asked in range(3):
        question = await evening.asked()
        wrong += [question.card.id] * (asked == 0)
        for place, player in enumerate(sixty):
            await evening.answer(player, right=place % 3 != asked)
            evening.made.clock.forward(16)
        await evening.passes(14)
    quiz, pressed = await evening.quiz(), await evening.pressed()
    assert quiz.ending is Ending.PLAYED
    assert len(pressed.answers) == 180
    assert points(quiz, pressed) == shown_points(quiz, pressed)
    assert set(points(quiz, pressed).values()) == {2}
    assert evening.drawn(*SENDING) == sorted(evening.drawn(*SENDING))
    assert len(evening.drawn(*SENDING)) == 5, "a lobby, three questions, the results"
    assert len(await evidence(cast("Any", evening), Account("telegram", "1"), wrong[0])) == 1
    assert_in_spec(evening.server)


async def test_two_hundred_presses_in_a_second_are_all_answered_and_one_each_counts(evening: Night) -> None:
    forty = evening.persons(*(f"Player {number}" for number in range(1, 41)))
    await evening.starts(forty[0], "jobs questions:1", *forty)
    for _ in range(5):
        for player in forty:
            await evening.answer(player, right=True)
    await evening.server.idle(60)
    await evening.passes(2)
    assert len((await evening.pressed()).answers) == 40
    assert sum("One answer each" in toast or "closed" in toast for one in forty for toast in one.toasts) == 160
    assert len(evening.server.called("getChatAdministrators")) == 0, "rights are asked for where they matter only"


async def test_a_restart_in_mid_question_starts_it_again_and_keeps_what_is_in(evening: Night) -> None:
    mira, ana, ben = evening.persons("Mira", "Ana", "Ben")
    await evening.starts(mira, "jobs questions:2", ana, ben)
    await evening.answers(ana, right=True)
    await evening.restart(9)
    assert "Back after 9 seconds. Question 1 starts again; answers already in are kept." in evening.group.screen
    assert len(evening.drawn(*SENDING)) == 2, "the lobby and the question: its own message is edited"
    await evening.answers(ana, right=False)
    assert ana.toasts[-1].startswith("You locked in")
    await evening.answers(ben, right=True)
    await evening.passes(4)
    assert "<b>Right</b> Ana" in evening.group.screen
    assert len((await evening.pressed()).answers) == 2


async def test_repeated_and_reordered_updates_count_once(evening: Night) -> None:
    mira, ana, ben, chidi = evening.persons("Mira", "Ana", "Ben", "Chidi")
    await evening.starts(mira, "jobs questions:1", ana, ben, chidi)
    shuffle = shuffled(8)
    evening.server.updates.arrange = lambda updates: shuffle(updates * 2)
    for player in (ana, ben, chidi):
        await evening.answer(player, right=player is not ben)
    await evening.server.idle()
    assert len(evening.server.updates.again(3)) == 3
    await evening.server.idle()
    evening.server.updates.arrange = list
    await evening.passes(12)
    assert len((await evening.pressed()).answers) == 3
    assert "1 of 1" in evening.group.screen
    assert len(evening.drawn(*SENDING)) == 3


async def test_each_topic_plays_its_own_quiz(server: BotApiServer, tmp_path: Path, decks: Catalogue) -> None:
    async with night(server, tmp_path, decks, "SQL", "Spark") as forum:
        mira, ana = forum.persons("Mira", "Ana")
        mira.write("/quiz jobs questions:1", forum.group, thread=2)
        ana.write("/quiz levels questions:1", forum.group, thread=3)
        ana.write("/quiz jobs questions:1", forum.group, thread=2)
        await server.idle()
        refused = [one for one in forum.group.topic(2) if "A quiz is being played here already." in one.text]
        assert len(refused) == 1
        await forum.passes(16)
        sql, spark = forum.group.topic(2)[-1], forum.group.topic(3)[-1]
        assert ("Jobs" in sql.text, "Isolation levels" in spark.text) == (True, True)
        forum.tap(mira, 0, sql)
        forum.tap(ana, 0, spark)
        await server.idle()
        assert "Mira" not in spark.text
        mira.write("/stopquiz", forum.group, thread=2)
        await server.idle()
        await forum.passes(1)
        assert "Stopped here." in forum.group.topic(2)[-1].text
        assert "Closes" in forum.group.topic(3)[-1].text
        await forum.passes(25)
        forum.assert_within_limits()


async def test_only_the_starter_and_admins_change_a_quiz(evening: Night) -> None:
    mira, ana = evening.persons("Mira", "Ana")
    olga = evening.server.people[99]
    await evening.starts(mira, "jobs questions:3", ana)
    await ana.says("/stopquiz", evening.group)
    assert "Only whoever started the quiz and moderators can do that." in evening.group.screen
    await ana.says("/next", evening.group)
    await olga.says("/pausequiz", evening.group)
    await evening.passes(4)
    assert "The quiz is paused." in evening.group.screen
    await olga.presses("Go on", where=evening.group)
    await mira.says("/quiz stop", evening.group)
    await evening.passes(1)
    assert (await evening.quiz()).ending is Ending.STOPPED
    assert len(evening.server.called("getChatAdministrators")) == 1, "known for a minute"


async def test_whoever_never_wrote_to_the_bot_is_led_to_it_and_finds_the_answer_there(evening: Night) -> None:
    mira, ana = evening.person("Mira"), evening.person("Ana", known=False)
    await evening.starts(mira, "jobs questions:1", ana)
    await evening.answers(ana, right=False)
    assert ana.toasts == [
        "Locked in. Quiz answers can also change your own drill, for cards you already study. "
        "/quiz separate keeps them apart."
    ]
    await evening.passes(11)
    await ana.presses("My result", where=evening.group)
    assert "?start=q_m_" in ana.led_to
    await ana.follows()
    assert "0 of 1 right" in ana.screen
    await ana.presses("Drill my misses")
    assert "1 card is now in your drill" in ana.screen
    await ana.says("/quiz separate", evening.group)
    assert "Quiz answers stay out of your drill" in ana.screen


async def test_a_host_changes_options_in_private_and_the_lobby_follows(evening: Night) -> None:
    mira = evening.person("Mira")
    await mira.says("/quiz jobs", evening.group)
    await mira.presses("Options", where=evening.group)
    await mira.presses("5 questions")
    await mira.presses("40 s")
    await evening.passes(4)
    assert "5 questions, 40 seconds each" in evening.group.messages[-1].text
    assert len(mira.messages) == 1, "the options are redrawn in place"


# --- answers in text ---------------------------------------------------------------------------------------------


async def test_typed_questions_are_answered_by_replies(evening: Night) -> None:
    mira, ana, ben = evening.persons("Mira", "Ana", "Ben")
    await evening.starts(mira, "anomalies answers:typed questions:2", ana, ben)
    first = evening.group.messages[-1]
    assert "Reply to this message with your answer." in first.text
    answer = (await evening.asked()).card.answer.text  # type: ignore[union-attr]
    ana.write(answer, evening.group, reply_to=first)
    ben.write("no idea", evening.group, reply_to=first)
    ana.write("just talking", evening.group)
    ben.write("nice", evening.group, reply_to=evening.group.messages[0])
    await evening.server.idle()
    assert len((await evening.pressed()).answers) == 2
    await evening.passes(11)
    assert "<b>Right</b> Ana" in evening.group.screen
    ben.write(answer, evening.group, reply_to=first)
    await evening.server.idle()
    assert "That question is closed. Another one is open now." in ben.screen
    assert len((await evening.pressed()).answers) == 2, "an answer to the first is none to the second"
    second = evening.group.messages[-1]
    await evening.restart(2)
    ben.write("phantom", evening.group, reply_to=second)
    await evening.server.idle()
    assert len((await evening.pressed()).answers) == 3, "a start knows which message asks what"


async def test_an_edited_reply_answers_nothing(evening: Night) -> None:
    mira, ana = evening.persons("Mira", "Ana")
    await evening.starts(mira, "anomalies answers:typed questions:1", mira, ana)
    said = ana.write("no idea", evening.group, reply_to=evening.group.messages[-1])
    await evening.server.idle()
    await ana.edits(said, "dirty read")
    assert [answer.given for answer in (await evening.pressed()).answers] == ["no idea"]


async def test_a_dispute_is_a_reply_with_a_command_and_a_void_question_counts_for_nobody(evening: Night) -> None:
    mira, ana = evening.persons("Mira", "Ana")
    await evening.starts(mira, "jobs questions:2", ana)
    question = evening.group.messages[-1]
    await evening.answers(ana, right=False)
    await evening.passes(2)
    await ana.presses("Dispute", on=question)
    assert ana.toasts[-1] == "Reply to the question with /dispute and a few words, like: /dispute which version?"
    ana.write("/dispute which version?", evening.group, reply_to=question)
    await evening.server.idle()
    assert "Thank you. Whoever started the quiz can read it now." in evening.group.screen
    await mira.says("/quiz disputes", evening.group)
    assert "which version?" in mira.screen
    await mira.presses(next(label for label in mira.buttons if label.startswith("Void")))
    assert (await evening.quiz()).past[0].void


# --- commands ----------------------------------------------------------------------------------------------------


async def test_a_saved_quiz_its_board_and_its_table(evening: Night) -> None:
    mira, ana = evening.persons("Mira", "Ana")
    await evening.starts(mira, "jobs questions:1", ana)
    await evening.answers(ana, right=True)
    await evening.passes(13)
    await ana.says("/exportquiz", evening.group)
    assert evening.server.called("sendDocument") == []
    await mira.says("/exportquiz", evening.group)
    assert len(evening.server.called("sendDocument")) == 1
    (upload,) = evening.server.uploads.values()
    assert upload.filename.startswith("quiz-")
    assert upload.content.startswith(b"\xef\xbb\xbfquestion,"), (
        "spreadsheets take a file without the mark for another code"
    )
    assert b"Ana" in upload.content
    await mira.says("/savequiz Monday", evening.group)
    await mira.says("/savedquizzes", evening.group)
    assert "monday: 1 question" in evening.group.screen
    await evening.passes(60)
    await ana.says("/leaderboard", evening.group)
    assert "<b>1</b> Ana, 1 of 1" in evening.group.screen
    await ana.says("/leaderboard hide", evening.group)
    assert "You are off the leaderboards" in evening.group.screen


async def test_only_admins_schedule_and_the_quiz_starts_by_itself(evening: Night) -> None:
    mira, olga = evening.person("Mira"), evening.server.people[99]
    await mira.says("/schedulequiz weekdays 18:00 jobs questions:1", evening.group)
    assert "Only moderators schedule quizzes." in evening.group.screen
    await olga.says("/schedulequiz weekdays 18:00 zone:UTC jobs questions:1", evening.group)
    assert "weekdays 18:00, UTC" in evening.group.screen
    await evening.passes(20 * 60)
    assert "1 question, 20 seconds each" in evening.group.screen
    assert "<b>Quiz</b>" in evening.group.screen


async def test_a_planned_quiz_with_nothing_to_ask_says_so_in_the_group(evening: Night) -> None:
    olga = evening.server.people[99]
    await olga.says("/schedulequiz weekdays 18:00 zone:UTC jobs order:missed-here", evening.group)
    await evening.passes(20 * 60)
    assert evening.group.messages[-1].text.startswith(
        "The quiz planned for now did not start. Nothing of this was missed"
    )


async def test_help_is_said_in_the_group_and_the_drill_is_pointed_to(evening: Night) -> None:
    mira = evening.person("Mira")
    await mira.says("/help", evening.group)
    assert "/quiz starts one" in evening.group.messages[-1].text
    await mira.says("/drill", evening.group)
    assert evening.group.messages[-1].buttons[0]["url"] == "https://t.me/backfill_bot?start=group"
    await mira.says("/weather", evening.group)
    evening.server.updates.put("message", mira.write("/quiz@other_bot", evening.group).as_json())
    await evening.server.idle()
    assert len(evening.group.messages) == 2, "another bot's commands are another bot's"


async def test_in_private_a_quiz_is_explained_with_the_way_to_a_group(evening: Night) -> None:
    mira = evening.person("Mira")
    await mira.says("/quiz jobs")
    assert "Quizzes are played in groups." in mira.screen
    assert mira.messages[-1].buttons[0]["url"] == "https://t.me/backfill_bot?startgroup=quiz"
    await mira.says("/start@backfill_bot quiz", evening.group)
    assert "Send /quiz and the first one starts." in evening.group.screen


async def test_an_unknown_deck_is_named_in_the_group(evening: Night) -> None:
    await evening.person("Mira").says("/quiz atlantis", evening.group)
    assert "atlantis" in evening.group.messages[-1].text
    assert evening.group.messages[-1].reply_to == 1


async def test_the_menu_of_groups_is_their_own(evening: Night) -> None:
    await evening.server.idle()
    menus = {key: value for key, value in evening.server.profile.items() if key.startswith("commands")}
    groups = next(value for key, value in menus.items() if "all_group_chats" in key)
    assert tuple((entry["command"], entry["description"]) for entry in groups) == quiz_words.COMMANDS
