"""The vocabulary: frozen records that cross rooms. One word per concept; docs/architecture.md has the list.

Every record refuses unknown keys. Texts are kept byte for byte. Times are UTC ISO-8601 text (`*_at`), durations
seconds (`*_seconds`), proportions lie in [0, 1].
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    PlainSerializer,
    RootModel,
    StringConstraints,
    field_validator,
    model_validator,
)
from pydantic_core import CoreSchema, core_schema

from tasks.languages.tags import Language as Language
from tasks.languages.tags import closest

FormatVersion = Literal[1, 2]
"""1: every text is in ja and en, or in one of them. 2: a language besides these occurs, which older programs refuse."""
FIRST_LANGUAGES = ("ja", "en")
"""The languages of format 1, in the order in which they were always written."""

Protocol = Literal["pairwise", "rating", "label"]
Role = Literal["client", "counselor"]
Kind = Literal["preference", "scale", "count", "yes_no_unsure", "labels", "spans", "text"]
Level = Literal["nominal", "ordinal", "interval", "ratio"]
Of = Literal["pair", "response", "item", "utterance"]
AssignmentKind = Literal["practice", "pilot", "main", "repeat", "check", "blinding", "adjudication"]
Status = Literal["planned", "shown", "submitted", "left", "withdrawn", "reclaimed"]
Leaving = Literal["cannot_judge", "skipped"]
Side = Literal["first", "second"]
"""Where a Response stands in the presentation order."""
Place = Literal["pair", "first", "second", "item"]
"""What an answer of the page is about, still in sides."""
SIDES: tuple[Side, Side] = ("first", "second")

Identifier = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,79}$")]
"""Ids are 1..80 letters, digits, '_', '.', '-': safe in file names, URLs and spreadsheets."""


class Record(BaseModel):
    """A frozen record; unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Words(RootModel[dict[Language, str]]):
    """One text that people read: language -> text, one language or more.

    Equal texts are equal, hash alike and are written alike, in whatever order their languages were given.
    """

    model_config = ConfigDict(frozen=True)

    if TYPE_CHECKING:

        def __init__(self, root: Mapping[str, str] = ..., /, **texts: str) -> None: ...

    @field_validator("root")
    @classmethod
    def _ordered(cls, root: dict[str, str]) -> dict[str, str]:
        if not root:
            raise ValueError("found no language; allowed: a text in one language or more, such as {ja: …, en: …}")
        order = (*FIRST_LANGUAGES, *sorted(root.keys() - set(FIRST_LANGUAGES)))
        return {tag: root[tag] for tag in order if tag in root}

    def __hash__(self) -> int:
        return hash(tuple(self.root.items()))

    @property
    def languages(self) -> tuple[Language, ...]:
        """The languages in which the text is there, in the order in which they are written."""
        return tuple(self.root)

    def text(self, *languages: str) -> str:
        """The text in the first of `languages` in which it is there, or in one that its readers read (de for de-CH).

        Raises:
            KeyError: it is there in none of them. Consistency of a study sees to every language of the study.
        """
        for wish in languages:
            if (found := closest(wish, self.languages)) is not None:
                return self.root[found]
        raise KeyError(f"no text in {', '.join(languages)}; there is one in {', '.join(self.languages)}")


def _read_translation(value: Any) -> Any:
    return {"en": value} if isinstance(value, str) else value


def _written_translation(value: Words | None) -> str | dict[str, str] | None:
    return value if value is None else value.root["en"] if value.languages == ("en",) else value.root


Translation = Annotated[Words, BeforeValidator(_read_translation), PlainSerializer(_written_translation)]
"""Translations of a text by their language. A text alone is English, and English alone is written as a text."""


def side_of(order: Sequence[str], system: str) -> Side:
    """The side on which a system stands in the presentation order. Raises ValueError where it does not stand there."""
    return SIDES[list(order).index(system)]


