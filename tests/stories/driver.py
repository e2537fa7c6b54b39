"""Stories: a learner, a real tutor on a real SQLite file, and a clock the story sets."""

from __future__ import annotations

import random
import textwrap
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar, assert_never

from bot.core.actions import Action, Begin, Start, Type, Undo
from bot.core.buttons import decode, encode
from bot.core.layout import ROW_LENGTHS
from bot.core.model import Account, LogEntry
from bot.core.ports import Store, Turn
from bot.core.post import Post
from bot.core.reply import Aside, Block, Button, Items, Line, Listing, Marker, Reply, Screen, Table, Weight
from bot.core.tutor import Tutor
from decks.library import Folder, Library
from decks.text import Style, spans
from scheduler.model import Progress
from storage.check import check
from storage.open import open_store
from tests.databases import migrated
from tests.shipped import shipped

WIDTH = 48  # characters of a line on a phone, about
TABLE = 40  # columns of a phone in a fixed font
MONDAY = int(datetime(2026, 11, 23, 18, 0, tzinfo=UTC).timestamp() * 1000)
MINUTE = 60_000  # ms

Found = TypeVar("Found")


class Story:
    """One library, one database and everybody in it. Use as `async with Story(tmp_path, decks) as story`."""

    def __init__(
        self, folder: Path, decks: dict[str, str] | None = None, *, zone: str = "Europe/Berlin", at: int = MONDAY
    ) -> None:
        """`decks` are file names without `.md` and their texts; None stands for the built-in catalogue."""
        self.now = at
        self.transcript: list[str] = []
        self.database = migrated(folder / "progress.db")
        self._decks = folder / "decks"
        self._zone = zone
        self._chance = random.Random(5)
        self._key = 0
        self._edits = 0
        self._store: Store | None = None
        if decks is not None:
            self._decks.mkdir()
            for name, text in decks.items():
                self._write(name, text)
        self.library = shipped() if decks is None else Library([Folder(self._decks, "own")])
        assert self.library.errors == ()

    async def __aenter__(self) -> Story:
        self._store = await open_store(self.database, clock=lambda: self.now)
        self._tutor = self._begin(self._store)
        return self

    async def __aexit__(self, kind: object, *_: object) -> None:
        """However the story went, its database must follow from its log."""
        assert self._store is not None
        await self._store.close()
        if kind is None:
            assert check(self.database) == []

    def _begin(self, store: Store) -> Tutor:
        return Tutor(store, lambda: self.library.current, lambda: self.now, chance=self.chance, zone=self._zone)

    def chance(self) -> str:
        return f"{self._chance.getrandbits(128):032x}"

    def key(self) -> str:
        self._key += 1
        return f"k{self._key}"

    async def learner(self, platform: str = "web", external: str = "local") -> Person:
        """Somebody who has just opened Backfill."""
        person = Person(self, Account(platform, external))
        await person.does(Begin())
        return person

    @property
    def store(self) -> Store:
        """The store of the process now running."""
        assert self._store is not None
        return self._store

    @property
    def post(self) -> Post:
        """The door to messages nobody is waiting for, of the process now running."""
        return self._tutor.post

    async def handle(self, account: Account, action: Action, key: str) -> Reply:
        return await self._tutor.handle(account, action, key)

    def passes(self, *, minutes: float = 0, hours: float = 0, days: float = 0) -> None:
        """Time goes by."""
        self.now += round((minutes + 60 * hours + 24 * 60 * days) * MINUTE)
        self._said(f"({_spent(minutes, hours, days)} later)")

    async def restart(self) -> None:
        """The process ends and another begins on the same file."""
        assert self._store is not None
        await self._store.close()
        self._store = await open_store(self.database, clock=lambda: self.now)
        self._tutor = self._begin(self._store)
        self._said("(the process is restarted)")

    def edits(self, name: str, text: str) -> None:
        """An author saves a deck file; the running process picks it up."""
        self._write(name, text)
        self._picked_up("edited", name)

    def removes(self, name: str) -> None:
        """An author deletes a deck file."""
        (self._decks / f"{name}.md").unlink()
        self._picked_up("removed", name)

    def _picked_up(self, what: str, name: str) -> None:
        assert self.library.refresh()
        assert self.library.errors == ()
        self._said(f"(the deck {name} is {what})")

    def _write(self, name: str, text: str) -> None:
        """A new length every time: two edits may fall into one tick of the file system's clock."""
        self._edits += 1
        (self._decks / f"{name}.md").write_text(text + "\n" * self._edits)

    async def look(self, account: Account, read: Callable[[Turn], Found]) -> Found:
        """What the store knows of a learner."""
        found: list[Found] = []

        def decide(turn: Turn) -> Reply:
            assert turn.learner(account) is not None
            found.append(read(turn))
            return Reply(screen="notice", body=())  # type: ignore[arg-type]

        assert self._store is not None
        await self._store.run(account, "", decide)
        return found[0]

    def says(self, who: str, what: str) -> None:
        self._said(f"{who} {what}")

    def shows(self, text: str) -> None:
        self.transcript += [text, ""]

    def _said(self, text: str) -> None:
        self.transcript += [f"> {text}", ""]


