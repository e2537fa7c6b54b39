"""Every sentence a learner reads, in one place, ready to be translated. Pure. `spoken` has its numbers and days.

Tone: short, warm, exact. No emoji, no exclamation marks, no guilt. Texts are in the dialect of `decks.text`; what
comes from outside (typed answers, names) goes through `escape`.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.spoken import about_days, about_minutes, capital, day_name, joined, month, plural
from decks.text import escape
from scheduler.model import Policy, Progress, Rating
from scheduler.schedule import retrievability

RATINGS = {Rating.AGAIN: "Again", Rating.HARD: "Hard", Rating.GOOD: "Good", Rating.EASY: "Easy"}
TWO_BUTTONS = {Rating.AGAIN: "Forgot", Rating.GOOD: "Knew it"}

# --- buttons -----------------------------------------------------------------------------------------------------

SHOW_ANSWER = "Show answer"
SHOW_POINTS = "Show key points"
HINT = "Hint"
MORE = "More"
UNDO = "Undo"
NOT_SURE = "Not sure"
CHECK = "Check"
KNOW = "I know it"
NOT_TODAY = "Not today"
NEVER = "Never show"
HISTORY = "History"
REPORT = "Report"
STOP = "Stop"
BACK = "Back"
GRID = "My grid"
MODEL = "Model answer"
CONTEST = "My answer is right"
SET_ASIDE = "Set it aside"
KEEP = "Keep it"
PAIR = "Learn the pair"
ENOUGH = "Enough today"
BROWSE = "Browse decks"
DRILL = "Drill"
CRAM = "Cram this deck"
DECKS = "Decks"
STATS = "Stats"
SETTINGS = "Settings"
HELP = "Help"
EARLIER = "Earlier"
LATER = "Later"
SKIP = "Skip"
ANOTHER_CITY = "Another city"
BRING_BACK = "Bring back"
LINK = "Link an account"
REMINDERS = "Reminders"


def more_cards(count: int) -> str:
    """A button that asks for more new cards."""
    return {5: "Five more", 10: "Ten more"}.get(count, f"{count} more")


# --- questions ---------------------------------------------------------------------------------------------------

IN_YOUR_HEAD = "Answer in your head, then look."
TYPE_IT = "Type it, or look."
TYPE_NUMBER = "Type it with its unit, or look."
TYPE_BLANK = "Type what is missing, or look."
TYPE_SET = "Type all of them, or look."
SAY_ALOUD = "Say it aloud, or type it. A minute is plenty."
PICK_SEVERAL = "Several are right: tick them, then check."
TAP_IN_ORDER = "Tap the steps in order, or type the letters."
CRAMMING = "Cramming: nothing here changes when cards return."


def session_start(due: int, new: int, milliseconds: int) -> str:
    """ "20 today: 16 due, 4 new. About 7 minutes."."""
    parts = [f"{due:,} due"] * (due > 0) + [f"{new:,} new"] * (new > 0)
    return f"{due + new:,} today: {', '.join(parts)}. {capital(about_minutes(milliseconds))}."


def heading(number: int, total: int, topic: str) -> str:
    """ "**3 of 20** · Slowly changing dimensions"; a card that returns within the sitting has no number."""
    place = f"**{number} of {total}**" if number else "**Once more**"
    return f"{place} · {topic}" if topic else place


def taken_back(head: str) -> str:
    """The heading of a card whose rating was just taken back."""
    return f"{head} · rating taken back"


def steps_so_far(letters: Sequence[str]) -> str:
    """The order tapped until now."""
    return f"So far: {' '.join(letters)}"


def hint(text: str) -> str:
    """A hint, under the question."""
    return f"Hint: {text}"


NO_HINT = "This card has no hint."

# --- answers -----------------------------------------------------------------------------------------------------

FIRST_RATINGS = "How did it come? Each button says when the card returns."
TICK_SAID = "Tick what you said."


def right_choice(answer: str) -> str:
    """The verdict on a right choice."""
    return f"**{answer}**{_stop(answer)} Yes."


def wrong_choice(chosen: str, belongs_to: str) -> str:
    """What was chosen instead, and what it would have been right for, if the learner knows that already."""
    return f"You chose {chosen}, which goes with “{belongs_to}”." if belongs_to else f"You chose {chosen}."


YES = "Yes."


def belongs_to(label: str) -> str:
    """What a typed answer would have been right for, if the learner knows that already."""
    return f"That goes with “{label}”."


def the_answer(answer: str, remark: str = "") -> str:
    """The answer, set strongly, with what the check had to say."""
    return f"**{answer}**{_stop(answer)} {capital(remark)}".rstrip()


def lettered(letter: str, text: str) -> str:
    """ "**B**  text"."""
    return f"**{letter}  {text}**"


def you_wrote(text: str) -> str:
    """A learner's own words, quoted back."""
    return f"You wrote: {escape(_brief(text))}"


