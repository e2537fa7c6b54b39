"""Sentences of the group quiz that only Discord needs: its menu, forms and refusals. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.spoken import joined
from decks.text import escape

QUIZ = "Start a quiz in this channel; alone it is already good"
ACTS = {
    "quiz-stop": "End the quiz here with its results so far",
    "quiz-pause": "Stop the clock of the quiz here",
    "quiz-resume": "Let the clock of the quiz here go on",
    "quiz-skip": "Vote to skip the open question",
    "quiz-next": "Close the open question, or ask the next one",
    "quiz-leave": "Stop playing; it costs nothing",
    "quiz-disputes": "What players dispute, to void or keep",
    "quiz-saved": "Saved and scheduled quizzes of this server",
}
"""Each command that means one action, with what Discord's menu says of it: at most 100 characters."""
SAVE = "Keep the latest quiz of this channel by name"
SCHEDULE = "Start a quiz in this channel regularly"
EXPORT = "The latest quiz of this channel as a CSV file, only for you"
BOARD = "This week's quizzes in this channel"

OPTIONS = {
    "decks": "Decks or tracks, joined by +; leave it out for what this server uses",
    "questions": "How many; 10 if left out",
    "pace": "Time for each question; 20 seconds if left out",
    "answers": "By buttons or typed; by buttons if left out",
    "play": "What an answer is worth; everyone who is right scores if left out",
    "order": "Which cards come first; what the players are about to forget if left out",
    "limit": "Right answers that end it; none if left out",
    "hints": "Whether a hint may be asked for; off if left out",
    "skip": "Whether players may vote to skip; on if left out",
    "saved": "A saved quiz, by name: the same questions again",
    "role": "A role to tell once, when it opens",
}
SAVE_NAME = "A name of letters and digits, like monday-warm-up"
WHEN = "Days and a time, like: weekdays 09:00, or: mon wed 18:30"
ZONE = "A time zone like Europe/Berlin; left out, the one used here last"
BACK = "How many weeks ago; this week if left out"
HIDE = "Take yourself off leaderboards (True), or back on (False)"

PACES = {
    "10s": "10 seconds",
    "15s": "15 seconds",
    "20s": "20 seconds",
    "30s": "30 seconds",
    "40s": "40 seconds",
    "60s": "a minute",
    "120s": "two minutes",
    "host": "until the host presses Next",
    "none": "until everybody has answered",
}
ANSWERS = {"choice": "by buttons", "typed": "typed"}
PLAYS = {
    "everyone": "everyone who is right scores",
    "first": "only the first right answer scores",
    "hardcore": "one miss and you are out",
    "relaxed": "nobody is ranked",
}
ORDERS = {
    "forgetting": "what the players are about to forget",
    "missed-here": "what was missed in this channel",
    "missed-by-me": "what I missed before",
    "curriculum": "in the order one learns them",
    "random": "at random",
}

SWITCH = {"on": "on", "off": "off"}

LISTS = {"questions": "Questions", "pace": "Pace", "answers": "Answers", "play": "Scoring", "hints": "Hints"}
PICK_DECKS = "Decks: everything, or choose up to ten"
MORE_DECKS = "More decks"
PICK_ROLE = "A role to tell when it opens"

ANSWER = "Answer"
ANSWER_TITLE = "Your answer"
DISPUTE_TITLE = "What is wrong with it?"
DISPUTE_LABEL = "In a few words, for whoever started the quiz"

DONE = "Done."
OPENED = "It opens here. You and moderators can change it: Options, /quiz-pause, /quiz-skip, /quiz-stop."
STOPPED = "Stopped."
PAUSED = "Paused. /quiz-resume goes on."
RESUMED = "It goes on."
EXPORTED = "The latest quiz of this channel. Only you see this message."

ONLY_IN_SERVERS = "Quizzes are played in the channels and threads of a server."
VIEW, SEND, SEND_THREADS = "View Channel", "Send Messages", "Send Messages in Threads"
SOME_ROLE = "a role that no longer exists"
SHUT_OUT = (
    "I cannot write in this channel any more, so the quiz here has ended; its scores are kept. "
    f"To play again, allow me {VIEW} and {SEND}; in a thread, {SEND_THREADS}."
)
CANNOT_NOTIFY = (
    "I may not mention that role. Let everybody mention it, or allow me to mention all roles; or leave the role out."
)
CANNOT_MENTION = "I tell a role only for those who may mention it themselves. Leave the role out, or ask a moderator."


def cannot_write(missing: Sequence[str]) -> str:
    """Which permissions the bot needs in a channel before a quiz can be played there."""
    return f"I cannot write in this channel yet: allow me {joined(missing)} here."


def only_in(channels: Sequence[str]) -> str:
    """Where quizzes may be started, by the channels' names (in the dialect)."""
    named = joined([f"#{escape(name)}" for name in channels], "or")
    return f"Quizzes are started in {named} here." if named else "Quizzes are started in other channels of this server."


def only_by(role: str) -> str:
    """Who may start quizzes, by the role's name (in the dialect)."""
    return f"Here quizzes are started by members of {escape(role)}. Ask one of them, or a moderator."
