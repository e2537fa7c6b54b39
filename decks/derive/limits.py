"""What an input may cost, and how a refusal is said."""

from __future__ import annotations

MAX_BYTES = 16 * 2**20  # one file or response
MAX_ALL_BYTES = 64 * 2**20  # all inputs of a run together
MAX_FILES = 500  # files of a folder
MAX_TEXT = 4 * 2**20  # characters of one document: markdown-it-py reads about a megabyte a second
MAX_ITEMS = 500  # items of a feed
MAX_DEPTH = 1000  # open HTML elements: lexbor's time grows with the square of the depth (200,000 take minutes)
MAX_LINE = 200_000  # characters of one line of text that is not HTML or XML
MAX_ROWS = 20_000  # rows of one table


class DeriveError(ValueError):
    """An input that cannot be used. Its text is "name: problem. remedy"."""

    def __init__(self, name: str, problem: str, remedy: str) -> None:
        super().__init__(f"{name}: {problem}. {remedy}")
        self.name = name
        self.problem = problem
        self.remedy = remedy


def megabytes(size: int) -> str:
    """A size as a person reads it."""
    return f"{size / 2**20:.0f} MB"