def foreseen(text: str, reply: str) -> str:
    """A wrong answer the author expected, and what the author says of it."""
    return f"You wrote “{escape(_brief(text))}”: {reply}"


def suggested(rating: Rating, two_buttons: bool, said: int = 0, points: int = 0) -> str:
    """ "3 of 5. Suggested: Hard"."""
    counted = f"{said} of {points}. " if points else ""
    return f"{counted}Suggested: {_named(rating, two_buttons)}"


def ticked(right: int, of: int, wrong: int) -> str:
    """How ticked options came out."""
    if right == of and not wrong:
        return "Yes, all of them."
    found = f"{right} of {of}"
    return f"{found}, and {wrong} that {'is' if wrong == 1 else 'are'} wrong." if wrong else f"{found}."


def in_order(right: int, steps: int) -> str:
    """How a tapped order came out."""
    return "In the right order." if right == steps else f"{right} of {steps} in their place."


def source(title: str, section: str, as_of: str) -> str:
    """ "Databricks DE guide, week 4 · as of May 2026"."""
    cited = f"{title}, {section}" if section else title
    return f"{cited} · as of {month(as_of)}" if as_of else cited


def rated(rating: Rating, returns: str, two_buttons: bool) -> str:
    """The toast after a rating."""
    return f"{_named(rating, two_buttons)}. {returns}"


def practised(rating: Rating, two_buttons: bool) -> str:
    """The toast after a rating while cramming."""
    return f"{_named(rating, two_buttons)}. Noted; the schedule stays as it was."


CONTESTED = "Counted as Hard. The author will see your answer."


def unrated(rating: Rating, two_buttons: bool) -> str:
    """The toast of an undo."""
    return f"Taken back: {_named(rating, two_buttons)}."


HELD_AGAIN = "Taken back: the card is in your drill again."
NOTHING_TO_UNDO = "There is nothing left to take back in this sitting."
NOT_THE_LAST = "That rating is not the last one any more. Nothing was taken back."

# --- the grid ----------------------------------------------------------------------------------------------------

NOT_MET = "not met yet"
BACK_TODAY = "back today"


def grid_title(column: str) -> str:
    """Heading of "my grid"."""
    return f"**{capital(column)}**"


def grid_known(known: int, cells: int) -> str:
    """ "2 of 4 known."."""
    return f"{known} of {cells} known."


PLACES = {"web": "the page", "terminal": "the terminal"}

# --- late and foreign presses ------------------------------------------------------------------------------------


def already_rated(rating: Rating, two_buttons: bool) -> str:
    """A press on a card that is rated."""
    return f"Already rated {_named(rating, two_buttons)}."


CARD_SET_ASIDE = "That card is no longer open."
BELOW = "The current card is below."
HELD_ALREADY = "That card is set aside already. /settings brings it back."
NOT_YOURS = "That button belongs to a card that is not open for you. Here is where you are."
IN_A_QUIZ = "That button belongs to a group quiz. Press it in the channel where the quiz is played."
UNREADABLE = "That button is from another version of Backfill. Here is where you are."
LOOK_FIRST = "Look at the answer first, then rate it."
NOT_OFFERED = "That rating is not offered for this card."
ALREADY_ANSWERED = "This card is answered already: how did it come?"
NO_OPTION = "That option is not on this card."
NO_SESSION = "No card is open. /drill starts with what is due."
EMPTY_TEXT = "Nothing was typed. Type an answer, or press Show answer."


def moved_to(platform: str) -> str:
    """On a screen whose session went on elsewhere."""
    return f"This session moved to {PLACES.get(platform, capital(platform))}."


# --- more, reports, leeches --------------------------------------------------------------------------------------

WHY_REPORT = "What is wrong with this card?"
REASONS = (
    ("wrong", "It is wrong"),
    ("unclear", "It is unclear"),
    ("outdated", "It is outdated"),
    ("typo", "A typo"),
)
REPORTED = "Reported. Its author will read it."
BURIED = "Set aside until tomorrow."
SUSPENDED = "It will not be shown again. /settings brings it back."
RELEASED = "Back in your drill."


def leech(lapses: int, answer: str, times: int) -> str:
    """What a card that keeps slipping says of itself, and which answer it is usually taken for."""
    slipped = f"This card has slipped {plural(lapses, 'time')}"
    return f"{slipped}; {times} times you answered “{escape(_brief(answer))}”." if times > 1 else f"{slipped}."


