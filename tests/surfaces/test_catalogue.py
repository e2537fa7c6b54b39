"""The whole catalogue as Telegram and Discord show it: nothing cut, nothing mangled, code as it was written.

Every card in every way it can be asked, before its answer, with its hint and after it, drawn by the real renderers and
read back by strict readers of each platform's markup.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator

import pytest

from bot.core.layout import ROW_LENGTHS
from bot.core.reply import Aside, Block, Button, Items, Line, Listing, Reply, Table
from bot.discord import render as discord
from bot.discord.components import wire
from bot.discord.rows import Door, Key, Menu
from bot.telegram import render as telegram
from decks.cards import cards
from decks.library import BUILTIN
from decks.model import Catalogue, Deck, Kind
from decks.text import CodeBlock, blocks, spans
from tests.discord.limits import departures
from tests.discord.reader import Refused, read
from tests.shipped import shipped
from tests.surfaces.cards import Seen, screens_of
from tests.telegram.server.html import parse_html, utf16
from tests.telegram.server.limits import inline_keyboard
from tests.telegram.server.refusals import Refusal

LIBRARY = shipped()
DECKS = [sheet.parsed.deck for sheet in LIBRARY.sheets if isinstance(sheet.parsed.deck, Deck)]  # drafts too
CATALOGUE = Catalogue(
    {deck.slug: deck for deck in DECKS}, {deck.slug: cards(deck, BUILTIN, LIBRARY.sources) for deck in DECKS}, {}
)
CARDS = tuple(CATALOGUE.cards.values())
ONE_SCREEN = 1500  # characters: a phone shows it with little scrolling


@pytest.fixture(scope="module")
def seen() -> tuple[Seen, ...]:
    return tuple(screen for card in CARDS for screen in screens_of(card, CATALOGUE))


def test_every_kind_of_card_is_among_them_in_every_state(seen: tuple[Seen, ...]) -> None:
    kinds = Counter(card.kind for card in CARDS)
    assert set(kinds) >= set(Kind) - {Kind.PROJECT}
    assert {screen.mode.value for screen in seen} == {"reveal", "choice", "typed", "cloze", "steps", "interview"}
    assert {screen.state.split()[0] for screen in seen} == {"asked", "hint", "answer", "model"}
    assert len(seen) > 4 * len(CARDS)


def test_telegram_shows_every_card_whole(seen: tuple[Seen, ...]) -> None:
    assert_well((screen, _on_telegram(screen.reply)) for screen in seen)


def test_discord_shows_every_card_whole(seen: tuple[Seen, ...]) -> None:
    assert_well((screen, _on_discord(screen.reply)) for screen in seen)


Bug = Callable[[pytest.MonkeyPatch], None]


def a_long_text_is_cut(patch: pytest.MonkeyPatch) -> None:
    for surface in (telegram, discord):
        patch.setattr(surface, "texts", lambda body, whole=surface.texts: tuple(t[:-20] for t in whole(body)))


def code_loses_its_indent(patch: pytest.MonkeyPatch) -> None:
    def bare(body: tuple[Block, ...]) -> tuple[Block, ...]:
        return tuple(
            Listing(re.sub(r"(?m)^ +", "", block.text), block.language) if isinstance(block, Listing) else block
            for block in body
        )

    for surface in (telegram, discord):
        patch.setattr(surface, "texts", lambda body, whole=surface.texts: whole(bare(body)))


def a_row_of_buttons_is_left_out(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(telegram, "keyboard", lambda rows, whole=telegram.keyboard: whole(list(rows)[1:]))
    patch.setattr(discord, "rows", lambda reply, elsewhere, whole=discord.rows: whole(reply, elsewhere)[1:])


@pytest.mark.parametrize("bug", [a_long_text_is_cut, code_loses_its_indent, a_row_of_buttons_is_left_out])
def test_a_bug_put_into_the_renderers_is_found(
    seen: tuple[Seen, ...], bug: Bug, monkeypatch: pytest.MonkeyPatch
) -> None:
    some = [screen for screen in seen if any("    " in code for block in screen.reply.body for code in _code(block))]
    assert some
    bug(monkeypatch)
    for look in (_on_telegram, _on_discord):
        assert any(_wrong(look, screen.reply) for screen in some)


def _wrong(look: Callable[[Reply], list[str]], reply: Reply) -> bool:
    try:
        return bool(look(reply))
    except (Refusal, Refused):
        return True


def assert_well(found: Iterable[tuple[Seen, list[str]]]) -> None:
    wrong = [f"{screen.card} {screen.mode} {screen.state}: {'; '.join(told)}" for screen, told in found if told]
    assert not wrong, f"{len(wrong)} screens:\n" + "\n".join(wrong[:20])


# --- what is wrong with a screen ---------------------------------------------------------------------------------


def _on_telegram(reply: Reply) -> list[str]:
    """Raises the Bot API's refusal where it would refuse."""
    drawn = telegram.draw(reply)
    text, entities = parse_html(drawn.texts[0])
    inline_keyboard(drawn.keyboard)
    code = [_slice(text, found["offset"], found["length"]) for found in entities if found["type"] == "pre"]
    labels = [
        button["text"] for row in (drawn.keyboard or {"inline_keyboard": []})["inline_keyboard"] for button in row
    ]
    told = [f"{len(drawn.texts)} messages"] if len(drawn.texts) != 1 else []
    told += [f"{utf16(text)} characters"] if utf16(text) > ONE_SCREEN else []
    return [*told, *_lost(reply, text, code), *_buttons(reply, labels)]


