"""Linking and unlinking accounts: what each step answers and changes. Pure.

Rules kept here (OWASP ASVS 5.0, 6.5 and 6.6):
- An offer is claimed once, lives ten minutes and is carried out only when both sides have agreed to the other by name.
- Whatever is wrong with a code, the answer is the same sentence, and it counts against whoever tried.
- A button names the offer it was drawn for: an old screen cannot agree to a later offer.
- A learner's id is never rewritten: accounts move between learners, and a merge copies the younger log into the older.
"""

from __future__ import annotations

import uuid

from msgspec.structs import replace

from bot.core import link_screens as screens
from bot.core import link_words as words
from bot.core.actions import Agree, Link, Part, Refuse, ShowLink, Type, Unlink, Unmerge
from bot.core.desk import Desk, Outcome
from bot.core.link_model import (
    TOKEN_LENGTH,
    TRIES,
    TRIES_OF_ALL,
    LinkChange,
    LinkDesk,
    Merge,
    Miss,
    Offer,
    Party,
    Side,
    code_of,
    fingerprint,
    offer_id,
    read_secret,
    short_account,
    token_of,
)
from bot.core.link_reminders import given_back, of_both, silenced, without
from bot.core.model import Account, Attempt, Learner, Session, Step
from bot.core.rehearsal_model import Rehearsal

LinkAction = Link | ShowLink | Agree | Refuse | Unlink | Part | Unmerge


def step(desk: Desk, action: LinkAction | Type) -> Outcome:
    """What a step of linking answers and changes. Text counts as a code typed on a screen that asks for one."""
    table = desk.linking
    if table is None:
        return Outcome(reply=screens.notice(words.NOT_OPEN))
    match action:
        case Link(code="", name=name):
            return _offered(desk, table, name)
        case Link(code=text, name=name) | Type(text=text, attempt=name):
            return _entered(desk, table, text, "" if isinstance(action, Type) else name)
        case ShowLink(token=token):
            return _looked(desk, table, token)
        case Agree():
            return _agreed(desk, table)
        case Refuse():
            return _refused(desk, table)
        case Unlink(account=account) | Part(account=account):
            return _parting(desk, table, account, sure=isinstance(action, Part))
        case Unmerge(merge=merge):
            return _unmerged(desk, table, merge)


# --- an offer ----------------------------------------------------------------------------------------------------


def _offered(desk: Desk, table: LinkDesk, name: str) -> Outcome:
    """A fresh code; or whoever waits for this side's answer."""
    waiting = table.offer
    if waiting is not None and waiting.is_live(desk.now) and waiting.taker and not waiting.done:
        return _looked(desk, table, "")
    token = token_of(desk.chance)
    offer = Offer(
        id=offer_id(token),
        maker=desk.account,
        maker_name=name,
        made_at=desk.now,
        code=fingerprint(code_of(token)),
        token=fingerprint(token),
    )
    change = LinkChange(offer=offer, at=desk.now, dropped=waiting.id if waiting else "")
    reply = screens.code_screen(offer, token, desk.now, linked=len(table.me.accounts) > 1)
    return Outcome(reply=reply, link=change)


def _entered(desk: Desk, table: LinkDesk, text: str, name: str) -> Outcome:
    """A code or token from the other side."""
    secret, offer = read_secret(text), table.offer
    if _is_exhausted(desk, table, typed=len(secret) != TOKEN_LENGTH):
        return Outcome(reply=screens.refused_code(words.TOO_MANY_TRIES))
    if offer is not None and offer.is_live(desk.now) and desk.account in (offer.maker, offer.taker):
        if desk.account == offer.taker:
            return _looked(desk, table, "")
        return Outcome(reply=screens.waiting_screen(offer, words.OWN_CODE))
    if offer is None or not offer.is_live(desk.now) or offer.taker is not None or table.other is None:
        missed = Miss(f"{desk.now:012x}{desk.chance[:20]}", desk.account, desk.now)
        return Outcome(reply=screens.refused_code(words.NO_SUCH_CODE), link=LinkChange(missed=missed, at=desk.now))
    if table.other.learner.id == desk.learner.id:
        return Outcome(reply=screens.notice(words.ONE_ALREADY))
    claimed = replace(offer, taker=desk.account, taker_name=name)
    return Outcome(
        reply=screens.ask_screen(table, table.other, claimed),
        link=LinkChange(offer=claimed, at=desk.now),
    )


def _is_exhausted(desk: Desk, table: LinkDesk, *, typed: bool) -> bool:
    """Whether wrong codes were tried too often: by this account, or, for codes short enough to guess, by all."""
    own = sum(account == desk.account for account in table.misses)
    return own >= TRIES or (typed and len(table.misses) >= TRIES_OF_ALL)


def _mine(desk: Desk, table: LinkDesk) -> Offer | None:
    """The offer a button speaks of, if it is live and this account's."""
    offer = table.offer
    if offer is None or not offer.is_live(desk.now) or desk.account not in (offer.maker, offer.taker):
        return None
    return offer


