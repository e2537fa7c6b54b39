"""Folders of decks -> what learners can study now. Re-reads what changed; a bad edit keeps the last good version."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from msgspec import Struct, structs

from decks.cards import cards, renames
from decks.errors import DeckError
from decks.lint import Sheet
from decks.mixed import MIXED, mixed
from decks.model import Card, Catalogue, Deck, Note, Track
from decks.parse import Parsed, parse
from decks.published import live
from decks.slugs import slug
from decks.sources import FILE as SOURCES
from decks.sources import Sources, read_sources
from decks.traces import FILE as TRACES
from decks.traces import Trace, read_traces
from decks.tracks import resolved

BUILTIN = "backfill"
_NO_DECKS = ("README.md",)


class Folder(Struct, frozen=True):
    """A folder of deck files and the namespace its cards live in."""

    path: Path
    namespace: str


def builtin() -> Folder:
    """The decks that come with the package."""
    return Folder(Path(__file__).parent / "builtin", BUILTIN)


def folders(setting: str) -> tuple[Folder, ...]:
    """The built-in folder and those a BACKFILL_DECKS setting names: paths or name=path, parted by os.pathsep.

    Raises ValueError with a sentence for the operator when two folders share a namespace or one has no name.
    """
    named = (builtin(), *(_folder(part.strip()) for part in setting.split(os.pathsep) if part.strip()))
    seen: dict[str, Path] = {}
    for folder in named:
        if not folder.namespace:
            raise ValueError(f"The deck folder {folder.path} needs a name: write name={folder.path}")
        if folder.namespace in seen:
            raise ValueError(
                f"The deck folders {seen[folder.namespace]} and {folder.path} are both named '{folder.namespace}': "
                f"write another-name={folder.path}"
            )
        seen[folder.namespace] = folder.path
    return named


def shown(path: Path) -> str:
    """A path as an author reads it: relative to the working directory where it is inside."""
    resolved = Path(os.path.realpath(path))  # Path.resolve raises for links in a circle
    return str(resolved.relative_to(Path.cwd())) if resolved.is_relative_to(Path.cwd()) else str(resolved)


class Library:
    """The decks of some folders, read when built and again by `refresh`; never raises on what a file holds."""

    def __init__(self, folders: Sequence[Folder], publications: Path | None = None) -> None:
        """With `publications`, a folder that was ever published is read there, not where its author edits it."""
        self._folders = tuple(folders)
        self._publications = publications
        self._files: dict[Path, _File] = {}
        self._current = Catalogue({}, {}, {})
        self._errors: tuple[DeckError, ...] = ()
        self._missing: tuple[str, ...] = ()  # folders that could not be read
        self.refresh()

    @property
    def folders(self) -> tuple[Folder, ...]:
        """The folders it was built on."""
        return self._folders

    @property
    def current(self) -> Catalogue:
        """What can be studied now; immutable, replaced whole by `refresh`."""
        return self._current

    @property
    def errors(self) -> tuple[DeckError, ...]:
        """What is wrong in the files as they stand, by file and line."""
        return self._errors

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """Every deck and track file as it stands, drafts and broken ones too."""
        return tuple(Sheet(shown(path), file.last, file.namespace) for path, file in self._files.items() if file.last)

    @property
    def paths(self) -> Mapping[Path, str]:
        """Every deck and track file and its namespace."""
        return {path: file.namespace for path, file in self._files.items() if file.last}

    @property
    def sources(self) -> Sources:
        """All sources; where two folders describe one slug, the later folder wins."""
        return {slug: source for file in self._files.values() for slug, source in file.sources.items()}

    def traces(self) -> Mapping[str, Trace]:
        """Where derived notes of the folders come from, by "namespace:note"; read anew. Raises DeckError."""
        found: dict[str, Trace] = {}
        for folder in self._folders:
            path = folder.path / TRACES
            if path.exists():
                notes = read_traces(_text(path), file=shown(path)).notes
                found |= {f"{folder.namespace}:{id}": trace for id, trace in notes.items()}
        return found

    def refresh(self) -> bool:
        """Look at every file's time and size and re-read what changed. True when cards or errors may be new."""
        found, missing = self._scan()
        files = {path: self._file(path, mark, namespace) for path, (mark, namespace) in found.items()}
        told = tuple(str(error) for error in missing)
        if files == self._files and told == self._missing:
            return False
        self._files, self._missing = files, told
        self._current, clashes = _compile(files, self.sources)
        self._errors = (*missing, *(error for file in files.values() for error in file.errors), *clashes)
        return True

    def _scan(self) -> tuple[dict[Path, tuple[_Mark, str]], tuple[DeckError, ...]]:
        """Time and size of each file; a folder that cannot be read keeps the files it had."""
        found: dict[Path, tuple[_Mark, str]] = {}
        missing: list[DeckError] = []
        for folder in self._folders:
            place = folder.path
            try:
                place = self._place(folder)
                found |= {path: (mark, folder.namespace) for path, mark in deck_files(place)}
            except OSError as error:
                remedy = "Correct BACKFILL_DECKS or bring the folder back; decks read before stay."
                missing.append(DeckError(shown(place), 1, f"The folder cannot be read ({error.strerror})", remedy))
                kept = ((path, file) for path, file in self._files.items() if file.namespace == folder.namespace)
                found |= {path: (file.mark, file.namespace) for path, file in kept}
        return found, tuple(missing)

    def _place(self, folder: Folder) -> Path:
        """Where the decks of a folder lie that learners get."""
        published = self._publications and live(self._publications, folder.namespace)
        return published or folder.path

    def _file(self, path: Path, mark: _Mark, namespace: str) -> _File:
        before = self._files.get(path)
        if before is not None and before.mark == mark:
            return before
        if path.name == SOURCES:
            return _read_sources(path, mark, namespace, before)
        return _read_deck(path, mark, namespace, before)


