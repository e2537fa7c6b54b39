"""Where derived notes come from, without a sentence of it: hashes that tell change, quotation and kinship. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping

import msgspec
from msgspec import Struct, structs

from decks.errors import DeckError
from decks.model import Note
from decks.text import plain
from decks.wording import stems

FILE = "provenance.json"
RUN = 8  # consecutive words of a source that no published card may repeat

_GRAM, _WORD = 8, 4  # hex digits of a hashed run of words and of a hashed word
_WORDS = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")


class Trace(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is known about the source of one note."""

    note: str
    document: str  # key of the document
    path: str  # slugs of its headings, joined by "/"
    lines: str  # "12-14" of the document as it was read
    kind: str  # what found it: matrix, term, ...
    source: str  # hash of the words it rests on
    subject: str  # hash of what it speaks of
    words: str = ""  # hashed content words, for finding a reworded source again
    runs: str = ""  # hashed runs of RUN words, for finding quotations
    draft: str = ""  # hash of the note as it was drafted: another one means that an author has worked on it
    stale: str = ""  # why an author should look at it again
    stale_at: str = ""  # hash of the note when it was flagged; an edit since then answers the flag


class Traces(Struct, frozen=True):
    """The traces of a folder, by note id, and the deck file each document was drafted into."""

    notes: Mapping[str, Trace] = {}
    documents: Mapping[str, str] = {}


def read_traces(text: str, *, file: str = FILE) -> Traces:
    """What a provenance file holds. Raises DeckError."""
    try:
        stored = msgspec.json.decode(text, type=_Stored)
    except msgspec.DecodeError as error:
        remedy = "Restore the file, or delete it: decks stay, but re-derivation starts anew."
        raise DeckError(file, 1, f"The provenance cannot be read ({error})", remedy) from error
    return Traces({trace.note: trace for trace in stored.notes}, stored.documents)


def write_traces(traces: Traces) -> str:
    """The file, a note to a line so that its differences can be read."""
    documents = ",\n".join(f"  {_json(key)}: {_json(traces.documents[key])}" for key in sorted(traces.documents))
    notes = ",\n".join(f"  {_json(traces.notes[id])}" for id in sorted(traces.notes))
    return f'{{"documents": {{\n{documents}\n}}, "notes": [\n{notes}\n]}}\n'


def digest(text: str) -> str:
    """Hash of a text as it reads (16 hex digits); case and spacing do not enter."""
    return _hash(" ".join(text.casefold().split()), 16)


def note_digest(note: Note) -> str:
    """Hash of what a note says; its id, place, source and waivers do not enter."""
    bare = structs.replace(note, id="", section="", source="", waivers=(), was=())
    return hashlib.blake2b(msgspec.json.encode(bare), digest_size=8).hexdigest()


def words_of(text: str) -> str:
    """The content words of a text, hashed and sorted."""
    return "".join(sorted({_hash(word, _WORD) for word in stems(text)}))


def overlap(one: str, other: str) -> float:
    """The Jaccard index of two results of `words_of`."""
    mine, theirs = _cut(one, _WORD), _cut(other, _WORD)
    return len(mine & theirs) / len(mine | theirs) if mine or theirs else 0.0


def runs_of(text: str) -> str:
    """Every run of RUN words of a text, hashed; a line break does not part a run."""
    words = _said(text)
    return "".join(dict.fromkeys(_hash(" ".join(words[at : at + RUN]), _GRAM) for at in range(len(words) - RUN + 1)))


def quotation(note: Note, trace: Trace) -> str:
    """The first RUN words in a row that a note shares with its source, "" when there are none."""
    known = _cut(trace.runs, _GRAM)
    for text in texts(note):
        words = _said(text)
        for at in range(len(words) - RUN + 1):
            run = " ".join(words[at : at + RUN])
            if _hash(run, _GRAM) in known:
                return run
    return ""


def texts(note: Note) -> tuple[str, ...]:
    """Every text of a note that a learner can read."""
    return (*_strings(msgspec.to_builtins(note.body)), note.why, note.hint, *_strings(msgspec.to_builtins(note.wrong)))


def is_answered(note: Note, trace: Trace) -> bool:
    """Whether an author has changed a note since it was flagged as stale."""
    return not trace.stale or note_digest(note) != trace.stale_at


class _Stored(Struct):
    documents: dict[str, str]
    notes: list[Trace]


def _strings(value: object) -> tuple[str, ...]:
    match value:
        case str():
            return (value,)
        case dict():
            return tuple(text for one in value.values() for text in _strings(one))
        case list() | tuple():
            return tuple(text for one in value for text in _strings(one))
        case _:
            return ()


def _said(text: str) -> list[str]:
    return _WORDS.findall(plain(text).casefold())


def _cut(hashes: str, size: int) -> frozenset[str]:
    return frozenset(hashes[at : at + size] for at in range(0, len(hashes), size))


def _hash(text: str, digits: int) -> str:
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()[:digits]


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
