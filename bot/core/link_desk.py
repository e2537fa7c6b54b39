"""What a step of linking looks at: the offer it speaks of, and both sides as they stand; and merging, by pieces."""

from __future__ import annotations

from msgspec.structs import replace

from bot.core.actions import Agree, Link, Part, Refuse, ShowLink, Type, Unlink, Unmerge
from bot.core.link_model import TRIES_COUNT, TRIES_OF_ALL, LinkDesk, Offer, Party, Unsettled, fingerprint, read_secret
from bot.core.model import Account, Learner, Step
from bot.core.ports import Links, Turn

Asked = Link | ShowLink | Agree | Refuse | Unlink | Part | Unmerge | Type


def lay_link(turn: Turn, account: Account, learner: Learner, action: Asked, now: int) -> LinkDesk:
    """Everything a step of linking looks at. Raises Unsettled while the other side's merge is being carried out."""
    links = turn.links()
    me = _party(links, turn, account, learner)
    match action:
        case Unlink() | Part() | Unmerge():
            return _apart(links, me)
        case Link(code=""):
            return _before(turn, me, links.offered(account))
        case ShowLink(offer=named) | Refuse(offer=named):
            return _before(turn, me, links.offer(named))
        case Agree(offer=named):
            _lock_both(links, links.offer(named), account)
            return _before(turn, me, links.offer(named))
        case Link(code=text) | Type(text=text):
            secret = read_secret(text)
            desk = _before(turn, me, links.offer_by(fingerprint(secret)) if secret else None)
            return replace(desk, misses=tuple(links.misses(now - TRIES_COUNT, TRIES_OF_ALL)))


def unite(turn: Turn, learner: str) -> bool:
    """Do a piece of the merge that a learner is in; False when nothing is left of it."""
    links = turn.links()
    merge = links.merge(learner) if links.lock(learner).merging else None
    return merge is not None and not links.unite(merge).done


def _apart(links: Links, me: Party) -> LinkDesk:
    """What a learner could be parted into."""
    merge = links.merge(me.learner.id)
    if merge is None:
        return LinkDesk(me=me)
    archive = links.lock(merge.other)
    return LinkDesk(me=me, merge=merge, archive=_party(links, links.beside(archive), merge.accounts[0], archive))


def _before(turn: Turn, me: Party, offer: Offer | None) -> LinkDesk:
    """An offer with both sides; to anybody else the other side is its maker, who is named to whoever has the code."""
    if offer is None:
        return LinkDesk(me=me)
    named = offer.other(me.account) if me.account in (offer.maker, offer.taker) else offer.maker
    found = _other(turn.links(), named) if named else None
    if found is None:
        return LinkDesk(me=me, offer=offer)
    their_turn, other = found
    met = {*turn.progress(_planned(other)), *their_turn.progress(_planned(me))}
    return LinkDesk(me=me, offer=offer, other=other, met=frozenset(met))


def _lock_both(links: Links, offer: Offer | None, account: Account) -> None:
    """The maker's yes may change both sides. The taker's only changes the offer: were both to lock both sides, each
    after its own, two presses at once would wait for one another."""
    if offer is None or offer.maker != account or offer.taker is None:
        return
    before, found = "", links.owner(offer.taker)
    while found is not None and found.id != before and links.lock(found.id).into:
        before, found = found.id, links.owner(offer.taker)  # linked elsewhere while this turn waited for the lock


def _other(links: Links, account: Account) -> tuple[Turn, Party] | None:
    learner = links.owner(account)
    if learner is None:
        return None
    if learner.merging:
        raise Unsettled(learner.id)
    turn = links.beside(learner)
    return turn, _party(links, turn, account, learner)


def _planned(party: Party) -> list[str]:
    """The cards still to come in a party's open sitting, the one on screen included."""
    if party.session is None or party.session.closed:
        return []
    return [*party.session.plan, *([party.open.card] if party.open else [])]


def _party(links: Links, turn: Turn, account: Account, learner: Learner) -> Party:
    session = turn.session()
    shown = turn.attempt(session.attempt) if session and session.attempt and not session.closed else None
    return Party(
        account=account,
        learner=learner,
        accounts=tuple(links.accounts(learner.id)),
        tally=links.tally(learner.id),
        session=session,
        rehearsal=turn.rehearsal(),
        open=shown[0] if shown and shown[0].step in (Step.ASKED, Step.ANSWERED) else None,
        reminders=turn.reminders(),
    )
