"""Packs what is kept about a learner into files that a platform can carry: one learner at a time, through the disk."""

from __future__ import annotations

import asyncio
import gzip
import shutil
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from typing import IO

from bot.core import my_data_words as words
from bot.core.model import Account, TutorError
from bot.core.my_data_model import Document, Pack
from storage.export import export

IN_MEMORY = 1 << 20  # bytes of a file before it goes to the disk
NAMES = ("backfill-export.json", "backfill-log.csv")


def packer(database: str, clock: Callable[[], int]) -> Pack:
    """What gives learners of this database their files."""
    turn = asyncio.Lock()  # a long log is some seconds of work: whoever asks again and again waits for the others

    async def pack(account: Account, limit: int) -> tuple[Document, ...]:
        async with turn:
            return await asyncio.to_thread(_pack, database, account, limit, clock())

    return pack


def _pack(database: str, account: Account, limit: int, at: int) -> tuple[Document, ...]:
    with (
        tempfile.SpooledTemporaryFile(IN_MEMORY) as document,
        tempfile.SpooledTemporaryFile(IN_MEMORY) as table,
    ):
        if not export(database, account, document, table, at):
            raise TutorError(words.NOTHING)
        stamp = datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%d-%H%M%S")
        names = (name.replace(".", f"-{stamp}.", 1) for name in NAMES)
        return tuple(_fitting(name, file, limit) for name, file in zip(names, (document, table), strict=True))


def _fitting(name: str, file: IO[bytes], limit: int) -> Document:
    """A file as it is, or packed; raises TutorError when even that is too large."""
    if file.tell() <= limit:
        file.seek(0)
        return Document(name, file.read())
    file.seek(0)
    with tempfile.SpooledTemporaryFile(IN_MEMORY) as packed:
        with gzip.GzipFile(filename=name, mode="wb", fileobj=packed, mtime=0) as archive:
            shutil.copyfileobj(file, archive)
        if packed.tell() > limit:
            raise TutorError(words.TOO_LARGE)
        packed.seek(0)
        return Document(f"{name}.gz", packed.read())
