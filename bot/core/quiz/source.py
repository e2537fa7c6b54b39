"""Which cards a quiz draws from, read from a line of text. Pure.

    scd-types + txn-isolation        decks, by slug or title
    dbt 70% + sql 30%                tracks, or all decks whose slug begins so; shares of the questions
    scd-types(1-40)                  a range of a deck's cards, in the order one learns them
    production pipelines             a domain of an exam

Whatever is unknown is named, with what comes close to it.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

from msgspec import Struct

from bot.core.model import Scope, ScopeKind, TutorError
from bot.core.scope import scope_cards
from bot.core.spoken import joined
from decks.model import Catalogue
from decks.text import escape

TERMS = 10
EVERYTHING = ("", "everything", "all")

_TERM = re.compile(r"(?P<name>.*?)\s*(?:\(\s*(?P<first>\d+)\s*-\s*(?P<last>\d+)\s*\))?\s*(?:\(?(?P<share>\d+)\s*%\)?)?")


class Part(Struct, frozen=True):
    """One term of a source: its cards in the order one learns them, and its share of the questions, 0-1."""

    title: str
    cards: tuple[str, ...]
    share: float


def parts(text: str, catalogue: Catalogue) -> tuple[Part, ...]:
    """The terms of a source. TutorError names what is unknown or does not add up."""
    terms = [term for listed in text.split("+") for term in _terms(listed, catalogue)]
    if len(terms) > TERMS:
        raise TutorError(f"A quiz draws from at most {TERMS} decks.")
    read = [_term(term, catalogue) for term in terms if term or len(terms) == 1]
    given = sum(share for _, _, share in read)
    open_ = sum(share == 0 for _, _, share in read)
    if given > 100 or (given < 100 and not open_):
        raise TutorError(f"The shares add up to {given} %. They should make 100 %.")
    if given == 100 and open_:
        left_out = joined([escape(title or "everything") for title, _, share in read if share == 0])
        raise TutorError(f"The shares leave nothing for {left_out}.")
    rest = (100 - given) / open_ if open_ else 0.0
    return tuple(Part(title, cards, (share or rest) / 100) for title, cards, share in read)


def titles(text: str, catalogue: Catalogue) -> tuple[str, ...]:
    """What a source is called, for people, with the shares that were asked for; nothing for everything, or where part
    of it is gone."""
    try:
        found = [(part.title or "everything", part.share) for part in parts(text, catalogue)]
    except TutorError:
        return ()
    if {title for title, _ in found} == {"everything"}:
        return ()
    return tuple(f"{title} ({share:.0%})" if "%" in text else title for title, share in found)


def terms(text: str, catalogue: Catalogue) -> tuple[tuple[str, str], ...]:
    """The terms of a source as they can be written again, without shares, each with its title; none for everything."""
    try:
        found = [term for listed in text.split("+") for term in _terms(listed, catalogue) if term]
        return tuple(_rewritten(term, catalogue) for term in found)
    except TutorError:
        return ()


def _rewritten(term: str, catalogue: Catalogue) -> tuple[str, str]:
    found = _TERM.fullmatch(term)
    assert found is not None  # noqa: S101 - every part of the pattern may be empty
    said = found["name"].strip()
    slug = _names_by_folded(catalogue).get(said.casefold(), said)
    title, _, _ = _term(term, catalogue)
    return (f"{slug}({found['first']}-{found['last']})" if found["first"] else slug), title or slug.capitalize()


def _terms(listed: str, catalogue: Catalogue) -> Iterator[str]:
    """The terms between commas; the comma of a title separates nothing."""
    pieces = listed.split(",")
    while pieces:
        several = range(len(pieces), 1, -1)
        taken = next((count for count in several if _is_title(",".join(pieces[:count]), catalogue)), 1)
        yield ",".join(pieces[:taken]).strip()
        pieces = pieces[taken:]


def _is_title(term: str, catalogue: Catalogue) -> bool:
    found = _TERM.fullmatch(term.strip())
    said = found["name"].casefold() if found else ""
    return any(said == one.title.casefold() for shelf in (catalogue.decks, catalogue.tracks) for one in shelf.values())


def _term(term: str, catalogue: Catalogue) -> tuple[str, tuple[str, ...], int]:
    """(title, cards, share in per cent or 0)."""
    found = _TERM.fullmatch(term)
    assert found is not None  # noqa: S101 - every part of the pattern may be empty
    title, cards = _named(found["name"].strip(), catalogue)
    if found["first"]:
        first, last = int(found["first"]), int(found["last"])
        cards = cards[max(0, first - 1) : last]
        if not cards:
            raise TutorError(f"{escape(title)} has no cards {first} to {last}.")
        title = f"{title} {first} to {last}"
    return title, cards, int(found["share"] or 0)


def _named(name: str, catalogue: Catalogue) -> tuple[str, tuple[str, ...]]:
    said = name.casefold()
    if said in EVERYTHING:
        return "", scope_cards(catalogue, Scope(), "")
    for kind, shelf in ((ScopeKind.DECK, catalogue.decks), (ScopeKind.TRACK, catalogue.tracks)):
        for slug, one in shelf.items():
            if said in (slug.casefold(), one.title.casefold()):
                return one.title, scope_cards(catalogue, Scope(kind, slug), "")
    domain = tuple(card.id for card in catalogue.cards.values() if card.domain and card.domain.casefold() == said)
    if domain:
        return catalogue.cards[domain[0]].domain, domain
    family = [slug for slug in catalogue.decks if slug.casefold().startswith(f"{said}-")]
    if family:
        return name, tuple(card for slug in family for card in scope_cards(catalogue, Scope(ScopeKind.DECK, slug), ""))
    raise TutorError(_unknown(name, catalogue))


def _unknown(name: str, catalogue: Catalogue) -> str:
    close = difflib.get_close_matches(name.casefold(), sorted(set(_names(catalogue))), n=3, cutoff=0.5)
    close = list(dict.fromkeys(_names_by_folded(catalogue)[one] for one in close))
    like = f" Did you mean {joined(close, 'or')}?" if close else " /decks lists what there is."
    return f"There is no deck, track or exam domain “{escape(name[:60])}”.{like}"


def _names(catalogue: Catalogue) -> Iterator[str]:
    yield from _names_by_folded(catalogue)


def _names_by_folded(catalogue: Catalogue) -> dict[str, str]:
    names = {title.casefold(): title for title in {card.domain for card in catalogue.cards.values() if card.domain}}
    for shelf in (catalogue.tracks, catalogue.decks):
        for slug, one in shelf.items():
            names[one.title.casefold()] = slug
            names[slug.casefold()] = slug
    return names