def _looked(desk: Desk, table: LinkDesk, token: str) -> Outcome:
    """How far an offer has come, as this side sees it."""
    offer, other = _mine(desk, table), table.other
    if offer is None:
        return Outcome(reply=screens.notice(words.NOT_OPEN))
    if offer.done:
        return Outcome(reply=screens.linked_screen(offer, desk.account))
    if offer.taker is None or other is None:
        if token and offer_id(token) == offer.id:
            said = words.not_entered(screens.minutes_left(offer, desk.now))
            linked = len(table.me.accounts) > 1
            return Outcome(reply=screens.code_screen(offer, token, desk.now, linked=linked, toast=said))
        return Outcome(reply=screens.waiting_screen(offer, words.OWN_CODE))
    if other.learner.id == desk.learner.id:
        return Outcome(reply=screens.notice(words.ONE_ALREADY))
    named = words.called(other.account, offer.name_of(other.account))
    if desk.account == offer.taker and offer.agreed:
        return Outcome(reply=screens.waiting_screen(offer, words.waits_for(named)))
    if desk.account == offer.maker and not offer.agreed:
        return Outcome(reply=screens.waiting_screen(offer, words.waits_there(named)))
    return Outcome(reply=screens.ask_screen(table, other, offer))


def _agreed(desk: Desk, table: LinkDesk) -> Outcome:
    """One side's yes: the taker's is kept, the maker's after it carries the offer out."""
    offer, other = _mine(desk, table), table.other
    if offer is None or other is None or offer.done or other.learner.id == desk.learner.id:
        return _looked(desk, table, "")
    if desk.account == offer.maker and offer.agreed:
        return _linked(desk, table, other, offer)
    if desk.account == offer.maker or offer.agreed:
        return _looked(desk, table, "")
    agreed = replace(offer, agreed=True)
    said = words.waits_for(words.called(other.account, offer.name_of(other.account)))
    return Outcome(reply=screens.waiting_screen(agreed, said), link=LinkChange(offer=agreed, at=desk.now))


def _refused(desk: Desk, table: LinkDesk) -> Outcome:
    offer = _mine(desk, table)
    if offer is None or offer.done:
        return Outcome(reply=screens.notice(words.NOT_OPEN))
    return Outcome(reply=screens.notice(words.REFUSED), link=LinkChange(dropped=offer.id, at=desk.now))


# --- two become one ----------------------------------------------------------------------------------------------


def _linked(desk: Desk, table: LinkDesk, other: Party, offer: Offer) -> Outcome:
    """Every account of one learner goes to the other; where both have learnt, their logs will too."""
    me = table.me
    kept = screens.keeps(me, other)
    gone = other if kept is me else me
    merge = _merge(desk, kept, gone) if gone.tally.used else None
    session, attempts = _sitting_of_both(desk, table.met, kept, gone) if merge else (None, ())
    change = LinkChange(
        offer=replace(offer, done=True, maker_name="", taker_name=""),
        at=desk.now,
        sides=(
            Side(learner=replace(gone.learner, into=kept.learner.id), reminders=silenced(gone)),
            Side(
                learner=_with_both(desk, kept.learner, gone.learner, merge),
                session=session,
                attempts=attempts,
                reminders=of_both(kept, gone, desk.now),
                rehearsal=_rehearsal_of_both(kept, gone),
            ),
        ),
        given=tuple((account, kept.learner.id) for account in gone.accounts),
        merge=merge,
    )
    reviews = me.tally.reviews + other.tally.reviews if merge else 0
    return Outcome(reply=screens.linked_screen(offer, desk.account, reviews), link=change)


def _with_both(desk: Desk, kept: Learner, gone: Learner, merge: Merge | None) -> Learner:
    """Whoever stays; what either side was told is not told again, and an exam that only the other has ahead is theirs
    now, with its track as the goal."""
    both = replace(kept, merging=merge.id if merge else "", told_at=max(kept.told_at, gone.told_at))
    if _has_exam_ahead(kept, desk.today) or not _has_exam_ahead(gone, desk.today):
        return both
    return replace(both, booking=gone.booking, goal=gone.booking.track if gone.booking else kept.goal)


def _has_exam_ahead(learner: Learner, today: int) -> bool:
    return learner.booking is not None and learner.booking.day >= today


def _rehearsal_of_both(kept: Party, gone: Party) -> Rehearsal | None:
    """The one that goes on, if it is not there already: an open one, else the latest."""
    found = [party.rehearsal for party in (kept, gone) if party.rehearsal is not None]
    goes_on = max(found, key=lambda rehearsal: (rehearsal.is_open, rehearsal.started_at), default=None)
    return goes_on if goes_on != kept.rehearsal else None


def _merge(desk: Desk, kept: Party, gone: Party) -> Merge:
    return Merge(
        id=f"{desk.now:012x}{desk.chance[:20]}",
        kept=kept.learner.id,
        other=gone.learner.id,
        accounts=tuple(gone.accounts),
        at=desk.now,
    )


