"""Everything that is looked at and changes nothing: the menu, figures, one card's history, help. Pure."""

from __future__ import annotations

from typing import assert_never

from bot.core import habit_words, spoken, words
from bot.core.actions import (
    Begin,
    Browse,
    Find,
    ShowCard,
    ShowDeck,
    ShowHelp,
    ShowSettings,
    ShowStats,
    ShowTrack,
    Start,
)
from bot.core.browse import browse, deck_page, find, track_page
from bot.core.desk import Desk, Figures, Outcome, last_card
from bot.core.exam_outlook import exam_button, passed
from bot.core.fold import standing
from bot.core.habit_lines import back_rows, is_quiet, menu_lines
from bot.core.layout import rows_of, source_of, start_button
from bot.core.model import HoldKind, Reviewed
from bot.core.planning import pace
from bot.core.progress import Leech, forecast, heatmap, history, leeches, retention, weakest
from bot.core.reply import Aside, Block, Button, Items, Line, Listing, Reply, Screen, Table
from decks.model import Card
from decks.text import CodeBlock, blocks

WEAK_SHOWN = 3
WEAK_FROM = 10  # ratings in a topic before its share says anything
LEECHES_SHOWN = 3

View = Browse | ShowTrack | ShowDeck | Find | ShowStats | ShowCard | ShowHelp


def view(desk: Desk, action: View) -> Outcome:
    """The screen a view asks for."""
    match action:
        case Browse(page=page):
            return Outcome(reply=browse(desk, page))
        case ShowTrack(slug=slug, module=module):
            return Outcome(reply=track_page(desk, slug, module))
        case ShowDeck(slug=slug):
            return Outcome(reply=deck_page(desk, slug))
        case Find(text=text):
            return Outcome(reply=find(desk, text))
        case ShowStats():
            return Outcome(reply=_stats(desk))
        case ShowCard(card=card):
            return Outcome(reply=_card(desk, card))
        case ShowHelp():
            return Outcome(reply=_help(desk))
        case _:
            assert_never(action)


def menu(desk: Desk, toast: str = "") -> Reply:
    """Where a learner without an open card arrives: what is due, and what can be done."""
    due = sum(1 for _, progress in desk.ready if progress.due_at is not None and progress.due_at <= desk.now)
    due += desk.due_today
    body: list[Block] = [] if is_quiet(desk) else [Line(words.waiting(due, due * pace(desk.pace)))]
    body += [*menu_lines(desk), *passed(desk)]
    rows = (
        (start_button(words.DRILL, Start()), *exam_button(desk)),
        *back_rows(desk),
        (Button(words.DECKS, Browse()), Button(words.STATS, ShowStats()), Button(words.SETTINGS, ShowSettings())),
    )
    return Reply(screen=Screen.MENU, body=tuple(body), rows=rows, toast=toast)


def _stats(desk: Desk) -> Reply:
    figures = desk.figures or Figures()
    if not figures.days:
        return Reply(screen=Screen.STATS, body=(Line(words.NO_FIGURES),), rows=(_back_row(desk),))
    body: list[Block] = [Line(words.STATS_TITLE), *_recall(desk, figures), *_run(desk)]
    body += [Line(words.FORECAST_TITLE), Listing("\n".join(forecast(figures.forecast, desk.today)))]
    body += [Line(words.HEATMAP_TITLE), Listing("\n".join(heatmap(figures.days, desk.today)))]
    topics = weakest(figures.recall, desk.catalogue, at_least=WEAK_FROM)
    weak = [topic for topic in topics if topic.share < desk.learner.policy.retention][:WEAK_SHOWN]
    if weak:
        body.append(Line(words.WEAKEST_TITLE))
        body.append(Items(tuple(words.topic_share(topic.title, topic.share, topic.ratings) for topic in weak)))
    slipping = leeches(figures.hardest, desk.learner.policy)[:LEECHES_SHOWN]
    fronts = tuple(_leech_line(desk, leech) for leech in slipping if leech.card in desk.catalogue.cards)
    if fronts:
        body += [Line(words.LEECHES_TITLE), Items(fronts)]
    return Reply(screen=Screen.STATS, body=tuple(body), rows=(_back_row(desk),))


def _recall(desk: Desk, figures: Figures) -> list[Block]:
    """True retention and effort, over a week and a month."""
    rows = []
    for days in (7, 30):
        kept = retention(figures.days, desk.today, days)
        share = "–" if kept.share is None else f"{kept.share:.0%}"
        rows.append((words.last_days(days), share, spoken.plural(kept.reviews, "review"), f"{kept.minutes} min"))
    aim = Aside(words.recall_explained(desk.learner.policy.retention))
    return [Table((words.STATS_HEADER, *rows)), aim]


def _run(desk: Desk) -> list[Block]:
    """The streak and its records, if they are to be shown."""
    if not desk.learner.streaks:
        return []
    found = desk.record.streak(desk.today, desk.now)
    return [Line(habit_words.RUN_TITLE), Line(habit_words.records(found)), Aside(habit_words.RULES)]


def _leech_line(desk: Desk, leech: Leech) -> str:
    front = desk.catalogue.cards[leech.card].front.split("\n")[0]
    return f"{front} ({spoken.plural(leech.lapses, 'slip')})"


def _card(desk: Desk, asked: str) -> Reply:
    named = asked or last_card(desk)
    card = desk.catalogue.cards.get(named) or (desk.named.card if desk.named and desk.named.card.id == named else None)
    if card is None:
        said = words.GONE_CARD if named in desk.progress else words.NO_CARD
        return Reply(screen=Screen.NOTICE, body=(Line(said),), rows=(_back_row(desk),))
    body: list[Block] = [Line(f"**{card.topic}**"), *_front(card)]
    progress = desk.progress.get(card.id)
    reviews = [entry for entry in standing(desk.entries) if isinstance(entry, Reviewed)]
    if progress is None or not reviews:
        body.append(Line(words.NEVER_MET))
    else:
        body.append(Table(history(desk.entries, desk.policies, card.id)))
        body += [Line(sentence) for sentence in words.card_facts(progress, desk.today, desk.learner.policy)]
    hold = desk.holds.get(card.id)
    if hold is not None and (hold.kind is HoldKind.SUSPENDED or desk.today < hold.until):
        body.append(Line(words.HELD_CARD))
    body += source_of(card)
    return Reply(screen=Screen.CARD, body=tuple(body), rows=(_back_row(desk),))


def _front(card: Card) -> list[Block]:
    return [
        Listing(block.text, block.language) if isinstance(block, CodeBlock) else Line(block.text)
        for block in blocks(card.front)
    ]


def _help(desk: Desk) -> Reply:
    body = tuple(Line(sentence) for sentence in words.HELP_TEXT)
    views = [Button(words.DECKS, Browse()), Button(words.STATS, ShowStats()), Button(words.SETTINGS, ShowSettings())]
    return Reply(screen=Screen.MENU, body=body, rows=(*rows_of(views), _back_row(desk)))


def _back_row(desk: Desk) -> tuple[Button, ...]:
    """Back to the open card, or to the menu."""
    return (Button(words.BACK, Begin(), key=" "),)
