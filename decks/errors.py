"""What is wrong with a deck file, said to its author: where, what, and what to do about it."""

from __future__ import annotations


class DeckError(ValueError):
    """A mistake in a deck file. Its text reads "file:line: problem. remedy"; lines count from 1."""

    def __init__(self, file: str, line: int, problem: str, remedy: str) -> None:
        super().__init__(f"{file}:{line}: {problem}. {remedy}")
        self.file = file
        self.line = line
        self.problem = problem
        self.remedy = remedy
