"""What the words of a card give away: dangling references, two-world words, leaks, lists, things that age. Pure."""

from __future__ import annotations

import re
from functools import lru_cache

from decks.model import Answer, NumberAnswer, PointsAnswer, SetAnswer, StepsAnswer, TextAnswer
from decks.text import Paragraph, blocks, plain

_STOP = frozenset(
    re.findall(
        r"\w+",
        "a an and are as at be been but by can do does for from had has have how if in into is it its of on only or so "
        "than that the their them then there these they this those to was were what when where which who why will with "
        "one not no all any each every other same per",
    )
)

_ARTICLES = frozenset(("a", "an", "the"))

# A word that means different things in different worlds, what settles which, and how to say it.
_WORLDS = (
    r"dbt|Iceberg|Delta|Hudi|Databricks|Spark|Kafka|Flink|PostgreSQL|Postgres|MySQL|Oracle|SQL Server|Kimball|Inmon|"
    r"Data Vault|Airflow|Dagster|Prefect|SCD|ACID|CAP|BASE|Docker|Kubernetes|AWS|BigQuery|Redshift|Celery"
)
_AMBIGUOUS: tuple[tuple[str, str, str], ...] = (
    (
        r"\bType 4\b",
        r"Kimball|mini-dimension|Wikipedia|history[- ]table|JDBC",
        '"In the Kimball Group\'s numbering, ..."',
    ),
    (r"\bTypes? [0-7]\b", rf"slowly changing|dimension|{_WORLDS}", '"In SCD Type 2, ..."'),
    (
        r"(?i:\bsnowflak\w*)",
        r"(?i:schema|dimension|snowflaked|outrigger|star\b|normali[sz]|warehouse|platform|account|edition|virtual|credit|"
        r"(?<=on )snowflake|stream|task|stage|table|pipe|time travel|micro-partition|column|quer)",
        '"a snowflake schema" or "the Snowflake platform"',
    ),
    (
        r"(?i:\bsnapshots?\b)",
        rf"(?i:periodic|accumulating|fact|isolation|transaction|database|backup|{_WORLDS})",
        '"a dbt snapshot", "an Iceberg snapshot", "a periodic snapshot fact table"',
    ),
    (
        r"(?i:\bcheckpoint\w*)",
        rf"(?i:stream|transaction log|write-ahead|database|{_WORLDS})",
        '"a Structured Streaming checkpoint", "a Delta log checkpoint"',
    ),
    (
        r"(?i:\bstaging\b)",
        rf"(?i:environment|area|layer|model|warehouse|schema|ETL|ELT|{_WORLDS})",
        '"a dbt staging model", "the staging area of a warehouse"',
    ),
    (r"(?i:\bmanifests?\b)", rf"(?i:{_WORLDS})", '"an Iceberg manifest", "dbt\'s manifest.json"'),
    (r"(?i:\bexecutors?\b)", rf"(?i:{_WORLDS})", '"a Spark executor", "an Airflow executor"'),
    (
        r"(?i:\bconsisten(?:cy|t)\b)(?=\?| mean| guarantee)",
        rf"(?i:eventual|strong|transaction|replica|read|quorum|{_WORLDS})",
        '"consistency in ACID", "consistency in the CAP theorem"',
    ),
    (
        r"(?i:\btime travel\b)",
        rf"(?i:snowflake|table format|{_WORLDS})",
        '"Time Travel on Snowflake", "Delta time travel"',
    ),
)

_DANGLING = re.compile(
    r"\b(?:the|this) (?:article|author|post|guide|chapter|text|document|course|lesson|section)\b"
    r"|\b(?:as|shown|mentioned|listed|described|seen) above\b"
    r"|\b(?:previous|last|next) (?:section|chapter|card|question)\b"
    r"|\bas (?:mentioned|discussed|noted) (?:before|earlier)\b"
    r"|\bof the following\b|\bthe following (?:is|are|does|do|would|options|statements)\b",  # no options
    re.IGNORECASE,
)
_ABOVE = re.compile(r"\b(?:the|this) (?:table|example|list|figure|code) above\b|\babove (?:table|example|list)\b", re.I)
_PRONOUN = re.compile(
    r"(?:it|they|he|she)\b"
    r"|(?:why|how|what|when|where|which) (?:is|does|do|did|can|should|must|would|was|are|were) (?:it|they)\b"
    r"(?! (?:called|(?:\w+ )?(?:to|that|if|when)\b))"  # "why is it wise to ..." needs no noun
    r"|(?:why|how|what|when|where|which) (?:is|does|did|can|should|must|would|was) (?:this|that)\b(?! \w+\b[^?])",
    re.IGNORECASE,
)
_VAGUE = re.compile(
    r"\bmost important\b"
    r"|\bmain (?!branch|method|function|memory|thread)\w+"
    r"|\bkey (?:difference|benefit|advantage|feature|concept|idea|component|point|reason|aspect|characteristic|"
    r"principle|factor|takeaway|role|propert|thing|element|challenge|consideration)\w*"
    r"|\bbest\b(?![ -](?:effort|case|guess|fit))"
    r"|(?:^|[.?!:,;] )(?:name|give|list|mention|state) (?:one|a|an|some|any)\b|\b(?:is|are|was) one of\b"
    r"|\bwhich one of\b",
    re.IGNORECASE,
)
_YES_NO = re.compile(
    r"(?:is|are|does|do|did|can|could|should|will|would|has|have|was|were|must|may)(?:n't)? [^?]*\?", re.IGNORECASE
)
_PRODUCT = re.compile(
    r"\b(?:dbt|Databricks|Snowflake(?! (?:schema|dimension|design|model))|BigQuery|Redshift|Airflow|Dagster|Prefect|"
    r"Fivetran|Airbyte|Unity Catalog|Auto Loader|Lakeflow|Delta Live Tables|Snowpipe|Snowpark|Synapse|Microsoft Fabric|"
    r"AWS Glue|Kinesis|Looker|Tableau|Power BI|Great Expectations|Soda|Monte Carlo|DataHub|Confluent)\b"
)
_PRICE = re.compile(r"[$€£]\s?\d[\d.,]*|\b\d[\d.,]* ?(?:USD|EUR|dollars|euros)\b")
_VERSION = re.compile(r"\bv\d+(?:\.\d+)+\b|\b[A-Z][A-Za-z]+ \d+\.\d+(?:\.\d+)*\b|\bversion \d[\d.]*")


