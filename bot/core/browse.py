"""Looking for something to learn: the tracks, the decks page by page, one track, one deck, words in cards. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from bot.core import words
from bot.core.actions import FINDING, Begin, Browse, Set, ShowDeck, ShowExam, ShowTrack, Start
from bot.core.ask import answer_of
from bot.core.desk import Desk
from bot.core.exam_words import EXAM_VIEW
from bot.core.layout import start_button
from bot.core.model import Scope, ScopeKind, Stage
from bot.core.reply import Aside, Block, Button, Items, Line, Reply, Screen, Weight
from decks.model import Card, Catalogue
from decks.text import plain
from scheduler.model import Progress
from scheduler.schedule import retrievability

PAGE = 8  # decks on one page
FOUND = 6  # cards shown for words looked for


def browse(desk: Desk, page: int) -> Reply:
    """The tracks and the first decks, or a later page of decks."""
    decks = list(desk.catalogue.decks.values())
    if not decks:
        return Reply(screen=Screen.DECKS, body=(Line(words.NO_DECKS),))
    pages = -(-len(decks) // PAGE)
    page = min(max(page, 0), pages - 1)
    shown = decks[page * PAGE : (page + 1) * PAGE]
    body: list[Block] = []
    rows: list[tuple[Button, ...]] = []
    if page == 0 and desk.catalogue.tracks:
        tracks = desk.catalogue.tracks.values()
        body += [Line(words.TRACKS_TITLE), Items(tuple(f"{track.title}: {track.goal}" for track in tracks))]
        rows += [(Button(track.title, ShowTrack(track.slug)),) for track in tracks]
    body += [
        Line(words.decks_title(page + 1, pages)),
        Items(tuple(f"{deck.title}: {deck.about}" for deck in shown)),
        Aside(words.HOW_TO_FIND),
    ]
    rows += [(Button(deck.title, ShowDeck(deck.slug)),) for deck in shown]
    turning = [Button(words.EARLIER_DECKS, Browse(page - 1))] if page else []
    turning += [Button(words.MORE_DECKS, Browse(page + 1))] if page + 1 < pages else []
    rows += [tuple(turning)] if turning else []
    return Reply(screen=Screen.DECKS, body=tuple(body), rows=(*rows, _back()), attempt=FINDING, answers=True)


def track_page(desk: Desk, slug: str, module: int = 0) -> Reply:
    """One track: its goal, and how far the learner is in each of its modules or decks; or one module's decks."""
    track = desk.catalogue.tracks.get(slug)
    if track is None:
        return _no_such(slug)
    known = desk.figures.progress if desk.figures else {}
    stretches = track.modules if not 0 < module <= len(track.modules) else ()
    named = track.modules[module - 1] if module and not stretches else None
    decks = [desk.catalogue.decks[deck] for deck in (named.decks if named else track.decks)]
    far = (
        (f"{part.title}: {_how_far(desk, part.decks, known)}" for part in stretches)
        if stretches
        else (f"{deck.title}: {_how_far(desk, (deck.slug,), known)}" for deck in decks)
    )
    title = f"**{track.title}** · {named.title}" if named else f"**{track.title}**"
    body = (Line(title), *(() if named else (Line(track.goal),)), Items(tuple(far)))
    if desk.learner.stage is Stage.GOAL:
        return Reply(screen=Screen.DECKS, body=body, rows=(_first_goal(slug), _back()))
    inside = (
        [Button(part.title, ShowTrack(slug, place)) for place, part in enumerate(stretches, 1)]
        if stretches
        else [Button(deck.title, ShowDeck(deck.slug)) for deck in decks[:PAGE]]
    )
    exam = (Button(EXAM_VIEW, ShowExam(slug)),) if track.exam else ()
    drill = start_button(words.DRILL, Start(Scope(ScopeKind.TRACK, slug)))
    back = (Button(words.BACK, ShowTrack(slug), key=" "),) if named else _back()
    rows = ((drill, *exam), *((button,) for button in inside), *_goal_row(desk, slug), back)
    return Reply(screen=Screen.DECKS, body=body, rows=rows)


