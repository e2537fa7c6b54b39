"""Bringing an exported learner back: read whole, checked, and written in one transaction, or not at all.

Rules kept here:
- Nothing of a document is believed: names by content are compared with the content, and before the commit the learner
  has to pass the same check as `backfill check` makes.
- A learner who is there already is left alone: the same document again adds nothing, another one is refused.
"""

from __future__ import annotations

import gzip
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from msgspec import Raw, Struct
from msgspec.structs import asdict, replace
from sqlalchemy import Connection, Table, insert, select
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from bot.core.clock import is_zone
from bot.core.export_model import FORMAT, VERSION, Export, Header
from bot.core.fold import fold_days, fold_holds, fold_progress, standing
from bot.core.model import Account, HoldSet, Learner, LogEntry, PolicySet
from decks.model import Card
from scheduler.model import Policy
from storage import rows
from storage.check_learner import LearnerCheck
from storage.engine import address, sync_engine
from storage.errors import StoreError, told
from storage.findings import Findings, content_hash
from storage.habit_check import check_rest
from storage.migrate import migrate
from storage.outbox_check import check_reminders
from storage.quiz_tables import quiz_hidden
from storage.rehearsal_check import check_rehearsal
from storage.tables import (
    accounts,
    attempts,
    days,
    holds,
    learners,
    log,
    policies,
    progress,
    rehearsals,
    reminders,
    revisions,
    sessions,
)

BYTES = 512 << 20  # of a document, unpacked
ENTRIES = 1_000_000  # of a log: three hundred a day for nine years
NAMED = 100_000  # policies, or cards as they were shown
ACCOUNTS = 50
ROWS_AT_ONCE = 1_000
DAYS = (1, 3_652_059)  # ordinals that are dates
LATEST = 253_370_764_800_000  # ms: the year 9999

T = TypeVar("T")

FOREIGN = "That is no export of Backfill. Choose the file that ends in .json or .json.gz."
NEWER = "That export was written by a newer version of Backfill. Upgrade Backfill, then import it again."
DAMAGED = "That export is damaged, so nothing was imported. Export it again, or take an older copy of the file."
TOO_LARGE = "That file is larger than any export, so it was not read."


class ImportRefused(StoreError):
    """The file could not be imported. Nothing was changed."""


class Imported(Struct, frozen=True):
    """What an import brought: nothing where all of it was there already."""

    learner: str
    accounts: tuple[Account, ...]
    entries: int  # 0: everything was there
    was_there: bool = False


def import_file(where: str | Path | URL, source: Path) -> Imported:
    """Bring the learner of an export back into a database, which is set up first if it is new.

    Raises ImportRefused with a sentence for a file that cannot be taken, other StoreErrors as `storage.errors` tells
    them; then nothing has changed.
    """
    given = _read(source)
    entries, known = _entries(given), {name: _policy(name, raw) for name, raw in given.policies.items()}
    _require_sound(given, entries, known)
    migrate(where)
    engine = sync_engine(address(where))
    try:
        with engine.begin() as connection:
            if _is_there(connection, given, entries):
                return Imported(given.learner.id, given.accounts, 0, was_there=True)
            _write(connection, given, entries, known)
            _require_agreement(connection, given.learner, known)
    except DBAPIError as error:
        raise told(error) from error
    finally:
        engine.dispose()
    return Imported(given.learner.id, given.accounts, len(entries))


# --- reading -----------------------------------------------------------------------------------------------------


def _read(source: Path) -> Export:
    content = _content(source)
    try:
        header = msgspec.json.decode(content, type=Header)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise ImportRefused(DAMAGED if FORMAT.encode() in content[:200] else FOREIGN) from None
    if header.format != FORMAT:
        raise ImportRefused(FOREIGN)
    if header.version > VERSION:
        raise ImportRefused(NEWER)
    return _decoded(content, Export)


