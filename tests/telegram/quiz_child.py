"""The process that the quizzes' crash test ends: `backfill run` itself, or with one of its guards taken out.

The way is its only word: "sound" takes nothing out, "hasty" confirms updates before they are
handled, "careless" takes a press that comes again for a new one, "unkeyed" gives evidence another key each time it is
carried, "silent" settles at its start what had ended without showing it. Quizzes are quick here: nobody has to read.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec.structs import replace

import bot.process as bot_process
from bot.core.model import Account
from bot.core.ports import Turn
from bot.core.quiz import lay, moves
from bot.core.quiz.evidence import Given
from bot.core.quiz.model import Quiz
from bot.core.quiz.ports import Mine
from bot.core.quiz.show import Posted
from bot.quiz import running
from bot.quiz.book import Book, Found
from bot.quiz.master import QuizMaster
from bot.settings import read_settings
from bot.telegram import intake, quiz, quiz_pace
from decks.library import Folder
from storage.quizzes import SqlQuizzes

from .crash_child import hasty, sound

COUNT = itertools.count()
SLOW = 0.01  # seconds that every turn takes longer than it would
AT_A_LEARNER = 0.04  # and a learner's own


def careless() -> None:
    """A press is a row of its own however often it comes, and a player's answers are not looked for."""
    name, mine = lay.row_id, SqlQuizzes.mine

    def look_away(self: SqlQuizzes, quiz: Quiz, seat: str, question: int, account: Account) -> Mine:
        return replace(mine(self, quiz, seat, question, account), answer=None)

    lay.row_id = lambda account, key: name(account, f"{key} {next(COUNT)} {os.getpid()}")
    SqlQuizzes.mine = look_away  # type: ignore[method-assign]
    with sqlite3.connect(read_settings().database) as database:
        database.execute("DROP INDEX IF EXISTS ix_quiz_log_answer")
    database.close()


def unkeyed() -> None:
    """What an answer is known by in a learner's log is never the same twice."""
    known = Given.attempt.fget  # type: ignore[attr-defined]
    Given.attempt = property(lambda given: f"{known(given)}.{next(COUNT)}.{os.getpid()}")  # type: ignore[assignment, method-assign]


def silent() -> None:
    """A start settles what had ended before it looks for what is to be shown."""
    resume = QuizMaster._resume

    async def settle_first(self: QuizMaster, platform: str) -> tuple[Posted, ...]:
        for ended in await self._book.read(lambda _turn, quizzes: list(quizzes.unsettled(platform))):
            await self.over(ended.id)
        return await resume(self, platform)

    QuizMaster._resume = settle_first  # type: ignore[method-assign]


WAYS = {"sound": sound, "hasty": hasty, "careless": careless, "unkeyed": unkeyed, "silent": silent}


def hurry() -> None:
    """Nothing to read, no limits to keep; and turns slow enough to be ended among them."""
    bot_process.folders = lambda listed: [Folder(Path(listed), "decks")]  # the built-in ones take a second to read
    moves.REST, running.GATHER, quiz.EVERY, quiz_pace.A_MINUTE = 300, 0.02, 0.1, 100_000
    intake.FINISHING = 25.0  # a busy machine takes longer over the same work, and what was not finished comes again
    take = Book.as_

    async def slowly(self: Book, account: Account, work: Callable[[Turn], Found]) -> Found:
        await asyncio.sleep(AT_A_LEARNER if account.platform else SLOW)
        return await take(self, account, work)

    Book.as_ = slowly  # type: ignore[assignment, method-assign]


def main(words: Sequence[str]) -> int:
    """To be run in a process of its own: it changes the program for good."""
    WAYS[words[0]]()
    hurry()
    asyncio.run(bot_process.serve(read_settings(), print))
    return 0
