"""The wrong answers a card knows: foreseen by its author, or its other options. Pure."""

from __future__ import annotations

from msgspec import Struct

from bot.core import listing
from bot.core.model import Fit, Verdict
from bot.core.wording import key, normalised
from decks.model import Card, Distractor
from decks.text import plain
from scheduler.model import Rating


class Known(Struct, frozen=True):
    """A wrong answer the card knows: foreseen by its author, or another option."""

    text: str
    reply: str = ""
    card: str = ""
    label: str = ""


def known_wrong(card: Card) -> tuple[Known, ...]:
    """Foreseen answers, then other options; what is both has the author's reply and the option's card and label."""
    options = {key(plain(option.text)): option for option in reversed(card.distractors)}
    replies = {key(plain(wrong.answer)): wrong.reply for wrong in reversed(card.foreseen)}
    options.pop("", None)  # signs alone have no key: two of them are not the same answer
    replies.pop("", None)
    foreseen = (_both(wrong.answer, wrong.reply, options.get(key(plain(wrong.answer)))) for wrong in card.foreseen)
    others = (_both(option.text, replies.get(key(plain(option.text)), ""), option) for option in card.distractors)
    return (*foreseen, *others)


def _both(text: str, reply: str, option: Distractor | None) -> Known:
    return Known(text, reply, option.card, option.label) if option else Known(text, reply)


def wrong_verdict(typed: str, known: Known | None = None, reason: str = "") -> Verdict:
    """Wrong, with what is known of this wrong answer."""
    return Verdict(
        fit=Fit.WRONG,
        reason=reason,
        suggested=Rating.AGAIN,
        foreseen=known.reply if known else "",
        wrong=(known.card or normalised(known.text)) if known else normalised(typed),
        label=known.label if known else "",
    )


def spotted(card: Card, right: tuple[str, ...], typed: str) -> Verdict | None:
    """The verdict on exactly a wrong answer the card knows, unless it is the right one as well."""
    if listing.is_verbatim(right, typed):
        return None
    said = key(typed)
    known = next((wrong for wrong in known_wrong(card) if said and key(plain(wrong.text)) == said), None)
    return wrong_verdict(typed, known) if known else None