def _content(source: Path) -> bytes:
    """The document, unpacked up to the bound."""
    with source.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        try:
            content = (gzip.GzipFile(fileobj=file) if packed else file).read(BYTES + 1)
        except (EOFError, gzip.BadGzipFile, zlib.error):
            raise ImportRefused(DAMAGED) from None
    if len(content) > BYTES:
        raise ImportRefused(TOO_LARGE)
    return content


def _decoded(content: bytes | Raw, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(content, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise ImportRefused(DAMAGED) from None


def _entries(given: Export) -> list[LogEntry]:
    """The log in order. Each entry and each rated attempt is there once."""
    _require(len(given.log) <= ENTRIES, TOO_LARGE)
    decode = rows.entry_of
    try:
        found = [decode(bytes(raw)) for raw in given.log]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise ImportRefused(DAMAGED) from None
    _require(len({entry.id for entry in found}) == len(found))
    rated = [attempt for entry in found if (attempt := getattr(entry, "attempt", ""))]
    _require(len(set(rated)) == len(rated))
    return sorted(found, key=lambda entry: (entry.at, entry.id))


def _compact(raw: Raw) -> str:
    """The value without the spaces that an editor may have put in: what its name was made of."""
    return msgspec.json.format(bytes(raw), indent=-1).decode()


def _policy(name: str, raw: Raw) -> Policy:
    _require(content_hash(_compact(raw)) == name)
    return _decoded(raw, Policy)


def _require_sound(given: Export, entries: list[LogEntry], known: dict[str, Policy]) -> None:
    """What a database of ours could never have held is refused before it is asked."""
    learner = given.learner
    _require(_is_id(learner.id) and is_zone(learner.zone) and 0 <= learner.day_start < 1440)
    _require(0 < len(given.accounts) <= ACCOUNTS and len(set(given.accounts)) == len(given.accounts))
    _require(all(account.platform and account.external for account in given.accounts))
    _require(set(given.hidden) <= set(given.accounts))
    _require(max(len(known), len(given.cards), len(given.attempts)) <= NAMED, TOO_LARGE)
    _require(all(DAYS[0] <= entry.study_day <= DAYS[1] and 0 <= entry.at <= LATEST for entry in entries))
    named = (f"{entry.id}{getattr(entry, 'card', '')}{getattr(entry, 'attempt', '')}" for entry in entries)
    _require(not any("\0" in names for names in named))
    for name, raw in given.cards.items():
        _require(content_hash(_compact(raw)) == name and bool(_decoded(raw, Card).id))
    _require(all(attempt.revision in given.cards for attempt in given.attempts))
    _require(all(entry.policy in known for entry in entries if hasattr(entry, "policy") and _names_policy(entry)))


def _names_policy(entry: LogEntry) -> bool:
    return not isinstance(entry, PolicySet)


def _is_id(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def _require(sound: bool, sentence: str = DAMAGED) -> None:
    if not sound:
        raise ImportRefused(sentence)


# --- who is there already ----------------------------------------------------------------------------------------


def _is_there(db: Connection, given: Export, entries: list[LogEntry]) -> bool:
    """Whether all of the document is there. Raises ImportRefused where something else is in its place."""
    named = [f"{account.platform}:{account.external}" for account in given.accounts]
    if db.execute(select(learners.c.learner).where(learners.c.learner == given.learner.id)).first() is not None:
        stored = set(db.scalars(select(log.c.entry).where(log.c.learner == given.learner.id)))
        if {entry.id for entry in entries} <= stored:
            return True
        raise ImportRefused(
            "This learner is here already, without some of the answers in the file. To put the file in their place, "
            f"export what is here, then `backfill delete {named[0]}`, and import again."
        )
    for account, name in zip(given.accounts, named, strict=True):
        mine = (accounts.c.platform == account.platform, accounts.c.external == account.external)
        if db.execute(select(accounts.c.learner).where(*mine)).first() is not None:
            raise ImportRefused(
                f"{name} has begun again here as somebody new. To go on from the file, `backfill delete {name}` takes "
                "the new beginning away; then import again."
            )
    return False


# --- writing -----------------------------------------------------------------------------------------------------


def _write(db: Connection, given: Export, entries: list[LogEntry], known: dict[str, Policy]) -> None:
    learner = replace(given.learner, merging="", into="")
    own = {"learner": learner.id}
    _put(db, learners, [own | {"data": rows.text(learner)}])
    _put(db, accounts, (asdict(account) | own for account in given.accounts))
    _add_new(db, quiz_hidden, "external", [asdict(account) for account in given.hidden])
    said = [{"policy": name, "data": _compact(raw)} for name, raw in given.policies.items()]
    said.append({"policy": learner.policy.digest, "data": rows.text(learner.policy)})
    _add_new(db, policies, "policy", said)
    shown = ((name, _decoded(raw, Card).id, _compact(raw)) for name, raw in given.cards.items())
    cards = [{"revision": name, "card": card, "data": data} for name, card, data in shown]
    _add_new(db, revisions, "revision", cards)
    _put(db, log, (rows.entry_row(entry) | own for entry in entries))
    _put(db, attempts, (rows.attempt_row(attempt) | own for attempt in given.attempts))
    for table, row in (
        (sessions, rows.session_row(given.session) if given.session else None),
        (rehearsals, {"data": rows.text(given.rehearsal)} if given.rehearsal else None),
        (reminders, rows.reminders_row(given.reminders) if given.reminders else None),
    ):
        _put(db, table, [row | own] if row else [])
    _derive(db, own, entries, known)


def _derive(db: Connection, own: dict[str, str], entries: list[LogEntry], known: dict[str, Policy]) -> None:
    """What the log adds up to, card by card."""
    by_card: defaultdict[str, list[LogEntry]] = defaultdict(list)
    for entry in entries:
        if card := getattr(entry, "card", ""):
            by_card[card].append(entry)
    _put(db, days, (rows.day_row(day) | own for day in fold_days(entries)))
    _put(
        db,
        progress,
        (
            rows.progress_row(card, folded) | own
            for card, of_card in by_card.items()
            if (folded := fold_progress(of_card, known, card)) is not None
        ),
    )
    for card, of_card in by_card.items():
        if (hold := fold_holds(of_card).get(card)) is not None:
            at = max(entry.at for entry in standing(of_card) if isinstance(entry, HoldSet))
            _put(db, holds, [rows.hold_row(card, hold, at) | own])


def _require_agreement(db: Connection, learner: Learner, known: dict[str, Policy]) -> None:
    """The import is what the check would find in order; otherwise it is taken back."""
    findings = Findings(db, repair=False)
    LearnerCheck(findings, learner, known).run()
    check_rest(findings, learner)
    check_rehearsal(findings, learner)
    check_reminders(findings, learner)
    if findings.problems:
        raise ImportRefused(f"{DAMAGED} ({findings.problems[0].text})")


def _put(db: Connection, table: Table, wanted: Iterable[rows.Parameters]) -> None:
    for part in _parts(wanted):
        db.execute(insert(table), part)


def _add_new(db: Connection, table: Table, key: str, wanted: list[rows.Parameters]) -> None:
    """Shared rows are added unless they are there."""
    for part in _parts({row[key]: row for row in wanted}.values()):
        there = set(db.scalars(select(table.c[key]).where(table.c[key].in_([row[key] for row in part]))))
        if new := [row for row in part if row[key] not in there]:
            db.execute(insert(table), new)


def _parts(wanted: Iterable[Any]) -> Iterator[list[Any]]:
    part: list[Any] = []
    for row in wanted:
        part.append(row)
        if len(part) == ROWS_AT_ONCE:
            yield part
            part = []
    if part:
        yield part
