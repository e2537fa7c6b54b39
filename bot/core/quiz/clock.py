"""What time alone does to a quiz: the moves that are due, and what an absence of Backfill means. Pure.

Rules kept here:
- A question closes when its time is up, when everybody who was in before it opened has answered, when more than half
  voted to skip it, or with the first right answer where only that one scores.
- Presses on their way at the deadline still count: the question closes `GRACE` later, and says so to nobody.
- A quiz that nobody plays ends by itself.
- No deadline lies further ahead than its stage is long: where one does the clock was set back, and the stage starts
  again. A move that is far too late was not made because Backfill was away or the clock was set forward, which look
  the same, as does a machine that slept: `wake` says what an absence means.
"""

from __future__ import annotations

from bot.core.quiz.desk import QuizDesk, QuizOutcome
from bot.core.quiz.fold import Pressed
from bot.core.quiz.model import Ending, Question, Quiz, Stage
from bot.core.quiz.moves import IDLE, SECOND, SET_BACK, Moved, ask, close, come_back, finish, longest
from bot.core.quiz.options import Play
from bot.core.quiz.results import leader

GRACE = 300  # ms between a question's deadline and its closing
UNANSWERED = 3  # questions in a row after which nobody is taken to be there
LONG_LOBBY = 60 * SECOND  # a lobby that opened by itself: without anybody in it nobody is there
LATE = 60 * SECOND  # of a move; a store that failed for less than that has only held it up
TOO_LONG = 15 * 60 * SECOND  # of absence: whoever played has gone


def due_at(quiz: Quiz) -> int:
    """When the clock has something to do (ms); 0: not before somebody presses."""
    if not quiz.is_open:
        return 0
    if quiz.paused_at:
        return quiz.paused_at + IDLE
    return quiz.deadline + GRACE if quiz.stage is Stage.QUESTION else quiz.deadline


def tick(desk: QuizDesk) -> QuizOutcome:
    """Make the moves that are due, one question at most."""
    quiz = desk.quiz
    if quiz is None or not quiz.is_open:
        return QuizOutcome()
    if quiz.paused_at:
        return _said(finish(Moved(quiz), Ending.STOPPED, desk.now)) if desk.now >= due_at(quiz) else QuizOutcome()
    if quiz.deadline - desk.now > longest(quiz) + SET_BACK:
        return _said(come_back(quiz, 0, desk.now))
    if (late := desk.now - due_at(quiz)) > LATE:
        return wake(desk, late)
    if quiz.stage is Stage.QUESTION and (ends := _ends(desk)):
        return _said(close(Moved(quiz), desk.pressed, desk.now, skipped=ends == "skip"))
    if quiz.stage is not Stage.QUESTION and desk.now >= due_at(quiz):
        if quiz.stage is Stage.CLOSED and quiz.options.host_paced:
            return _said(finish(Moved(quiz), Ending.STOPPED, desk.now))
        return go_on(desk)
    return QuizOutcome()


def go_on(desk: QuizDesk) -> QuizOutcome:
    """From the lobby or an answer to the next question, or to the end."""
    quiz = desk.quiz
    assert quiz is not None  # noqa: S101 - whoever goes on has a quiz
    if (ending := _over(quiz, desk.pressed)) is not None:
        return _said(finish(Moved(quiz), ending, desk.now))
    if desk.upcoming is None:
        return QuizOutcome(wanting=True)
    asked = {*quiz.asked, *quiz.barred}
    upcoming = [one for one in desk.upcoming if one.card.id not in asked]
    if not upcoming:
        ending = Ending.PLAYED if quiz.past else Ending.NO_CARDS
        return _said(finish(Moved(quiz), ending, desk.now))
    return _said(ask(Moved(quiz), upcoming[0], desk.pressed, desk.now, left=len(upcoming)))


def wake(desk: QuizDesk, away: int) -> QuizOutcome:
    """After an absence: go on where it stood, or end it if that was long ago."""
    quiz = desk.quiz
    if quiz is None or not quiz.is_open:
        return QuizOutcome()
    if away > TOO_LONG and not quiz.paused_at:
        return _said(finish(Moved(quiz), Ending.AWAY, desk.now))
    return QuizOutcome() if quiz.paused_at else _said(come_back(quiz, away, desk.now))


def _ends(desk: QuizDesk) -> str:
    """Why the open question closes now: "time", "all", "first", "skip"; empty: not yet."""
    quiz, pressed = desk.quiz, desk.pressed
    assert quiz is not None  # noqa: S101
    question = quiz.question
    assert question is not None  # noqa: S101
    if _skipped(quiz, question, pressed):
        return "skip"
    if desk.now >= due_at(quiz):
        return "time"
    answers = pressed.to(question.number)
    if quiz.options.play is Play.FIRST and any(answer.right for answer in answers):
        return "first"
    there = pressed.there(quiz, question)
    return "all" if there and there <= {answer.seat for answer in answers} else ""


def _skipped(quiz: Quiz, question: Question, pressed: Pressed) -> bool:
    votes = {seat for number, seat in pressed.skips if number == question.number}
    playing = pressed.playing(quiz)
    return bool(votes) and 2 * len(votes & set(playing)) > len(playing)


def _over(quiz: Quiz, pressed: Pressed) -> Ending | None:
    options = quiz.options
    if len(quiz.past) >= options.questions:
        return Ending.PLAYED
    if (
        quiz.stage is Stage.LOBBY
        and quiz.deadline - quiz.held - quiz.opened_at > LONG_LOBBY
        and not pressed.playing(quiz)
    ):
        return Ending.NOBODY
    if options.score_limit and leader(quiz, pressed) >= options.score_limit:
        return Ending.LIMIT
    if options.play is Play.HARDCORE and quiz.past and quiz.out and not pressed.playing(quiz):
        return Ending.OUT
    answered = {answer.question for answer in pressed.answers}
    last = [past.number for past in quiz.past if not past.void][-UNANSWERED:]
    if not options.host_paced and len(last) == UNANSWERED and not answered & set(last):
        return Ending.NOBODY
    return None


def _said(moved: Moved) -> QuizOutcome:
    return QuizOutcome(quiz=moved.quiz, rows=moved.rows)
