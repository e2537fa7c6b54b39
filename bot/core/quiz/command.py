"""A quiz's options as a line of text, and back: what people type after /quiz. Pure.

    decks:txn-isolation + sql-joins questions:10 pace:20s

`name:value` words are options, the rest is the source. A line written by `command` is read back as the same options.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from msgspec.structs import replace

from bot.core.model import TutorError
from bot.core.quiz.options import MOST_QUESTIONS, Answers, Options, Order, Play
from bot.core.quiz.source import EVERYTHING, parts
from bot.core.spoken import joined
from decks.model import Catalogue
from decks.text import escape

LINE = 400  # characters of a command that are read
LONGEST_WINDOW = 600  # seconds

_WORD = re.compile(r"(?<!\S)([a-z]+):(\S*)", re.IGNORECASE)


def read(text: str, catalogue: Catalogue, base: Options | None = None) -> Options:
    """The options a line asks for, on top of `base`. TutorError says what cannot be read."""
    options = base or Options()
    line = " ".join(text[:LINE].split())
    rest = line
    for found in _WORD.finditer(line):
        name, value = found[1].casefold(), found[2]
        if name == "decks":
            rest = rest.replace(found[0], value, 1)
            continue
        rest = rest.replace(found[0], "", 1)
        options = with_option(options, name, value, catalogue)
    source = " ".join(rest.split())
    return with_option(options, "decks", source, catalogue) if source else options


def read_source(text: str, catalogue: Catalogue) -> str:
    """The decks that a line names, after "decks:" or alone; empty for everything. TutorError as `parts`."""
    line = " ".join(text[:LINE].split())
    source = re.sub(r"^decks:\s*", "", line, flags=re.IGNORECASE)
    parts(source, catalogue)
    return "" if source.casefold() in EVERYTHING else source


def command(options: Options) -> str:
    """The command that starts such a quiz; empty where only a button does, since its cards have no name.

    What is the default is left out, but for decks, number and pace; beside a saved quiz, whose options are others,
    nothing is.
    """
    if options.order is Order.FIXED and not options.saved:
        return ""
    words = ["/quiz"]
    if options.saved:
        words.append(f"saved:{options.saved}")
    elif options.source:
        words.append(f"decks:{options.source}")
    words += [f"questions:{options.questions}", f"pace:{pace(options)}"]
    plain = Options()
    for name, now, usual in (
        ("answers", options.answers, plain.answers),
        ("play", options.play, plain.play),
        ("order", options.order, plain.order),
    ):
        if now is not Order.FIXED and (now is not usual or options.saved):
            words.append(f"{name}:{now.value}")
    if options.score_limit or options.saved:
        words.append(f"limit:{options.score_limit}")
    for name, is_on, by_default in (("hints", options.hints, False), ("skip", options.skipping, True)):
        if is_on is not by_default or options.saved:
            words.append(f"{name}:{'on' if is_on else 'off'}")
    return " ".join(words)


def with_option(options: Options, name: str, value: str, catalogue: Catalogue) -> Options:
    """The options with one changed, as a command or a button names it."""
    setter = _SETTERS.get(name)
    if name == "decks":
        parts(value, catalogue)
        return replace(options, source=value, order=_drawn(options), cards=(), saved="")
    if setter is None:
        names = joined([*_SETTERS, "decks"], "or")
        raise TutorError(f"There is no option “{escape(name[:20])}”. You can write {names}.")
    return setter(options, value.casefold())


def _drawn(options: Options) -> Order:
    return Order.FORGETTING if options.order is Order.FIXED else options.order


def _questions(options: Options, value: str) -> Options:
    return replace(options, questions=_whole(value, 1, MOST_QUESTIONS, "questions"))


def _paced(options: Options, value: str) -> Options:
    if value in ("host", "next"):
        return replace(options, host_paced=True)
    if value in ("none", "0", "0s"):
        return replace(options, host_paced=False, window=0)
    return replace(options, host_paced=False, window=_whole(value.removesuffix("s"), 5, LONGEST_WINDOW, "pace"))


def _limit(options: Options, value: str) -> Options:
    return replace(options, score_limit=_whole(value, 0, MOST_QUESTIONS, "limit"))


def _switch(put: Callable[[Options, bool], Options], name: str) -> Callable[[Options, str], Options]:
    def change(options: Options, value: str) -> Options:
        if value not in ("on", "off", "yes", "no"):
            raise TutorError(f"{name} is on or off.")
        return put(options, value in ("on", "yes"))

    return change


def _answers(options: Options, value: str) -> Options:
    if value not in [one.value for one in Answers]:
        raise TutorError(f"answers is {joined([one.value for one in Answers], 'or')}.")
    return replace(options, answers=Answers(value))


def _play(options: Options, value: str) -> Options:
    if value not in [one.value for one in Play]:
        raise TutorError(f"play is {joined([one.value for one in Play], 'or')}.")
    return replace(options, play=Play(value))


def _order(options: Options, value: str) -> Options:
    offered = [one.value for one in Order if one is not Order.FIXED]
    if value not in offered:
        raise TutorError(f"order is {joined(offered, 'or')}.")
    return replace(options, order=Order(value), cards=(), saved="")


def _role(options: Options, value: str) -> Options:
    if not re.fullmatch(r"\d{0,20}", value):
        raise TutorError("role is the number of a role.")
    return replace(options, role=value)


def _whole(value: str, least: int, most: int, name: str) -> int:
    if not re.fullmatch(r"[0-9]{1,4}", value) or not least <= int(value) <= most:
        raise TutorError(f"{name} is a number from {least} to {most}.")
    return int(value)


def pace(options: Options) -> str:
    """The time for each question, as a command has it."""
    if options.host_paced:
        return "host"
    return f"{options.window}s" if options.window else "none"


_SETTERS: dict[str, Callable[[Options, str], Options]] = {
    "questions": _questions,
    "pace": _paced,
    "answers": _answers,
    "play": _play,
    "order": _order,
    "limit": _limit,
    "hints": _switch(lambda options, on: replace(options, hints=on), "hints"),
    "skip": _switch(lambda options, on: replace(options, skipping=on), "skip"),
    "role": _role,
}
