"""Which cards of a catalogue a sitting is about: everything, a deck, a track or a domain of an exam. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from bot.core.model import Scope, ScopeKind
from decks.model import Catalogue, Importance, Track


def scope_cards(catalogue: Catalogue, scope: Scope, goal: str) -> tuple[str, ...]:
    """The cards of a scope in the order they are taught: decks in order, in each the core cards first."""
    if scope.kind is ScopeKind.DOMAIN:
        track, domain = _domain(catalogue, scope.slug)
        ordered = scope_cards(catalogue, Scope(ScopeKind.TRACK, track.slug), "") if track else ()
        return tuple(card for card in ordered if catalogue.cards[card].domain == domain)
    slugs = _scope_decks(catalogue, scope, goal)
    cards = (
        card.id
        for slug in slugs
        for wanted in Importance
        for card in catalogue.cards_by_deck.get(slug, ())
        if card.importance is wanted
    )
    return tuple(dict.fromkeys(cards))  # a deck may hold cards of others


def in_scope(catalogue: Catalogue, scope: Scope, card: str) -> bool:
    """Whether a card of the catalogue belongs to a scope."""
    found = catalogue.cards.get(card)
    if found is None:
        return False
    match scope.kind:
        case ScopeKind.EVERYTHING:
            return True
        case ScopeKind.DECK:
            return found.deck == scope.slug or card in catalogue.borrowed.get(scope.slug, ())
        case ScopeKind.TRACK:
            track = catalogue.tracks.get(scope.slug)
            return track is not None and found.deck in track.decks
        case ScopeKind.DOMAIN:
            track, domain = _domain(catalogue, scope.slug)
            return track is not None and found.deck in track.decks and found.domain == domain


def _domain(catalogue: Catalogue, slug: str) -> tuple[Track | None, str]:
    """The track and the domain of "track/2"; (None, "") when there is no such domain."""
    name, _, place = slug.partition("/")
    track = catalogue.tracks.get(name)
    weights = track.exam.weights if track and track.exam else ()
    if not (place.isascii() and place.isdigit() and 1 <= int(place) <= len(weights)):
        return None, ""
    return track, weights[int(place) - 1][0]


def _scope_decks(catalogue: Catalogue, scope: Scope, goal: str) -> Iterable[str]:
    slug = goal if scope.kind is ScopeKind.EVERYTHING else scope.slug
    if slug in catalogue.tracks:
        return catalogue.tracks[slug].decks
    return (slug,) if slug in catalogue.decks else catalogue.decks if scope.kind is ScopeKind.EVERYTHING else ()
