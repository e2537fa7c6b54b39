"""What an author names (a file, a folder, "-", an address) -> Blobs of bytes, within limits."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from decks.derive.fetch import fetch
from decks.derive.limits import MAX_ALL_BYTES, MAX_BYTES, MAX_FILES, DeriveError, megabytes
from decks.derive.readers import Blob

STDIN = "-"


def gather(sources: Iterable[str]) -> Iterator[Blob | DeriveError]:
    """Every input in turn; what cannot be used comes as the error that says why, and the rest goes on."""
    total = 0
    for source in sources:
        try:
            for blob in _blobs(source):
                if isinstance(blob, Blob):
                    total += len(blob.data)
                    if total > MAX_ALL_BYTES:
                        problem = f"The inputs together are larger than {megabytes(MAX_ALL_BYTES)}"
                        raise DeriveError(source, problem, "Derive from fewer at a time.")
                yield blob
        except DeriveError as error:
            yield error


def _blobs(source: str) -> Iterator[Blob | DeriveError]:
    if source == STDIN:
        yield _limited("standard input", "stdin", sys.stdin.buffer.read(MAX_BYTES + 1))
    elif "://" in source:
        yield fetch(source)
    elif Path(source).is_dir():
        yield from _folder(Path(source))
    else:
        yield _file(Path(source), Path(source).name)


def _folder(folder: Path) -> Iterator[Blob | DeriveError]:
    """The readable files of a folder and the folders in it; hidden ones and links are passed over."""
    found = 0
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if path.is_symlink() or not path.is_file() or any(part.startswith(".") for part in inside.parts):
            continue
        found += 1
        if found > MAX_FILES:
            raise DeriveError(str(folder), f"It holds more than {MAX_FILES} files", "Name the ones you want.")
        try:
            yield _file(path, inside.as_posix())
        except DeriveError as error:
            yield error
    if not found:
        raise DeriveError(str(folder), "The folder holds no files", "Name a folder with documents.")


def _file(path: Path, key: str) -> Blob:
    try:
        if not path.is_file():
            problem = "It is no regular file" if path.exists() else "There is no such file"
            raise DeriveError(str(path), problem, "Check the path.")
        with path.open("rb") as file:
            return _limited(str(path), key, file.read(MAX_BYTES + 1))
    except OSError as error:
        raise DeriveError(str(path), f"It cannot be read ({error.strerror})", "Check the path.") from error


def _limited(name: str, key: str, data: bytes) -> Blob:
    if len(data) > MAX_BYTES:
        raise DeriveError(name, f"It is larger than {megabytes(MAX_BYTES)}", "Split it into smaller files.")
    return Blob(name, key, data)