def prose(text: str) -> str:
    """A text as it reads, without its code blocks."""
    return plain("\n\n".join(block.text for block in blocks(text) if isinstance(block, Paragraph)))


def answer_text(answer: Answer) -> str:
    """An answer as one text of the dialect."""
    match answer:
        case TextAnswer() | NumberAnswer():
            return answer.text
        case SetAnswer():
            return ", ".join(answer.items)
        case StepsAnswer():
            return ", ".join(answer.steps)
        case PointsAnswer():
            return answer.model


def answer_parts(answer: Answer) -> tuple[str, ...]:
    """The texts of an answer that must not be read off the front."""
    return answer.items if isinstance(answer, SetAnswer) else (answer_text(answer),)


def dangling(front: str) -> str | None:
    """Words that point at something outside the card; code on the card is something to point at."""
    text = prose(front)
    if found := _DANGLING.search(text):
        return found[0]
    has_code = text != plain(front)
    loose = None if has_code else _ABOVE.search(text) or _PRONOUN.match(text)
    return loose[0] if loose else None


def worldless(front: str) -> tuple[str, str] | None:
    """A word with two meanings whose world the front does not name, and ways to say it."""
    text = plain(front)
    for word, worlds, saying in _AMBIGUOUS:
        found = re.search(word, text)
        if found and not re.search(worlds, text.replace(found[0], " ")):
            return found[0], saying
    return None


def vague(front: str) -> str | None:
    """A word that makes more than one answer right."""
    found = _VAGUE.search(prose(front))
    return found[0] if found else None


def asks_yes_no(front: str) -> bool:
    """Whether the last sentence is a question that yes or no answers; "... or ...?" is a choice."""
    sentences = re.split(r"(?<=[.?!:])\s+", prose(front).strip())
    return bool(_YES_NO.fullmatch(sentences[-1])) and " or " not in sentences[-1]


def says(text: str, answer: str) -> bool:
    """Whether the whole answer stands in the text, word for word but for articles."""
    needle, hay = (" ".join(word for word in _words(one) if word not in _ARTICLES) for one in (answer, text))
    return bool(needle) and _telling(answer) and f" {needle} " in f" {hay} "


def gives_away(front: str, answer: str) -> bool:
    """Whether the front holds the answer, or all of its words beside those the question asks by ("which key")."""
    words, category = _words(front), _asked_by(front)
    if " or " in front and says(front, answer):
        return False  # the alternatives of a choice are named on purpose
    if says(front, answer):
        return not set(_words(answer)) - _ARTICLES <= category
    content = [word for word in _content(answer) if word not in category]
    return 0 < len(content) <= 4 and _telling(answer) and set(content) <= set(words) and len(_words(answer)) <= 6


def listed(answer: str) -> int:
    """How many items a text lists, 0 when it is a sentence: all parts between commas have at most four words."""
    parts = [part for part in re.split(r"[,;]\s+(?:and |or )?|\s+(?:and|or)\s+", prose(answer)) if part]
    short = all(len(part.split()) <= 4 for part in parts)
    return len(parts) if short and answer.count(",") >= 2 else 0


def ages(text: str) -> str | None:
    """What a text names that changes with time: "a price", "a version", "a dbt feature"."""
    said = plain(text)
    if _PRICE.search(said):
        return "a price"
    if _VERSION.search(said):
        return "a version"
    product = _PRODUCT.search(said)
    return f"{'an' if product[0][0] in 'AEIO' else 'a'} {product[0]} feature" if product else None


def stems(text: str) -> frozenset[str]:
    """The content words of a text in a crude base form, for comparing texts."""
    return frozenset(word for word in _words(text) if word not in _STOP or word in ("no", "not"))


@lru_cache(maxsize=4096)
def _words(text: str) -> tuple[str, ...]:
    """Lower-case words, plural s gone; code keeps its operators out."""
    return tuple(_base(word) for word in re.findall(r"[\w%]+(?:['’-][\w]+)*", plain(text).casefold()))


def _base(word: str) -> str:
    word = word.removesuffix("'s").removesuffix("’s")
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def _content(text: str) -> list[str]:
    return [word for word in _words(text) if word not in _STOP]


def _telling(answer: str) -> bool:
    """Whether an answer has a word of its own; "1" or "A and B" in a front gives nothing away."""
    return any(len(word) > 2 and not word.isdigit() for word in _content(answer))


def _asked_by(front: str) -> set[str]:
    """The up to three words after "which", "what" or "how", which name the kind of answer wanted."""
    found = re.findall(r"\b(?:which|what|whose|how)((?: [\w'’-]+){1,3})", plain(front), re.IGNORECASE)
    return {word for group in found for word in _words(group)}
