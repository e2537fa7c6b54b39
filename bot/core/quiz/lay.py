"""Lay a quiz's desk, and carry out a step: the two halves around the pure one, inside one transaction."""

from __future__ import annotations

from msgspec.structs import replace

from bot.core.model import TutorError
from bot.core.quiz import words
from bot.core.quiz.actions import Dispute, Pick, ShowDisputes, Skip, Tick, Wake, Write
from bot.core.quiz.clock import due_at
from bot.core.quiz.desk import QuizDesk, QuizOutcome, Upcoming
from bot.core.quiz.fold import answer_of, gather, row_id, seat_of
from bot.core.quiz.host import HostAction
from bot.core.quiz.model import Person, Place, Quiz
from bot.core.quiz.ports import Quizzes
from bot.core.quiz.press import Press
from bot.core.quiz.step import MOVES, step
from decks.model import Catalogue

Stepped = Press | HostAction | Tick | Wake


def take(
    quizzes: Quizzes,
    place: Place,
    person: Person | None,
    action: Stepped,
    *,
    quiz: str,
    key: str,
    now: int,
    catalogue: Catalogue,
    upcoming: tuple[Upcoming, ...] | None = None,
) -> tuple[QuizOutcome, Quiz | None]:
    """One step in a transaction: what it answers, and the quiz it was about. TutorError: nothing changed.

    `quiz` is the one a button names; empty means the open one of the place, for disputes also the one that ended last.
    """
    moving = isinstance(action, (*MOVES, Skip, Tick, Wake))
    found = quizzes.find(quiz, moving=moving) if quiz else quizzes.here(place, moving=moving)
    if found is None and not quiz and isinstance(action, Dispute | ShowDisputes):  # also after the end
        latest = quizzes.latest(place)
        found = quizzes.find(latest.id, moving=moving) if latest else None
    if found is not None and person is not None and not _same(found.place, place):
        raise TutorError(words.NONE_HERE)  # a payload from elsewhere
    desk = _laid(quizzes, place, person, action, found, key=key, now=now, moving=moving)
    outcome = step(replace(desk, upcoming=upcoming), action, catalogue)
    if found is not None and (outcome.rows or outcome.player):
        due = due_at(outcome.quiz) if outcome.quiz else 0
        quizzes.save(found.id, outcome.rows, outcome.quiz, outcome.player, due)
    return outcome, found


def _laid(
    quizzes: Quizzes,
    place: Place,
    person: Person | None,
    action: Stepped,
    quiz: Quiz | None,
    *,
    key: str,
    now: int,
    moving: bool,
) -> QuizDesk:
    """Everything the step needs: of one player for a press, of everybody for a move."""
    desk = QuizDesk(now=now, place=place, person=person, quiz=quiz)
    if quiz is None:
        return desk
    seat = seat_of(quiz.id, person.account) if person else ""
    desk = replace(desk, seat=seat, row=row_id(person.account, key) if person else "")
    if moving:
        pressed = gather(quizzes.log(quiz.id, presses=True))
        desk = replace(desk, pressed=pressed, players=quizzes.players(quiz.id))
        return replace(desk, known=seat in desk.players, posts_board=quizzes.posts_board(quiz.place))
    if person is None:
        return desk
    number = action.question if isinstance(action, Pick | Write | Dispute) else 0
    number = number or (quiz.question.number if quiz.question else 0)
    mine = quizzes.mine(quiz, seat, number, person.account)
    answered = (answer_of(mine.answer), mine.answer.id) if mine.answer else None
    return replace(desk, known=mine.known, fresh=mine.fresh, mine=answered)


def _same(one: Place, other: Place) -> bool:
    return (one.platform, one.channel) == (other.platform, other.channel)