_Mark = tuple[int, int]  # modification time in ns, size in bytes


class _File(Struct, frozen=True, kw_only=True, eq=False):
    """One file: as it stands (`last`), and what learners get (`good`)."""

    mark: _Mark
    namespace: str
    last: Parsed | None = None  # None: this is a sources.toml
    good: Parsed | None = None
    sources: Sources = MappingProxyType({})
    errors: tuple[DeckError, ...] = ()


def deck_files(folder: Path) -> Iterator[tuple[Path, _Mark]]:
    """Decks, tracks and sources of a folder, by name. Raises OSError when the folder cannot be read."""
    with os.scandir(folder) as entries:
        names = sorted(entry.name for entry in entries if entry.name == SOURCES or _is_deck(entry.name))
    for name in names:
        try:
            stat = (folder / name).stat()
        except FileNotFoundError:  # removed since it was listed
            continue
        except OSError:
            yield folder / name, (0, 0)  # reading it will tell why
        else:
            yield folder / name, (stat.st_mtime_ns, stat.st_size)


def _is_deck(name: str) -> bool:
    return name.endswith(".md") and name not in _NO_DECKS and not name.startswith(".")


def _read_sources(path: Path, mark: _Mark, namespace: str, before: _File | None) -> _File:
    try:
        return _File(mark=mark, namespace=namespace, sources=read_sources(_text(path), file=shown(path)))
    except DeckError as error:
        kept = before.sources if before else {}
        return _File(mark=mark, namespace=namespace, sources=kept, errors=(error,))


def _read_deck(path: Path, mark: _Mark, namespace: str, before: _File | None) -> _File:
    """A file with errors goes on with what was good before; without a before, with the notes that are."""
    parsed = read_deck(path)
    errors = (*parsed.errors, *_nameless(parsed, shown(path)))
    good = before.good if errors and before and before.good and before.good.deck else parsed
    return _File(mark=mark, namespace=namespace, last=parsed, good=good, errors=errors)


def read_deck(path: Path) -> Parsed:
    """A deck or track file as it stands; a file that cannot be read is one error."""
    try:
        return _parsed(_text(path), shown(path))
    except DeckError as error:
        return Parsed(None, {}, (error,))


@lru_cache(maxsize=256)  # files; a command reads a folder as it stands, as it is live and with what is linted
def _parsed(text: str, file: str) -> Parsed:
    """The same text is understood once."""
    return parse(text, file=file)


