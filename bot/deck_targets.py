"""What an argument of `backfill decks` stands for: a slug, a file, a folder, FILE:LINE or a card's id."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from decks.cards import cards
from decks.library import BUILTIN, Folder, Library, shown
from decks.lint import Sheet
from decks.model import Card, Deck
from decks.slugs import slug
from decks.sources import Sources


class UsageError(Exception):
    """A sentence for the author: what was asked for is not there."""


def decks_in(library: Library) -> Iterator[tuple[Sheet, Deck]]:
    for sheet in library.sheets:
        if isinstance(sheet.parsed.deck, Deck):
            yield sheet, sheet.parsed.deck


def cards_in(sheet: Sheet, sources: Sources) -> tuple[Card, ...]:
    deck = sheet.parsed.deck
    return cards(deck, sheet.namespace, sources) if isinstance(deck, Deck) else ()


def find(wanted: str, library: Library) -> Sheet:
    """The file of a deck or track slug."""
    for sheet in library.sheets:
        if sheet.parsed.deck is not None and sheet.parsed.deck.slug == wanted:
            return sheet
    raise UsageError(f"There is no deck '{wanted}'. See them with:  backfill decks list")


def reaching(targets: Sequence[str], library: Library) -> Library:
    """The decks of a library and those in the folders of target paths elsewhere."""
    known = list(library.folders)
    for target in targets:
        path = Path(target).resolve()
        folder = path if path.is_dir() else path.parent
        is_path = path.exists() or target.endswith(".md")
        if is_path and folder not in {one.path.resolve() for one in known}:
            known.append(Folder(folder, slug(folder.name) or "decks"))
    return Library(known) if len(known) > len(library.folders) else library


def files_of(targets: Sequence[str], library: Library) -> set[str]:
    """The names of the files that slugs, files and folders stand for; every file when there are none."""
    there = {path.resolve(): shown(path) for path in library.paths}
    if not targets:
        return set(there.values())
    files: set[str] = set()
    for target in targets:
        path = Path(target).resolve()
        if path.is_dir():
            files |= {name for file, name in there.items() if file.parent == path}
        elif path in there:
            files.add(there[path])
        elif path.exists() or target.endswith(".md"):
            raise UsageError(f"{target} is no deck file that can be read.")
        else:
            files.add(find(target, library).file)
    return files


def cards_at(wanted: str, library: Library) -> list[Card]:
    """The card with an id, or the cards of the note or table row at FILE:LINE."""
    file, colon, line = wanted.rpartition(":")
    if colon and line.isdecimal() and file.endswith(".md"):
        return _cards_in_line(file, int(line), reaching([file], library))
    asked = (card for sheet, _ in decks_in(library) for card in cards_in(sheet, library.sources))
    found = [card for card in asked if card.id in (wanted, f"{BUILTIN}:{wanted}")]
    if not found:
        raise UsageError(f"There is no card '{wanted}'. See their ids with:  backfill decks show SLUG")
    return found


def slugs_of(target: str, library: Library) -> set[str]:
    """The decks that a slug, a file or a folder stands for. Raises UsageError for drafts, which learners do not get."""
    files = files_of([target], library)
    slugs = {deck.slug for sheet, deck in decks_in(library) if sheet.file in files and not deck.draft}
    if not slugs:
        raise UsageError(f"{target} holds no deck that learners get: tracks have no cards, drafts stay with authors.")
    return slugs


def _cards_in_line(file: str, line: int, library: Library) -> list[Card]:
    """Of a matrix only the row at the line, where one stands there."""
    files = files_of([file], library) if Path(file).exists() else {find(Path(file).stem, library).file}
    for sheet, _ in decks_in(library):
        if sheet.file in files:
            at = max((start for start in sheet.parsed.starts if start <= line), default=0)
            keys = {key for key, place in sheet.parsed.lines.items() if place == line}
            keys = keys or {key for key, place in sheet.parsed.lines.items() if place == at and "/" not in key}
            found = [card for card in cards_in(sheet, library.sources) if _belongs(card, keys)]
            if found:
                return found
    raise UsageError(f"No card stands at {file}:{line}.")


def _belongs(card: Card, keys: set[str]) -> bool:
    parts = card.id.partition(":")[2].split("/")
    return parts[0] in keys or "/".join(parts[:2]) in keys
