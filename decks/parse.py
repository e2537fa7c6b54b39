"""Deck text -> Deck or Track. Pure, never raises: one bad note is listed with its remedy, the rest loads."""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec import Struct

from decks.entry import AS_OF, commas, tidy_source
from decks.errors import DeckError
from decks.lines import RawNote, closest, read_lines, split_bars
from decks.model import Deck, Exam, Module, Note, Track
from decks.notes import build
from decks.slugs import SLUG, slug

LEVELS = ("beginner", "intermediate", "advanced", "expert")
_DECK = ("deck", "title", "about", "level", "requires", "source", "as_of", "licence", "status")
_TRACK = ("track", "title", "goal", "decks", "module", "guide", "guide date", "questions", "minutes", "weight")
_KEY = re.compile(r"([a-z_]+(?: [a-z]+)?):(?:\s+(.*))?")


class Parsed(Struct, frozen=True):
    """What a file holds. `starts` are the headline lines of the deck's notes, in order.

    `lines` finds the line of a note by its key (id, or "line-12" while it has none) and of a table row by
    "key/row-slug".
    """

    deck: Deck | Track | None
    lines: Mapping[str, int]
    errors: tuple[DeckError, ...]
    starts: tuple[int, ...] = ()


def parse(text: str, *, file: str) -> Parsed:
    """Read a deck or track file. `deck` is None when its header cannot be used; `errors` are in line order."""
    header = _Header(split_lines(text), file)
    raws, errors = read_lines(header.rest, header.end + 1, file)
    notes, starts, lines = _notes(raws, errors, file)
    deck = header.track(raws) if header.is_track else header.deck(tuple(notes))
    found = sorted((*header.errors, *errors), key=lambda error: error.line)
    return Parsed(deck, lines, tuple(found), tuple(starts))


