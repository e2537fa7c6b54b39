"""Give notes their ids: short slugs written into the file text once, changing nothing else. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Set

from msgspec import Struct

from decks.entry import commas
from decks.lines import RawNote, read_lines
from decks.parse import header_length
from decks.slugs import id_slug, slug
from decks.text import Paragraph, blocks, plain

_WORDS, _LONGEST = 5, 40
_FILLER = frozenset(
    re.findall(
        r"\w+",
        "a an the is are was were be do does did of to in on at for and or with by from as what which when why how who "
        "that this it its has have had can must should would will you your s",
    )
)


class Written(Struct, frozen=True):
    """An id that was given, and the line that now holds it."""

    line: int
    id: str


def write_ids(text: str, taken: Set[str]) -> tuple[str, tuple[Written, ...]]:
    """The text with an `id:` line for every note that had none; ids avoid `taken` and those in the text.

    A note whose lines do not hold together gets none until they do: where it ends is not known.
    """
    lines = text.split("\n")
    used = set(taken) | ids_in(text)
    written: list[Written] = []
    for note in _notes(text):
        if not note.errors and not any(field.key == "id" for field in note.fields):
            fresh = _unused(_base(note), used)
            used.add(fresh)
            at = (note.head.end if note.kind in ("Matrix", "Compare") else note.end) + len(written)
            lines.insert(at, f"id: {fresh}" + ("\r" if lines[at - 1].endswith("\r") else ""))
            written.append(Written(at + 1, fresh))
    return "\n".join(lines), tuple(written)


def ids_in(text: str) -> set[str]:
    """Every id a file uses or has used (`was:`), also those of notes that do not parse."""
    fields = [field for note in _notes(text) for field in _fields(note) if field[0] in ("id", "was")]
    return {old.rpartition(":")[2].partition("/")[0] for _, value in fields for old in commas(value)}


def _notes(text: str) -> list[RawNote]:
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    start = header_length(lines)
    notes, _ = read_lines(lines[start:], start + 1, "")
    return notes


def _fields(note: RawNote) -> Iterable[tuple[str, str]]:
    for fields in (note.fields, *(block.fields for block in note.blocks)):
        yield from ((field.key, field.value) for field in fields)


def _base(note: RawNote) -> str:
    """The first telling words of what the note asks."""
    text = " ".join(block.text for block in blocks(note.head.value) if isinstance(block, Paragraph))
    words = slug(re.sub(r"\{\w+\}", " ", plain(text)), longest=10_000).split("-")
    telling = [word for word in words if word and word not in _FILLER] or [word for word in words if word]
    return id_slug(" ".join(telling[:_WORDS]), _LONGEST) or note.kind.lower()


def _unused(base: str, used: Set[str]) -> str:
    fresh, number = base, 2
    while fresh in used:
        fresh, number = f"{base}-{number}", number + 1
    return fresh
