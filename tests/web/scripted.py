"""A tutor that deals three cards, for tests of the page: real replies, idempotent by key as the real one is."""

from __future__ import annotations

import asyncio

from bot.core.actions import Action, Begin, Browse, Choose, Grid, Hint, Rate, Reveal, ShowStats, Start, Stop, Type, Undo
from bot.core.model import Account, TutorError
from bot.core.reply import Aside, Block, Button, Items, Line, Listing, Marker, Reply, Screen, Table, Weight
from decks.text import escape
from scheduler.model import Rating

CODE = """SELECT sum(f.revenue) AS revenue_of_all_years_together, count(*) AS sales
FROM fact_sales f
JOIN dim_customer d
  ON d.customer_sk = f.customer_sk
WHERE d.is_current"""

QUESTIONS: tuple[tuple[Block, ...], ...] = (
    (
        Line("**1 of 3** · Slowly changing dimensions"),
        Line("`dim_customer` is SCD Type 2. Which sales are absent from this total?"),
        Listing(CODE, "sql"),
    ),
    (
        Line("**2 of 3** · Auto Loader"),
        Line("schemaEvolutionMode is **rescue** and a file brings an unknown column. What happens?"),
        Items(
            (
                "The stream stops, adds the column, works after a restart",
                "The schema stays; the value goes to `_rescued_data`",
                "The schema stays until someone changes it",
                "The column is ignored and the stream runs on",
            ),
            Marker.LETTER,
        ),
    ),
    (
        Line("**3 of 3** · Delta Lake"),
        Line("By default, for how long does VACUUM spare files the table no longer uses?"),
        Aside("Type it with its unit, or look."),
    ),
)
ANSWERS: tuple[tuple[Block, ...], ...] = (
    (
        Line("**Those booked under a version that was closed later.**"),
        Line("A fact keeps the surrogate key of its day. On that key, full history needs no filter."),
        Aside("Kimball deep dive, facts and keys"),
    ),
    (
        Line("You chose A, which is addNewColumns."),
        Line("**B  The schema stays; the value goes to `_rescued_data`**"),
        Line("The table keeps its shape and the odd value is kept for later."),
        Aside("Databricks DE guide, week 4 · as of May 2026"),
    ),
    (Line("**7 days.** Beyond that, time travel may find files gone."), Aside("Delta Lake guide · as of May 2026")),
)
WAITS = {Rating.AGAIN: "10m", Rating.HARD: "9d", Rating.GOOD: "15d", Rating.EASY: "1mo"}
REFUSED = "Look at the answer first, then rate it."


