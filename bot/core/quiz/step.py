"""A group quiz's state machine: everything that changes one is here and in what this file hands on to. Pure.

Rules kept here:
- `step` looks at the desk and at nothing else: time arrives as `Tick` and as the desk's `now`, chance comes from the
  quiz's id, the cards that may be asked lie on the desk.
- A press writes one row and changes nothing else; a move follows the move before it.
- What is refused is a `TutorError` and changes nothing.
"""

from __future__ import annotations

from bot.core.quiz.actions import (
    Dispute,
    Join,
    Leave,
    Next,
    Pause,
    Pick,
    Preview,
    SetOption,
    ShowDisputes,
    ShowOptions,
    Skip,
    StartNow,
    Stop,
    Swap,
    Tick,
    Unpause,
    Uphold,
    Void,
    Wake,
    Write,
)
from bot.core.quiz.clock import tick, wake
from bot.core.quiz.desk import QuizDesk, QuizOutcome
from bot.core.quiz.host import HostAction, host
from bot.core.quiz.press import Press, dispute, press
from decks.model import Catalogue

MOVES = (
    StartNow,
    Next,
    Pause,
    Unpause,
    Stop,
    SetOption,
    ShowOptions,
    Preview,
    Swap,
    ShowDisputes,
    Void,
    Uphold,
)
"""Actions that may make a move: they are taken under the quiz's lock."""

PRESSES = (Join, Leave, Pick, Write, Skip, Dispute)
"""Actions that write one row beside others. A host's Skip is a move."""


def step(desk: QuizDesk, action: Press | HostAction | Tick | Wake, catalogue: Catalogue) -> QuizOutcome:
    """What an action answers and changes."""
    match action:
        case Tick():
            return tick(desk)
        case Wake(away=away):
            return wake(desk, away)
        case Skip() if desk.host:
            return host(desk, action, catalogue)
        case Dispute(question=number, reason=reason) if desk.quiz is not None:
            return dispute(desk, desk.quiz, number, reason)
        case Join() | Leave() | Pick() | Write() | Skip() | Dispute():
            return press(desk, action)
        case _:
            return host(desk, action, catalogue)
