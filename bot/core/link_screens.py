"""The screens of linking: the code, the question both sides are asked, the accounts. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core import link_words as words
from bot.core.actions import Agree, Link, Part, Refuse, ShowLink, ShowSettings, Start, Unlink, Unmerge
from bot.core.layout import start_button
from bot.core.link_model import (
    MINUTE,
    OFFER_LIVES,
    REGRET,
    TYPED,
    LinkDesk,
    Merge,
    Offer,
    Party,
    code_of,
    short_account,
)
from bot.core.model import Account
from bot.core.reply import Aside, Block, Button, Items, Line, Reply, Screen, Weight
from bot.core.words import BACK, DRILL, LINK

HOUR = 60 * MINUTE
GO_ON = (start_button(DRILL, Start()),)


def code_screen(offer: Offer, token: str, now: int, *, linked: bool, toast: str = "") -> Reply:
    """The code to carry to the other side, and a place to type one from there."""
    left = minutes_left(offer, now)
    body: tuple[Block, ...] = (
        Line(words.OFFER_TITLE),
        Line(words.code(code_of(token))),
        Line(words.type_there(left)),
        Aside(f"{words.OFFER_WHY} {words.OR_TYPE_HERE}"),
    )
    entered = Button(words.ENTERED, ShowLink(offer.id, token), weight=Weight.PRIMARY, key=" ")
    accounts = [Button(words.ACCOUNTS, Unlink())] * linked  # commands are not typed everywhere
    rows = ((entered,), (*accounts, Button(BACK, Refuse(offer.id))))
    link = f"l_{token}"
    return Reply(screen=Screen.NOTICE, body=body, rows=rows, toast=toast, attempt=TYPED, answers=True, link=link)


def ask_screen(desk: LinkDesk, other: Party, offer: Offer, toast: str = "") -> Reply:
    """The question each side is asked, naming the other."""
    body: list[Block] = [Line(words.ask(words.called(other.account, offer.name_of(other.account))))]
    body += [Line(sentence) for sentence in _consequences(desk.me, other, offer)]
    body.append(Aside(words.ONLY_YOURS))
    rows = ((Button(words.AGREE, Agree(offer.id)), Button(words.REFUSE, Refuse(offer.id))),)
    return Reply(screen=Screen.NOTICE, body=tuple(body), rows=rows, toast=toast)


def waiting_screen(offer: Offer, sentence: str, toast: str = "") -> Reply:
    """The other side has to answer first."""
    again = Button(words.LOOK_AGAIN, ShowLink(offer.id), weight=Weight.PRIMARY, key=" ")
    rows = ((again, Button(words.REFUSE, Refuse(offer.id))),)
    return Reply(screen=Screen.NOTICE, body=(Line(sentence),), rows=rows, toast=toast)


def linked_screen(offer: Offer, account: Account, reviews: int = 0) -> Reply:
    """It is done; `reviews` are those of both sides, if it was a merge."""
    other = offer.other(account)
    body = [Line(words.linked(words.called(other, offer.name_of(other))) if other else words.ONE_ALREADY)]
    if reviews:
        body.append(Line(words.merged(reviews)))
    return Reply(screen=Screen.NOTICE, body=tuple(body), rows=(GO_ON,))


def notice(sentence: str, *buttons: Button) -> Reply:
    """A sentence, and the way on."""
    return Reply(screen=Screen.NOTICE, body=(Line(sentence),), rows=((*buttons, *GO_ON),))


def refused_code(sentence: str) -> Reply:
    """A code that did not work; another may be typed at once."""
    again = Button(words.ANOTHER_CODE, Link())
    rows = ((again, *GO_ON),)
    return Reply(screen=Screen.NOTICE, body=(Line(sentence),), rows=rows, attempt=TYPED, answers=True)


def accounts_screen(desk: LinkDesk, now: int) -> Reply:
    """The linked accounts, and the ways apart."""
    accounts = desk.me.accounts
    if len(accounts) < 2:
        return notice(words.ONLY_ACCOUNT, Button(LINK, Link()))
    items = tuple(_marked(account, desk.me.account) for account in accounts)
    body: list[Block] = [Line(words.ACCOUNTS_TITLE), Items(items)]
    rows: list[tuple[Button, ...]] = []
    merge = regrettable(desk, now)
    if merge is not None and desk.archive is not None:
        left = (merge.at + REGRET - now) // HOUR
        body.append(Line(words.may_take_back(names(returning(merge, accounts)), desk.archive.tally.reviews, left)))
        rows.append((Button(words.TAKE_BACK, Unmerge(merge.id)),))
    for account in accounts:
        rows.append((Button(f"{words.UNLINK} {words.brief(account)}", Unlink(short_account(account))),))
    rows.append((Button(BACK, ShowSettings()),))
    return Reply(screen=Screen.NOTICE, body=tuple(body), rows=tuple(rows))


def part_screen(desk: LinkDesk, leaving: Account) -> Reply:
    """Whether an account shall go, and what stays where."""
    stays = [account for account in desk.me.accounts if account != leaving]
    body = (Line(words.ask_part(_called(leaving, desk.me.account))), Line(words.part_explained(names(stays))))
    go = Button(words.UNLINK, Part(short_account(leaving)), weight=Weight.DANGER)
    return Reply(screen=Screen.NOTICE, body=body, rows=((go, Button(words.KEEP, Unlink())),))


def parted_screen(desk: LinkDesk, leaving: Account) -> Reply:
    """An account went."""
    stays = [account for account in desk.me.accounts if account != leaving]
    return notice(words.parted(_called(leaving, desk.me.account), names(stays)))


def regrettable(desk: LinkDesk, now: int) -> Merge | None:
    """The merge that can still be taken back, if there is one."""
    merge = desk.merge
    if merge is None or merge.parted_at or now >= merge.at + REGRET:
        return None
    return merge if returning(merge, desk.me.accounts) else None


def returning(merge: Merge, accounts: Sequence[Account]) -> list[Account]:
    """The accounts that would go back."""
    return [account for account in merge.accounts if account in accounts]


def keeps(one: Party, other: Party) -> Party:
    """Whose learner the two become: the used one's, or of two alike the older's."""
    if one.tally.used != other.tally.used:
        return one if one.tally.used else other
    return min(one, other, key=lambda party: (party.learner.created_at, party.learner.id))


def _consequences(me: Party, other: Party, offer: Offer) -> list[str]:
    match me.tally.used, other.tally.used:
        case True, True:
            kept = keeps(me, other).account
            named = words.here(kept) if kept == me.account else words.called(kept, offer.name_of(kept))
            return [words.merges(me.tally.reviews, other.tally.reviews), words.settings_of(named)]
        case True, False:
            return [words.goes_on(me.tally.reviews, me.tally.cards)]
        case False, True:
            return [words.joins(other.tally.reviews, other.tally.cards)]
        case _:
            return [words.NEITHER_USED]


def minutes_left(offer: Offer, now: int) -> int:
    return max(1, -((now - offer.made_at - OFFER_LIVES) // MINUTE))


def _marked(account: Account, mine: Account) -> str:
    return f"{words.called(account)}: {words.here(account)}" if account == mine else words.called(account)


def _called(account: Account, mine: Account) -> str:
    return words.here(account) if account == mine else words.called(account)


def names(accounts: Sequence[Account]) -> list[str]:
    return [words.called(account) for account in accounts]