class ScriptedTutor:
    """Deals `QUESTIONS` in order. `calls` are the presses that counted; `faults` come first, one a press."""

    def __init__(self) -> None:
        self.calls: list[Action] = []
        self.accounts: set[Account] = set()
        self.faults: list[Exception] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.arrived = asyncio.Event()
        self._place = 0
        self._answered = False
        self._toast = ""
        self._replies: dict[str, Reply] = {}

    async def handle(self, account: Account, action: Action, key: str) -> Reply:
        self.arrived.set()
        await self.gate.wait()
        self.accounts.add(account)
        if key not in self._replies:
            if self.faults:
                raise self.faults.pop(0)
            self._replies[key] = self._step(action)
            self.calls.append(action)
        return self._replies[key]

    def _step(self, action: Action) -> Reply:
        self._toast = ""
        match action:
            case Reveal() | Choose():
                self._answered = True
            case Type(text=text):
                self._answered = True
                return self._screen(before=(Line(f"You wrote: {escape(text)}"),))
            case Rate(rating=rating):
                self._rate(rating)
            case Undo():
                self._place, self._answered, self._toast = max(0, self._place - 1), True, "Taken back: Good."
            case Start():
                self._place, self._answered = 0, False
            case Grid():
                return GRID
            case ShowStats():
                return STATS
            case Browse():
                return DECKS
            case Hint():
                return self._screen(before=(Line("Hint: think of the version's key."),))
            case Begin() | Stop() | _:
                pass
        return self._screen()

    def _rate(self, rating: Rating) -> None:
        if not self._answered:
            raise TutorError(REFUSED)
        self._place, self._answered = self._place + 1, False
        self._toast = f"{rating.name.capitalize()}. Back Wed 9 Dec."

    def _screen(self, before: tuple[Block, ...] = ()) -> Reply:
        if self._place == len(QUESTIONS):
            return SUMMARY
        attempt = f"attempt{self._place}"
        question = QUESTIONS[self._place]
        if self._answered:
            body = (*question, *before, *ANSWERS[self._place])
            rows = (ratings(attempt), (Button("My grid", Grid(attempt), key="g"),))
            return Reply(screen=Screen.ANSWER, body=body, rows=rows, toast=self._toast, attempt=attempt)
        return Reply(
            screen=Screen.QUESTION,
            body=(*question, *before),
            rows=self._question_rows(attempt),
            toast=self._toast,
            attempt=attempt,
            answers=True,
            typing=self._place == 2,
        )

    def _question_rows(self, attempt: str) -> tuple[tuple[Button, ...], ...]:
        undo = (Button("Undo", Undo(), key="u"),) if self._place else ()
        small = (Button("Hint", Hint(attempt), key="h"), *undo)
        if self._place == 1:
            options = tuple(Button(letter, Choose(attempt, i), key=str(i + 1)) for i, letter in enumerate("ABCD"))
            return (options, (Button("Not sure", Choose(attempt, -1), key=" "), *small))
        return ((Button("Show answer", Reveal(attempt), weight=Weight.PRIMARY, key=" "),), small)


def ratings(attempt: str) -> tuple[Button, ...]:
    """The four ratings, Good suggested."""
    return tuple(
        Button(
            rating.name.capitalize(),
            Rate(attempt, rating),
            WAITS[rating],
            Weight.PRIMARY if rating is Rating.GOOD else Weight.PLAIN,
            str(int(rating)),
        )
        for rating in Rating
    )


SUMMARY = Reply(
    screen=Screen.SUMMARY,
    body=(
        Line("**20 cards, 7 minutes.**"),
        Line("17 came the first time. These 3 did not:"),
        Items(("Auto Loader, rescue", "Reading a table: third privilege", "SCD Type 4 (Kimball)")),
        Line("Tomorrow: 14 cards, about 5 minutes."),
        Line("Day 41 in a row."),
    ),
    rows=((Button("Five more", Start(extra=5), weight=Weight.PRIMARY, key=" "), Button("Enough today", Stop())),),
)
GRID = Reply(
    screen=Screen.CARD,
    body=(
        Line("**Auto Loader and an unknown column**"),
        Table(
            (
                ("addNewColumns", "stop, add, restart"),
                ("rescue", "back today"),
                ("failOnNewColumns", "stop until changed"),
                ("none", "not met yet"),
            )
        ),
        Line("2 of 4 known."),
    ),
    rows=((Button("Back", Begin(), key=" "),),),
)
STATS = Reply(
    screen=Screen.STATS,
    body=(
        Line("**Your figures**"),
        Table((("Kept", "91%", "412 of 453"), ("Last week", "88%", "71 of 81"))),
        Table((("Mon", "▁▃▅▂▇▁▃▅▂▇▁▃▅▂▇"), ("Tue", "▃▅▂▁▃▅▂▇▁▃▅▂▇▇▁"))),
    ),
    rows=((Button("Drill", Start(), weight=Weight.PRIMARY, key=" "),),),
)
DECKS = Reply(
    screen=Screen.DECKS,
    body=(Line("**Decks**"), Items(("Slowly changing dimensions", "Kimball vocabulary"), Marker.NUMBER)),
    rows=((Button("Drill", Start(), weight=Weight.PRIMARY, key=" "),),),
)