class Person:
    """One account and what is on its screen."""

    def __init__(self, story: Story, account: Account) -> None:
        self.story = story
        self.account = account
        self.reply = Reply(screen="notice", body=())  # type: ignore[arg-type]
        self.pressed: Action | None = None  # the last action, and the key under which it was delivered
        self.key = ""

    @property
    def screen(self) -> str:
        """The screen as a phone would show it."""
        return drawn(self.reply)

    async def does(self, action: Action, *, key: str = "", seconds: float = 6) -> Reply:
        """An action of any kind, six seconds after the last."""
        self.story.now += round(seconds * 1000)
        self.pressed, self.key = action, key or self.story.key()
        self.reply = await self.story.handle(self.account, action, self.key)
        self.story.shows(self.screen)
        assert_fits(self.reply)
        return self.reply

    async def presses(self, label: str, *, seconds: float = 6) -> Reply:
        """The button whose label begins so, through its payload, as a platform would deliver it."""
        self.story.says(self.account.platform, f"presses {label}")
        return await self.does(decode(encode(self.button(label).action)), seconds=seconds)

    async def presses_again(self, *, redelivered: bool) -> Reply:
        """The last press once more: the same update delivered twice, or a second tap."""
        assert self.pressed is not None
        self.story.says(self.account.platform, "is heard twice" if redelivered else "taps twice")
        return await self.does(self.pressed, key=self.key if redelivered else "", seconds=0.2)

    async def types(self, text: str, *, seconds: float = 6) -> Reply:
        self.story.says(self.account.platform, f"types {text!r}")
        return await self.does(Type(text), seconds=seconds)

    async def drills(self) -> Reply:
        self.story.says(self.account.platform, "types /drill")
        return await self.does(Start())

    async def undoes(self) -> Reply:
        self.story.says(self.account.platform, "types /undo")
        return await self.does(Undo())

    def button(self, label: str) -> Button:
        found = [button for button in self.buttons if button.label.startswith(label)]
        assert found, f"no button {label!r} on:\n{self.screen}"
        return found[0]

    @property
    def buttons(self) -> list[Button]:
        return [button for row in self.reply.rows for button in row]

    @property
    def labels(self) -> list[str]:
        return [button.label for button in self.buttons]

    def sees(self, *sentences: str) -> None:
        """Each of these stands on the screen, line breaks aside."""
        screen = " ".join(self.screen.split())
        for sentence in sentences:
            assert sentence in screen, f"{sentence!r} is not on:\n{self.screen}"

    def is_at(self, *screens: Screen) -> bool:
        """Whether one of these is on show."""
        return self.reply.screen in screens

    async def progress(self) -> dict[str, Progress]:
        """All progress of this learner in cards of the catalogue."""
        cards = sorted(self.story.library.current.cards)
        return dict(await self.story.look(self.account, lambda turn: turn.progress(cards)))

    async def log(self, card: str) -> list[LogEntry]:
        return list(await self.story.look(self.account, lambda turn: turn.entries(card)))


def assert_fits(reply: Reply) -> None:
    """A phone shows the whole of every label and of every grid; adapters fit tables by their words."""
    for row in reply.rows:
        labels = [_label(button) for button in row]
        most = dict(ROW_LENGTHS).get(len(row), 3)  # five key points stand in one row as figures
        assert len(row) == 1 or max(map(len, labels)) <= most, labels
    for block in reply.body:
        if isinstance(block, Listing) and not block.language:
            assert max(map(len, block.text.splitlines())) <= TABLE


def _label(button: Button) -> str:
    return f"{button.label} {button.wait}".rstrip()


def drawn(reply: Reply) -> str:
    """A reply as text: a toast, the blocks parted by lines, buttons in brackets with the suggested one starred."""
    parts = [f"({reply.toast})"] if reply.toast else []
    parts += [_block(block) for block in reply.body]
    rows = "\n".join(" ".join(_button(button) for button in row) for row in reply.rows)
    return "\n".join((*parts, rows)).rstrip()


def _block(block: Block) -> str:
    match block:
        case Line(text=text):
            return _wrapped(_marked(text))
        case Aside(text=text):
            return _wrapped(f"_{_marked(text)}_")
        case Listing(text=text):
            return textwrap.indent(text, "    ")
        case Items(items=items, marker=marker, ticked=ticked):
            return "\n".join(_item(place, item, marker, place in ticked) for place, item in enumerate(items))
        case Table(rows=rows):
            return _table(rows)
        case _:
            assert_never(block)


def _item(place: int, text: str, marker: Marker, ticked: bool) -> str:
    mark = {Marker.LETTER: "ABCDEFGHIJ"[place], Marker.NUMBER: str(place + 1), Marker.BULLET: "·"}[marker]
    return _wrapped(f"{mark}{'✓' if ticked else ' '} {_marked(text)}", later="   ")


def _table(rows: Iterable[tuple[str, ...]]) -> str:
    lines = [list(row) for row in rows]
    widths = [max(len(cell) for cell in column) for column in zip(*lines, strict=True)]
    return "\n".join(
        "    " + "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def _marked(text: str) -> str:
    marks = {Style.PLAIN: "", Style.BOLD: "*", Style.CODE: "`"}
    return "".join(f"{marks[span.style]}{span.text}{marks[span.style]}" for span in spans(text))


def _wrapped(text: str, later: str = "") -> str:
    return textwrap.fill(text, WIDTH, subsequent_indent=later, break_long_words=False, break_on_hyphens=False)


def _button(button: Button) -> str:
    star = "*" if button.weight is Weight.PRIMARY else ""
    return f"[{star}{_label(button)}]"


def _spent(minutes: float, hours: float, days: float) -> str:
    counted = ((days, "day"), (hours, "hour"), (minutes, "minute"))
    return ", ".join(f"{count:g} {unit}{'' if count == 1 else 's'}" for count, unit in counted if count)
