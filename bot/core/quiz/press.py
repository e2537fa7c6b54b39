"""What a player's press does: join, leave, answer, vote, dispute. Each writes one row, or says why not. Pure.

A press looks at the quiz as its last move left it and at its own player only, so presses wait for nobody. What one
sees too late (a close that a later look makes) is decided by the order in which the store took them.
"""

from __future__ import annotations

from bot.core.ask import GIVEN_LIMIT
from bot.core.check import check
from bot.core.layout import LETTERS
from bot.core.model import Fit, Mode, TutorError
from bot.core.quiz import words
from bot.core.quiz.actions import Dispute, Join, KeepSeparate, Leave, Pick, Skip, Write
from bot.core.quiz.buttons import button
from bot.core.quiz.clock import LATE
from bot.core.quiz.desk import SILENT, QuizDesk, QuizOutcome
from bot.core.quiz.model import (
    Answer,
    Answered,
    Disputed,
    Ending,
    Joined,
    Left,
    Player,
    Question,
    Quiz,
    QuizPress,
    Skipped,
    Stage,
)
from bot.core.quiz.options import Play
from bot.core.reply import Line, Reply, Screen

REASON = 200  # characters of a dispute

Press = Join | Leave | Pick | Write | Skip | Dispute


def press(desk: QuizDesk, action: Press) -> QuizOutcome:
    """The row a press writes and what whoever pressed is told. TutorError: nothing changed.

    An answer that is delivered again is told what it was told before, whatever has happened since.
    """
    if desk.mine is not None and desk.mine[1] == desk.row:
        return QuizOutcome(reply=_locked(desk))
    quiz = open_quiz(desk)
    match action:
        case Join():
            if desk.seat in quiz.out:
                raise TutorError(words.OUT)
            return _with_player(desk, Joined(id=desk.row, at=desk.now, seat=desk.seat))
        case Leave():
            if not desk.known:
                raise TutorError(words.NOT_PLAYING)
            return QuizOutcome(reply=told(words.LEFT), rows=(Left(id=desk.row, at=desk.now, seat=desk.seat),))
        case Pick(question=number, option=option):
            return _pick(desk, quiz, _asked(desk, quiz, number), option)
        case Write(question=number) if _is_talk(quiz, number):
            return QuizOutcome()
        case Write(question=number, text=text):
            return _write(desk, quiz, _asked(desk, quiz, number), text)
        case Skip(question=number):
            return _skip(desk, quiz, number)
        case Dispute(question=number, reason=reason):
            return dispute(desk, quiz, number, reason)


def open_quiz(desk: QuizDesk) -> Quiz:
    """The quiz that is played; TutorError where there is none."""
    if desk.quiz is None:
        raise TutorError(words.NONE_HERE)
    if not desk.quiz.is_open:
        raise TutorError(words.OVER_GONE if desk.quiz.ending is Ending.GONE else words.OVER)
    return desk.quiz


def told(sentence: str, toast: str = "") -> Reply:
    """One sentence to whoever pressed."""
    return Reply(screen=Screen.NOTICE, body=(Line(sentence),), toast=toast or sentence[:200])


def dispute(desk: QuizDesk, quiz: Quiz, number: int, reason: str) -> QuizOutcome:
    """Somebody says that a question is wrong, 0 being the one answered last; also after the end."""
    number = number or (quiz.past[-1].number if quiz.past else 0)
    if number not in {past.number for past in quiz.past}:
        raise TutorError(words.NOT_ANSWERED_YET)
    if any(past.void for past in quiz.past if past.number == number):
        raise TutorError(words.VOID_ALREADY)
    said = " ".join(reason.split())[:REASON]
    if not said:
        raise TutorError(words.HOW_TO_DISPUTE)
    at = max(desk.now, quiz.moved_at + 1)  # after what was settled, though the clock was set back since
    row = Disputed(id=desk.row, at=at, seat=desk.seat, question=number, reason=said)
    return _with_player(desk, row, told(words.DISPUTED))


