"""Which decks a track teaches: those it names that are there, and for a name with a star those that fit it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase

from msgspec import structs

from decks.mixed import MIXED
from decks.model import Deck, Track
from decks.parse import LEVELS


def is_pattern(name: str) -> bool:
    """Whether a name stands for every deck that fits it and is not named: `projects-*`, or `*` for all the rest."""
    return "*" in name


def resolved(track: Track, decks: Mapping[str, Deck]) -> Track | None:
    """The track with the decks that are there; None when none is."""
    left = [slug for slug in by_prerequisite(decks) if slug not in track.decks and slug != MIXED]
    meant: dict[str, tuple[str, ...]] = {}
    for name in track.decks:
        if is_pattern(name):
            meant[name] = tuple(slug for slug in left if fnmatchcase(slug, name))
            left = [slug for slug in left if slug not in meant[name]]
        else:
            meant[name] = (name,) if name in decks else ()
    there = tuple(slug for name in track.decks for slug in meant[name])
    modules = (
        structs.replace(module, decks=tuple(slug for name in module.decks for slug in meant[name]))
        for module in track.modules
    )
    kept = structs.replace(track, decks=there, modules=tuple(module for module in modules if module.decks))
    return kept if there else None


def by_prerequisite(decks: Mapping[str, Deck]) -> tuple[str, ...]:
    """Easier decks first, and every deck after those it requires."""
    found: dict[str, None] = {}

    def add(slugs: Iterable[str], path: frozenset[str]) -> None:
        for slug in slugs:
            if slug in decks and slug not in path:
                add(decks[slug].requires, path | {slug})
                found.setdefault(slug)

    add(sorted(decks, key=lambda slug: LEVELS.index(decks[slug].level)), frozenset())
    return tuple(found)


def before_their_time(track: Track, decks: Mapping[str, Deck]) -> tuple[tuple[str, str], ...]:
    """(deck, deck it requires) where the track teaches the second only afterwards."""
    place = {slug: at for at, slug in enumerate(track.decks)}
    return tuple(
        (slug, required)
        for slug in track.decks
        if slug in decks
        for required in decks[slug].requires
        if place.get(required, -1) > place[slug]
    )
