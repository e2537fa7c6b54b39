"""The words of what is kept about a learner: a deletion under way, files handed over. Pure values."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from msgspec import Struct

from bot.core.model import Account


class Erasure(Struct, frozen=True, kw_only=True):
    """A learner on the way out: the accounts are gone already, the rows go piece by piece."""

    learner: str
    accounts: tuple[Account, ...]  # those the learner had
    at: int  # ms; when it was asked for
    after: str = ""  # learners up to this id have been looked through for what speaks of the deleted one
    looked: bool = False  # all have


class Document(Struct, frozen=True):
    """A file for the learner."""

    name: str
    content: bytes


Pack = Callable[[Account, int], Awaitable[tuple[Document, ...]]]
"""The files of an account's learner, each of at most so many bytes, packed (.gz) where needed; raises TutorError."""


async def no_files(_account: Account, _limit: int) -> tuple[Document, ...]:
    """A `Pack` where there is no database to pack from."""
    return ()
