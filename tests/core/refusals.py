"""Which replies are refusals: a sentence says why nothing happened."""

from __future__ import annotations

from bot.core import news_words, words
from bot.core.reply import Reply
from scheduler.model import Rating

SENTENCES = frozenset(
    (
        words.NOT_YOURS,
        words.UNREADABLE,
        words.CARD_SET_ASIDE,
        news_words.RETIRED_BEFORE,
        words.HELD_ALREADY,
        words.LOOK_FIRST,
        words.NOT_OFFERED,
        words.ALREADY_ANSWERED,
        words.NO_OPTION,
        words.NO_HINT,
        words.EMPTY_TEXT,
        words.NO_SESSION,
        words.NOTHING_TO_UNDO,
        words.NOT_THE_LAST,
        words.NOTHING_HELD,
        words.NO_CARD,
        *(words.already_rated(rating, two) for rating in Rating for two in (True, False)),
    )
)


def is_refusal(reply: Reply) -> bool:
    """Whether the reply only explains why an action did nothing."""
    toast = reply.toast.removesuffix(words.BELOW).rstrip()
    return toast in SENTENCES or any(getattr(block, "text", "") in SENTENCES for block in reply.body)
