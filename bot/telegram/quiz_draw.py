"""Draws a quiz's message as Telegram shows it: HTML with buttons, or a native poll where nobody is ranked. Pure.

A time is a `tg-time` (Bot API 9.5): apps count it down themselves, so that no edit is spent on a clock; older apps show
the words inside, which were right when the message was last drawn.
https://core.telegram.org/bots/api#html-style
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from msgspec.structs import replace

from bot.core.actions import InQuiz
from bot.core.graphemes import units
from bot.core.quiz import words
from bot.core.quiz.actions import Pick
from bot.core.quiz.buttons import unfold
from bot.core.quiz.model import Place
from bot.core.quiz.show import Ballot, Show, Timing
from bot.core.reply import Aside, Block, Button, Line, Reply
from bot.core.spoken import plural
from bot.telegram import quiz_words, render
from bot.telegram.runs import printable
from decks.text import plain

Content = dict[str, Any]
"""Parameters of a method as the Bot API names them."""

# https://core.telegram.org/bots/api#sendpoll
POLL_QUESTION = 300
POLL_OPTION = 100
POLL_OPTIONS = 12
POLL_WHY = 200
POLL_WHY_LINES = 2  # line breaks


class Post(NamedTuple):
    """The message that shows a slot, as the quiz keeps it: "<chat>/<message>".

    Of a native poll also "/<poll>", and once it is closed "/<below>": the message that says what came of it.
    """

    chat: int
    message: int
    poll: str = ""
    below: int = 0

    def __str__(self) -> str:
        return "/".join(str(part) for part in self if part)


def post_of(kept: str) -> Post | None:
    """The message of what was kept; None where there is none."""
    found = re.fullmatch(r"(-?\d+)/(\d+)(?:/(\w+)(?:/(\d+))?)?", kept)
    return Post(int(found[1]), int(found[2]), found[3] or "", int(found[4] or 0)) if found else None


def place_in(chat: int, thread: int | None) -> Place:
    """A group, or a topic of one. Saved quizzes and schedules are the group's."""
    return Place("telegram", f"{chat}/{thread}" if thread else str(chat), str(chat))


def address(place: Place) -> tuple[int, int | None]:
    """Chat and topic of a place."""
    chat, _, thread = place.channel.partition("/")
    return int(chat), int(thread) if thread else None


def message(show: Show, now: float, *, timed: bool) -> Content:
    """The parameters of sendMessage and editMessageText. `now` is Unix seconds; times are plain unless `timed`."""
    left = _left(show.timing, now) if show.timing else ""
    said = f"{show.timing.label} {left}" if show.timing else ""
    line = " · ".join(part for part in (said, show.crowd) if part)
    body: list[Block] = [_for_replies(block) for block in show.reply.body]
    body += [Line(line)] if line else []
    texts = render.texts((*body, *show.foot))
    text = texts[0] if show.live else texts[-1]  # of what is too long for one: the question, in the end its answer
    if show.timing and timed:
        tag = f'{show.timing.label} <tg-time unix="{show.timing.at // 1000}" format="r">{left}</tg-time>'
        before, found, after = f"\n{text}".rpartition(f"\n{said}")  # at the start of a line, where no name can be
        text = f"{before}\n{tag}{after}"[1:] if found else text
    preview = {"is_disabled": True}
    markup = render.keyboard(show.reply.rows)
    return {"text": text, "parse_mode": "HTML", "link_preview_options": preview, "reply_markup": markup}


def below_poll(show: Show, now: float, *, timed: bool) -> Content:
    """The message below a closed poll: what the poll cannot say itself, with the question's buttons."""
    body = show.ballot.after if show.ballot else show.reply.body
    return message(replace(show, reply=replace(show.reply, body=body)), now, timed=timed)


def poll(show: Show) -> Content | None:
    """The parameters of sendPoll; None where the question is no poll, or does not fit one.

    Nobody sees what others chose before it closes (Bot API 9.6; an older server shows it to whoever has voted), and
    nobody can forward it to where it is not played.
    """
    ballot = show.ballot
    if ballot is None or not show.live or not _fits(ballot):
        return None
    return {
        "question": printable(ballot.question),
        "options": [{"text": printable(option)} for option in ballot.options],
        "type": "quiz",
        "is_anonymous": False,
        "hide_results_until_closes": True,
        "protect_content": True,
        "correct_option_ids": [ballot.right],
        "explanation": printable(ballot.why),
        "reply_markup": beside_poll(show),
    }


def beside_poll(show: Show) -> render.Keyboard | None:
    """The buttons under an open poll: all but the options, which the poll itself has."""
    rows = [[button for button in row if not _is_pick(button)] for row in show.reply.rows]
    return render.keyboard([row for row in rows if row])


def alert(reply: Reply) -> str:
    """All of a private answer as plain text that fits an alert; empty where it does not, or has buttons."""
    if reply.rows:
        return ""
    if not reply.body:
        return render.toast(reply)
    lines = [block.text for block in reply.body if isinstance(block, Line | Aside)]
    text = printable("\n".join(map(plain, lines)))
    return text if len(lines) == len(reply.body) and units(text) <= render.TOAST_UNITS else ""


def _left(timing: Timing, now: float) -> str:
    seconds = max(1, round(timing.at / 1000 - now))
    return f"in {plural(seconds, 'second')}" if seconds < 120 else f"in {plural(round(seconds / 60), 'minute')}"


def _for_replies(block: Block) -> Block:
    return Aside(quiz_words.REPLY_HERE) if block == Aside(words.TYPE_IT) else block


def _is_pick(button: Button) -> bool:
    return isinstance(button.action, InQuiz) and isinstance(unfold(button.action), Pick)


def _fits(ballot: Ballot) -> bool:
    options = [printable(option) for option in ballot.options]
    return (
        units(ballot.question) <= POLL_QUESTION
        and len(options) <= POLL_OPTIONS
        and all(option.strip() and "\n" not in option and units(option) <= POLL_OPTION for option in options)
        and units(ballot.why) <= POLL_WHY
        and ballot.why.count("\n") <= POLL_WHY_LINES
    )