LEECH_ADVICE = "Cards like this cost more time than they are worth as they are. It can rest, or stay."
PAIR_ADVICE = "That is the answer to another card. Learning the two one after the other settles most such pairs."
PAIR_JOINS = "The other card comes next; this one rests until tomorrow."


# --- summaries ---------------------------------------------------------------------------------------------------


def session_done(cards: int, milliseconds: int) -> str:
    """ "**20 cards, 7 minutes.**"."""
    minutes = round(milliseconds / 60_000)
    spent = plural(minutes, "minute") if minutes else "under a minute"
    return f"**{plural(cards, 'card')}, {spent}.**"


def first_time(came: int, cards: int) -> str:
    """How many came the first time; the rest are listed after it."""
    if came == cards:
        return "It came the first time." if cards == 1 else "All of them came the first time."
    missed = cards - came
    if came == 0:
        return (
            "It did not come the first time:"
            if cards == 1
            else "None came the first time; they are worth another look:"
        )
    tail = "This one did not:" if missed == 1 else f"These {missed} did not:"
    return f"{came} came the first time. {tail}"


A_RETIRED_CARD = "a card that has been retired since"


def and_more(count: int) -> str:
    """What a cut list leaves out."""
    return f"and {count} more"


def returning_soon(count: int) -> str:
    """Learning cards that come back later today."""
    return f"{plural(count, 'card')} {'returns' if count == 1 else 'return'} later today."


def tomorrow(cards: int, milliseconds: int) -> str:
    """ "Tomorrow: 14 cards, about 5 minutes."."""
    return f"Tomorrow: {plural(cards, 'card')}, {about_minutes(milliseconds)}." if cards else "Nothing is due tomorrow."


NOTHING_DUE = "Nothing is due now."
NOTHING_ANSWERED = "Nothing was answered, so nothing has changed."
LIMIT_REACHED = "Today's new cards are done."
ALL_MET = "You have met every card here."


STOPPED_EARLY = "Stopped. The rest keeps."

# --- decks -------------------------------------------------------------------------------------------------------

NO_DECKS = (
    "There are no decks to study. `backfill decks lint` says what is wrong with those found, and BACKFILL_DECKS "
    "names folders with more."
)
TRACKS_TITLE = "**Tracks**"


HOW_TO_FIND = "Looking for something? /find late-arriving"
MORE_DECKS = "More decks"
EARLIER_DECKS = "Earlier decks"


def decks_title(page: int, pages: int) -> str:
    """The heading over a page of decks."""
    return f"**Decks**, page {page} of {pages}" if pages > 1 else "**Decks**"


def found(text: str, cards: int, shown: int) -> str:
    """How many cards hold the words looked for."""
    first = f", the first {shown}" if shown < cards else ""
    return f"**{escape(_brief(text))}** is in {plural(cards, 'card')}{first}:"


def found_nothing(text: str) -> str:
    """No card holds the words looked for."""
    return f"No card holds “{escape(_brief(text))}”. Fewer or other words may find one."


def deck_progress(met: int, cards: int, due: int, recall: float) -> str:
    """ "41 of 104 met, recall 88%, 7 due."; `recall` is what would come if asked now, 0-1."""
    if not met:
        return f"{plural(cards, 'card')}, none met yet."
    return f"{met} of {cards} met, recall {recall:.0%}, {due} due."


def track_line(decks: int) -> str:
    """How many decks a track has."""
    return "One deck." if decks == 1 else f"{decks} decks, in the order one learns them."


def requires(titles: Sequence[str]) -> str:
    """What to learn before a deck."""
    return f"Best after {joined(titles)}."


def no_such_deck(slug: str) -> str:
    """A deck or track that is not there (any more)."""
    return f"There is no deck called “{escape(slug)}”. /decks lists them."


CONTINUE_HERE = "Continue here"
MAKE_GOAL = "Make this my goal"


def waiting(cards: int, milliseconds: int) -> str:
    """What the menu opens with."""
    if not cards:
        return "Nothing is due now. A drill brings new cards while there are any."
    return f"{plural(cards, 'card')} {'is' if cards == 1 else 'are'} due, {about_minutes(milliseconds)}."


# --- figures -----------------------------------------------------------------------------------------------------