def system_at(order: Sequence[str], side: Side) -> str:
    """The system on a side of the presentation order. Raises IndexError where nothing stands there."""
    return order[SIDES.index(side)]


def rater_code(seat: int) -> str:
    """The pseudonym of the Rater on a Seat (0-based): `R001` for the first."""
    return f"R{seat + 1:03d}"


def seat_of(code: str) -> int:
    """The 0-based Seat of a Rater's code. Raises ValueError for what is none."""
    if not re.fullmatch(r"R\d{3,}", code, re.ASCII):
        raise ValueError(f"rater: found {code!r}; allowed: R001 and so on")
    return int(code[1:]) - 1


class Target(str):
    """What a Judgment is about: `pair`, `item`, `system:X`, or `utterance:i` with the 0-based index of a shown turn.

    A string of one of these forms, stored as such. Raises ValueError for any other string.
    """

    __slots__ = ()
    _FORMS = re.compile(r"pair|item|system:[A-Za-z0-9][A-Za-z0-9_.-]{0,79}|utterance:(0|[1-9][0-9]*)")

    def __new__(cls, text: str) -> Target:
        """The target that a text names."""
        if not cls._FORMS.fullmatch(text):
            raise ValueError(f"target: found {text!r}; allowed: pair, item, system:ID, utterance:NUMBER")
        return super().__new__(cls, text)

    @classmethod
    def of_system(cls, system: str) -> Target:
        """One system's Response."""
        return cls(f"system:{system}")

    @classmethod
    def of_utterance(cls, index: int) -> Target:
        """One turn of the dialogue, 0-based."""
        return cls(f"utterance:{index}")

    @property
    def system(self) -> str | None:
        """The system_id of `system:X`; None for other targets."""
        return self.partition(":")[2] if self.startswith("system:") else None

    @property
    def utterance(self) -> int | None:
        """The index of `utterance:i`; None for other targets."""
        return int(self.partition(":")[2]) if self.startswith("utterance:") else None

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Records read a target as a string, and refuse what is none."""
        return core_schema.no_info_after_validator_function(cls, handler(str))


PAIR, ITEM = Target("pair"), Target("item")


# --- what is judged -------------------------------------------------------------------------------------------


class Turn(Record):
    """Consecutive utterances of one role. `utterances` are 0-based indices into the published dialogue, [] if none."""

    role: Role
    text: str
    utterances: tuple[int, ...] = ()
    translation: Translation | None = None
    """Shown, marked as such, to readers of its languages."""


class Source(Record):
    """Where an item comes from; `text_sha256` is of the context's texts joined by newlines, so it can be rehydrated."""

    dataset: str
    dialogue_id: str
    utterance_index: int | None = None
    """0-based index of the last utterance shown."""
    text_sha256: str | None = None
    reference_utterances: tuple[int, ...] = ()
    """0-based indices of the human's next turn, of which `reference` is the text."""
    reference_sha256: str | None = None
    counselor_id: str | None = None
    client_id: str | None = None
    score: int | None = None


class Item(Record):
    """The dialogue so far that systems answer; in `rating` and `label`, the dialogue itself."""

    item_id: Identifier
    turns: tuple[Turn, ...]
    source: Source | None = None
    topic: str = ""
    depth: float | None = Field(default=None, ge=0, le=1)
    """Share of the dialogue's utterances that lie before the answer, 0..1."""
    stratum: str = ""
    """Cell of the design within which sides are balanced, usually topic and depth band; '' = one stratum."""
    reference: str | None = None
    """The human's next turn. Never sent to a rater but as the Response of a human System."""

    @property
    def dialogue(self) -> str:
        """The resampling unit of every interval: the source dialogue, or the item where there is none."""
        return self.source.dialogue_id if self.source else self.item_id


class Response(Record):
    """One System's text for one Item."""

    item_id: Identifier
    system_id: Identifier
    text: str
    translation: Translation | None = None
    generation: dict[str, Any] = Field(default_factory=dict)
    """Facts of the generation: seed, token count, stop reason, batch size."""


