"""`decks publish`: checked decks become what learners get, in one step, without a restart, and can be taken back."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from msgspec import Struct, structs

from decks import published
from decks.library import BUILTIN, Folder, Library, deck_files, shown
from decks.lint import SYNTAX, Finding, lint
from decks.mixed import MIXED
from decks.model import Catalogue, Deck
from decks.published import Publication
from decks.rules import Severity
from decks.sources import FILE as SOURCES
from decks.traces import FILE as TRACES


class Published(Struct, frozen=True, kw_only=True):
    """What a publication came to; with `findings` nothing was published."""

    decks: int  # checked
    cards: int
    live: tuple[str, ...] = ()  # slugs of decks and tracks that learners get otherwise than before
    first: tuple[str, ...] = ()  # folders published for the first time
    findings: tuple[Finding, ...] = ()  # errors, nothing milder


def choose(wanted: Sequence[str], known: Sequence[Folder], root: Path) -> tuple[Folder, ...]:
    """The folders meant, by name or path. Without any: those the operator named, and the built-in one where it was
    published before; maybe none. Raises ValueError with a sentence for the author."""
    if not wanted:
        return tuple(f for f in known if f.namespace != BUILTIN or published.live(root, f.namespace))
    return tuple(_named(name, known) for name in dict.fromkeys(wanted))


def publish(chosen: Sequence[Folder], known: Sequence[Folder], root: Path) -> Published:
    """Copy folders, check the copies beside all other decks, and let learners have them if no error is left.

    `known` are all folders, `root` is where publications are kept. Raises OSError where the copies cannot be written,
    ValueError with a sentence where nothing was chosen.
    """
    if not chosen:
        raise ValueError(
            "BACKFILL_DECKS names no folder of your own. The built-in decks need no publishing; to hold them "
            f"as they are until you publish again:  backfill decks publish {BUILTIN}"
        )
    staged: dict[str, Folder] = {}
    try:
        for folder in chosen:
            place = published.stage(root, folder.namespace, _files(folder.path))
            staged[folder.namespace] = Folder(place, folder.namespace)
        told = _checked(chosen, known, staged, root)
        if told.findings:
            return told
        at, run = time.time_ns() // 1_000_000, secrets.token_hex(8)
        for name in [name for name, folder in staged.items() if _is_new(folder, root)]:
            before = published.live(root, name)
            says = Publication(at=at, run=run, before=before.name if before else "")
            published.publish(root, name, staged.pop(name).path, says)
        return told
    finally:
        for left in staged.values():
            published.discard(left.path)


def take_back(chosen: Sequence[Folder], root: Path) -> tuple[str, ...]:
    """Let what was live before the latest publication be live again, in every folder published with it; returns the
    slugs of what learners get otherwise now. Raises ValueError with a sentence where there is nothing before."""
    lives = {folder: place for folder in chosen if (place := published.live(root, folder.namespace)) is not None}
    if not lives:
        raise ValueError("Nothing has been published yet.")
    records = {folder: published.record(place) for folder, place in lives.items()}
    latest = max(records.values(), key=lambda says: says.at)
    together = [folder for folder, says in records.items() if says.run == latest.run]
    for folder in together:
        if not records[folder].before:
            raise ValueError(f"This is the first publication of {folder.namespace}: there is none before it.")
        if not (root / folder.namespace / records[folder].before).is_dir():
            raise ValueError(f"The publication of {folder.namespace} before this one has been deleted.")
    now = _catalogue(together, root)
    for folder in together:
        published.turn_to(root, folder.namespace, records[folder].before)
    return _changed(now, _catalogue(together, root))


def said(told: Published) -> list[str]:
    """A publication that succeeded, as lines of text."""
    checked = f"{_plural(told.decks, 'deck')} checked, {_plural(told.cards, 'card')}."
    if told.first:
        only = f"From now on changes in {_joined(told.first)} reach learners only by publishing."
        return [f"{checked} {_live((*told.first, *told.live))}, no restart.", only]
    if not told.live:
        return [f"{checked} Learners have them already."]
    lines = [f"{checked} {_live(told.live)}, no restart.", "Cards on screen finish as they were asked."]
    return [*lines, "Undo:  backfill decks publish --previous"]


def said_back(slugs: Sequence[str]) -> list[str]:
    """A publication taken back, as lines of text."""
    back = f"{_joined(slugs)} {'is' if len(slugs) == 1 else 'are'} as before, no restart." if slugs else "Taken back."
    return [back, "Cards on screen finish as they were asked.", "The files stay as they are:  backfill decks diff"]


# --- the pieces --------------------------------------------------------------------------------------------------


def _named(name: str, known: Sequence[Folder]) -> Folder:
    for folder in known:
        if name == folder.namespace or Path(name).resolve() == folder.path.resolve():
            return folder
    names = ", ".join(folder.namespace for folder in known)
    raise ValueError(f"There is no deck folder '{name}'. Name it in BACKFILL_DECKS; there are: {names}.")


def _files(folder: Path) -> dict[str, bytes]:
    """The files that make a folder of decks. Raises OSError where one cannot be read."""
    files = [path for path, _ in deck_files(folder)]
    return {path.name: path.read_bytes() for path in (*files, folder / TRACES) if path.exists()}


def _is_new(staged: Folder, root: Path) -> bool:
    """Whether the staged files differ from those that are live."""
    now = published.live(root, staged.namespace)
    return now is None or _files(now) != _files(staged.path)


def _checked(chosen: Sequence[Folder], known: Sequence[Folder], staged: Mapping[str, Folder], root: Path) -> Published:
    """What publishing the staged files would come to."""
    others = (Folder(published.live(root, f.namespace) or f.path, f.namespace) for f in known)
    every = Library([staged.get(folder.namespace, folder) for folder in others])
    after = Library(list(staged.values())).current
    copies = {f"{shown(staged[f.namespace].path)}/": f"{shown(f.path)}/" for f in chosen}
    return Published(
        decks=len(after.decks),
        cards=len(after.cards),
        live=_changed(_catalogue(chosen, root), after),
        first=tuple(folder.namespace for folder in chosen if published.live(root, folder.namespace) is None),
        findings=tuple(_errors(every, copies)),
    )


def _errors(library: Library, copies: Mapping[str, str]) -> Iterator[Finding]:
    """Errors in the folders copied, told as of those they were copied from; drafts are not published."""
    drafts = {s.file for s in library.sheets if isinstance(s.parsed.deck, Deck) and s.parsed.deck.draft}
    copied = {s.file for s in library.sheets if s.file.startswith(tuple(copies))}
    month = datetime.now().astimezone().strftime("%Y-%m")
    found = [*lint(library.sheets, library.sources, month=month, traces=library.traces(), files=copied - drafts)]
    for error in library.errors:
        if error.file.endswith(SOURCES) and error.file.startswith(tuple(copies)):
            found.append(Finding(error.file, error.line, Severity.ERROR, SYNTAX, f"{error.problem}.", error.remedy))
    for finding in found:
        if finding.severity is Severity.ERROR:
            yield _of_the_original(finding, copies)


def _of_the_original(finding: Finding, copies: Mapping[str, str]) -> Finding:
    told = [finding.file, finding.problem, finding.remedy]
    for copy, original in copies.items():
        told = [text.replace(copy, original) for text in told]
    return structs.replace(finding, file=told[0], problem=told[1], remedy=told[2])


def _catalogue(folders: Sequence[Folder], root: Path) -> Catalogue:
    """What learners get of some folders; of one never published, what its files hold."""
    return Library(folders, root).current


def _changed(before: Catalogue, after: Catalogue) -> tuple[str, ...]:
    decks = (
        slug
        for slug in sorted({*before.decks, *after.decks} - {MIXED})
        if before.decks.get(slug) != after.decks.get(slug)
        or before.cards_by_deck.get(slug) != after.cards_by_deck.get(slug)
    )
    tracks = (
        slug
        for slug in sorted({*before.tracks, *after.tracks})
        if before.tracks.get(slug) != after.tracks.get(slug) and slug not in {*before.decks, *after.decks}
    )
    return (*decks, *tracks)


def _live(names: Sequence[str]) -> str:
    return f"{_joined(names)} {'is' if len(names) == 1 else 'are'} live"


def _joined(names: Sequence[str]) -> str:
    most = 5
    told = [*names[:most], f"{len(names) - most} more"] if len(names) > most + 1 else list(names)
    return told[0] if len(told) == 1 else f"{', '.join(told[:-1])} and {told[-1]}"


def _plural(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")
