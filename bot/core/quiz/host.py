"""What the host and moderators do: start, go on, pause, stop, options, preview, swap, void. Pure.

Each is a move, made under the quiz's lock. A press that comes too late for what it meant changes nothing.
"""

from __future__ import annotations

from typing import assert_never

from bot.core.model import TutorError
from bot.core.quiz import moves, private, words
from bot.core.quiz.actions import (
    Next,
    Pause,
    Preview,
    SetOption,
    ShowDisputes,
    ShowOptions,
    Skip,
    StartNow,
    Stop,
    Swap,
    Unpause,
    Uphold,
    Void,
)
from bot.core.quiz.clock import go_on
from bot.core.quiz.command import with_option
from bot.core.quiz.desk import SILENT, QuizDesk, QuizOutcome
from bot.core.quiz.model import Ending, Quiz, Stage
from bot.core.quiz.moves import Moved
from bot.core.quiz.press import open_quiz, told
from bot.core.quiz.results import open_disputes
from bot.core.quiz.source import titles
from bot.core.reply import Reply
from decks.model import Catalogue

HostAction = (
    StartNow
    | Next
    | Pause
    | Unpause
    | Stop
    | SetOption
    | ShowOptions
    | Preview
    | Swap
    | ShowDisputes
    | Void
    | Uphold
    | Skip
)


def host(desk: QuizDesk, action: HostAction, catalogue: Catalogue) -> QuizOutcome:
    """The moves a host's action makes. TutorError: nothing changed."""
    quiz = desk.quiz if isinstance(action, Void | Uphold | ShowDisputes) and desk.quiz else open_quiz(desk)
    if not desk.host:
        raise TutorError(words.NOT_HOST)
    match action:
        case StartNow():
            return _start(desk, quiz)
        case Next(question=number, ask=ask):
            return _next(desk, quiz, number, ask)
        case Skip(question=number):
            return _skip(desk, quiz, number)
        case Pause():
            return QuizOutcome() if quiz.paused_at else _moved(moves.pause(quiz, desk.now))
        case Unpause():
            if not quiz.paused_at:
                raise TutorError(words.NOT_PAUSED)
            return _moved(moves.unpause(quiz, desk.now))
        case Stop():
            return _moved(moves.finish(Moved(quiz), Ending.STOPPED, desk.now))
        case ShowOptions():
            return _options(desk, Moved(quiz), catalogue)
        case SetOption(name=name, value=value):
            return _set(desk, quiz, name, value, catalogue)
        case Preview():
            return _plan(desk, quiz, 0)
        case Swap(question=number):
            return _plan(desk, quiz, number)
        case ShowDisputes():
            return QuizOutcome(reply=private.disputes(quiz, desk.pressed, desk.players))
        case Void(question=number):
            return _void(desk, quiz, number)
        case Uphold(question=number):
            return _uphold(desk, quiz, number)
        case _:
            assert_never(action)


def _start(desk: QuizDesk, quiz: Quiz) -> QuizOutcome:
    if quiz.stage is not Stage.LOBBY:
        return QuizOutcome()
    if quiz.paused_at:
        raise TutorError(words.PAUSED)
    return go_on(desk)


def _next(desk: QuizDesk, quiz: Quiz, number: int, ask: bool) -> QuizOutcome:
    """Close the open question, or ask the next one: whichever the button that was pressed spoke of, and not both."""
    if quiz.paused_at:
        raise TutorError(words.PAUSED)
    is_open = quiz.stage is Stage.QUESTION
    if number and (number != len(quiz.asked) or ask is is_open):
        return QuizOutcome()
    return _moved(moves.close(Moved(quiz), desk.pressed, desk.now)) if is_open else go_on(desk)


def _skip(desk: QuizDesk, quiz: Quiz, number: int) -> QuizOutcome:
    question = quiz.question
    if quiz.stage is not Stage.QUESTION or question is None or number not in (0, question.number):
        raise TutorError(words.NOT_OPEN)
    if quiz.paused_at:
        raise TutorError(words.PAUSED)
    return _told(moves.close(Moved(quiz), desk.pressed, desk.now, skipped=True), told(words.SKIPPING))


def _set(desk: QuizDesk, quiz: Quiz, name: str, value: str, catalogue: Catalogue) -> QuizOutcome:
    if quiz.stage is not Stage.LOBBY:
        raise TutorError(words.STARTED)
    changed = with_option(quiz.options, name, value, catalogue)
    return _options(desk, moves.change(quiz, changed, desk.now), catalogue)


def _options(desk: QuizDesk, moved: Moved, catalogue: Catalogue) -> QuizOutcome:
    """The options as they are now; the lobby waits for whoever looks at them."""
    if moved.quiz.stage is not Stage.LOBBY:
        raise TutorError(words.STARTED)
    held = moves.hold(moved, desk.now)
    named = titles(held.quiz.options.source, catalogue)
    return _told(held, private.options(held.quiz, named, posts_board=desk.posts_board))


def _plan(desk: QuizDesk, quiz: Quiz, swapped: int) -> QuizOutcome:
    """Fix what comes next and show it; with another card for the question that is swapped, 0 being none."""
    if desk.upcoming is None:
        return QuizOutcome(wanting=True)
    left = quiz.options.questions - len(quiz.asked)
    cards = {one.card.id: one.card for one in desk.upcoming if one.card.id not in quiz.asked}
    planned = [card for card in quiz.plan if card in cards]
    barred = list(quiz.barred)
    if swapped:
        place = swapped - len(quiz.asked) - 1
        if place < 0:
            raise TutorError(words.ASKED)
        fresh = next((card for card in cards if card not in planned and card not in barred), "")
        if not fresh or place >= len(planned):
            raise TutorError(words.NO_OTHER)
        barred.append(planned[place])
        planned[place] = fresh
    planned += [card for card in cards if card not in planned and card not in barred]
    moved = moves.plan(quiz, planned[:left], barred, desk.now)
    if moved.quiz.plan == quiz.plan and moved.quiz.barred == quiz.barred:
        moved = Moved(quiz)
    held = moves.hold(moved, desk.now)
    return _told(held, private.preview(held.quiz, [cards[card] for card in planned[:left]]))


def _void(desk: QuizDesk, quiz: Quiz, number: int) -> QuizOutcome:
    past = next((past for past in quiz.past if past.number == number), None)
    if past is None:
        raise TutorError(words.NO_SUCH_QUESTION)
    moved = Moved(quiz) if past.void else moves.void(quiz, number, desk.now)
    return _decided(desk, moved, words.voided(number))


def _uphold(desk: QuizDesk, quiz: Quiz, number: int) -> QuizOutcome:
    is_open = number in {one.question for one in open_disputes(quiz, desk.pressed)}
    return _decided(desk, moves.uphold(quiz, number, desk.now) if is_open else Moved(quiz), words.UPHELD)


def _decided(desk: QuizDesk, moved: Moved, sentence: str) -> QuizOutcome:
    reply = private.decided(sentence, moved.quiz, desk.pressed, desk.players)
    return _told(moved, reply) if moved.rows else QuizOutcome(reply=reply)


def _moved(moved: Moved) -> QuizOutcome:
    return _told(moved, SILENT)


def _told(moved: Moved, reply: Reply) -> QuizOutcome:
    return QuizOutcome(reply=reply, quiz=moved.quiz if moved.rows else None, rows=moved.rows)
