"""The folder drafts are written to: read whole, written whole or not at all."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from decks.derive.limits import DeriveError
from decks.derive.update import Shelf, Updated
from decks.ids import ids_in
from decks.library import read_deck
from decks.model import Deck, Source
from decks.sources import FILE as SOURCES
from decks.traces import FILE as TRACES
from decks.traces import Traces, read_traces, write_traces
from decks.write import write

READY = ".derived"  # a hidden folder with drafts that are written whole, but not yet all in place
WAITING = ".derive-"
NEW = ".new"  # behind the names in there, so that nobody takes them for decks


def read_shelf(folder: Path, taken: Iterable[str] = ()) -> Shelf:
    """The decks of a folder and their traces; an empty shelf where there is no folder. Raises DeriveError.

    A deck with errors is refused: it would lose what could not be read.
    """
    if folder.exists() and not folder.is_dir():
        raise DeriveError(str(folder), "It is no folder", "Name a folder for the drafts.")
    _recovered(folder)
    decks: dict[str, Deck] = {}
    used = set(taken)
    for path in sorted(folder.glob("*.md")) if folder.is_dir() else ():
        parsed = read_deck(path)
        used |= ids_in(_text(path))
        if parsed.errors:
            first = parsed.errors[0]
            raise DeriveError(f"{path}:{first.line}", first.problem, first.remedy)
        if isinstance(parsed.deck, Deck):
            decks[path.name] = parsed.deck
    traces = read_traces(_text(folder / TRACES), file=str(folder / TRACES)) if (folder / TRACES).exists() else Traces()
    return Shelf(decks, traces, frozenset(used - set(traces.notes)))


def write_shelf(folder: Path, updated: Updated, sources: Mapping[str, Source]) -> tuple[Path, ...]:
    """Write the decks that differ, sources and provenance; returns the decks' paths.

    Every file is complete in a hidden folder before that takes its final name; from then on the drafts are written,
    and whoever reads them next moves into place what a killed run had not.
    """
    folder.mkdir(parents=True, exist_ok=True)
    texts = {folder / file: write(updated.shelf.decks[file]) for file in updated.written}
    before = _text(folder / SOURCES) if (folder / SOURCES).exists() else ""
    texts[folder / SOURCES] = with_sources(before, sources)
    texts[folder / TRACES] = write_traces(updated.shelf.traces)
    waiting = Path(tempfile.mkdtemp(dir=folder, prefix=WAITING, suffix=".tmp"))
    try:
        for path, text in texts.items():
            with (waiting / f"{path.name}{NEW}").open("wb") as file:
                file.write(text.encode())
                file.flush()
                os.fsync(file.fileno())
        waiting.rename(folder / READY)
    finally:
        shutil.rmtree(waiting, ignore_errors=True)
    _finish(folder)
    return tuple(folder / file for file in updated.written)


def _finish(folder: Path) -> None:
    """Move into place what has been written whole."""
    ready = folder / READY
    if ready.is_dir():
        for file in sorted(ready.iterdir()):
            os.replace(file, folder / file.name.removesuffix(NEW))
        ready.rmdir()


def _recovered(folder: Path) -> None:
    """After a run that was killed: finish what it had written whole, throw away what it had not."""
    _finish(folder)
    for left in folder.glob(f"{WAITING}*.tmp"):
        shutil.rmtree(left)


def with_sources(text: str, sources: Mapping[str, Source]) -> str:
    """A sources file with some sources described anew; the others stay as they are written."""
    for name, source in sources.items():
        table = _table(source)
        pattern = re.compile(rf"^\[{re.escape(name)}\][ \t]*\n(?:(?!\[[a-z0-9-]+\][ \t]*$).*\n?)*", re.MULTILINE)
        if there := pattern.search(text):
            text = f"{text[: there.start()]}{table}\n{text[there.end() :]}"
        else:
            text = f"{text.rstrip()}\n\n{table}".lstrip("\n")
    return text.rstrip() + "\n"


def _table(source: Source) -> str:
    """A source as TOML; JSON strings are TOML strings."""
    texts = {"title": source.title, "author": source.author, "address": source.address, "date": source.date}
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in texts.items() if value]
    sections = "".join(f"  {json.dumps(section, ensure_ascii=False)},\n" for section in source.sections)
    return "\n".join((f"[{source.slug}]", *lines, f"sections = [\n{sections}]", ""))


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode()
    except (OSError, UnicodeDecodeError) as error:
        raise DeriveError(str(path), "It cannot be read", "Check its permissions and encoding.") from error
