"""Draws a Reply as HTML. The only place where the page's markup is made, and where all content is escaped. Pure."""

from __future__ import annotations

import re
from html import escape
from typing import assert_never

from bot.core.actions import DATING, FINDING, PAUSING, Action, Browse, ShowHelp, ShowSettings, ShowStats, Start
from bot.core.buttons import encode
from bot.core.reply import Aside, Block, Button, Items, Line, Listing, Marker, Reply, Table, Weight
from bot.core.words import DECKS, DRILL, HELP, SETTINGS, STATS
from bot.web import words
from decks.text import CodeBlock, Paragraph, Span, Style, blocks, spans

ANSWER_LENGTH = 4000  # characters that fit the text field
PLACES: tuple[tuple[str, Action], ...] = (
    (DRILL, Start()),
    (DECKS, Browse()),
    (STATS, ShowStats()),
    (SETTINGS, ShowSettings()),
    (HELP, ShowHelp()),
)
_COMMAND = re.compile(rf"(?<![\w/.])/({'|'.join(words.EXPLAINED)})(?![\w/])")  # as the other surfaces write them


def page(reply: Reply, key: str, sentence: str = "", elsewhere: str = "") -> str:
    """A whole page showing one screen. `key` makes its presses idempotent; `sentence` is a notice above it;
    `elsewhere` is the address that a deep link's payload is put behind, empty where there is none."""
    return _shell(screen(reply, key, sentence, elsewhere))


def message(sentence: str, *, back: str = words.TO_THE_CARDS) -> str:
    """A whole page that says one sentence; `back` is its link home, empty for none."""
    link = f'<p><a class="button" href="/">{escape(back)}</a></p>' if back else ""
    return _shell(_frame(f'<section class="screen">{notice(sentence)}{link}</section>', ""))


def notice(sentence: str) -> str:
    """One sentence that asks for attention."""
    return f'<p class="notice" role="alert">{escape(sentence)}</p>'


def screen(reply: Reply, key: str, sentence: str = "", elsewhere: str = "") -> str:
    """One screen with the ways to other places above it: what page.js swaps."""
    toast = f'<p class="toast">{_spans(reply.toast)}</p>'
    body = "".join(_block(block) for block in reply.body)
    presses = _presses(reply.rows, key)
    field = _field(reply, key) if reply.answers else ""
    forms = presses + field if _has_options(reply) else field + presses
    door = _door(elsewhere + reply.link) if elsewhere and reply.link else ""
    door += _files() if reply.sends else ""
    above = notice(sentence) if sentence else ""
    section = f'<section class="screen" data-screen="{reply.screen.value}" data-attempt="{escape(reply.attempt)}">'
    return _frame(
        f'{toast}{above}{section}<div class="body" id="card">{body}</div>{door}{forms}</section>', _places(key)
    )


# --- blocks ------------------------------------------------------------------------------------------------------


def _block(block: Block) -> str:
    match block:
        case Line(text=text):
            return _text(text)
        case Aside(text=text):
            return f'<div class="aside">{_text(text)}</div>'
        case Listing(text=text, language=language):
            return _code(text, language)
        case Items():
            return _items(block)
        case Table(rows=rows):
            return _table(rows)
    assert_never(block)


def _text(text: str) -> str:
    """A text in the dialect: its paragraphs and code blocks."""
    return "".join(_paragraph(part) for part in blocks(text))


def _paragraph(part: Paragraph | CodeBlock) -> str:
    match part:
        case Paragraph(text=text):
            return f'<p dir="auto">{_spans(text)}</p>'
        case CodeBlock(text=text, language=language):
            return _code(text, language)
    assert_never(part)


def _spans(text: str) -> str:
    return "".join(_span(span) for span in spans(text))


def _span(span: Span) -> str:
    if span.style is Style.CODE:
        return f"<code>{escape(span.text)}</code>"
    names = words.EXPLAINED if span.style is Style.BOLD else words.COMMANDS
    content = escape(_COMMAND.sub(lambda match: names.get(match[1], match[0]), span.text))
    match span.style:
        case Style.PLAIN:
            return content
        case Style.BOLD:
            return f"<strong>{content}</strong>"
    assert_never(span.style)


def _code(text: str, language: str) -> str:
    """Code scrolls inside its own frame, which the keyboard can reach."""
    name = f"{words.CODE}, {language}" if language else words.CODE
    return f'<pre tabindex="0" role="region" aria-label="{escape(name)}" dir="ltr"><code>{escape(text)}</code></pre>'


def _items(block: Items) -> str:
    tag = "ul" if block.marker is Marker.BULLET else "ol"
    lines = "".join(_item(text, place in block.ticked) for place, text in enumerate(block.items))
    return f'<{tag} class="{block.marker.value}">{lines}</{tag}>'