def _sitting_of_both(
    desk: Desk, met: frozenset[str], kept: Party, gone: Party
) -> tuple[Session | None, tuple[Attempt, ...]]:
    """The sitting that goes on after a merge: the open one, of two the one touched last.

    Its open card leaves the screen and comes first again: what its buttons promised was worked out from one log. Cards
    that the other side has `met` leave its plan: they come when both logs together say so. The other sitting ends.
    Turns of the merged learner come after every earlier one of either.
    """
    latest = max([desk.now, *(party.session.touched_at for party in (kept, gone) if party.session)])
    attempts = (*_dropped(kept.open), *_dropped(gone.open))
    both = [party for party in (kept, gone) if party.session and not party.session.closed]
    going_on = max(both, key=lambda party: party.session.touched_at if party.session else 0, default=kept)
    session = going_on.session
    if session is None:
        return None, attempts
    if not session.closed:
        session = _off_screen(session, going_on.open, met)
    if going_on is gone:
        session = replace(session, history=())  # its attempts stay with the log they are of
    return replace(session, touched_at=latest), attempts


def _off_screen(session: Session, shown: Attempt | None, without: frozenset[str] = frozenset()) -> Session:
    """A sitting whose open card is put back to where it was planned, less some cards."""
    planned = shown is not None and shown.number > 0  # otherwise a learning card, which comes by itself
    whole = (shown.card, *session.plan) if shown is not None and planned else session.plan
    plan = tuple(card for card in whole if card not in without)
    return replace(session, attempt="", plan=plan, total=session.total - len(whole) + len(plan))


def _dropped(shown: Attempt | None) -> tuple[Attempt, ...]:
    """The card on screen, no longer to be rated there; late presses on it are told so."""
    return (replace(shown, step=Step.DROPPED),) if shown is not None else ()


# --- and go apart ------------------------------------------------------------------------------------------------


def _unmerged(desk: Desk, table: LinkDesk, merge_id: str) -> Outcome:
    """Give the accounts that came with a merge back to their learner, who stands where they stood."""
    merge, archive = table.merge, table.archive
    if merge is None or archive is None or merge.id != merge_id or merge.parted_at:
        return Outcome(reply=screens.notice(words.NO_MERGE))
    if screens.regrettable(table, desk.now) is None:
        return Outcome(reply=screens.notice(words.TOO_LATE))
    leaving = screens.returning(merge, table.me.accounts)
    session, attempts = _sitting_left(desk, table.me, leaving)
    change = LinkChange(
        at=desk.now,
        sides=(
            Side(learner=replace(archive.learner, into=""), reminders=given_back(archive, table.me, desk.now)),
            Side(
                learner=replace(desk.learner, merging=merge.id),
                session=session,
                attempts=attempts,
                reminders=without(table.me, leaving),
            ),
        ),
        given=tuple((account, merge.other) for account in leaving),
        merge=replace(merge, parted_at=desk.now, after="", done=False),
    )
    said = words.taken_back_here() if desk.account in leaving else words.taken_back(screens.names(leaving))
    return Outcome(reply=screens.notice(said), link=change)


def _sitting_left(desk: Desk, me: Party, leaving: list[Account]) -> tuple[Session | None, tuple[Attempt, ...]]:
    """The open sitting of whoever stays, when accounts leave: it goes on with them, its open card asked anew."""
    session = me.session
    if session is None or session.closed:
        return session, ()
    session = replace(_off_screen(session, me.open), touched_at=desk.now)
    if session.account in leaving:
        stays = [account for account in (desk.account, *me.accounts) if account not in leaving]
        session = replace(session, account=stays[0])
    return session, _dropped(me.open)


def _parting(desk: Desk, table: LinkDesk, account: str, *, sure: bool) -> Outcome:
    """The accounts, the question, or an account on its own way."""
    me = table.me
    if not account or len(me.accounts) < 2:
        return Outcome(reply=screens.accounts_screen(table, desk.now))
    leaving = next((one for one in me.accounts if short_account(one) == account), None)
    if leaving is None:
        return Outcome(reply=screens.notice(words.NOT_LINKED))
    if not sure:
        return Outcome(reply=screens.part_screen(table, leaving))
    fresh = Learner(
        id=str(uuid.UUID(hex=desk.chance, version=4)),
        created_at=desk.now,
        zone=desk.learner.zone,
        day_start=desk.learner.day_start,
    )
    sides = [Side(learner=fresh)]
    at_it = me.session is not None and me.session.account == leaving
    session, attempts = _sitting_left(desk, me, [leaving]) if at_it else (None, ())
    reminders = without(me, [leaving])
    if at_it or reminders is not None:
        sides.append(Side(learner=desk.learner, session=session, attempts=attempts, reminders=reminders))
    change = LinkChange(
        at=desk.now,
        sides=tuple(sides),
        given=((leaving, fresh.id),),
    )
    return Outcome(reply=screens.parted_screen(table, leaving), link=change)