class System(Record):
    """What produced responses: model + adapter + decoding, or the human counsellor."""

    system_id: Identifier
    kind: Literal["model", "human", "written"] = "model"
    """`written`: example texts written for a study, by no model and no counsellor at work."""
    name: str = ""
    description: Words | None = None
    model: str | None = None
    adapter: str | None = None
    tuned: bool = False
    """True: training made this system out of another one of the study; an adapter says so by itself (`is_tuned`)."""
    decoding: dict[str, Any] = Field(default_factory=dict)
    manifest: dict[str, Any] = Field(default_factory=dict)

    @property
    def is_tuned(self) -> bool:
        """Whether the last question calls this system the adjusted one: marked as tuned, or with an adapter."""
        return self.tuned or bool(self.adapter)


# --- criteria -------------------------------------------------------------------------------------------------


class Point(Record):
    """One point of a Scale: the value stored, the words read, the key pressed."""

    value: int
    words: Words
    key: str | None = None


class Reason(Record):
    """A reason a rater may press beside an answer."""

    reason_id: Identifier
    words: Words


class Criterion(Record):
    """What is judged. `of` says about what; `level` is the level of measurement its agreement is computed at."""

    criterion_id: Identifier
    of: Of
    kind: Kind
    label: Words
    hint: Words | None = None
    level: Level | None = None
    points: tuple[Point, ...] = ()
    """The Scale, in the order shown. For `preference` the sign only says how the buttons lie: negative = first side."""
    required: bool = True
    top_coded: bool = False
    """True where the last point means 'this many or more'; no ICC and no mean then."""
    toggle: bool = False
    """A `yes_no_unsure` criterion drawn as a toggle without 'unsure': not pressed is stored as no (0)."""
    reasons: tuple[Reason, ...] = ()
    anchors: tuple[Words, ...] = ()
    """One example per point for the guidelines, in the order of `points`; [] if none."""

    @model_validator(mode="after")
    def _scale_fits_kind(self) -> Criterion:
        values = [point.value for point in self.points]
        if len(set(values)) != len(values):
            raise ValueError(f"criterion {self.criterion_id}: point values {values} repeat; each must occur once")
        if self.kind in ("preference", "scale", "count") and len(values) < 2:
            raise ValueError(f"criterion {self.criterion_id}: kind {self.kind} needs at least 2 points")
        if self.kind == "preference" and (self.of != "pair" or sorted(values) != sorted(-v for v in values)):
            raise ValueError(f"criterion {self.criterion_id}: a preference is of a pair, with points symmetric about 0")
        return self

    def values(self) -> tuple[int, ...]:
        """The values a rater can give; (0, 1) or (0, 1, 2 = unsure) for yes_no_unsure, () for labels, spans, text."""
        if self.kind == "yes_no_unsure":
            return (0, 1) if self.toggle else (0, 1, 2)
        return tuple(point.value for point in self.points)


# --- the study ------------------------------------------------------------------------------------------------


class Design(Record):
    """How work is dealt to Seats. Units: assignments."""

    seats: int = Field(default=5, ge=1)
    raters_per_item: int | None = Field(default=None, ge=1)
    """Raters per unit (item x pair of systems); None = every Seat meets every item once."""
    pairs: tuple[tuple[Identifier, Identifier], ...] = ()
    """Unordered pairs of systems compared; () = all pairs."""
    repeats: int = Field(default=0, ge=0)
    """Main assignments per Seat shown again at least 20 assignments later with sides exchanged."""
    blinding: int = Field(default=5, ge=0)
    """Judged pairs shown again at the end with the blinding question, of those in which exactly one system is tuned;
    0 = not asked."""
    practice_gate: bool = False
    """True: practice pairs that name a `better` response are asked again until it is the one preferred."""
    portion: int = Field(default=10, ge=1)
    """Assignments after which a good place to stop is offered."""
    seed: int = 0


Estimand = Literal["these_raters", "raters_at_large"]
"""Whom a figure speaks of: the raters of the study as they are, or the many from whom they were drawn."""


