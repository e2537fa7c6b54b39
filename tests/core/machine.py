"""A machine that does anything a learner, a second device, a stranger, an author or a bad network may do."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import tempfile
from collections.abc import Coroutine
from contextlib import closing
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)
from msgspec.structs import replace

from bot.core import actions as act
from bot.core import link_model
from bot.core.actions import Action
from bot.core.buttons import decode, encode
from bot.core.clock import study_day
from bot.core.drill import step
from bot.core.lay import lay
from bot.core.model import Account, Learner, Scope, ScopeKind, Session
from bot.core.ports import Turn
from bot.core.reply import Button, Reply, Screen
from bot.core.spoken import short_wait
from scheduler.model import Progress, Rating
from scheduler.schedule import Moment, wait
from storage import rows
from storage.check import check
from tests.core.refusals import is_refusal
from tests.stories.decks import KINDS, deck, facts
from tests.stories.driver import Story

Done = TypeVar("Done")

PAGE, TERMINAL, STRANGER = Account("web", "local"), Account("terminal", "local"), Account("telegram", "77")
ZONES = ("Europe/Berlin", "Asia/Kathmandu", "America/Los_Angeles", "Pacific/Kiritimati", "Africa/Cairo")
SETTINGS = (
    ("retention", "0.95"),
    ("retention", "0.80"),
    ("new", "2"),
    ("new", "20"),
    ("reviews", "3"),
    ("reviews", "200"),
    ("minutes", "5"),
    ("buttons", "two"),
    ("buttons", "four"),
    ("choices", "no"),
    ("choices", "yes"),
    ("day-start", "0"),
    ("day-start", "360"),
    ("goal", "kinds"),
    ("skip", ""),
    ("rest", "wed"),
    ("rest", "none"),
    ("rest", "funday"),
    ("streaks", "no"),
    ("streaks", "yes"),
    ("clock", "12:00"),
    ("city", ""),
    ("enough", ""),
    ("remind", "on"),
    ("remind", "off"),
    ("remind-at", "450"),
    ("remind-at", "usual"),
    ("remind-ready", "yes"),
    ("remind-weekly", "yes"),
    ("remind-quiet", "0-0"),
    ("retention", "2"),
    ("nothing", "of this name"),
    *(("zone", zone) for zone in ZONES),
)
DAY = 24 * 3_600_000  # ms
HOW = st.sampled_from(("look", "know", "text", "press"))
REMINDED = tuple(act.Remind(what) for what in ("later", "today", "off", "on", "month", "never"))
VIEWS = (act.Browse(), act.ShowStats(), act.ShowCard(), act.ShowSettings(), act.ShowHelp())
PLANS = (act.ShowCatchUp(), act.CatchUp(15), act.CatchUp(15, 2), act.CatchUp(0))
BREAKS = (act.Break(), act.Break("3 days"), act.Break("a year ago"), act.EndBreak())
GARBAGE = st.text(max_size=70) | st.from_regex(r"[a-zA-Z!?]\.[0-9A-Z]{0,26}(\.[-0-9a-z~.]{0,9}){0,3}", fullmatch=True)
TYPED = st.text(max_size=40) | st.sampled_from(("type 2", "A", "d c b a", "7 days", "30 days", "yes", "day"))
NOTE = (
    "Q: Which table is filled last, when every other job of the night has ended?\nA: The audit table.\n{was}id: {id}\n"
)


def versions() -> tuple[dict[str, str], ...]:
    """What an author may do to a deck between two presses: reword, remove, rename, and back again."""
    jobs = facts("jobs", 6)
    with_note = jobs + "\n" + NOTE.format(was="", id="audit")
    renamed = jobs + "\n" + NOTE.format(was="was: audit\n", id="audit-table")
    return (
        {"jobs": with_note, "kinds": KINDS},
        {"jobs": renamed, "kinds": KINDS.replace("the grain that was declared", "the grain declared first")},
        {"jobs": with_note.replace("every night", "each night"), "kinds": deck("kinds", "Every kind", "")},
        {"jobs": jobs, "kinds": KINDS},
    )


class Kept:
    """What the database holds, read beside the store: the log by id, the three caches, and what a sitting keeps."""

    def __init__(self, database: Path) -> None:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as db:
            self.log = set(db.execute("SELECT learner, entry FROM log"))
            self.caches = {table: set(db.execute(f"SELECT * FROM {table}")) for table in ("progress", "holds", "days")}
            self.sittings = {table: set(db.execute(f"SELECT * FROM {table}")) for table in ("sessions", "attempts")}
            self.learners = {_not_placing(data) for (data,) in db.execute("SELECT data FROM learners")}

    def whole(self) -> object:
        return self.log, self.caches, self.sittings, self.learners


def _not_placing(learner: str) -> str:
    """A learner as stored, but for whether a city is asked for: whatever else is pressed, refused or not, ends that."""
    return rows.text(replace(rows.learner_of(learner), placing=False))


class Drilling(RuleBasedStateMachine):
    """One household learner on two surfaces, one stranger, one author."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = Path(tempfile.mkdtemp(prefix="backfill-machine-"))
        self.story = Story(self.folder, versions()[0])
        self.run(self.story.__aenter__())
        self.replies: dict[Account, Reply] = {}
        self.drawn: dict[Account, object] = {}  # what the labels on screen were computed from
        self.attempts: list[str] = []
        self.undoable: list[object] = []  # what was true before each rating or hold of this sitting
        self.sitting = ""
        self.last: tuple[Account, Action, str, Reply] | None = None
        self.heard = 0

    def run(self, work: Coroutine[Any, Any, Done]) -> Done:
        return self.runner.run(work)

    def teardown(self) -> None:
        self.run(self.story.store.close())
        self.runner.close()
        problems = check(self.folder / "progress.db")
        rated = self._ratings()
        shutil.rmtree(self.folder)
        assert problems == []
        assert len(rated) == len(set(rated)), "one rating per attempt"

    def _ratings(self) -> list[str]:
        with closing(sqlite3.connect(self.folder / "progress.db")) as db:
            return [attempt for (attempt,) in db.execute("SELECT attempt FROM log WHERE attempt IS NOT NULL")]

    # --- doing ---------------------------------------------------------------------------------------------------

    def do(self, account: Account, action: Action, *, seconds: float = 5, button: Button | None = None) -> None:
        self.story.now += round(seconds * 1000)
        key = self.story.key()
        before, known = Kept(self.story.database), self._known(account)
        reply = self.run(self.story.handle(account, action, key))
        after = Kept(self.story.database)
        self._unlogged_means_unchanged(before, after)
        if is_refusal(reply):
            assert before.whole() == after.whole(), f"refused, yet something changed: {reply.toast or reply.body}"
        now = self._known(account)
        if button is not None and button.wait and isinstance(action, act.Rate):
            self._granted_as_said(account, action, button, now)
        self._remember(account, action, known, now)
        self.replies[account] = reply
        self.drawn[account] = self._basis(now)
        self.last, self.heard = (account, action, key, reply), self.story.now
        if reply.attempt and reply.attempt not in (act.FINDING, act.PAUSING, link_model.TYPED, *self.attempts):
            self.attempts.append(reply.attempt)
        self._well_formed(account, reply)

    def _unlogged_means_unchanged(self, before: Kept, after: Kept) -> None:
        assert before.log <= after.log, "the log only grows"
        if before.log == after.log:
            assert before.caches == after.caches

    def _known(self, account: Account) -> tuple[Learner, Session | None, dict[str, Progress], object] | None:
        """The learner, their sitting, all their progress, and their holds and counters."""
        cards = sorted({card for version in self._catalogue_ids() for card in version})

        def read(turn: Turn) -> tuple[Learner, Session | None, dict[str, Progress], object] | None:
            learner = turn.learner(account)
            if learner is None:
                return None
            counters = tuple(day for day in turn.days(1, 3_000_000) if day.reviews)
            return learner, turn.session(), dict(turn.progress(cards)), (tuple(sorted(turn.held(999))), counters)

        found: list[tuple[Learner, Session | None, dict[str, Progress], object] | None] = []

        def decide(turn: Turn) -> Reply:
            found.append(read(turn))
            return Reply(screen=Screen.NOTICE, body=())

        self.run(self.story.store.run(account, "", decide))
        return found[0]

    def _catalogue_ids(self) -> list[list[str]]:
        self.ids = getattr(self, "ids", set()) | set(self.story.library.current.cards)
        return [sorted(self.ids)]

    def _basis(self, known: tuple[Learner, Session | None, dict[str, Progress], object] | None) -> object:
        assert known is not None
        learner = known[0]
        return learner.policy, study_day(self.story.now, learner.zone, learner.day_start)

    def _granted_as_said(self, account: Account, action: act.Rate, button: Button, now: Any) -> None:
        if self._basis(now) != self.drawn[account] or now[1] is None or action.attempt not in now[1].history[-1:]:
            return  # a day began or the rules changed since the label was drawn; or the press was refused
        at = now[1].touched_at
        found = self.run(self.story.look(account, lambda turn: turn.attempt(action.attempt)))
        assert found is not None
        moment = Moment(at, study_day(at, now[0].zone, now[0].day_start))
        assert short_wait(wait(now[2][found[0].card], moment)) == button.wait

    def _remember(self, account: Account, action: Action, known: Any, now: Any) -> None:
        """Undo restores exactly what was before: kept here as a stack, one for each rating or hold of the sitting."""
        if now is None or now[1] is None or account == STRANGER:
            return
        session = now[1]
        if known is None or known[1] is None or session.id != self.sitting:
            self.sitting, self.undoable = session.id, []
            return
        before = known[1]
        grown = len(session.history) - len(before.history)
        if grown == 1:
            self.undoable.append(_standing(known))
        elif grown == -1:
            assert isinstance(action, act.Undo)
            assert _standing(now) == self.undoable.pop()
        else:
            assert grown == 0

    def _well_formed(self, account: Account, reply: Reply) -> None:
        """Every button fits a payload, comes back as itself, and is legal on this screen."""
        assert reply.body, "a screen says something"
        assert len(reply.toast) <= 200
        for row in reply.rows:
            assert row
            for button in row:
                payload = encode(button.action)
                assert len(payload.encode()) <= 64
                assert decode(payload) == button.action
        buttons = [button for row in reply.rows for button in row]
        for button, answer in zip(buttons, self._tried(account, [b.action for b in buttons]), strict=True):
            assert not is_refusal(answer), f"{button.label!r} is drawn but refused: {answer.toast or answer.body}"

    def _tried(self, account: Account, wanted: list[Action]) -> list[Reply]:
        """What each action would answer now, without doing it."""

        def read(turn: Turn) -> list[Reply]:
            learner = turn.learner(account)
            assert learner is not None
            catalogue, chance = self.story.library.current, "0123456789abcdef" * 2
            return [
                step(lay(turn, account, learner, action, self.story.now + 1, chance, catalogue), action).reply
                for action in wanted
            ]

        return self.run(self.story.look(account, read))

    # --- what may happen -----------------------------------------------------------------------------------------

    @initialize(introduced=st.booleans())
    def arrives(self, introduced: bool) -> None:
        for account in (PAGE, STRANGER):
            self.do(account, act.Begin())
            self.do(account, act.Set("goal", "kinds"))
            self.do(account, act.Set("minutes", "10"))
            if introduced:
                self.do(account, act.Set("skip", ""))
        self.do(TERMINAL, act.Begin())

    @rule(presses=st.lists(st.tuples(HOW, st.integers(0, 3), st.booleans()), min_size=1, max_size=5))
    def answers_cards(self, presses: list[tuple[str, int, bool]]) -> None:
        """What learners do most of the time, so that histories grow; some tap the rating twice."""
        for how, place, twice in presses:
            if self.replies[PAGE].screen not in (Screen.QUESTION, Screen.ANSWER):
                self.do(PAGE, act.Start())
            if self.replies[PAGE].screen is Screen.QUESTION:
                self._answer(self.replies[PAGE].attempt, how, place)
            rates = [button for button in self._buttons(PAGE) if isinstance(button.action, act.Rate)]
            if rates:
                button = rates[place % len(rates)]
                self.do(PAGE, button.action, seconds=40, button=button)
                if twice:
                    self.do(PAGE, button.action, seconds=0.1)

    def _answer(self, attempt: str, how: str, place: int) -> None:
        match how:
            case "know":
                self.do(PAGE, act.Know(attempt))
            case "text":
                self.do(PAGE, act.Type("ABCD"[place]))
            case "press":
                self._press(PAGE, place)
            case _:
                self.do(PAGE, act.Reveal(attempt))

    @rule(times=st.integers(1, 4))
    def takes_back(self, times: int) -> None:
        for _ in range(times):
            self.do(PAGE, act.Undo())

    @rule(account=st.sampled_from((PAGE, PAGE, TERMINAL)), place=st.integers(0, 20))
    def presses_a_button(self, account: Account, place: int) -> None:
        self._press(account, place)

    def _press(self, account: Account, place: int) -> None:
        buttons = self._buttons(account)
        if buttons:
            button = buttons[place % len(buttons)]
            self.do(account, decode(encode(button.action)), button=button)

    def _buttons(self, account: Account) -> list[Button]:
        return [button for row in self.replies[account].rows for button in row]

    @rule(extra=st.sampled_from((0, 5)), cram=st.booleans(), slug=st.sampled_from(("kinds", "jobs", "gone")))
    def starts_a_deck(self, extra: int, cram: bool, slug: str) -> None:
        self.do(PAGE, act.Start(Scope(ScopeKind.DECK, slug), extra=extra, cram=cram))

    @rule(where=st.sampled_from((act.Begin(), act.Start(), act.Undo(), act.Stop(), act.ShowSettings())))
    def goes_to_the_terminal(self, where: Action) -> None:
        self.do(TERMINAL, where)

    @precondition(lambda self: self.last is not None)
    @rule(new_key=st.booleans())
    def is_heard_twice(self, new_key: bool) -> None:
        assert self.last is not None
        account, action, key, reply = self.last
        if new_key or self.story.now > self.heard + DAY:  # receipts are kept for two days
            self.do(account, action, seconds=0.1)
            return
        before = Kept(self.story.database).whole()
        assert self.run(self.story.handle(account, action, key)) == reply
        assert Kept(self.story.database).whole() == before

    @precondition(lambda self: bool(self.attempts))
    @rule(data=st.data())
    def presses_something_on_any_card_ever_shown(self, data: st.DataObject) -> None:
        attempt = data.draw(st.sampled_from(self.attempts[-6:]))
        self.do(PAGE, data.draw(_on(attempt)))

    @precondition(lambda self: bool(self.attempts))
    @rule(data=st.data())
    def a_stranger_presses_it(self, data: st.DataObject) -> None:
        mine = self._known(PAGE)
        attempt = data.draw(st.sampled_from(self.attempts))
        session = self._known(STRANGER)[1]
        theirs = session.attempt if session is not None else ""
        action = data.draw(_on(attempt))
        self.do(STRANGER, action)
        assert self._known(PAGE) == mine
        assert attempt == theirs or is_refusal(self.replies[STRANGER]) or self._asked_something_else()

    def _asked_something_else(self) -> bool:
        return self.replies[STRANGER].screen is Screen.SETUP

    @rule(action=GARBAGE.map(decode) | TYPED.map(act.Type))
    def presses_or_types_anything(self, action: Action) -> None:
        self.do(PAGE, action)

    @rule(action=st.sampled_from([act.Set(*setting) for setting in SETTINGS] + [*VIEWS, *PLANS, *BREAKS, *REMINDED]))
    def goes_aside(self, action: Action) -> None:
        self.do(PAGE, action)

    @rule(days=st.sampled_from((0.0005, 0.01, 0.3, 1, 3, 40)))
    def waits(self, days: float) -> None:
        self.story.passes(days=days)

    @rule(version=st.integers(-2, 3))
    def meanwhile(self, version: int) -> None:
        """The clock is set back, the process restarts, or the author edits."""
        if version == -2:
            self.story.now -= 3 * 3_600_000
        elif version == -1:
            self.run(self.story.restart())
        else:
            self._catalogue_ids()
            for name, text in versions()[version].items():
                self.story.edits(name, text)
            self._catalogue_ids()

    @invariant()
    def the_sitting_makes_sense(self) -> None:
        known = self._known(PAGE)
        if known is None or known[1] is None:
            return
        session = known[1]
        assert session.done == len(session.seen) == len(set(session.seen))
        assert set(session.missed) <= set(session.seen)
        assert session.took >= 0


def _standing(known: Any) -> object:
    """What an undo must bring back, whole."""
    _, session, progress, (holds, days) = known
    return progress, holds, days, session.done, session.seen, session.missed, session.took


def _on(attempt: str) -> st.SearchStrategy[Action]:
    """Any action on a card, sensible or not."""
    bare = (act.Reveal, act.Know, act.Contest, act.Bury, act.Suspend, act.Hint, act.More, act.Back, act.Grid, act.Model)
    return st.one_of(
        st.sampled_from(bare).map(lambda kind: kind(attempt)),
        st.sampled_from((act.Report, act.Pair)).map(lambda kind: kind(attempt)),
        st.builds(act.Choose, st.just(attempt), st.integers(-2, 5)),
        st.builds(act.Tick, st.just(attempt), st.integers(-1, 5)),
        st.builds(act.Rate, st.just(attempt), st.sampled_from(Rating)),
        st.builds(act.Flag, st.just(attempt), st.sampled_from(("wrong", "typo", "contested", "nonsense"))),
        st.builds(act.Type, st.sampled_from(("", "Type 2", "B")), st.just(attempt)),
    )