STATS_TITLE = "**How it is going**"
STATS_HEADER = ("", "recall", "effort", "time")
FORECAST_TITLE = "**Falling due today and in the next 30 days**"
HEATMAP_TITLE = "**Days you studied**"
WEAKEST_TITLE = "**Most to gain**"
LEECHES_TITLE = "**Cards that keep slipping**"
NO_FIGURES = "No cards are rated yet. After the first sitting this page has something to say."
NO_CARD = "No card has been shown yet."
GONE_CARD = "That card has been retired. What you did with it stays in your log."
NEVER_MET = "You have not met this card yet."
HELD_CARD = "It is set aside. /settings brings it back."


def last_days(days: int) -> str:
    """ "7 days"."""
    return plural(days, "day")


def topic_share(title: str, share: float, ratings: int) -> str:
    """ "Slowly changing dimensions: 72% of 40 came"."""
    return f"{title}: {share:.0%} of {ratings:,} came"


def recall_explained(aim: float) -> str:
    """What the recall column counts."""
    return f"Recall: cards due for review that came. You aim at {aim:.0%}."


def card_facts(progress: Progress, today: int, policy: Policy) -> tuple[str, ...]:
    """What is known of one card's memory."""
    now = f"Asked now, it would come in {retrievability(progress, today, policy):.0%} of cases."
    strength = f"The memory lasts {about_days(progress.memory.stability)}, until recall falls to 90%."
    due = "" if progress.due_day is None else f"It is due {day_name(progress.due_day)}."
    return tuple(sentence for sentence in (now, strength, due) if sentence)


# --- first minutes and settings ----------------------------------------------------------------------------------

WELCOME = "**Backfill** asks one card at a time and brings it back just before you would forget it."
WHAT_GOAL = "What are you working towards?"
HOW_MUCH = "How much on an ordinary day?"
MINUTES_OFFERED = (5, 10, 20)
WHAT_CLOCK = "What does your clock show now? Your study day follows it."
WHICH_CITY = "Which is nearest?"
TYPE_CITY = "Type the name of a large city in your time zone."
EVERYTHING = "Everything"


def minutes_a_day(minutes: int) -> str:
    """ "10 min"."""
    return f"{minutes} min"


def five_done(soon: int) -> str:
    """After the first five cards, `soon` of which are still being learnt."""
    returning = ("", "One returns", "Two return", "Three return", "Four return", "All of them return")[min(soon, 5)]
    return f"Five cards done. {returning} in a few minutes." if returning else "Five cards done."


def all_set(tomorrow: int) -> str:
    """The end of the introduction."""
    return f"All set. /drill works any time; tomorrow has {plural(tomorrow, 'card')}."


def no_such_city(text: str) -> str:
    """A city the zone database does not know."""
    unknown = f"I do not know “{escape(_brief(text))}” as a time zone's city."
    return f"{unknown} Another one will do, or what your clock shows now, such as 18:42."


def zone_set(city: str) -> str:
    """The toast after the zone is chosen."""
    return f"Your study day follows {city}."


SETTINGS_TITLE = "**Settings**"

HELD_TITLE = "Set aside:"
NOTHING_HELD = "No cards are set aside."
CHANGED = "Changed."
RECALL_CHANGED = "Changed. Cards already scheduled keep their dates."


def no_such_setting(name: str) -> str:
    """A setting or value that is not known."""
    return f"There is no setting “{escape(_brief(name))}” with that value. /settings shows what there is."


HELP_TEXT = (
    "**/drill** asks what is due, then a few new cards.",
    "**/decks** shows what there is, **/find** looks for words in it; **/stats** tells how it is going.",
    "**/exam** sets an exam's date, tells how ready you are, and rehearses it.",
    "**/card** tells the history of the card on screen, **/undo** takes back a rating.",
    "**/settings** changes how much, how often and which buttons.",
    "**/break** keeps your streak while you are away.",
    "**/link** shares this memory with another account of yours; **/unlink** parts them.",
    "**/privacy** tells what is kept about you, and gives or deletes it.",
    "Text sent while a card is open is an answer to it.",
)

# --- faults ------------------------------------------------------------------------------------------------------


def went_wrong(reference: str) -> str:
    """Anything unforeseen: said without detail, findable in the log."""
    return f"Something went wrong here; your progress is safe. Reference {reference}."


STORE_BUSY = "The progress store cannot write just now. Nothing was lost: press again in a moment."
STORE_FULL = "There is no room left to save progress, so this was not counted. Free some disk space, then press again."


def _named(rating: Rating, two_buttons: bool) -> str:
    """A rating as its button says it; one given with four buttons keeps its name."""
    return TWO_BUTTONS.get(rating, RATINGS[rating]) if two_buttons else RATINGS[rating]


def _stop(answer: str) -> str:
    return "" if answer.rstrip("*`").endswith((".", "?", "…")) else "."


def _brief(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 120 else flat[:119] + "…"