class Primary(Record):
    """The comparison and criterion the study is about, named before the first judgment."""

    criterion: Identifier = "preference"
    systems: tuple[Identifier, Identifier] | None = None
    estimand: Estimand = Field(default="these_raters", exclude_if=lambda value: value == "these_raters")
    """Whose preference the headline is about. Studies from before it was asked speak of their raters."""
    smallest_effect: float | None = Field(default=None, gt=0)
    """Smallest mean margin that would matter, in points of the preference scale (0..2)."""


Claim = Literal["differs", "better", "not_worse", "equivalent"]
"""What a test can show of the first system against the second: another value, a higher one, one not lower by more than
the margin, one within the margin on either side."""


Measure = Literal["mean", "share_any", "share_top", "share_yes", "share_below", "share_middle", "share_above"]
"""What is averaged over the ratings of a response: the value, or whether it lies above 0, at the last point, is yes,
or lies below, at or above the middle of a scale whose best point is there."""


class Hypothesis(Record):
    """A test declared before the first judgment. Holm's method corrects the tests of a family together."""

    family: Literal["primary", "secondary"] = "primary"
    criterion: Identifier = "preference"
    systems: tuple[Identifier, Identifier]
    measure: Measure | None = None
    """What of a rated criterion is compared; None = its only or first one, and for a preference."""
    claim: Claim = "differs"
    margin: float | None = Field(default=None, gt=0)
    """In points of the criterion's scale, or as a share for yes/no; for `not_worse` and `equivalent` alone."""
    estimand: Estimand = "raters_at_large"

    @model_validator(mode="after")
    def _margin_fits_claim(self) -> Hypothesis:
        needs = self.claim in ("not_worse", "equivalent")
        if needs != (self.margin is not None):
            found = "none" if self.margin is None else f"{self.margin:g}"
            raise ValueError(
                f"margin: found {found}; claim {self.claim} {'needs one above 0' if needs else 'has none'}"
            )
        return self


class Exclusion(Record):
    """A rule, named before the study opens, by which judgments are left out in a second analysis."""

    rule: Literal["min_seconds", "straight_line", "checks_failed", "both_unacceptable"]
    threshold: float | None = None


class Support(Record):
    """Where a distressed rater finds help, and whom to ask about the study."""

    help: Words
    contact: str = ""


Statement = Literal["dialogues", "payment", "stopping", "storage", "erasure"]
"""What an organiser can tell raters before they agree; each is a field of `Information`."""


class Information(Record):
    """The organiser's statements to raters before they agree; None or blank = not stated, and said to be so."""

    dialogues: Words | None = None
    """Where the dialogues come from, without a word on what wrote the responses."""
    payment: Words | None = None
    """What raters get for it; that nothing is paid is a statement too."""
    stopping: Words | None = None
    """What stopping, passing over and withdrawing mean for a rater (payment, course credit)."""
    storage: Words | None = None
    """Where and for how long the judgments are kept."""
    erasure: Words | None = None
    """What is erased beside what the studio erases, for instance exports taken before a withdrawal."""


class ProfileQuestion(Record):
    """One optional question about the rater; each answer can be skipped. No choices = free text."""

    question_id: Identifier
    label: Words
    choices: tuple[Words, ...] = ()


class Practice(Record):
    """An unscored pair with the feedback shown after it."""

    item: Item
    responses: tuple[Response, Response]
    feedback: Words
    better: Identifier | None = None
    """The system_id of the one defensible answer, for `Design.practice_gate`; None = every answer will do."""


class Check(Record):
    """An attention check: a pair with one defensible answer (`better` is a system_id of its two responses)."""

    item: Item
    responses: tuple[Response, Response]
    better: Identifier


