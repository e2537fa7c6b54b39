"""What is kept about a learner: told, handed over, deleted. Pure.

Rules kept here:
- Nobody is written down by asking what is kept about them.
- A deletion is asked for, told what it takes, and confirmed on that screen within ten minutes.
"""

from __future__ import annotations

from bot.core import link_words
from bot.core import my_data_words as words
from bot.core.actions import Erase, Export, ShowPrivacy
from bot.core.desk import Desk, Outcome
from bot.core.link_model import MINUTE
from bot.core.reply import Button, Line, Reply, Screen, Weight

ASKED_LIVES = 10 * MINUTE  # how long a screen that asks stays one that may be answered

DataAction = ShowPrivacy | Export | Erase


def step(desk: Desk, action: DataAction) -> Outcome:
    """What a step answers; a confirmed deletion is the store's to carry out."""
    match action:
        case ShowPrivacy():
            return Outcome(reply=privacy_screen())
        case Export():
            return Outcome(reply=exported_screen())
        case Erase(asked=asked) if 0 <= desk.now - asked <= ASKED_LIVES:
            return Outcome(reply=_said(words.DELETED), erases=True)
        case Erase():
            return Outcome(reply=ask_screen(desk))


def stranger(action: DataAction) -> Reply:
    """What somebody hears of whom nothing is kept."""
    if isinstance(action, ShowPrivacy):
        screen = privacy_screen()
        return Reply(screen=screen.screen, body=(Line(words.NOTHING), *screen.body))
    return _said(words.NOTHING)


def privacy_screen() -> Reply:
    """What is kept, why, for how long and who sees it."""
    told = (words.TITLE, words.KEPT, words.QUIZZES, words.SEEN, words.HOW_LONG, words.BACKUPS, words.WAYS)
    rows = ((Button(words.EXPORT, Export()),), (Button(words.ASK_DELETE, Erase()),))
    return Reply(screen=Screen.NOTICE, body=tuple(map(Line, told)), rows=rows)


def exported_screen() -> Reply:
    """The files go with it."""
    return Reply(screen=Screen.NOTICE, body=(Line(words.EXPORTED),), sends=True)


def ask_screen(desk: Desk) -> Reply:
    """What a deletion takes, and whether it shall."""
    named = [
        link_words.here(account) if account == desk.account else link_words.called(account) for account in desk.accounts
    ]
    tally = desk.tally
    body = (
        Line(words.ASK_TITLE),
        Line(words.goes(named, tally.reviews, tally.cards)),
        Line(words.IN_QUIZZES),
        Line(words.NO_WAY_BACK),
    )
    rows = (
        (Button(words.EXPORT_FIRST, Export()), Button(words.KEEP, ShowPrivacy())),
        (Button(words.SURE, Erase(desk.now), weight=Weight.DANGER),),
    )
    return Reply(screen=Screen.NOTICE, body=body, rows=rows)


def _said(sentence: str) -> Reply:
    return Reply(screen=Screen.NOTICE, body=(Line(sentence),))


def is_deleted(reply: Reply) -> bool:
    """Whether a reply says that the learner was deleted."""
    return reply == _said(words.DELETED)
