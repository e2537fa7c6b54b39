"""Publications: copies of a folder of decks that never change, one of which is what learners get.

`ROOT/namespace/000002/` is the second publication of a folder: its decks, its sources and a record of the publication
before it. `ROOT/namespace/live` names the one that is live. A publication is written under another name and renamed
when it is whole; then `live` is replaced in one step. So a reader finds the old decks or the new ones, whole, whatever
happens in between, and nobody needs a lock. The latest few are kept, the others deleted when another is made.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path

import msgspec
from msgspec import Struct

FOLDER = "published"  # beside the database
LIVE = "live"
RECORD = "publication.json"
KEPT = 5  # publications of a folder, the one that is live and the one before it always among them
_NAME = re.compile(r"\d{6,}")


class Publication(Struct, frozen=True, kw_only=True):
    """What a publication says of itself. `run` is shared by the folders that were published together."""

    at: int  # ms
    run: str
    before: str = ""  # the one that was live then, by name; empty for the first


def live(root: Path, namespace: str) -> Path | None:
    """The publication that learners get; None for a folder never published. Raises OSError where it is damaged."""
    try:
        name = (root / namespace / LIVE).read_text().strip()
    except FileNotFoundError:
        return None
    if not _NAME.fullmatch(name):
        raise OSError(0, f"'{LIVE}' names no publication", str(root / namespace / LIVE))
    return root / namespace / name


def record(publication: Path) -> Publication:
    """What a publication says of itself. Raises OSError where it is damaged."""
    try:
        return msgspec.json.decode((publication / RECORD).read_bytes(), type=Publication)
    except msgspec.DecodeError as error:
        raise OSError(0, "The record of the publication is damaged", str(publication / RECORD)) from error


def stage(root: Path, namespace: str, files: Mapping[str, bytes]) -> Path:
    """Write files beside the publications, where nobody looks yet."""
    staged = root / namespace / f".{secrets.token_hex(8)}"
    staged.mkdir(parents=True)
    for name, content in files.items():
        _write(staged / name, content)
    return staged


def publish(root: Path, namespace: str, staged: Path, publication: Publication) -> None:
    """Make staged files the publication that is live."""
    _write(staged / RECORD, msgspec.json.encode(publication))
    _settle(staged)
    turn_to(root, namespace, _named(root / namespace, staged).name)
    _prune(root / namespace, {publication.before})


def turn_to(root: Path, namespace: str, name: str) -> None:
    """Let the named publication be live."""
    pointer = root / namespace / f".{secrets.token_hex(8)}"
    _write(pointer, name.encode())
    pointer.replace(root / namespace / LIVE)
    _settle(root / namespace)


def discard(staged: Path) -> None:
    """Take staged files away."""
    shutil.rmtree(staged)


def _prune(folder: Path, needed: set[str]) -> None:
    """Delete all but the latest publications and those needed; somebody else may be doing the same."""
    names = sorted((entry.name for entry in folder.iterdir() if _NAME.fullmatch(entry.name)), key=int)
    live_now = (folder / LIVE).read_text().strip()
    for name in names[:-KEPT]:
        if name not in {live_now, *needed}:
            shutil.rmtree(folder / name, ignore_errors=True)  # tried again with the next publication


def _named(folder: Path, staged: Path) -> Path:
    """Rename staged files to the next number; of two publishing at once, the second takes the one after."""
    numbers = [int(entry.name) for entry in folder.iterdir() if _NAME.fullmatch(entry.name)]
    number = max(numbers, default=0) + 1
    while True:
        named = folder / f"{number:06d}"
        try:
            return staged.rename(named)
        except OSError:
            if not named.exists():
                raise
            number += 1


def _write(path: Path, content: bytes) -> None:
    """The bytes are on the disk when this returns."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _settle(folder: Path) -> None:
    """The names in a folder are on the disk when this returns; some systems cannot open folders for that."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
