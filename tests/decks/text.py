"""Small deck texts for tests: a header, and what is read from a body."""

from __future__ import annotations

from decks.cards import cards
from decks.lint import Finding, Sheet, lint
from decks.model import Card, Deck
from decks.parse import Parsed, parse
from decks.sources import Sources, read_sources

HEADER = "---\ndeck: things\ntitle: Things\nabout: What things are.\nlevel: beginner\nsource: guide, Grain\n---\n\n"
SOURCES = read_sources(
    '[guide]\ntitle = "The guide"\ndate = "2026-05"\nsections = ["Grain", "Keys"]\n[general]\ntitle = "G"\n'
)


def read(body: str) -> Parsed:
    """A deck file with this body."""
    return parse(HEADER + body, file="x.md")


def cards_of(body: str, sources: Sources = SOURCES) -> tuple[Card, ...]:
    """The cards of a body that must be without errors."""
    parsed = read(body)
    assert parsed.errors == ()
    assert isinstance(parsed.deck, Deck)
    return cards(parsed.deck, "backfill", sources)


def found(*bodies: str) -> list[Finding]:
    """What the linter says of files with these bodies, the first called x0.md and its deck d0."""
    sheets = [
        Sheet(f"x{at}.md", parse(HEADER.replace("deck: things", f"deck: d{at}") + body, file=f"x{at}.md"))
        for at, body in enumerate(bodies)
    ]
    return list(lint(sheets, SOURCES, month="2026-11"))


def rules_of(*bodies: str) -> list[str]:
    """The severity and rule of each finding."""
    return [f"{finding.severity} {finding.rule}" for finding in found(*bodies)]