class Study(Record):
    """One evaluation, as loaded from a study folder (docs/study-format.md)."""

    format_version: FormatVersion = 1
    study_id: Identifier
    title: Words
    protocol: Protocol = "pairwise"
    languages: tuple[Language, ...] = FIRST_LANGUAGES
    """In which every text of the study is there, the first one first."""
    criteria: tuple[Criterion, ...]
    systems: tuple[System, ...] = ()
    design: Design = Design()
    primary: Primary = Primary()
    hypotheses: tuple[Hypothesis, ...] = Field(default=(), exclude_if=lambda value: not value)
    """The declared families of tests; () = the primary comparison alone, or all pairs where it names no systems."""
    exclusions: tuple[Exclusion, ...] = ()
    support: Support | None = None
    information: Information | None = None
    """Shown under the consent text; None in studies made before it existed, whose consent text says all."""
    profile: tuple[ProfileQuestion, ...] = ()
    provenance: Words | None = None
    """Where items and responses come from, for organisers, the report and raters after the end; never before."""
    simulated: bool = False
    """True where judgments are made by scripts; every export, report and page of the organiser then says so."""
    retention_days: int | None = Field(default=None, ge=1)
    accepted: tuple[str, ...] = Field(default=(), exclude_if=lambda accepted: not accepted)
    """Shipped drafts that the organiser has read and takes over, such as `de.scales`: `tasks.study.wording.drafts`."""
    items: tuple[Item, ...]
    responses: tuple[Response, ...] = ()
    practice: tuple[Practice, ...] = ()
    checks: tuple[Check, ...] = ()
    guidelines: Words | None = None
    consent: Words | None = None

    def item(self, item_id: str) -> Item:
        """The item (practice and check items included); KeyError if the study has none of that id."""
        practice, checks = (p.item for p in self.practice), (c.item for c in self.checks)
        for item in (*self.items, *practice, *checks):
            if item.item_id == item_id:
                return item
        raise KeyError(item_id)

    def criterion(self, criterion_id: str) -> Criterion:
        """The criterion; KeyError if the study has none of that id."""
        for criterion in self.criteria:
            if criterion.criterion_id == criterion_id:
                return criterion
        raise KeyError(criterion_id)


# --- work and judgments ---------------------------------------------------------------------------------------


class PlannedAssignment(Record):
    """One line of the plan: what a Seat sees at a position (0-based), and in which presentation order.

    `order` is the system_ids shown, first side first: two in `pairwise`, one or none in `rating` and `label`.
    """

    seat: int = Field(ge=0)
    position: int = Field(ge=0)
    kind: AssignmentKind = "main"
    item_id: Identifier
    order: tuple[Identifier, ...]
    stratum: str = ""
    repeats: int | None = None
    """Position, in the same Seat, of the assignment this one shows again."""


class Answer(Record):
    """One answer as the page gives it, still in sides. The service resolves it to systems, once."""

    criterion: Identifier
    side: Place
    value: int | str | list[Any] | None = None
    reasons: tuple[str, ...] = ()


class Submission(Record):
    """A Rater's whole form for one Assignment. `submission_id` is made on the device: sending it again is harmless."""

    submission_id: Annotated[str, StringConstraints(pattern=r"^[0-9a-fA-F-]{32,36}$")]
    assignment_id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{8,64}$")]
    answers: tuple[Answer, ...] = ()
    left: Leaving | None = None
    left_reasons: tuple[str, ...] = ()
    comment: str = Field(default="", max_length=4000)
    client: dict[str, Any] = Field(default_factory=dict)
    """Facts of the device: active_seconds, viewport, layout, order of answering, changes, texts seen to their end."""


class Judgment(Record):
    """One value of one target.

    For a preference `value` is the strength 0..2 and `chosen_system` the system preferred (None = about the same);
    for spans, half-open [start, end) offsets in Unicode code points. `reason` says why a value is missing
    (`cannot_judge`, `skipped`), or is the reasons pressed.
    """

    criterion: Identifier
    target: Target
    value: int | float | str | list[Any] | None = None
    chosen_system: Identifier | None = None
    reason: tuple[str, ...] = ()
