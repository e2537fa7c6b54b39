"""Polls and quizzes: what sendPoll accepts, what voters do, and how both look in JSON."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any

from telegram.constants import PollLimit

from . import refusals
from .html import utf16
from .texts import Formatted, formatted

Json = dict[str, Any]
_ids = itertools.count(5_000_000_000_000_000_001)


@dataclass
class Poll:
    """https://core.telegram.org/bots/api#poll; `votes` maps a voter's id to the options they chose."""

    id: str
    question: str
    options: list[str]
    type: str = "regular"
    is_anonymous: bool = True
    allows_multiple_answers: bool = False
    allows_revoting: bool = True
    correct: list[int] = field(default_factory=list)
    explanation: Formatted = field(default_factory=Formatted)
    open_period: int | None = None
    close_date: int | None = None
    is_closed: bool = False
    votes: dict[int, list[int]] = field(default_factory=dict)

    def as_json(self) -> Json:
        made: Json = {
            "id": self.id,
            "question": self.question,
            "options": [self._option(place) for place in range(len(self.options))],
            "total_voter_count": len(self.votes),
            "is_closed": self.is_closed,
            "is_anonymous": self.is_anonymous,
            "type": self.type,
            "allows_multiple_answers": self.allows_multiple_answers,
            "allows_revoting": self.allows_revoting,
            "members_only": False,
        }
        if self.open_period and self.close_date:
            made |= {"open_period": self.open_period, "close_date": self.close_date}
        if self.type == "quiz":
            made["correct_option_ids"] = self.correct
            if self.explanation.text:
                made["explanation"] = self.explanation.text
                made["explanation_entities"] = self.explanation.entities
        return made

    def _option(self, place: int) -> Json:
        voters = sum(place in chosen for chosen in self.votes.values())
        return {"persistent_id": self.persistent_id(place), "text": self.options[place], "voter_count": voters}

    def persistent_id(self, place: int) -> str:
        return f"{self.id}:{place}"

    def answer(self, voter: Json) -> Json:
        """https://core.telegram.org/bots/api#pollanswer"""
        chosen = self.votes.get(voter["id"], [])
        return {
            "poll_id": self.id,
            "user": voter,
            "option_ids": chosen,
            "option_persistent_ids": [self.persistent_id(place) for place in chosen],
        }

    def shown(self) -> str:
        marks = "()" if not self.allows_multiple_answers else "[]"
        rows = [f"{marks} {option}" for option in self.options]
        closed = " (closed)" if self.is_closed else ""
        return "\n".join([f"{self.type}: {self.question}{closed}", *rows])


def poll_from(params: Json, now: int) -> Poll:
    """The poll that sendPoll describes. Raises `Refusal` (limits: `telegram.constants.PollLimit`)."""
    question = _measured(formatted(params, "question", "question_"), "Poll question", PollLimit.MAX_QUESTION_LENGTH)
    options = _options(params.get("options", []))
    kind = params.get("type", "regular")
    if kind not in ("regular", "quiz"):
        raise refusals.unsupported_poll_type()
    period, date = params.get("open_period"), params.get("close_date")
    if period and date:
        raise refusals.period_and_date()
    return Poll(
        id=str(next(_ids)),
        question=question,
        options=options,
        type=kind,
        is_anonymous=params.get("is_anonymous", True),
        allows_multiple_answers=params.get("allows_multiple_answers", False),
        allows_revoting=params.get("allows_revoting", kind != "quiz"),
        correct=_correct(params, len(options)) if kind == "quiz" else [],
        explanation=_explanation(params) if kind == "quiz" else Formatted(),
        open_period=period or (date - now if date else None),
        close_date=date or (now + period if period else None),
        is_closed=params.get("is_closed", False),
    )


def _measured(content: Formatted, what: str, limit: int) -> str:
    if not content.text:
        raise refusals.nothing_but_space()
    if utf16(content.text) > limit:
        raise refusals.bad_request(f"{what[0].lower()}{what[1:]} length must not exceed {limit}")
    return content.text


def _options(given: list[Any]) -> list[str]:
    if not given:
        raise refusals.poll_without_options()
    if len(given) > PollLimit.MAX_OPTION_NUMBER:
        raise refusals.bad_request(f"poll can't have more than {int(PollLimit.MAX_OPTION_NUMBER)} options")
    objects = [option if isinstance(option, dict) else {"text": option} for option in given]
    limit = int(PollLimit.MAX_OPTION_LENGTH)
    return [_measured(formatted(option, "text", "text_"), "Poll options", limit) for option in objects]


def _correct(params: Json, options: int) -> list[int]:
    single = [params["correct_option_id"]] if "correct_option_id" in params else []
    correct: list[int] = params.get("correct_option_ids", single)
    if not correct:
        raise refusals.no_correct_option()
    if sorted(set(correct)) != correct:
        raise refusals.correct_options_not_increasing()
    if not 0 <= correct[0] <= correct[-1] < options:
        raise refusals.invalid_correct_option()
    return correct


def _explanation(params: Json) -> Formatted:
    explanation = formatted(params, "explanation", "explanation_")
    lines = explanation.text.count("\n")
    if utf16(explanation.text) > PollLimit.MAX_EXPLANATION_LENGTH or lines > PollLimit.MAX_EXPLANATION_LINE_FEEDS:
        raise refusals.explanation_too_long()
    return explanation