def _on_discord(reply: Reply) -> list[str]:
    drawn = discord.draw(reply)
    shown = read(drawn.texts[0])
    keys = [key for row in drawn.rows for key in (row.options if isinstance(row, Menu) else row)]
    labels = [key.label for key in keys if isinstance(key, Key) and not isinstance(key, Door)]
    told = [f"{len(drawn.texts)} messages"] if len(drawn.texts) != 1 else []
    told += departures(wire(drawn))
    return [*told, *_lost(reply, shown.text, [code for _, code in shown.code]), *_buttons(reply, labels)]


def _lost(reply: Reply, text: str, code: list[str]) -> Iterator[str]:
    """Text of the reply that is not shown, or not in its order; code that is not shown line by line."""
    there, at = _flat(text), 0
    for block in reply.body:
        for part in _texts(block):
            found = there.find(_flat(part), at)
            if found < 0:
                yield f"lost {part[:60]!r}"
            at = max(at, found)
        for lines in _code(block):
            if lines not in code:
                yield f"code is not as written: {lines[:60]!r}"


def _texts(block: Block) -> Iterator[str]:
    match block:
        case Line(text=text) | Aside(text=text):
            yield from _paragraphs(text)
        case Items(items=items):
            for item in items:
                yield from _paragraphs(item)
        case Table(rows=rows):
            yield from (word for row in rows for cell in row for word in cell.split())
        case Listing():
            return


def _paragraphs(text: str) -> Iterator[str]:
    for part in blocks(text):
        if not isinstance(part, CodeBlock):
            yield "".join(span.text for span in spans(part.text))


def _code(block: Block) -> Iterator[str]:
    if isinstance(block, Listing):
        yield block.text
    texts = [block.text] if isinstance(block, Line | Aside) else block.items if isinstance(block, Items) else ()
    for text in texts:
        yield from (part.text for part in blocks(text) if isinstance(part, CodeBlock))


def _buttons(reply: Reply, labels: list[str]) -> Iterator[str]:
    """Buttons that are missing, cut, or wider than a phone's row."""
    for row in reply.rows:
        wanted = [_label(button) for button in row]
        most = dict(ROW_LENGTHS).get(len(row), 3)
        if len(row) > 1 and max(map(len, wanted)) > most:
            yield f"a row too wide: {wanted}"
        for label in wanted:
            if _flat(label) not in map(_flat, labels):
                yield f"no button {label!r}"


def _label(button: Button) -> str:
    return f"{button.label} {button.wait}".rstrip()


def _flat(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _slice(text: str, offset: int, length: int) -> str:
    units = text.encode("utf-16-le")
    return units[2 * offset : 2 * (offset + length)].decode("utf-16-le")