def _item(text: str, ticked: bool) -> str:
    if not ticked:
        return f"<li>{_inline(text)}</li>"
    return f'<li class="ticked">{_inline(text)} <span class="unseen">({words.TICKED})</span></li>'


def _inline(text: str) -> str:
    """A text that is usually one paragraph, without a paragraph's margins then."""
    match blocks(text):
        case (Paragraph(text=only),):
            return f'<span dir="auto">{_spans(only)}</span>'
        case _:
            return _text(text)


def _table(rows: tuple[tuple[str, ...], ...]) -> str:
    lines = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return (
        f'<div class="table" tabindex="0" role="region" aria-label="{escape(words.TABLE)}"><table>{lines}</table></div>'
    )


# --- what can be done --------------------------------------------------------------------------------------------


def _presses(rows: tuple[tuple[Button, ...], ...], key: str) -> str:
    drawn = "".join(f'<div class="row">{"".join(_button(button) for button in row)}</div>' for row in rows)
    return f'<form class="presses" method="post" action="/act">{_hidden("key", key)}{drawn}</form>' if drawn else ""


def _button(button: Button) -> str:
    payload = escape(encode(button.action))
    key = f' data-key="{escape(button.key)}" aria-keyshortcuts="{escape(_key_name(button.key))}"' if button.key else ""
    wait = f'<span class="wait">{escape(button.wait)}</span>' if button.wait else ""
    name = f' aria-label="{escape(f"{button.label}, {words.spoken_wait(button.wait)}")}"' if button.wait else ""
    weight = "" if button.weight is Weight.PLAIN else f' class="{button.weight.value}"'
    label = f'<span dir="auto">{escape(button.label)}</span>'
    return f'<button name="payload" value="{payload}"{weight}{key}{name}>{label}{wait}</button>'


def _door(address: str) -> str:
    """A way to another surface, in a tab of its own."""
    return (
        f'<p><a class="button" href="{escape(address)}" target="_blank" rel="noopener noreferrer">'
        f"{escape(words.OPEN_TELEGRAM)}</a></p>"
    )


def _key_name(key: str) -> str:
    """As ARIA names keys."""
    return "Space" if key == " " else key


def _field(reply: Reply, key: str) -> str:
    named = {FINDING: words.FIND, PAUSING: words.DAY_BACK, DATING: words.DATE}
    label = escape(named.get(reply.attempt, words.YOUR_ANSWER))
    cursor = " autofocus" if reply.typing else ""
    return (
        f'<form class="answer" method="post" action="/act">{_hidden("key", key)}{_hidden("attempt", reply.attempt)}'
        f'<textarea name="text" rows="1" maxlength="{ANSWER_LENGTH}" aria-label="{label}" placeholder="{label}"'
        f' aria-describedby="card" required{cursor} autocomplete="off" autocapitalize="off" spellcheck="false"'
        f' enterkeyhint="send" dir="auto"></textarea><button>{escape(words.SEND)}</button></form>'
    )


def _files() -> str:
    """The links that download a learner's files."""
    links = (
        f'<p><a class="button" href="/{name}" download>{escape(label)}</a></p>' for name, label in words.FILES.items()
    )
    return "".join(links)


def _has_options(reply: Reply) -> bool:
    """Whether options stand in the buttons: then they come before the text field, else after it."""
    return any(button.key == "1" for row in reply.rows for button in row)


def _places(key: str) -> str:
    buttons = "".join(
        f'<button name="payload" value="{escape(encode(action))}">{escape(label)}</button>' for label, action in PLACES
    )
    return f'<form class="places" method="post" action="/act">{_hidden("key", key)}{buttons}</form>'


def _hidden(name: str, value: str) -> str:
    return f'<input type="hidden" name="{name}" value="{escape(value)}">'


# --- the page around it ------------------------------------------------------------------------------------------


def _frame(content: str, places: str) -> str:
    return (
        f'<header><a class="name" href="/">{words.TITLE}</a><nav>{places}</nav></header>'
        f'<main id="screen" tabindex="-1">{content}</main>'
    )


def _shell(framed: str) -> str:
    keys = "".join(f"<div><dt>{escape(key)}</dt><dd>{escape(does)}</dd></div>" for key, does in words.KEYS)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{words.TITLE}</title>
<link rel="icon" href="/static/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/static/page.css">
<script src="/static/page.js" defer></script>
</head>
<body>
<a class="skip" href="#screen">{words.SKIP_TO_CARD}</a>
<div id="app">{framed}</div>
<p id="said" class="unseen" role="status"></p>
<div id="offline" class="notice" role="alert" hidden>
<p>{words.OFFLINE}</p><button type="button" id="again">{words.TRY_AGAIN}</button>
</div>
<footer><details id="keys"><summary>{words.KEYS_TITLE}</summary><dl>{keys}</dl></details></footer>
</body>
</html>
"""
