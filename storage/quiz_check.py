"""The check of quizzes: each is what its log adds up to, and everybody in a log has a seat."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from bot.core.quiz.clock import due_at
from bot.core.quiz.fold import gather, replay
from bot.core.quiz.model import Move, Quiz, QuizRow
from bot.core.quiz.results import scores
from storage import quiz_rows as rows
from storage.findings import Findings, readable
from storage.quiz_tables import quiz_log, quiz_players, quiz_saved, quiz_standings, quiz_timetables, quizzes
from storage.rows import Parameters


def check_quizzes(findings: Findings) -> None:
    """One quiz after another; then what outlives them."""
    stored = set(findings.db.scalars(select(quizzes.c.quiz)))
    logged = set(findings.db.scalars(select(quiz_log.c.quiz).distinct()))
    for quiz in sorted(stored | logged):
        _check_quiz(findings, quiz)
    for row in findings.db.execute(select(quiz_saved)).all():
        if readable(rows.saved_of, row.data) is None:
            key = {"platform": row.platform, "server": row.server, "name": row.name}
            findings.add(quiz_saved, "", "A saved quiz cannot be read.", findings.rewrite(quiz_saved, key, None))
    for row in findings.db.execute(select(quiz_timetables)).all():
        if readable(rows.timetable_of, row.data) is None:
            key = {"platform": row.platform, "server": row.server, "timetable": row.timetable}
            sentence = "A quiz's timetable cannot be read."
            findings.add(quiz_timetables, "", sentence, findings.rewrite(quiz_timetables, key, None))


def _check_quiz(findings: Findings, quiz: str) -> None:
    log = _log(findings, quiz)
    expected = _replayed(quiz, log)
    _check_state(findings, quiz, expected)
    _check_players(findings, quiz, log)
    if expected is not None and not expected.is_open:
        _check_standings(findings, expected, log)


def _log(findings: Findings, quiz: str) -> list[QuizRow]:
    """The rows that can be read; presses that cannot are dropped, moves are needed."""
    found: list[QuizRow] = []
    for row in findings.db.execute(select(quiz_log).where(quiz_log.c.quiz == quiz)).all():
        key = {"quiz": quiz, "row": row.row}
        value = readable(rows.row_of, row.data)
        if value is None:
            fix = findings.rewrite(quiz_log, key, None) if row.number is None else None
            findings.add(quiz_log, "", f"The row {row.row} of the quiz {quiz} cannot be read.", fix)
            continue
        found.append(value)
        expected = rows.log_row(value) | {"quiz": quiz}
        if any(getattr(row, name) != column for name, column in expected.items() if name != "data"):
            sentence = f"The columns of the row {row.row} of the quiz {quiz} contradict it."
            findings.add(quiz_log, "", sentence, findings.rewrite(quiz_log, key, expected))
    return found


def _replayed(quiz: str, log: Sequence[QuizRow]) -> Quiz | None:
    try:
        return replay(quiz, log)
    except ValueError:  # moves are missing
        return None


def _check_state(findings: Findings, quiz: str, expected: Quiz | None) -> None:
    row = findings.db.execute(select(quizzes).where(quizzes.c.quiz == quiz)).first()
    key = {"quiz": quiz}
    if expected is None:
        sentence = f"The log of the quiz {quiz} has gaps; the quiz is dropped, its answers stay in the log."
        if row is not None:
            findings.add(quizzes, "", sentence, findings.rewrite(quizzes, key, None))
        return
    values: Parameters = rows.quiz_row(expected, due_at(expected))
    named = ("platform", "channel", "open", "moved_at")
    stored = readable(rows.quiz_of, row.data) if row is not None else None
    if row is None or stored != expected or any(getattr(row, name) != values[name] for name in named):
        sentence = f"The quiz {quiz} is not what its log adds up to."
        findings.add(quizzes, "", sentence, findings.rewrite(quizzes, key, values))


def _check_players(findings: Findings, quiz: str, log: Sequence[QuizRow]) -> None:
    seated = set(findings.db.scalars(select(quiz_players.c.seat).where(quiz_players.c.quiz == quiz)))
    seats = {row.seat for row in log if not isinstance(row, Move)}
    for seat in sorted(seats - seated):
        row = {"quiz": quiz, "seat": seat, "platform": None, "external": None, "name": ""}
        fix = findings.rewrite(quiz_players, {"quiz": quiz, "seat": seat}, row)
        findings.add(quiz_players, "", f"A player of the quiz {quiz} has no seat; it becomes somebody unknown.", fix)


def _check_standings(findings: Findings, quiz: Quiz, log: Sequence[QuizRow]) -> None:
    """What the leaderboard counts; before a quiz is settled it counts nothing."""
    settled = findings.db.scalar(select(quizzes.c.settled).where(quizzes.c.quiz == quiz.id))
    if not settled:
        return
    table = quiz_standings
    stored = {row.seat: row for row in findings.db.execute(select(table).where(table.c.quiz == quiz.id)).all()}
    expected = {score.seat: score for score in scores(quiz, gather(log))}
    for seat in sorted(stored.keys() | expected.keys()):
        row, score = stored.get(seat), expected.get(seat)
        if row is not None and score is not None and (row.right, row.answered) == (score.right, score.answered):
            continue
        sentence = f"What the leaderboard counts of the quiz {quiz.id} is not what its log adds up to."
        values = _standing(quiz, seat, score.right, score.answered, row.turned if row else 0) if score else None
        findings.add(table, "", sentence, findings.rewrite(table, {"quiz": quiz.id, "seat": seat}, values))


def _standing(quiz: Quiz, seat: str, right: int, answered: int, turned: int) -> Parameters:
    return {
        "quiz": quiz.id,
        "seat": seat,
        "platform": quiz.place.platform,
        "channel": quiz.place.channel,
        "at": quiz.ended_at,
        "right": right,
        "answered": answered,
        "turned": min(turned, right),
    }
