"""What a learner reads while linking accounts. Pure, in the dialect of `decks.text`.

Whoever links must know with whom: every question names the other account, by its platform first, which nobody can
choose. Names are cleaned of what could make them read as something else.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.model import Account
from bot.core.spoken import capital, joined, plural
from decks.text import escape

NAME_LENGTH = 32  # characters of a name; Telegram's and Discord's are at most that long
TAIL = 4  # digits of a platform's own id, enough for a person to tell two accounts apart

ANOTHER_CODE = "Get a code"
ACCOUNTS = "Linked accounts"
ENTERED = "I entered it there"
LOOK_AGAIN = "Look again"
AGREE = "Yes, link them"
REFUSE = "No"
UNLINK = "Unlink"
KEEP = "Keep it linked"
TAKE_BACK = "Take the merge back"

OFFER_TITLE = "**Link another account**"
OFFER_WHY = "Both then share one drill and one memory, wherever you answer."
OR_TYPE_HERE = "If the other side shows a code already, send /link and that code here."
ONLY_YOURS = "Say yes only if both are yours: whoever has the other account will see and change your progress."
NO_SUCH_CODE = (
    "That code does not open anything. A code works once, for ten minutes, and not on the side that shows it. "
    "/link on the other side makes a new one."
)
TOO_MANY_TRIES = "Too many wrong codes. Typed codes work again within the hour."
NOT_OPEN = "That link is no longer open. /link starts again."
REFUSED = "Nothing was linked."
ONE_ALREADY = "These two are linked already."
OWN_CODE = "That is the code from here; it goes into the other side."
ONLY_ACCOUNT = "Nothing is linked to this account. /link links another."
ACCOUNTS_TITLE = "**Linked accounts**"
NOT_LINKED = "That account is not linked here any more."
TOO_LATE = "A merge can be taken back for a day; that day is over. An account can still be unlinked and start afresh."
NO_MERGE = "There is no merge to take back any more."


def here(account: Account) -> str:
    """ "this page", "this Telegram chat": an account to whoever is looking from it."""
    match account.platform:
        case "web":
            return "this page"
        case "terminal":
            return "this terminal"
        case platform:
            return f"this {capital(platform)} account"


def called(account: Account, name: str = "") -> str:
    """ "Telegram (@ann, …1002)", "the page on this computer"."""
    match account.platform, account.external:
        case "web", "local":
            return "the page on Backfill's computer"
        case "terminal", "local":
            return "the terminal on Backfill's computer"
        case platform, external:
            known = [clean(name)] * bool(clean(name)) + [f"…{escape(external[-TAIL:])}"]
            return f"{capital(platform)} ({', '.join(known)})"


def brief(account: Account) -> str:
    """ "Telegram …1002", "the page": for a button."""
    match account.platform, account.external:
        case "web", "local":
            return "the page"
        case "terminal", "local":
            return "the terminal"
        case platform, external:
            return f"{capital(platform)} …{external[-TAIL:]}"


def clean(name: str) -> str:
    """A name without control characters and reversed writing, escaped, of bounded length; nor can it close the bracket
    that it stands in, or bring digits that look like an account's."""
    printable = "".join(letter if letter.isprintable() and letter not in "()…" else " " for letter in name)
    return escape(" ".join(printable.split())[:NAME_LENGTH])


def code(letters: str) -> str:
    """ "K7QM-2XPR": in two halves, which are easier to copy."""
    half = len(letters) // 2
    return f"**{letters[:half]}-{letters[half:]}**"


def type_there(minutes: int) -> str:
    """How the code gets to the other side."""
    return f"On the other side: /link, then this code. It works once, for {plural(minutes, 'minute')}."


def not_entered(minutes: int) -> str:
    """The maker looks, but nobody has used the code."""
    return f"Not entered yet. The code works for {plural(minutes, 'more minute')}."


def ask(other: str) -> str:
    """The question both sides are asked."""
    return f"**Link this account with {other}?**"


def goes_on(reviews: int, cards: int) -> str:
    """What an unused account gets."""
    return f"It has not been used yet, so it simply shares what is here: {studied(reviews, cards)}."


def joins(reviews: int, cards: int) -> str:
    """What happens to whoever asks from an unused account."""
    return f"Nothing was learnt here yet, so this side goes on with what is there: {studied(reviews, cards)}."


NEITHER_USED = "Nothing was learnt on either side yet, so nothing changes but that they share from now on."


def merges(own: int, theirs: int) -> str:
    """Both have learnt."""
    return (
        f"Both have learnt: {plural(own, 'review')} here, {theirs:,} there. They become one history, in the order you "
        "answered, and each card's next date is worked out from all of it."
    )


def settings_of(kept: str) -> str:
    """Whose settings stay, and for how long there is a way back."""
    return f"Settings stay as on {kept}, which is older. For a day /unlink takes it back."


def waits_for(other: str) -> str:
    """The taker has agreed."""
    return f"Half done. The same question waits on {other}: press “{ENTERED}” there, or type /link."


def waits_there(other: str) -> str:
    """The maker looks, and the taker has not answered yet."""
    return f"The code was entered on {other}. It is asked there whether to link; answer that first."


def linked(other: str) -> str:
    """It is done."""
    return f"**Linked with {other}.** Start anywhere; the other side goes on from there."


def merged(reviews: int) -> str:
    """It is done, and was a merge."""
    return f"Together {plural(reviews, 'review')}. For a day /unlink takes it back."


def studied(reviews: int, cards: int) -> str:
    """ "1,204 reviews of 402 cards"."""
    return f"{plural(reviews, 'review')} of {plural(cards, 'card')}" if cards else "no cards yet"


def may_take_back(others: Sequence[str], reviews: int, hours: int) -> str:
    """What taking back a merge does."""
    left = "within the hour" if hours < 1 else f"for {plural(hours, 'more hour')}"
    return (
        f"{capital(joined(others))} came with {plural(reviews, 'review')}. The merge can be taken back {left}: that "
        "side then stands where it stood, and what was answered anywhere since stays here."
    )


def taken_back(others: Sequence[str]) -> str:
    """The merge was taken back, said to whoever keeps."""
    return f"Taken back: {joined(others)} {'goes' if len(others) == 1 else 'go'} on as before the merge."


def taken_back_here() -> str:
    """The merge was taken back, said to whoever goes."""
    return "Taken back: this side is as it was before the merge."


def ask_part(leaving: str) -> str:
    """Whether to unlink."""
    return f"**Unlink {leaving}?**"


def part_explained(stays: Sequence[str]) -> str:
    """What stays where."""
    return (
        f"It starts afresh. Everything learnt so far stays with {joined(stays)}, whichever side it was answered on. "
        "They can be linked again later."
    )


def parted(leaving: str, stays: Sequence[str]) -> str:
    """An account went its own way."""
    return f"Unlinked: {leaving} starts afresh; what was learnt stays with {joined(stays)}."