def deck_page(desk: Desk, slug: str) -> Reply:
    """One deck: what it teaches, how far the learner is, what it builds on."""
    deck = desk.catalogue.decks.get(slug)
    if deck is None:
        return _no_such(slug)
    known = desk.figures.progress if desk.figures else {}
    body: list[Block] = [Line(f"**{deck.title}**"), Line(deck.about), Line(_how_far(desk, (slug,), known))]
    before = [desk.catalogue.decks[required].title for required in deck.requires if required in desk.catalogue.decks]
    if before:
        body.append(Aside(words.requires(before)))
    if desk.learner.stage is Stage.GOAL:
        return Reply(screen=Screen.DECKS, body=tuple(body), rows=(_first_goal(slug), _back()))
    scope = Scope(ScopeKind.DECK, slug)
    cram = (Button(words.CRAM, Start(scope, cram=True)),) if known else ()
    rows = ((start_button(words.DRILL, Start(scope)), *cram), *_goal_row(desk, slug), _back())
    return Reply(screen=Screen.DECKS, body=tuple(body), rows=rows)


def find(desk: Desk, text: str) -> Reply:
    """The cards that hold every word looked for, those with the words in the question first, and their decks.

    Answers are searched and never shown: a card met while searching is still worth asking.
    """
    wanted = [_ENDING.sub("", word) for word in text.casefold().replace("-", " ").split()]
    if not wanted:
        return Reply(screen=Screen.DECKS, body=(Line(words.HOW_TO_FIND),), rows=((_all_decks(),), _back()))
    found = _holding(desk.catalogue, wanted)
    if not found:
        return Reply(screen=Screen.DECKS, body=(Line(words.found_nothing(text)),), rows=((_all_decks(),), _back()))
    shown = found[:FOUND]
    fronts = tuple(f"{plain(card.front).splitlines()[0]} ({desk.catalogue.decks[card.deck].title})" for card in shown)
    decks = list(dict.fromkeys(card.deck for card in found))[:PAGE]
    rows = (
        *((Button(desk.catalogue.decks[slug].title, ShowDeck(slug)),) for slug in decks),
        (_all_decks(),),
        _back(),
    )
    body = (Line(words.found(text, len(found), len(shown))), Items(fronts))
    return Reply(screen=Screen.DECKS, body=body, rows=rows)


# So that "late-arriving" finds what arrives late. Rougher stems would find too much: "partition" is no "part".
_ENDING = re.compile(r"(?<=\w{4})(?:ing|ed|es|e)$|(?<=\w{3})s$")


def _holding(catalogue: Catalogue, wanted: Sequence[str]) -> list[Card]:
    """Cards with all of the words, in catalogue order; first those that have them in the question or a heading."""
    asked: list[Card] = []
    told: list[Card] = []
    for card in catalogue.cards.values():
        heading = f"{catalogue.decks[card.deck].title} {card.topic}"
        front = f"{heading} {plain(card.front)}".casefold().replace("-", " ")
        if all(word in front for word in wanted):
            asked.append(card)
        elif all(word in f"{front} {card.why} {answer_of(card)}".casefold().replace("-", " ") for word in wanted):
            told.append(card)
    return asked + told


def _how_far(desk: Desk, decks: Sequence[str], known: Mapping[str, Progress]) -> str:
    """ "41 of 104 met, recall 88%, 7 due."."""
    cards = {card.id for deck in decks for card in desk.catalogue.cards_by_deck[deck]}
    met = [known[card] for card in cards if card in known]
    due = sum(1 for progress in met if progress.due_day is not None and progress.due_day <= desk.today)
    recall = sum(retrievability(progress, desk.today, desk.learner.policy) for progress in met) / max(1, len(met))
    return words.deck_progress(len(met), len(cards), due, recall)


def _no_such(slug: str) -> Reply:
    return Reply(screen=Screen.NOTICE, body=(Line(words.no_such_deck(slug)),), rows=(_back(),))


def _goal_row(desk: Desk, slug: str) -> tuple[tuple[Button, ...], ...]:
    return () if desk.learner.goal == slug else ((Button(words.MAKE_GOAL, Set("goal", slug)),),)


def _first_goal(slug: str) -> tuple[Button, ...]:
    return (Button(words.MAKE_GOAL, Set("goal", slug), weight=Weight.PRIMARY, key=" "),)


def _all_decks() -> Button:
    return Button(words.DECKS, Browse())


def _back() -> tuple[Button, ...]:
    """Back to the open card, or to the menu."""
    return (Button(words.BACK, Begin(), key=" "),)
