"""Quiz nights with one, five and sixty players, as the channel and each player see them."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.core.ports import StoreError
from bot.core.quiz.actions import Board, Dispute, MyResult, Open, Pick, ShowHint, ShowSource, Void
from bot.core.quiz.model import Ending, Quiz, Stage
from bot.core.quiz.results import scores
from bot.core.servers import Hosts, Server
from tests.kept import assert_kept

from .facts import facts
from .learners import studies
from .world import EVERY, Night, Player

KEPT = Path(__file__).parent / "kept"
WEEK = 7 * 86_400


def assert_reads(night: Night, name: str) -> None:
    assert_kept(KEPT / f"{name}.txt", "\n".join(night.transcript).rstrip() + "\n")


async def assert_the_log_is_the_score(night: Night, quiz: Quiz) -> None:
    """What was told adds up from the rows alone."""
    pressed = await night.pressed(quiz.id)
    void = {past.number for past in quiz.past if past.void}
    for score in scores(quiz, pressed):
        mine = [answer for answer in pressed.answers if answer.seat == score.seat and answer.question not in void]
        assert (score.right, score.answered) == (sum(answer.right for answer in mine), len(mine))


async def test_a_whole_game_of_five(tmp_path: Path) -> None:
    """Kept: read it as somebody in the channel would."""
    async with Night(tmp_path) as night:
        mira, ana, ben, chidi, dana = five = night.players(["Mira", "Ana", "Ben", "Chidi", "Dana"])
        cards = [card.id for card in night.catalogue.cards_by_deck["txn-isolation"]]
        for place, player in enumerate(five):
            await studies(night, player.account, cards, days_ago=4 + 9 * place)
        await mira.starts("decks:txn-isolation questions:4 hints:on")
        for player in (ana, ben, chidi, dana):
            await player.presses("Join")
            await night.time.passes(0.4)
        await mira.presses("Options")
        await mira.presses("Preview questions", private=True)
        await mira.presses("Swap 2", private=True)
        await night.passes(30)
        await night.time.passes(2.9)
        await ana.answers(right=True, quiet=False)
        await night.time.passes(1.3)
        await ben.answers(right=False)
        await night.passes(3)
        await ben.answers(right=True, quiet=False)
        for player in (chidi, dana, mira):
            await night.time.passes(0.5)
            await player.answers(right=player is not chidi)
        await night.passes(3)
        await dana.does(ShowSource(night.here.quiz, 1))
        await dana.does(Dispute(night.here.quiz, 1, "which version?"))
        await night.passes(2)
        await mira.presses("See disputes")
        await mira.presses("Keep question 1", private=True)
        await night.passes(6)
        await night.restart(9)
        for place, player in enumerate(five):
            await night.time.passes(0.7)
            await player.answers(right=place < 2)
        await night.passes(12)
        for place, player in enumerate(five):
            await night.time.passes(0.7)
            await player.answers(right=place != 3)
        await night.passes(12)
        for player in (mira, ana):
            await player.answers(right=True)
        await night.passes(22)
        await chidi.answers(right=True, quiet=False)
        await night.passes(12)
        await mira.does(Void(night.here.quiz, 1))
        await night.time.rest()
        await ben.presses("My result")
        await ben.presses("Drill my misses", private=True)
        await night.passes(2)
        quiz = await night.quiz()
        assert (quiz.stage, quiz.ending) == (Stage.FINISHED, Ending.PLAYED)
        await assert_the_log_is_the_score(night, quiz)
        assert_reads(night, "five")


async def test_one_person_alone_plays_at_their_own_speed(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        ana = night.player("Ana")
        await ana.starts("scd-types questions:3")
        await ana.presses("Join")
        await ana.presses("Start now")
        for _ in range(3):
            await night.passes(1)
            await ana.answers(right=True)
            await night.passes(11)
        quiz = await night.quiz()
        assert quiz.ending is Ending.PLAYED
        assert "*3 questions, 1 player*" in night.here.screen
        assert "Hardest" not in night.here.screen
        assert_reads(night, "alone")


async def test_sixty_players_answer_within_a_second(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        sixty = night.players([f"Player {number}" for number in range(1, 61)])
        await sixty[0].starts("txn-isolation questions:3")
        for player in sixty:
            await player.does(_join(night.here.quiz))
        await night.time.passes(17)
        for asked in range(3):
            for place, player in enumerate(sixty):
                await night.time.passes(1 / 60)
                await player.answers(right=place % 3 != asked)
            await night.time.passes(14)
        quiz = await night.quiz()
        assert quiz.ending is Ending.PLAYED
        pressed = await night.pressed()
        assert len(pressed.answers) == 180
        await assert_the_log_is_the_score(night, quiz)
        assert "*1* Player 1, Player 2, Player 3" in night.here.screen
        assert "and 48 more 2" in night.here.screen
        await sixty[0].does(Board())
        assert "*Weakest topic here* Isolation levels and anomalies, 67% right" in " ".join(sixty[0].screen.split())
        _edits_are_rare(night)


def _join(quiz: str):
    from bot.core.quiz.actions import Join

    return Join(quiz)


def _edits_are_rare(night: Night) -> None:
    """No message is drawn more often than once in `EVERY` seconds, and a question is sent once."""
    last: dict[str, int] = {}
    for at, show in night.here.drawings:
        assert at - last.get(show.slot, -10_000) >= EVERY * 1000
        last[show.slot] = at
    sends = [show.slot for _, show in night.here.drawings if not show.message]
    assert len(sends) == len(set(sends))


async def test_a_second_press_names_the_answer_as_its_button_did(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        mira = night.player("Mira")
        await started(night, "txn-isolation questions:30 pace:none", [mira])
        said: dict[bool, str] = {}
        while len(said) < 2:
            quiz = await night.quiz()
            asked = quiz.question
            assert asked is not None
            labels = [button.label for row in night.here.show.reply.rows for button in row]
            await mira.answers(right=True)
            await mira.answers(right=False)
            named = mira.reply.toast.removeprefix("You locked in ").split(" after ")[0].strip("“”")
            assert named in labels
            said["A" in labels] = mira.reply.toast
            await night.time.passes(12)
        assert all(toast.endswith(" s. One answer each.") for toast in said.values())


async def test_the_first_answer_ever_is_explained_also_when_its_update_comes_twice(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        mira = night.player("Mira")
        await started(night, "txn-isolation questions:2", [mira])
        first = await mira.does(Pick(night.here.quiz, 1, 0), key="update 7")
        assert "/privacy explains." in mira.screen
        assert await mira.does(Pick(night.here.quiz, 1, 0), key="update 7") == first
        await night.time.passes(12)
        await mira.does(Pick(night.here.quiz, 2, 0))
        assert mira.reply.body == ()


async def test_a_dispute_after_the_end_is_shown_to_the_host_with_a_way_to_void(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        mira, ana = players = night.players(["Mira", "Ana"])
        await started(night, "txn-isolation questions:1", players)
        for player in players:
            await player.answers(right=player is mira)
        await night.time.passes(14)
        await ana.does(Dispute(night.here.quiz, 1, "which version?"))
        await night.time.passes(3)
        await mira.presses("See disputes")
        await mira.presses("Void question 1", private=True)
        await night.time.passes(3)
        assert "Mira 1" not in night.here.screen
        assert "[See disputes]" not in night.here.screen
        assert "Question 1 counts for nobody." in night.here.screen


async def test_a_quiz_counts_the_questions_that_there_are(tmp_path: Path) -> None:
    async with Night(tmp_path, {"facts": facts(0, 1, 2)}) as night:
        mira = night.player("Mira")
        await started(night, "facts questions:10", [mira])
        assert "*1 of 3*" in night.here.screen
        await mira.answers(right=True)
        await night.time.passes(12)
        await mira.answers(right=True)
        await night.time.passes(12)
        await mira.answers(right=True)
        await night.time.passes(1)
        assert "Results at" in night.here.screen
        await night.time.passes(12)
        assert (await night.quiz()).ending is Ending.PLAYED


async def test_how_hard_it_was_to_be_is_told_but_not_judged_where_many_never_met_it(tmp_path: Path) -> None:
    async with Night(tmp_path, {"facts": facts(0)}) as night:
        players = night.players([f"Player {number}" for number in range(8)])
        for player in players[:5]:
            await studies(night, player.account, list(night.catalogue.cards))
        await started(night, "facts questions:1", players)
        for place, player in enumerate(players):
            await player.answers(right=place < 5)
        await night.time.passes(2)
        assert "5 of the 5 who had met it were expected to know." in " ".join(night.here.screen.split())
        assert "than it looked" not in night.here.screen, "five of eight were right, and all who had met it"


async def test_a_press_after_the_close_is_explained_with_figures(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        mira, ana = night.players(["Mira", "Ana"])
        await mira.starts("decks:txn-isolation questions:2")
        await mira.presses("Start now")
        await night.passes(21)
        await ana.answers(right=True)
        assert ana.reply.toast == "The question closed 1.0 s earlier, so this one does not count."


async def test_a_restart_in_mid_question_starts_it_again_and_keeps_what_is_in(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        mira, ana, ben = night.players(["Mira", "Ana", "Ben"])
        await mira.starts("decks:txn-isolation questions:2")
        for player in (ana, ben):
            await player.presses("Join")
        await night.passes(16)
        await ana.answers(right=True)
        await night.restart(9)
        said = "Back after 9 seconds. Question 1 starts again; answers already in are kept."
        assert said in " ".join(night.here.screen.split())
        assert night.here.sends == 2, "the lobby and the question: its own message is edited"
        await ana.answers(right=False)
        assert ana.reply.toast.startswith("You locked in")
        await ben.answers(right=True)
        await night.passes(2)
        assert "*Right* Ana 1.0 s, Ben 0.0 s" in night.here.screen


async def test_after_a_long_absence_the_quiz_ends_with_what_there_was(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        mira = night.player("Mira")
        await mira.starts("txn-isolation")
        await mira.presses("Start now")
        await mira.answers(right=True)
        await night.restart(3600)
        await night.time.passes(1)
        assert "Backfill was away too long to go on. Scores stand as they were." in " ".join(night.here.screen.split())


async def test_two_channels_play_beside_each_other_and_one_channel_once(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        here, there = night.player("Mira"), night.player("Jo", channel="551")
        await here.starts("scd-types questions:2")
        await there.starts("sql-joins questions:2")
        await here.starts("dbt")
        assert here.reply.toast == "A quiz is being played here already. Join it, or wait for its end."
        await night.time.passes(16)
        assert {show.quiz for show in night.channels["551"].shows.values()} == {there.channel.quiz}
        assert there.channel.quiz != here.channel.quiz
        await there.does(_join(here.channel.quiz))
        assert there.reply.toast == "No quiz is open here. /quiz starts one.", "a button from another channel"


# --- ways to play ------------------------------------------------------------------------------------------------


async def started(night: Night, text: str, players: list[Player]) -> None:
    await players[0].starts(text)
    for player in players:
        await player.presses("Join")
    await night.time.passes(16)


async def test_where_only_the_first_right_answer_scores_it_closes_the_question(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        ana, ben, cleo = players = night.players(["Ana", "Ben", "Cleo"])
        await started(night, "txn-isolation questions:1 play:first", players)
        await ana.answers(right=False)
        await ben.answers(right=True)
        await cleo.answers(right=True)
        await night.passes(1)
        assert "*First* Ben" in night.here.screen
        await night.passes(12)
        assert "*1* Ben 1" in night.here.screen
        assert "Cleo" not in night.here.screen
        await ana.does(MyResult())
        assert "*0 of 1 right, first on 0, place 2 of 3.*" in ana.screen


async def test_hardcore_ends_when_nobody_is_left(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        ana, ben = players = night.players(["Ana", "Ben"])
        await started(night, "txn-isolation questions:10 play:hardcore", players)
        await ana.answers(right=True)
        await ben.answers(right=False)
        await night.passes(12)
        await ben.answers(right=True)
        assert ben.reply.toast.startswith("You are out of this one")
        await ana.answers(right=False)
        await night.passes(12)
        assert (await night.quiz()).ending is Ending.OUT


async def test_hardcore_names_whoever_went_out_also_without_an_answer(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        ana, ben, cleo = players = night.players(["Ana", "Ben", "Cleo"])
        await started(night, "txn-isolation questions:10 play:hardcore", players)
        await ana.answers(right=True)
        await ben.answers(right=False)
        await night.passes(21)
        assert "*Out* Ben, Cleo" in night.here.screen or "*Out* Cleo, Ben" in night.here.screen
        await night.passes(31)
        assert "Nobody answered.\n*Out* Ana" in night.here.screen
        await night.passes(12)
        await cleo.does(MyResult())
        assert cleo.reply.toast == "You answered nothing here that counts."
        dana = night.player("Dana")
        await dana.does(MyResult())
        assert dana.reply.toast == "You are not in this quiz."


async def test_a_score_limit_ends_the_quiz(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        (ana,) = players = [night.player("Ana")]
        await started(night, "txn-isolation questions:10 limit:2", players)
        for _ in range(2):
            await ana.answers(right=True)
            await night.passes(12)
        assert (await night.quiz()).ending is Ending.LIMIT


async def test_the_host_sets_the_pace_where_that_was_chosen(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        mira, ana, ben = players = night.players(["Mira", "Ana", "Ben"])
        await started(night, "txn-isolation questions:2 pace:host", players)
        await ana.answers(right=True)
        await night.passes(200)
        assert (await night.quiz()).stage is Stage.QUESTION, "it waits for the group to talk"
        await ana.presses("Next")
        assert ana.reply.toast == "Only whoever started the quiz and moderators can do that."
        await mira.presses("Next")
        await night.passes(300)
        assert (await night.quiz()).stage is Stage.CLOSED
        await mira.presses("Next")
        await night.passes(1)
        assert (await night.quiz()).question.number == 2  # type: ignore[union-attr]
        assert ben.reply.body == ()
        await night.passes(7200)
        assert (await night.quiz()).ending is Ending.STOPPED, "a host who went away does not block the channel"


async def test_a_pause_keeps_the_time_that_was_left(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        from bot.core.quiz.actions import Pause

        mira, ana = players = night.players(["Mira", "Ana"])
        await started(night, "txn-isolation questions:1", players)
        await night.time.passes(4)
        await mira.does(Pause())
        await night.passes(600)
        await ana.answers(right=True)
        assert ana.reply.toast == "The quiz is paused. Answers count again when it goes on."
        await mira.presses("Go on")
        await night.passes(14)
        assert (await night.quiz()).stage is Stage.QUESTION
        await ana.answers(right=True)
        assert abs((await night.pressed()).answers[0].took - 19_000) <= 2
        await night.passes(3)
        assert (await night.quiz()).stage is Stage.CLOSED


async def test_more_than_half_may_skip_a_question_and_it_counts_for_nothing(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        mira, ana, ben, cleo = night.players(["Mira", "Ana", "Ben", "Cleo"])
        await mira.starts("txn-isolation questions:2")
        for player in (ana, ben, cleo):
            await player.presses("Join")
        await night.time.passes(16)
        await ana.answers(right=True)
        await ben.presses("Skip")
        await night.passes(1)
        assert (await night.quiz()).stage is Stage.QUESTION
        await cleo.presses("Skip")
        await night.passes(3)
        quiz = await night.quiz()
        assert quiz.past[0].void
        assert scores(quiz, await night.pressed()) == ()


async def test_typed_answers_are_checked_as_in_the_drill_and_hidden_until_the_close(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        ana, ben = players = night.players(["Ana", "Ben"])
        await started(night, "sql-joins questions:1 answers:typed", players)
        quiz = await night.quiz()
        assert quiz.question is not None
        answer = getattr(quiz.question.card.answer, "text", "")
        await ana.types(f"  {answer.upper()} ")
        assert night.here.show.typed
        await ben.types("nonsense")
        await ben.types(answer)
        assert ben.reply.toast.startswith("You answered “nonsense”")
        before = len(night.here.drawings)
        assert all(answer not in str(show.crowd) for _, show in night.here.drawings[:before])
        await night.passes(2)
        assert "*Right* Ana" in night.here.screen
        assert answer in night.here.screen


async def test_relaxed_tells_no_times_and_no_places(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        ana, ben = players = night.players(["Ana", "Ben"])
        await started(night, "txn-isolation questions:1 play:relaxed", players)
        await night.time.passes(1)
        await ana.answers(right=True)
        await ben.answers(right=False)
        await night.passes(3)
        assert "*Right* Ana\n" in night.here.screen
        await night.passes(12)
        assert "*1* Ana" not in night.here.screen


async def test_a_hint_is_private_and_only_where_hints_are_on(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        mira = night.player("Mira")
        await started(night, "txn-isolation questions:30 hints:on", [mira])
        while "Hint" not in [button.label for row in night.here.show.reply.rows for button in row]:
            await mira.answers(right=True)
            await night.time.passes(12)
        await mira.presses("Hint")
        assert mira.reply.body
        await mira.does(ShowHint(night.here.quiz, 99))
        assert mira.reply.toast == "No question is open just now."


async def test_a_quiz_nobody_answers_ends_by_itself(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        await night.player("Mira").starts("txn-isolation questions:10")
        await night.passes(200)
        quiz = await night.quiz()
        assert (quiz.ending, len(quiz.past)) == (Ending.NOBODY, 3)
        assert "Nobody was there, so this ends here." in night.here.screen


async def test_whoever_may_not_host_is_told_so(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        server = Server(platform="discord", external="77", hosts=Hosts.MANAGERS)
        await night.quizzes._book.read(lambda turn, _: turn.servers().save(server))
        ana = night.player("Ana")
        await ana.does(Open(""))
        assert ana.reply.toast == "Here only some people may start a quiz. Ask a moderator."
        assert night.here.sends == 0


# --- afterwards --------------------------------------------------------------------------------------------------


async def test_what_went_wrong_last_week_and_right_now_is_turned_around(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        ana, ben = players = night.players(["Ana", "Ben"])
        await started(night, "txn-isolation questions:2", players)
        for _ in range(2):
            await ana.answers(right=False)
            await ben.answers(right=True)
            await night.time.passes(12)
        await night.time.passes(3 * 86_400)
        await ana.presses("Replay misses")
        await night.time.rest()
        for player in players:
            await player.presses("Join")
        await night.time.passes(16)
        for _ in range(2):
            for player in players:
                await player.answers(right=True)
            await night.time.passes(12)
        assert "*Turned around* Ana: 2 cards right now that went wrong last week" in " ".join(night.here.screen.split())
        await ana.does(MyResult())
        assert "Right now, and wrong last week:" in ana.screen
        assert "More than in any quiz before." not in ana.screen, "the first had none right"
        await ben.does(MyResult())
        assert "More than in any quiz before." not in ben.screen, "two, as before"
        await ben.does(Board())
        assert "*1* Ben, 4 of 4" in ben.screen
        assert "*2* Ana, 2 of 4" in ben.screen
        assert "*Turned around* Ana 2" in ben.screen
        assert "Weakest topic" not in ben.screen, "eight answers say too little"
        await ben.does(Board(back=1))
        assert "No quiz was finished here this week." in ben.screen


async def test_whoever_is_hidden_or_deleted_leaves_the_board(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        ana, ben = players = night.players(["Ana", "Ben"])
        await started(night, "txn-isolation questions:1", players)
        for player in players:
            await player.answers(right=True)
        await night.time.passes(14)
        await ana.does(Board())
        await ana.presses("Take me off", private=True)
        await ben.does(Board())
        assert "Ana" not in ben.screen
        await night.quizzes._book.read(lambda _turn, quizzes: quizzes.forget(ben.account))
        await ana.does(Board())
        assert "someone, 1 of 1" in ana.screen


# --- trouble -----------------------------------------------------------------------------------------------------


async def test_a_channel_that_is_gone_ends_its_quiz_and_keeps_the_results(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        (ana,) = players = [night.player("Ana")]
        await started(night, "txn-isolation questions:5", players)
        await ana.answers(right=True)
        night.here.gone = True
        await night.passes(20)
        quiz = await night.quiz()
        assert quiz.ending is Ending.GONE
        await assert_the_log_is_the_score(night, quiz)


async def test_a_drawing_that_fails_holds_nothing_up(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        (ana,) = players = [night.player("Ana")]
        await started(night, "txn-isolation questions:3", players)
        night.here.broken = 2
        for _ in range(3):
            await ana.answers(right=True)
            await night.time.passes(12)
        assert (await night.quiz()).ending is Ending.PLAYED
        assert "*3 questions, 1 player*" in night.here.screen


async def test_a_clock_that_fails_goes_on_when_it_can(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with Night(tmp_path) as night:
        (ana,) = players = [night.player("Ana")]
        await started(night, "txn-isolation questions:2", players)
        look, failed = night.quizzes.look, []

        async def fails(quiz: str):
            if len(failed) < 3:
                failed.append(quiz)
                raise StoreError("The disk is full.") if len(failed) % 2 else ValueError("a bug")
            return await look(quiz)

        monkeypatch.setattr(night.quizzes, "look", fails)
        await ana.answers(right=True)
        await night.time.passes(20)
        await ana.answers(right=True)
        await night.time.passes(20)
        assert len(failed) == 3
        assert (await night.quiz()).ending is Ending.PLAYED


async def test_a_deck_that_is_edited_in_mid_game_changes_no_open_question(tmp_path: Path) -> None:
    one = "---\ndeck: {}\ntitle: Facts\nabout: Facts.\nlevel: beginner\nsource: general\n---\n\n"
    note = "Q: What is fact {}?\nA: Answer {}\nnot: Wrong one\nnot: Wrong two\nnot: Wrong three\nid: f{}\n\n"
    text = one.format("facts") + "".join(note.format(n, n, n) for n in range(3))
    async with Night(tmp_path, {"facts": text}) as night:
        (ana,) = players = [night.player("Ana")]
        await started(night, "facts questions:3", players)
        front = night.here.screen.splitlines()[1]
        (tmp_path / "decks" / "facts.md").write_text(one.format("facts") + note.format(7, 7, 7) + "\n")
        assert night.library.refresh()
        await ana.answers(right=True)
        await night.passes(1)
        assert front in night.here.screen
        await night.passes(12)
        assert "What is fact 7?" in night.here.screen
        await ana.answers(right=True)
        await night.passes(14)
        assert (await night.quiz()).ending is Ending.PLAYED, "the rest of the deck is gone"


async def test_a_group_that_became_a_supergroup_plays_on(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        (ana,) = players = [night.player("Ana")]
        await started(night, "txn-isolation questions:2", players)
        quiz = night.here.quiz
        await night.quizzes.moved("discord", "550", "-100550")
        moved = night.player("Ana", channel="-100550")
        night.channels["-100550"] = night.here
        await moved.answers(right=True)
        await night.time.passes(12)
        await moved.answers(right=True)
        await night.time.passes(12)
        assert (await night.quiz(quiz)).ending is Ending.PLAYED
        await moved.does(Board())
        assert "*1* Ana, 2 of 2" in moved.screen
        await ana.does(Board())
        assert "No quiz was finished here this week." in ana.screen
