"""Exports and imports on SQLite and on PostgreSQL: whole or not at all, again without effect, and never believed."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import storage.restore_learner
from bot.core.actions import Begin, Erase
from bot.core.export_csv import STARTS_FORMULA, guarded, row, unguarded
from bot.core.model import Account, Flagged
from bot.core.my_data_model import Document
from bot.core.ports import Store, StoreError
from bot.parcel import packer
from storage.check import check
from storage.restore_learner import DAMAGED, FOREIGN, NEWER, TOO_LARGE, ImportRefused, import_file
from tests.databases import migrated

from .made import DAY, NOON
from .test_erase import GHOST, drills, everything, tutor

SHORT_LIVED = {"receipts", "attempts", "arrivals"}


async def exported(where: str) -> Document:
    return (await packer(where, lambda: NOON)(GHOST, 1 << 30))[0]


def kept(where: str) -> dict[str, list[str]]:
    return {name: sorted(rows) for name, rows in everything(where).items() if name not in SHORT_LIVED}


async def a_document(store: Store, where: str, folder: Path) -> tuple[Path, dict[str, list[str]]]:
    """An export of somebody who is then deleted, and what was kept of them."""
    await drills(store, GHOST, 9)
    before = kept(where)
    source = folder / "export.json"
    source.write_bytes((await exported(where)).content)
    await tutor(store).handle(GHOST, Erase(asked=NOON), "")
    return source, before


async def test_what_was_deleted_comes_back_and_a_second_import_adds_nothing(
    store: Store, where: str, tmp_path: Path
) -> None:
    source, before = await a_document(store, where, tmp_path)
    assert kept(where)["log"] == []
    assert import_file(where, source).entries == len(before["log"]) > 8
    assert kept(where) == before
    assert check(where) == []
    again = import_file(where, source)
    assert (again.was_there, again.entries) == (True, 0)
    assert kept(where) == before


async def test_a_packed_document_is_unpacked(store: Store, where: str, tmp_path: Path) -> None:
    source, before = await a_document(store, where, tmp_path)
    packed = tmp_path / "export.json.gz"
    packed.write_bytes(gzip.compress(source.read_bytes()))
    import_file(where, packed)
    assert kept(where) == before


async def test_somebody_who_began_again_is_left_alone(store: Store, where: str, tmp_path: Path) -> None:
    source, _ = await a_document(store, where, tmp_path)
    await tutor(store).handle(GHOST, Begin(), "")
    now = everything(where)
    with pytest.raises(ImportRefused, match="telegram:77001177 has begun again here as somebody new"):
        import_file(where, source)
    assert everything(where) == now


async def test_a_learner_who_is_there_with_other_answers_is_left_alone(
    store: Store, where: str, tmp_path: Path
) -> None:
    source, _ = await a_document(store, where, tmp_path)
    document = json.loads(source.read_bytes())
    fewer = tmp_path / "fewer.json"
    fewer.write_text(json.dumps(document | {"log": document["log"][:4], "session": None, "attempts": []}))
    import_file(where, fewer)
    now = everything(where)
    with pytest.raises(ImportRefused, match="here already, without some of the answers"):
        import_file(where, source)
    assert everything(where) == now


Spoil = Callable[[dict[str, Any]], Any]


def spoilt(name: str) -> Spoil:
    def set_field(*path: Any) -> Spoil:
        *way, last, value = path

        def spoil(document: dict[str, Any]) -> None:
            part: Any = document
            for step in way:
                part = part[step]
            part[last] = value

        return spoil

    spoils: dict[str, Spoil] = {
        "an entry twice": lambda d: d["log"].append(d["log"][0]),
        "an attempt rated twice": lambda d: d["log"].append(d["log"][0] | {"id": "another"}),
        "an entry of an unknown kind": set_field("log", 0, "type", "Bribed"),
        "a day that is no date": set_field("log", 0, "study_day", 0),
        "a day beyond the calendar": set_field("log", 0, "study_day", 10**9),
        "a rating that is none": set_field("log", 0, "rating", 9),
        "an instant beyond time": set_field("log", 0, "at", 2**62),
        "a number beyond numbers": set_field("log", 0, "at", 10**30),
        "a policy under another name": lambda d: d["policies"].update({"f" * 16: next(iter(d["policies"].values()))}),
        "a policy that is missing": lambda d: d["policies"].clear(),
        "a card that was changed": lambda d: next(iter(d["cards"].values())).update(front="Trust me?"),
        "cards that are missing": lambda d: d["cards"].clear(),
        "no account": lambda d: d["accounts"].clear(),
        "an account twice": lambda d: d["accounts"].append(d["accounts"][0]),
        "somebody else hidden": lambda d: d["hidden"].append({"platform": "discord", "external": "1"}),
        "an id that is none": set_field("learner", "id", "%' OR 1=1 --"),
        "a zone that is none": set_field("learner", "zone", "Mars/Olympus"),
        "a null character": set_field("log", 0, "card", "a\0b"),
        "half a letter": set_field("log", 0, "given", "\ud800"),
        "an attempt that the log denies": lambda d: next(a for a in d["attempts"] if a["step"] == "rated").update(
            step="asked"
        ),
        "a field of nobody's": set_field("also", 1),
        "a missing part": lambda d: d.pop("reminders"),
    }
    return spoils[name]


SPOILS = (
    *("an entry twice", "an attempt rated twice", "an entry of an unknown kind", "a day that is no date"),
    *("a day beyond the calendar", "a rating that is none", "an instant beyond time", "a number beyond numbers"),
    *("a policy under another name", "a policy that is missing", "a card that was changed", "cards that are missing"),
    *("no account", "an account twice", "somebody else hidden", "an id that is none", "a zone that is none"),
    *("a null character", "half a letter", "an attempt that the log denies", "a field of nobody's", "a missing part"),
)


async def test_a_spoilt_document_is_refused_and_leaves_nothing(store: Store, where: str, tmp_path: Path) -> None:
    source, _ = await a_document(store, where, tmp_path)
    whole, before = source.read_text(), everything(where)
    for name in SPOILS:
        document = json.loads(whole)
        spoilt(name)(document)
        print(name)  # the last one is the one at fault
        source.write_text(json.dumps(document))
        with pytest.raises(StoreError) as refused:
            import_file(where, source)
        assert str(refused.value).startswith(DAMAGED), name
        assert everything(where) == before, name


NOT_OURS: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", FOREIGN),
    "a picture": (b"\x89PNG\r\n\x1a\n\0\0", FOREIGN),
    "the table": (b"at,study_day,kind\r\n", FOREIGN),
    "another program's": (b'{"format": "anki", "version": 3}', FOREIGN),
    "deep brackets": (b'{"format": ' + b"[" * 100_000, FOREIGN),
    "a newer one": (b'{"format": "backfill-export", "version": 2, "friends": []}', NEWER),
    "half of one": (b'{"format": "backfill-export", "version": 1, "learner": {"id', DAMAGED),
    "half an archive": (gzip.compress(b"x" * 999)[:20], DAMAGED),
    "no archive": (b"\x1f\x8b\x08nothing at all", DAMAGED),
}


@pytest.mark.parametrize("name", NOT_OURS)
def test_a_file_that_is_no_export_says_what_it_is(name: str, tmp_path: Path) -> None:
    content, sentence = NOT_OURS[name]
    (tmp_path / "given").write_bytes(content)
    with pytest.raises(ImportRefused) as refused:
        import_file(tmp_path / "new.db", tmp_path / "given")
    assert str(refused.value) == sentence
    assert not (tmp_path / "new.db").exists()


def test_an_archive_that_unpacks_without_end_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage.restore_learner, "BYTES", 1 << 20)
    (tmp_path / "bomb.gz").write_bytes(gzip.compress(b" " * (8 << 20)))
    with pytest.raises(ImportRefused) as refused:
        import_file(tmp_path / "new.db", tmp_path / "bomb.gz")
    assert str(refused.value) == TOO_LARGE


async def test_too_many_entries_are_refused(
    store: Store, where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, _ = await a_document(store, where, tmp_path)
    monkeypatch.setattr(storage.restore_learner, "ENTRIES", 3)
    with pytest.raises(ImportRefused) as refused:
        import_file(where, source)
    assert str(refused.value) == TOO_LARGE


def test_nobody_has_no_export(tmp_path: Path) -> None:
    from storage.export import export

    migrated(tmp_path / "new.db")
    document, table = io.BytesIO(), io.BytesIO()
    assert export(tmp_path / "new.db", Account("web", "local"), document, table, NOON) is False
    assert (document.getvalue(), table.getvalue()) == (b"", b"")


FIRST = st.sampled_from(sorted(STARTS_FORMULA | {"'", '"', "\n", ",", "\0="}))


@given(st.text() | st.builds(str.__add__, FIRST, st.text()))
def test_no_cell_is_a_formula_and_every_cell_comes_back(text: str) -> None:
    entry = Flagged(id="e", at=NOON, study_day=DAY, card="c", revision="r", reason="typo", given=text)
    ((*cells,),) = csv.reader(io.StringIO(row(entry), newline=""), strict=True)
    assert not any(cell[:1] in STARTS_FORMULA for cell in cells if cell)
    assert guarded(text) in cells
    assert unguarded(guarded(text)) == text.replace("\0", "")
