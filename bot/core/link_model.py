"""The words of linking: offers, merges and what one step of it changes. Pure values.

An offer is made on one side, claimed on the other with its code or its deep link's token, agreed to there, and then
agreed to where it was made. Only hashes of both secrets are kept.
"""

from __future__ import annotations

from hashlib import blake2b

from msgspec import Struct

from bot.core.model import Account, Attempt, Learner, Session
from bot.core.rehearsal_model import Rehearsal
from bot.core.reminder_model import Reminders

MINUTE = 60_000  # ms
OFFER_LIVES = 10 * MINUTE  # ASVS 5.0, 6.6.2: out-of-band codes live at most ten minutes
TRIES = 5  # wrong codes of one account within an hour
TRIES_OF_ALL = 20  # typed codes that were wrong within an hour, whoever typed them: they have only 40 bits
TRIES_COUNT = 60 * MINUTE
REGRET = 24 * 60 * MINUTE  # how long a merge can be taken back

TYPED = "link"  # what text sent from a screen that takes a code answers, in the place of an attempt's id
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 8  # 40 bits
TOKEN_LENGTH = 26  # 128 bits


class Unsettled(Exception):
    """Before this action, the cards of a merge have to be brought together; nothing has changed."""

    def __init__(self, learner: str) -> None:
        """`learner` is the id of whoever others are merged into."""
        super().__init__(learner)
        self.learner = learner


class Offer(Struct, frozen=True, kw_only=True):
    """One learner's offer to link an account. It is claimed once and lives for `OFFER_LIVES`."""

    id: str
    maker: Account
    made_at: int  # ms
    code: str  # hashes, as `fingerprint` makes them
    token: str
    maker_name: str = ""
    taker: Account | None = None
    taker_name: str = ""
    agreed: bool = False  # by the taker; the maker's agreement carries it out
    done: bool = False

    def is_live(self, now: int) -> bool:
        """Whether the offer may still be claimed, agreed to, or looked at."""
        return now < self.made_at + OFFER_LIVES

    def other(self, account: Account) -> Account | None:
        """The account on the other side; None for anybody else's, and while nobody has claimed it."""
        return {self.maker: self.taker, self.taker: self.maker}.get(account)

    def name_of(self, account: Account) -> str:
        """How the platform calls one of the two."""
        return self.maker_name if account == self.maker else self.taker_name


class Miss(Struct, frozen=True):
    """A wrong code, whoever used it."""

    id: str  # one for each try: many may fall into one millisecond
    account: Account
    at: int  # ms


class Merge(Struct, frozen=True, kw_only=True):
    """Two used learners became one: `kept` has the union of both logs, `other` stays as it was, without accounts.

    The cards of `other` are brought over (or, once parted, taken out) a few at a time, in the order of their ids;
    `after` is the last card done.
    """

    id: str
    kept: str
    other: str
    accounts: tuple[Account, ...]  # those that came with `other`
    at: int  # ms
    parted_at: int = 0  # ms; when it was taken back
    after: str = ""
    done: bool = False


class Tally(Struct, frozen=True):
    """What a learner has done. Without any log entry on a card they are unused."""

    used: bool
    reviews: int = 0
    cards: int = 0


class Side(Struct, frozen=True, kw_only=True):
    """What linking changes of one learner, who is created if new."""

    learner: Learner
    session: Session | None = None
    attempts: tuple[Attempt, ...] = ()
    reminders: Reminders | None = None
    rehearsal: Rehearsal | None = None


class LinkChange(Struct, frozen=True, kw_only=True):
    """What one step of linking changed, whoever's it is."""

    offer: Offer | None = None  # as it is from now on
    dropped: str = ""  # id of an offer that ends
    missed: Miss | None = None
    at: int = 0  # ms of the step
    sides: tuple[Side, ...] = ()
    given: tuple[tuple[Account, str], ...] = ()  # accounts, and whose each is from now on
    merge: Merge | None = None


class Party(Struct, frozen=True, kw_only=True):
    """One side of a link."""

    account: Account
    learner: Learner
    accounts: tuple[Account, ...] = ()  # all of the learner's
    tally: Tally = Tally(used=False)
    session: Session | None = None
    open: Attempt | None = None
    reminders: Reminders | None = None
    rehearsal: Rehearsal | None = None


class LinkDesk(Struct, frozen=True, kw_only=True):
    """All one step of linking may look at."""

    me: Party
    offer: Offer | None = None  # the one the action speaks of
    other: Party | None = None  # the other side of the offer
    met: frozenset[str] = frozenset()  # cards planned on one side that the other has met
    misses: tuple[Account, ...] = ()  # who used wrong codes lately, once for each time
    merge: Merge | None = None  # my latest
    archive: Party | None = None  # whom it brought here


def token_of(chance: str) -> str:
    """The secret of a deep link: 128 random bits (32 hexadecimal digits) in 26 characters."""
    return _letters(int(chance, 16), TOKEN_LENGTH)


def code_of(token: str) -> str:
    """The code to be typed instead of a token: 40 bits that say nothing of the rest."""
    return _letters(int.from_bytes(_hash("code", token, 5), "big"), CODE_LENGTH)


def offer_id(token: str) -> str:
    """How buttons name an offer: no secret, and of no use to find one."""
    return _hash("offer", token, 8).hex()


def fingerprint(secret: str) -> str:
    """What is kept of a code or token."""
    return _hash("secret", secret, 16).hex()


def read_secret(text: str) -> str:
    """A code or token as it was typed, in the form its fingerprint is taken of: a command before it, case, spaces
    and dashes do not count, and letters left out of the alphabet are read as what they resemble. Empty when it can be
    neither."""
    text = text.strip().removeprefix("/link")
    read = "".join(letter for letter in text.upper() if letter.isalnum()).translate(_RESEMBLING)
    fits = len(read) in (CODE_LENGTH, TOKEN_LENGTH) and set(read) <= set(CROCKFORD)
    return read if fits else ""


def short_account(account: Account) -> str:
    """An account short enough for a button: 12 hexadecimal digits."""
    return _hash("account", f"{account.platform}\n{account.external}", 6).hex()


_RESEMBLING = str.maketrans("OIL", "011")  # https://www.crockford.com/base32.html


def _letters(number: int, length: int) -> str:
    letters = ""
    for _ in range(length):
        number, digit = divmod(number, 32)
        letters += CROCKFORD[digit]
    return letters


def _hash(purpose: str, text: str, size: int) -> bytes:
    return blake2b(text.encode(), digest_size=size, person=purpose.encode()).digest()