def split_lines(text: str) -> list[str]:
    """The lines of a file, whatever its line endings."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")


def header_length(lines: list[str]) -> int:
    """How many lines the header takes, its two '---' included; 0 when there is none."""
    begin = next((n for n, line in enumerate(lines) if line.strip()), 0)
    if lines[begin].rstrip() != "---":
        return 0
    return next((n + 1 for n in range(begin + 1, len(lines)) if lines[n].rstrip() == "---"), 0)


def note_key(note: Note, line: int) -> str:
    """What `Parsed.lines` calls a note that starts at `line`."""
    return note.id or f"line-{line}"


def _notes(raws: list[RawNote], errors: list[DeckError], file: str) -> tuple[list[Note], list[int], dict[str, int]]:
    """Build what can be built; what cannot goes to `errors`."""
    notes: list[Note] = []
    starts: list[int] = []
    lines: dict[str, int] = {}
    taken: dict[str, int] = {}  # ids: a note without one is known by its line, which another may have for an id
    for raw in raws:
        try:
            note = build(raw, file)
            if note.id in taken:
                first = taken[note.id]
                remedy = "Give this note an id of its own, or delete the line and run 'backfill decks id'."
                raise DeckError(file, raw.line, f"The id '{note.id}' is taken by the note in line {first}", remedy)
        except DeckError as error:
            errors += raw.errors or [error]
            continue
        key = note_key(note, raw.line)
        lines[key] = raw.line
        taken |= {note.id: raw.line} if note.id else {}
        lines |= {f"{key}/{slug(cells[0])}": line for line, cells in raw.table[2:]}
        notes.append(note)
        starts.append(raw.line)
    return notes, starts, lines


class _Header:
    """The lines between the two '---', taken by name."""

    def __init__(self, lines: list[str], file: str) -> None:
        self.file = file
        self.errors: list[DeckError] = []
        self.fields: list[tuple[str, int, str]] = []
        self.end = header_length(lines)  # how many lines it takes
        self.rest = lines[self.end :] if self.end else []
        if not self.end:
            remedy = "Begin the file with '---', lines such as 'deck: slug' and 'title: ...', and '---'."
            self._error(1, "The file has no header", remedy)
        for number, line in enumerate(lines[: max(self.end - 1, 0)], start=1):
            if self.fields or line.rstrip() != "---":
                self._read(number, line)
        self.is_track = any(key == "track" for key, _, _ in self.fields)
        self._known()

    def deck(self, notes: tuple[Note, ...]) -> Deck | None:
        if not self.end:
            return None
        deck = Deck(
            slug=self._slug("deck"),
            title=self._need("title"),
            about=self._need("about"),
            level=self._one_of("level", LEVELS),
            notes=notes,
            requires=commas(self._one("requires")),
            licence=self._one("licence") or "MIT",
            source=tidy_source(self._one("source")),
            as_of=self._as_of("as_of"),
            draft=self._status() == "draft",
        )
        return deck if all((deck.slug, deck.title, deck.about, deck.level)) else None

    def track(self, raws: list[RawNote]) -> Track | None:
        if raws:
            remedy = "Move it into a deck file and list that deck under 'decks:'."
            self._error(raws[0].line, "A track holds no notes", remedy)
        modules = self._modules()
        listed = tuple(dict.fromkeys(slug for module in modules for slug in module.decks))
        track = Track(
            slug=self._slug("track"),
            title=self._need("title"),
            goal=self._need("goal"),
            decks=listed or commas(self._need("decks")),
            modules=modules,
            exam=self._exam(),
        )
        return track if all((track.slug, track.title, track.goal, track.decks)) else None

    def _modules(self) -> tuple[Module, ...]:
        found = []
        for line, value in ((line, value) for key, line, value in self.fields if key == "module"):
            title, *rest = split_bars(value, most=1)
            decks = commas(rest[0]) if rest else ()
            if title and decks:
                found.append(Module(title, decks))
            else:
                self._error(line, f"'{value}' is no module", "Write  module: title | deck, deck")
        if found and self._one("decks"):
            self._error(self._line("decks"), "The decks are given twice", "Leave out 'decks:' beside 'module:' lines.")
        return tuple(found)

    def _exam(self) -> Exam | None:
        keys = {key for key, _, _ in self.fields}
        if not keys & {"guide", "guide date", "questions", "minutes", "weight"}:
            return None
        guide, date = self._need("guide"), self._need("guide date") and self._as_of("guide date")
        questions, minutes = self._count("questions"), self._count("minutes")
        weights = self._weights()
        return Exam(guide=guide, date=date, weights=weights, questions=questions, minutes=minutes)

    def _weights(self) -> tuple[tuple[str, float], ...]:
        weights: list[tuple[str, float]] = []
        for line, value in ((line, value) for key, line, value in self.fields if key == "weight"):
            match = re.fullmatch(r"(.*\S)\s*\|\s*(\d+(?:\.\d+)?)\s*%", value)
            if match:
                weights.append((match[1], round(float(match[2]) / 100, 6)))
            else:
                self._error(line, f"'{value}' is no weight", "Write  weight: domain | 24 %")
        total = sum(weight for _, weight in weights)
        if weights and abs(total - 1) > 0.0051:
            self._error(self._line("weight"), f"The weights add up to {total:.0%}", "They must add up to 100 %.")
        return tuple(weights)

    def _read(self, line: int, text: str) -> None:
        if not text.strip():
            return
        if match := _KEY.fullmatch(text.rstrip()):
            self.fields.append((match[1], line, (match[2] or "").strip()))
        elif self.fields and text[0].isspace():
            key, start, value = self.fields[-1]
            self.fields[-1] = (key, start, f"{value} {text.strip()}".strip())
        else:
            self._error(line, "A header line that is no 'name: value'", "Indent it if it goes on with the line above.")

    def _known(self) -> None:
        known = _TRACK if self.is_track else _DECK
        seen: set[str] = set()
        for key, line, _ in self.fields:
            if key not in known:
                near = closest(key, known)
                remedy = f"Did you mean '{near}:'?" if near else f"The header takes {', '.join(known)}."
                self._error(line, f"'{key}:' is no header line", remedy)
            elif key in seen and key not in ("weight", "module"):
                self._error(line, f"'{key}:' is given twice", "Keep one of them.")
            seen.add(key)

    def _error(self, line: int, problem: str, remedy: str) -> None:
        self.errors.append(DeckError(self.file, line, problem, remedy))

    def _line(self, key: str) -> int:
        return next((line for name, line, _ in self.fields if name == key), 1)

    def _one(self, key: str) -> str:
        return next((value for name, _, value in self.fields if name == key), "")

    def _need(self, key: str) -> str:
        value = self._one(key)
        if not value:
            self._error(self._line(key), f"The header has no '{key}:'", f"Add a line '{key}: ...' between the '---'.")
        return value

    def _slug(self, key: str) -> str:
        value = self._need(key)
        if value and not SLUG.fullmatch(value):
            self._error(self._line(key), f"'{value}' is no slug", "Use lower-case words with hyphens.")
            return ""
        return value

    def _one_of(self, key: str, values: tuple[str, ...]) -> str:
        value = self._need(key)
        if value and value not in values:
            self._error(self._line(key), f"'{value}' is no {key}", f"Write one of {', '.join(values)}.")
            return ""
        return value

    def _status(self) -> str:
        value = self._one("status")
        if value not in ("", "draft", "published"):
            self._error(self._line("status"), f"'{value}' is no status", "Write 'draft', or remove the line.")
            return "draft"
        return value

    def _as_of(self, key: str) -> str:
        value = self._one(key)
        if value and not AS_OF.fullmatch(value):
            self._error(self._line(key), f"'{value}' is no YYYY-MM date", f"Write  {key}: YYYY-MM")
            return ""
        return value

    def _count(self, key: str) -> int:
        value = self._need(key)
        if value and not re.fullmatch(r"[1-9][0-9]{0,5}", value):
            self._error(self._line(key), f"'{value}' is no number of {key}", f"Write  {key}: 45")
            return 0
        return int(value) if value else 0