def _asked(desk: QuizDesk, quiz: Quiz, number: int) -> Question:
    """The open question, if it is the one that was answered and answers still count."""
    question = quiz.question
    if question is None:
        raise TutorError(words.NOT_STARTED)
    if number not in (0, question.number):
        raise TutorError(words.CLOSED_BEFORE if quiz.stage is Stage.QUESTION else words.NOT_OPEN)
    if desk.mine is not None and desk.mine[0].question == question.number:
        return question  # which is explained, whatever has happened since
    is_open = quiz.stage is Stage.QUESTION
    if is_open and quiz.paused_at and quiz.options.play is not Play.RELAXED:
        raise TutorError(words.PAUSED)
    late = (_clock(desk, quiz) if is_open else desk.now) - question.closes_at
    if is_open and question.closes_at and late > LATE:
        raise TutorError(words.HELD_UP)  # the next look starts it again
    if not is_open or (question.closes_at and late > 0):
        raise TutorError(words.too_late(late) if late >= 100 else words.JUST_CLOSED)
    if desk.seat in quiz.out:
        raise TutorError(words.OUT)
    return question


def _is_talk(quiz: Quiz, number: int) -> bool:
    """Whether a text replies to a choice that is closed: it was never to be answered in text."""
    return any(past.number == number and past.mode is Mode.CHOICE for past in quiz.past)


def _clock(desk: QuizDesk, quiz: Quiz) -> int:
    """The quiz's own time: it stands still in a pause."""
    return quiz.paused_at or desk.now


def _pick(desk: QuizDesk, quiz: Quiz, question: Question, option: int) -> QuizOutcome:
    if question.mode is not Mode.CHOICE:
        raise TutorError(words.WRITE_IT)
    if not 0 <= option < len(question.options):
        raise TutorError(words.NO_OPTION)
    return _answer(desk, quiz, question, LETTERS[option], right=option == question.right)


def _write(desk: QuizDesk, quiz: Quiz, question: Question, text: str) -> QuizOutcome:
    if question.mode is not Mode.TYPED:
        raise TutorError(words.PICK_IT)
    given = text.strip()[:GIVEN_LIMIT]
    if not given:
        raise TutorError(words.NOTHING_TYPED)
    fit = check(question.card, given).fit
    return _answer(desk, quiz, question, given, right=fit in (Fit.RIGHT, Fit.CLOSE))


def _answer(desk: QuizDesk, quiz: Quiz, question: Question, given: str, *, right: bool) -> QuizOutcome:
    if desk.mine is not None:
        return QuizOutcome(reply=already(desk.mine[0], question))
    row = Answered(
        id=desk.row,
        at=max(desk.now, question.asked_at),  # the clock may have been set back since
        seat=desk.seat,
        question=question.number,
        card=question.card.id,
        given=given,
        right=right,
        took=max(0, _clock(desk, quiz) - question.asked_at),
    )
    return _with_player(desk, row, _locked(desk))


def _locked(desk: QuizDesk) -> Reply:
    """Nothing, but once in a lifetime what an answer can do."""
    if not desk.fresh:
        return SILENT
    rows = ((button(words.FINE, KeepSeparate(False)), button(words.SEPARATE, KeepSeparate(True))),)
    return Reply(screen=Screen.NOTICE, body=(Line(words.FIRST_ANSWER),), rows=rows, toast=words.FIRST_SHORT)


def already(mine: Answer, question: Question) -> Reply:
    """What was answered before, with figures."""
    if question.mode is Mode.CHOICE:
        option = question.options[LETTERS.index(mine.given)]
        named = mine.given if question.by_letters else f"“{option.text}”"
        return told(words.locked_in(named, mine.took))
    return told(words.locked_text(mine.given, mine.took))


def _skip(desk: QuizDesk, quiz: Quiz, number: int) -> QuizOutcome:
    question = quiz.question
    if quiz.stage is not Stage.QUESTION or question is None or number not in (0, question.number):
        raise TutorError(words.NOT_OPEN)
    if not quiz.options.skipping:
        raise TutorError(words.NO_SKIPPING)
    if desk.seat in quiz.out and quiz.options.play is Play.HARDCORE:
        raise TutorError(words.OUT)
    row = Skipped(id=desk.row, at=desk.now, seat=desk.seat, question=question.number)
    return _with_player(desk, row, told(words.VOTED))


def _with_player(desk: QuizDesk, row: QuizPress, reply: Reply = SILENT) -> QuizOutcome:
    person = desk.person
    assert person is not None  # noqa: S101 - the clock presses nothing
    player = None if desk.known else Player(seat=desk.seat, account=person.account, name=person.name)
    return QuizOutcome(reply=reply, rows=(row,), player=player)
