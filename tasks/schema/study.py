"""A study: its design, what raters are told, its practice and checks, and everything together."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from tasks.schema.analysis import Exclusion, Hypothesis, Primary
from tasks.schema.criteria import Criterion
from tasks.schema.imported import Imported
from tasks.schema.material import Item, Response, System
from tasks.schema.record import Identifier, Record
from tasks.schema.sessions import Scenario, Sessions
from tasks.schema.words import FIRST_LANGUAGES, FormatVersion, Language, Words

Protocol = Literal["pairwise", "rating", "label", "session"]


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
    looks: int = Field(default=1, ge=1, le=5, exclude_if=lambda value: value == 1)
    """Analyses of the primary comparison, the last one included: every Seat judges the items in as many blocks, and
    after each the study may end by O'Brien-Fleming bounds. 1 = no look before the end; three are advised."""
    seed: int = 0


class Support(Record):
    """Where a distressed rater finds help, and whom to ask about the study."""

    help: Words
    contact: str = ""


Statement = Literal["dialogues", "payment", "stopping", "storage", "erasure", "risks", "use", "ethics"]
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
    risks: Words | None = Field(default=None, exclude_if=lambda value: value is None)
    """What in the dialogues may be painful. This and the next two are not spoken of where they are not stated."""
    use: Words | None = Field(default=None, exclude_if=lambda value: value is None)
    """What the judgments are used for: reported, published, training models."""
    training: bool = Field(default=False, exclude_if=lambda value: not value)
    """Models may be trained on the judgments. Raters are told so beside `use`; `results pairs` asks for it."""
    ethics: Words | None = Field(default=None, exclude_if=lambda value: value is None)
    """The vote of an ethics board."""


class Judge(Record):
    """A model that is asked beside the raters, on which server: the only way by which texts of a study leave it."""

    judge_id: Identifier
    host: str = Field(pattern=r"^[A-Za-z0-9.-]+(:[0-9]{1,5})?$|^\[[0-9a-fA-F:]+\](:[0-9]{1,5})?$")
    """HOST or HOST:PORT, as in the address of the server."""
    model: str = Field(min_length=1, max_length=200)
    """As its server names it."""


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
    imported: Imported | None = Field(default=None, exclude_if=lambda value: value is None)
    """What is known of judgments that were made with another tool; None of the studio's own."""
    retention_days: int | None = Field(default=None, ge=1)
    sessions: Sessions | None = Field(default=None, exclude_if=lambda value: value is None)
    """How live sessions go, in protocol `session`; None in every other."""
    scenarios: tuple[Scenario, ...] = Field(default=(), exclude_if=lambda value: not value)
    judges: tuple[Judge, ...] = Field(default=(), exclude_if=lambda judges: not judges)
    """Models that may be asked about its pairs, and where; () = no text leaves the studio."""
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
