"""What a sitting may be planned from: due cards of its scope, new ones, and what is known under earlier ids.

Every query is bounded: a window of the longest overdue cards instead of all of them, new cards found by walking the
scope in order until enough are found.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.actions import Start
from bot.core.backlog import LOOKED_AT
from bot.core.desk import Desk, Supply, is_due, is_held, starts_afresh
from bot.core.exam_pace import needed_new
from bot.core.model import Scope, ScopeKind
from bot.core.ports import Turn
from bot.core.scope import in_scope, scope_cards
from decks.model import Catalogue
from scheduler.model import Progress

DUE_WINDOW = 500  # longest overdue cards looked at when a sitting is planned
WALK = 20_000  # cards of a scope looked through for new ones
CHUNK = 400  # cards asked about in one query
LATER = 24 * 60 * 60 * 1000  # ms: learning cards that return "later today"

Move = tuple[str, str, Progress]  # the id a card has now, an earlier one, and what is known under that


def supply_of(turn: Turn, desk: Desk, action: Start) -> Supply:
    """Due cards of the scope, enough new ones, and what of their notes was seen today."""
    catalogue, learner = desk.catalogue, desk.learner
    cards = scope_cards(catalogue, action.scope, learner.goal)
    daily = max(learner.policy.new_per_day, needed_new(learner, desk.exam, action.scope, desk.today, desk.counters.new))
    wanted = max(action.extra, daily - desk.counters.new)
    new, met, carried, afresh = _walk(turn, desk, cards, 0 if action.cram else max(0, wanted), whole=_is_whole(action))
    if action.scope.kind is ScopeKind.DECK:
        due = [(card, progress) for card, progress in met if is_due(progress, desk.today)]
    else:
        due, moved = _due_window(turn, desk, action.scope)
        carried = [*carried, *(move for move in moved if move not in carried)]
    kept = held_now(turn, [card for card, _ in (*due, *met)][: 4 * DUE_WINDOW], desk.today)
    due = [pair for pair in due if pair[0] not in kept]
    afresh |= {card: progress for card, progress in due if starts_afresh(desk, card, progress)}
    new = [*(card for card, _ in due if card in afresh and card not in new), *new]
    return Supply(
        due=tuple(pair for pair in due if pair[0] not in afresh),
        new=tuple(new),
        afresh=tuple(afresh.items()),
        met=tuple(pair for pair in met if pair[0] not in kept),
        seen=_seen_today(turn, catalogue, [card for card, _ in due] + list(new), desk.today),
        carried=tuple(carried),
    )


def held_now(turn: Turn, cards: Sequence[str], today: int) -> set[str]:
    """Those of the cards that are set aside on a study day."""
    return {card for card, hold in turn.holds(cards).items() if is_held(hold, today)}


def _is_whole(action: Start) -> bool:
    """Whether all met cards of the scope are wanted, not only those that are due."""
    return action.cram or action.scope.kind is ScopeKind.DECK


def _walk(
    turn: Turn, desk: Desk, cards: Sequence[str], wanted: int, *, whole: bool
) -> tuple[list[str], list[tuple[str, Progress]], list[Move], dict[str, Progress]]:
    """Walk a scope in order: its first `wanted` new cards, the met ones passed on the way (all, if `whole`), those
    met under an earlier id, and what is known of those that are new because they are taught afresh. A card held
    under any of its ids is neither."""
    new: list[str] = []
    met: list[tuple[str, Progress]] = []
    carried: list[Move] = []
    afresh: dict[str, Progress] = {}
    former = desk.catalogue.former
    for start in range(0, min(len(cards), WALK), CHUNK):
        if len(new) >= 3 * wanted and not whole:
            break
        chunk = cards[start : start + CHUNK]
        ids = [*chunk, *(before for card in chunk for before in former.get(card, ()))]
        known, held = turn.progress(ids), held_now(turn, ids, desk.today)
        for card in chunk:
            before = next((before for before in former.get(card, ()) if before in known), "")
            if not held.isdisjoint((card, *former.get(card, ()))):
                continue
            progress = known.get(card) or known.get(before)
            if card not in known and before:
                carried.append((card, before, known[before]))
            if progress is None:
                new.append(card)
            elif starts_afresh(desk, card, progress):
                new.append(card)
                afresh[card] = progress
            else:
                met.append((card, progress))
    return new[: 3 * wanted], met, carried, afresh  # three times: siblings of one another are left out by the plan


def _due_window(turn: Turn, desk: Desk, scope: Scope) -> tuple[list[tuple[str, Progress]], list[Move]]:
    """The longest overdue cards of a scope, and those waiting under an earlier id. Asks for more while cards of
    other decks and of removed ones stand before them."""
    catalogue, limit = desk.catalogue, LOOKED_AT if desk.backlog else DUE_WINDOW
    while True:
        found = turn.due(desk.today, limit)
        due = [
            (card, progress)
            for before, progress in found
            if in_scope(catalogue, scope, card := catalogue.renamed.get(before, before))
        ]
        if len(found) < limit or len(due) >= DUE_WINDOW or limit >= WALK:
            break
        limit *= 4
    waiting = turn.ready(desk.now + LATER, DUE_WINDOW) if catalogue.renamed else ()
    moves = [
        (catalogue.renamed[card], card, progress)
        for card, progress in (*found, *waiting)
        if card in catalogue.renamed and in_scope(catalogue, scope, catalogue.renamed[card])
    ]
    known = turn.progress([card for card, _, _ in moves])  # nothing is carried over what is known already
    left = {before for card, before, _ in moves if card in known}
    due = [(card, progress) for card, progress in due if card not in known or (card, progress) in found]
    return due, [move for move in moves if move[1] not in left]


def _seen_today(turn: Turn, catalogue: Catalogue, cards: Sequence[str], today: int) -> frozenset[str]:
    """Siblings of the candidates that were already shown this study day."""
    siblings = {
        other
        for card in cards
        if card in catalogue.cards and catalogue.cards[card].siblings
        for other in catalogue.siblings[catalogue.cards[card].siblings]
        if other != card
    }
    known = turn.progress(sorted(siblings)) if siblings else {}
    return frozenset(card for card, progress in known.items() if progress.reviewed_day == today)
