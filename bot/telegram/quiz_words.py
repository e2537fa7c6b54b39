"""Sentences that only quizzes in Telegram groups need: menu, help, how to answer, where the rest is said. Pure."""

from __future__ import annotations

from bot.core.reply import Aside, Items, Line, Reply, Screen

COMMANDS = (
    ("quiz", "Start a quiz: /quiz dbt 70% + sql 30%"),
    ("joinquiz", "Play; also in the middle of it"),
    ("leavequiz", "Stop playing; it costs nothing"),
    ("myresult", "Your own result, in private"),
    ("leaderboard", "This week's places in this group"),
    ("skip", "Vote to skip the question"),
    ("dispute", "Say what is wrong with a question"),
    ("disputes", "Host: what players dispute, in private"),
    ("next", "Host: go on"),
    ("pausequiz", "Host: stop the clock"),
    ("resumequiz", "Host: let the clock go on"),
    ("stopquiz", "Host: end the quiz with its results so far"),
    ("quizoptions", "Host: the options, in private"),
    ("savequiz", "Host: keep the latest quiz by a name"),
    ("savedquizzes", "Saved and scheduled quizzes"),
    ("schedulequiz", "Admins: /schedulequiz weekdays 09:00"),
    ("setup", "Admins: who may start, and which decks"),
    ("exportquiz", "Host: the latest quiz as a table, in private"),
    ("help", "How quizzes are played here"),
)
"""The menu in groups, in the order Telegram shows it."""

HELP = Reply(
    screen=Screen.NOTICE,
    body=(
        Line("**Quizzes in this group**"),
        Line(
            "/quiz starts one from what its players are about to forget. Press Join, then an answer; everybody sees "
            "who is in, and nobody what was answered until the question closes."
        ),
        Line("More can be said after the command:"),
        Items(
            (
                "/quiz scd-types + txn-isolation",
                "/quiz dbt 70% + sql 30% questions:15 pace:40s",
                "/quiz answers:typed play:first",
                "/quiz play:relaxed pace:host",
                "/quiz saved:monday",
            )
        ),
        Aside(
            "Whoever starts a quiz, and admins, may change, pause and stop it. With /setup admins say who may start "
            "one, and from which decks. Your own cards are asked in private."
        ),
    ),
)

REPLY_HERE = "Reply to this message with your answer."
JOINED = "You are in."
AN_ADMIN = "an admin"
NAMELESS = "That came in the name of a group or channel. Write it as yourself; buttons always know who presses."
OTHER_POLL = "That poll does not count: the question stands there twice. Please vote in the newer one."
IN_PRIVATE = "I wrote it to you in private."
KEEP_APART = "/quiz separate keeps them apart."
OPEN_PRIVATE = "That is for you alone. Open our private chat, press Start, and ask here once more."
TO_PRIVATE = "Open the private chat"
HOW_TO_DISPUTE = "Reply to the question with /dispute and a few words, like: /dispute which version?"
IN_GROUPS = "Quizzes are played in groups. Add me to one and send /quiz there. Alone, /drill asks your cards."
TO_GROUP = "Choose a group"
HERE_NOW = "Send /quiz and the first one starts. /help tells more."