def _text(path: Path) -> str:
    """Raises DeckError when the file cannot be read as text."""
    if path.exists() and not path.is_file():  # a folder; or a pipe, which would be waited for
        raise DeckError(shown(path), 1, "This is no file", "Move it out of the folder of decks.")
    try:
        return path.read_bytes().decode()
    except OSError as error:
        problem = f"The file cannot be read ({error.strerror})"
        raise DeckError(shown(path), 1, problem, "Check its permissions.") from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise DeckError(shown(path), line, "The file is not UTF-8", "Save it as UTF-8 in your editor.") from error


def _nameless(parsed: Parsed, file: str) -> Iterator[DeckError]:
    if isinstance(parsed.deck, Deck):
        for note, line in zip(parsed.deck.notes, parsed.starts, strict=True):
            if not note.id:
                yield DeckError(file, line, "The note has no id", "Run:  backfill decks id")


def _compile(files: Mapping[Path, _File], sources: Sources) -> tuple[Catalogue, tuple[DeckError, ...]]:
    """Everything that can be studied; the first of two decks or cards with one name wins, the other is an error."""
    making = _Making(sources)
    for path, file in files.items():
        if file.good is not None and isinstance(file.good.deck, Deck) and not file.good.deck.draft:
            making.add_deck(file.good, file.good.deck, shown(path), file.namespace)
    making.mix()
    for path, file in files.items():
        if file.good is not None and isinstance(file.good.deck, Track):
            making.add_track(file.good.deck, shown(path))
    catalogue = Catalogue(making.decks, making.cards, _inviting(making.tracks), making.renamed)
    return catalogue, tuple(making.errors)


def _inviting(tracks: Mapping[str, Track]) -> dict[str, Track]:
    """Tracks in the order they are offered: those with an exam first, then the shortest way first."""
    return dict(sorted(tracks.items(), key=lambda item: (item[1].exam is None, len(item[1].decks))))


class _Making:
    """A catalogue being put together."""

    def __init__(self, sources: Sources) -> None:
        self.sources = sources
        self.decks: dict[str, Deck] = {}
        self.cards: dict[str, tuple[Card, ...]] = {}
        self.tracks: dict[str, Track] = {}
        self.renamed: dict[str, str] = {}
        self.errors: list[DeckError] = []
        self._notes: dict[str, str] = {}  # namespace:note -> "file:line"
        self._files: dict[tuple[str, str], str] = {}

    def add_deck(self, parsed: Parsed, deck: Deck, file: str, namespace: str) -> None:
        if self._is_taken("deck", deck.slug, file):
            return
        notes: list[Note] = []
        for note, line in zip(deck.notes, parsed.starts, strict=True):
            if note.id and self._claim(f"{namespace}:{note.id}", file, line):
                notes.append(note)
        kept = structs.replace(deck, notes=tuple(notes))
        self.decks[deck.slug] = kept
        self.cards[deck.slug] = cards(kept, namespace, self.sources)
        self.renamed |= renames(kept, namespace)

    def mix(self) -> None:
        """Add the deck that is made of others."""
        if (found := mixed(self.cards)) is not None:
            self.decks[MIXED], self.cards[MIXED] = found

    def add_track(self, track: Track, file: str) -> None:
        """A track teaches the decks of it that are there."""
        there = resolved(track, self.decks)
        if there is not None and not self._is_taken("track", track.slug, file):
            self.tracks[track.slug] = there

    def _claim(self, note: str, file: str, line: int) -> bool:
        here = f"{file}:{line}"
        first = self._notes.setdefault(note, here)
        if first != here:
            remedy = "Delete its 'id:' line and run:  backfill decks id"
            self.errors.append(DeckError(file, line, f"The id '{note}' is taken by {first}", remedy))
        return first == here

    def _is_taken(self, what: str, slug: str, file: str) -> bool:
        first = self._files.setdefault((what, slug), file)
        if first != file:
            remedy = "Give this file a slug of its own."
            self.errors.append(DeckError(file, 1, f"The {what} '{slug}' is already in {first}", remedy))
        return first != file


def _folder(part: str) -> Folder:
    name, equals, path = part.partition("=")
    where = Path(path if equals else name).expanduser()
    return Folder(where, slug(name if equals else where.name))
