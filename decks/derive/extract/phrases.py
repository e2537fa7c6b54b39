"""Small questions about texts that several extractors ask. Pure."""

from __future__ import annotations

import re

from decks.derive.extract.spots import Spot
from decks.text import plain

CONTEXT = 60  # characters of a heading that a front can carry

_ABOUT = re.compile(
    r"\b(?:this|the) (?:guide|article|post|tutorial|course|roadmap|page|deep[- ]dive|cheat sheet|section|chapter|"
    r"list)\b(?! of\b)"
    r"|\bin this (?:guide|article|section|post)|\bthis .{0,40}deep[- ]dive\b|\bsections? \d+ (?:of|covers?|ships|"
    r"sketches)\b|\bsection \d\b"
    r"|\bwalks (?:you )?through\b|\bread(?:ing)? on\b|\bsubscribe\b|\bsign up\b|\b\d+\+ (?:interview )?(?:problems|"
    r"questions)\b|\bhands-on reps\b",
    re.IGNORECASE,
)
_ENUMERATED = re.compile(
    r"^(?:layer|level|step|pattern|strategy|stage|phase|part|tier|option|pillar|principle|lab|week|migration|question|"
    r"F|Q)\s?"
    r"(?:\d+|[A-Z]\b)\s*[:.\u2014\u2013-]\s+",
    re.IGNORECASE,
)
_CUT = re.compile(r"\s+[\u2014\u2013]\s+|: |\s+\((?=[^)]*\)$)|, (?:one|with|and) ")
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z`*\"\u201c(])|;\s+")
_VERB = re.compile(
    r"^(?:\*\*)?`?(?:add|apply|ask|audit|backfill|break|build|call|check|choose|clean|clear|close|collect|commit|"
    r"compare|compute|configure|"
    r"connect|convert|copy|create|declare|decide|define|delete|deploy|design|determine|document|drain|drop|enable|estimate|"
    r"evaluate|execute|"
    r"export|extract|fetch|filter|find|fix|generate|identify|implement|import|ingest|insert|inspect|install|join|"
    r"launch|list|load|look|"
    r"make|map|mark|measure|merge|monitor|move|name|open|pause|pick|plan|prepare|promote|provision|publish|pull|push|"
    r"put|read|rebuild|"
    r"record|re-?run|remove|replace|restart|restore|return|review|rewrite|roll|run|schedule|scan|select|send|set|sort|"
    r"split|start|stop|"
    r"store|submit|switch|take|test|trace|train|transform|trigger|turn|update|upload|use|validate|verify|wait|walk|"
    r"watch|write)\b",
    re.IGNORECASE,
)
_PLACEHOLDER = "\x00"


def is_about(text: str) -> bool:
    """Whether a text speaks of the document or its site instead of the subject."""
    return bool(_ABOUT.search(plain(text)))


def acts(text: str) -> bool:
    """Whether a text begins with a verb that tells somebody what to do."""
    return bool(_VERB.match(plain(text)))


def words(text: str) -> list[str]:
    """The words of a text as it reads."""
    return plain(text).split()


def clauses(text: str) -> list[str]:
    """The sentences of a text, also parted at semicolons outside code; markup kept whole."""
    codes: list[str] = []

    def keep(match: re.Match[str]) -> str:
        codes.append(match[0])
        return f"{_PLACEHOLDER}{len(codes) - 1}{_PLACEHOLDER}"

    guarded = re.sub(
        r"`[^`\n]+`|\"[^\"\n]{1,120}\"|\u201c[^\u201d\n]{1,120}\u201d|\([^()]*\)|\b(?:e\.g|i\.e|vs|etc)\.", keep, text
    )
    parts = [part.strip(" ;") for part in _SENTENCE.split(guarded)]
    restored = [_restore(part, codes) for part in parts if part]
    return [_balanced(part) for part in restored if re.search(r"\w", part)]


def context(spot: Spot) -> str:
    """The world a card's front should name: the heading, cut where it begins to chat."""
    titles = [title for title in spot.titles if title and not is_about(title)]
    for title in reversed(titles):
        short = _CUT.split(_ENUMERATED.sub("", title))[0].strip(" ?:")
        if not re.match(r"(?:why|how|what|when|worked|solution|example|faq|frequently)\b", short, re.IGNORECASE):
            return capital(short if len(short) <= CONTEXT else short[: CONTEXT + 1].rpartition(" ")[0])
    return spot.document.title if len(spot.document.title) <= CONTEXT else _CUT.split(spot.document.title)[0][:CONTEXT]


def capital(text: str) -> str:
    """A text with a capital first letter, unless its first word is an identifier or has capitals of its own."""
    first = text.split(" ")[0]
    return text if not first.isalpha() or not first.islower() or first in ("dbt",) else text[:1].upper() + text[1:]


def _restore(text: str, codes: list[str]) -> str:
    while _PLACEHOLDER in text:
        text = re.sub(rf"{_PLACEHOLDER}(\d+){_PLACEHOLDER}", lambda match: codes[int(match[1])], text)
    return text


def _balanced(text: str) -> str:
    """A piece of a text with bold that was cut in two made plain."""
    return text.replace("**", "") if text.count("**") % 2 else text
