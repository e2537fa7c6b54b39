"""What a learner reads about what is kept of them, on the way out and back. Pure, in the dialect of `decks.text`."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.spoken import joined, plural

MY_DATA = "My data"
EXPORT = "Export"
EXPORT_FIRST = "Export first"
ASK_DELETE = "Delete everything"
SURE = "Yes, delete everything"
KEEP = "Keep everything"

TITLE = "**What is kept about you**"
KEPT = (
    "The number your platform gives your account; not your phone number, and your name only with a group quiz. Your "
    "settings, and when you want reminders. For each card: when it was shown, what you chose or typed (the first 500 "
    "characters) and how you rated it. That is what decides when a card returns."
)
QUIZZES = (
    "In a group quiz the group sees your name and what you got right; both are kept with the quiz. Your answers on "
    "cards you already study can also change your own drill, unless you keep them separate."
)
SEEN = (
    "Whoever runs this tutor can read its database, and Telegram or Discord carry the messages. The author of a deck "
    "sees what you typed where you report a card, or say that your answer was right. Nobody else sees your drill."
)
HOW_LONG = (
    "It is kept until you delete it. Shorter: what was answered to a press, two days; codes that link accounts, and "
    "your name shown with them, ten minutes; which reminders were sent, two months. A shared location finds your time "
    "zone and is not kept. The program's log files hold nothing you typed."
)
BACKUPS = (
    "Backups made before you delete still hold your data. Those that Backfill makes itself are thinned with age, and "
    "whoever runs this tutor decides when the last ones go."
)
WAYS = "**/export** gives you all of it as files, **/delete** takes all of it away."
NOTHING = "Nothing is kept about you here."

EXPORTED = (
    "Here is everything kept about you, as two files: one for programs, from which it can be brought back, and one "
    "with your answers as a table."
)
FILE = "Your data."
TOO_LARGE = "Your files are too large to send here. Whoever runs this tutor can export them for you."
NOT_SENT = "The files could not be sent just now. /export tries again."

ASK_TITLE = "**Delete everything?**"
NO_WAY_BACK = (
    "It cannot be undone. The one way back is a file from Export, put in again by whoever runs this tutor. Messages "
    "in this chat stay; those are yours to delete."
)
IN_QUIZZES = "Group quizzes you played keep their results; there you become “someone”."
DELETED = "**Everything about you is deleted.** /drill begins again any time, as somebody new."


def goes(accounts: Sequence[str], reviews: int, cards: int) -> str:
    """What a deletion takes, and whose."""
    learnt = f"{plural(reviews, 'review')} of {plural(cards, 'card')}" if reviews else "what was answered so far"
    return f"This deletes {learnt}, with your settings, streak and reminders, for {joined(list(accounts))}."
