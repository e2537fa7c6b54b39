"""After a quiz: what the leaderboard counts, and each player's evidence, carried over by bounded turns of their own.

Nothing reaches a schedule while a quiz is played: what is disputed and void by then never was. Every part can be done
again after a crash and does nothing the second time.
"""

from __future__ import annotations

from collections import defaultdict

import structlog

from bot.core.model import Account
from bot.core.ports import Turn
from bot.core.quiz.evidence import Given, deliver
from bot.core.quiz.keep import Due, Standing, board_due, week_at
from bot.core.quiz.ports import Quizzes
from bot.core.quiz.results import scores
from bot.core.quiz.screens import Scene
from bot.quiz.book import Book

AT_ONCE = 10  # answers that one turn of a learner carries

_log = structlog.get_logger(__name__)


class Settler:
    """Carries finished quizzes over."""

    def __init__(self, book: Book) -> None:
        self._book = book

    async def settle(self, quiz: str) -> None:
        """Everything a finished quiz leaves behind. Raises StoreError; call again then."""
        scene = await self._book.scene(quiz)
        await self._stand(scene)
        carried = 0
        for seat, answers in self._given(scene).items():
            account = scene.players[seat].account
            if account is None:
                continue
            owner = await self._owner(quiz, seat, account)
            for start in range(0, len(answers), AT_ONCE):
                some = answers[start : start + AT_ONCE]
                carried += await self._book.as_(
                    owner,
                    lambda turn, owner=owner, account=account, some=some: deliver(  # type: ignore[misc]
                        turn, owner, account, some, self._book.clock()
                    ),
                )
        await self._book.read(lambda _turn, quizzes: quizzes.settle(scene.quiz))
        _log.info("quiz.settled", quiz=quiz, players=len(scene.players), entries=carried)

    async def _owner(self, quiz: str, seat: str, account: Account) -> Account:
        """An account of the learner into whose log a seat's answers go, whoever the seat's own belongs to since.

        Where that learner has none any more, its log became part of another's: then the seat's own account leads there.
        """

        def work(turn: Turn, quizzes: Quizzes) -> Account:
            links, before = turn.links(), quizzes.carriers(quiz).get(seat)
            if before is None and (owner := links.owner(account)) is not None:
                quizzes.set_carrier(quiz, seat, owner.id)
            accounts = links.accounts(before) if before else ()
            return account if not accounts or account in accounts else accounts[0]

        return await self._book.read(work)

    async def _stand(self, scene: Scene) -> None:
        standings = [
            Standing(
                seat=score.seat,
                at=scene.quiz.ended_at,
                right=score.right,
                answered=score.answered,
                turned=scene.turned.get(score.seat, 0),
            )
            for score in scores(scene.quiz, scene.pressed)
        ]
        place, ended = scene.quiz.place, scene.quiz.ended_at
        zone = await self._book.zone_of(place)
        due = Due(place=place, week=week_at(ended, zone), zone=zone, due_at=board_due(ended, zone))

        def work(_turn: Turn, quizzes: Quizzes) -> None:
            quizzes.set_standings(scene.quiz, standings)
            if standings:
                quizzes.plan_board(due)

        await self._book.read(work)

    def _given(self, scene: Scene) -> dict[str, list[Given]]:
        """Seat -> answers to closed questions, in order; cards by the id they have now."""
        catalogue = self._book.catalogue()
        asked = {past.number: past for past in scene.quiz.past}
        given: defaultdict[str, list[Given]] = defaultdict(list)
        for answer in scene.pressed.answers:
            past = asked.get(answer.question)
            if past is not None and answer.seat in scene.players:
                card = catalogue.renamed.get(past.card, past.card)
                given[answer.seat].append(
                    Given(
                        quiz=scene.quiz.id,
                        question=answer.question,
                        seat=answer.seat,
                        card=card,
                        former=catalogue.former.get(card, ()),
                        mode=past.mode,
                        right=answer.right,
                        given=answer.given,
                        at=answer.at,
                        took=answer.took,
                        void=past.void,
                    )
                )
        return given
