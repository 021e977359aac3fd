"""What a rater's page is sent: records of their own, with no place for a system, a source or which response is better.

docs/page-state.md is written from these records, and a test reads the page's JavaScript against their schema. What is
not set in a record is not sent.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, JsonValue

from tasks.schema import Criterion, Kind, Language, Leaving, Level, Of, Place, Protocol, Role, Translation, Value, Words

Step = Literal["consent", "profile", "practice", "pairs", "blinding", "end"]
Said = Callable[[Words], Words]
"""A text of the study in the languages in which it is sent."""


class Sent(BaseModel):
    """A frozen record; unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def as_json(self) -> dict[str, Any]:
        """The record as JSON holds it, without what was not set."""
        return self.model_dump(mode="json", exclude_unset=True)


# --- the study ------------------------------------------------------------------------------------------------------


class ShownPoint(Sent):
    """One point of a scale: the value stored, the words read, the key pressed (null: its place, from 1)."""

    value: int
    words: Words
    key: str | None


class ShownReason(Sent):
    """A reason that can be pressed beside an answer."""

    reason_id: str
    words: Words


class ShownCriterion(Sent):
    """What is judged, and how it is drawn: docs/study-format.md says what each kind stores."""

    criterion_id: str
    of: Of
    kind: Kind
    label: Words
    hint: Words | None
    level: Level | None
    points: tuple[ShownPoint, ...]
    """The scale, in the order shown."""
    required: bool
    top_coded: bool
    """True where the last point means 'this many or more'."""
    toggle: bool
    """True where it is drawn as a switch: not pressed is no."""
    reasons: tuple[ShownReason, ...]
    anchors: tuple[Words, ...]
    """One example per point, for the guide."""

    @classmethod
    def of_criterion(cls, criterion: Criterion, said: Said = lambda words: words) -> ShownCriterion:
        """The criterion as it is sent: named fields alone, so that a new one stays here until it is allowed."""
        return cls(
            criterion_id=criterion.criterion_id,
            of=criterion.of,
            kind=criterion.kind,
            label=said(criterion.label),
            hint=criterion.hint and said(criterion.hint),
            level=criterion.level,
            points=tuple(ShownPoint(value=p.value, words=said(p.words), key=p.key) for p in criterion.points),
            required=criterion.required,
            top_coded=criterion.top_coded,
            toggle=criterion.toggle,
            reasons=tuple(ShownReason(reason_id=r.reason_id, words=said(r.words)) for r in criterion.reasons),
            anchors=tuple(map(said, criterion.anchors)),
        )


class ShownSupport(Sent):
    """Where a distressed rater finds help, and whom to ask about the study."""

    help: Words
    contact: str


class Consent(Sent):
    """What is agreed to. The served page has the text in its markup, and here the version alone."""

    version: str
    text: Words | None = None


class ShownQuestion(Sent):
    """A question about the rater; without choices it takes a text."""

    question_id: str
    label: Words
    choices: tuple[Words, ...]


class StudyFacts(Sent):
    """What the page needs to know of the study."""

    study_id: str
    title: Words
    languages: tuple[Language, ...]
    protocol: Protocol
    criteria: tuple[ShownCriterion, ...]
    portion: int
    """Pairs after which a pause is offered."""
    support: ShownSupport | None
    guidelines: Words | None = None
    """Not sent with the served page, whose markup has them."""
    consent: Consent | None
    profile: tuple[ShownQuestion, ...]
    demonstration: bool
    """True where the studio serves the demo study, so that the page says so."""


# --- the work -------------------------------------------------------------------------------------------------------


class ShownText(Sent):
    """A response as raters see it; offsets of spans count its code points."""

    text: str
    translation: Translation | None = None
    """In other languages of the study; in those alone that every response of the pair has."""


class ShownTurn(ShownText):
    """One turn of the dialogue."""

    role: Role


class GivenAnswer(Sent):
    """One answer as the page gives it, in sides."""

    criterion: str
    side: Place
    value: Value | list[JsonValue]
    reasons: tuple[str, ...]


class GivenAnswers(Sent):
    """What the rater answered to a pair, for revision."""

    answers: tuple[GivenAnswer, ...]
    comment: str
    left: Leaving | None
    left_reasons: tuple[str, ...]
    submission_id: str | None


class Pair(Sent):
    """One assignment: the dialogue and its responses in presentation order (in `rating` and `label` one or none)."""

    assignment_id: str
    number: int
    """What the rater sees it called: pairs, practice pairs and the last question's each count from 1."""
    practice: bool
    turns: tuple[ShownTurn, ...]
    responses: tuple[ShownText, ...]
    written: Language
    """The language of the dialogue, with which its responses are marked too: one for both, whatever they are in."""
    question: Literal["blinding"] | None
    answers: GivenAnswers | None
    explained: bool = False
    """Practice alone: something is said once it is answered (`Receipt.feedback`)."""
    again: bool = False
    """Practice alone: it was answered before, and a practice gate asks it once more."""


class HeldPair(Sent):
    """A pair that the page said it holds."""

    assignment_id: str


class Progress(Sent):
    """The rater, and how far the work is."""

    code: str
    """The pseudonym, e.g. R003."""
    done: int
    total: int
    active_seconds: float
    """Time of all stays with pairs so far."""
    language: Language | None = None
    """The rater's own choice; null before there is one, absent in receipts."""


class State(Sent):
    """Where the rater is. Served in the page, and sent for `{"do": "state"}` and with every receipt."""

    study: StudyFacts | None = None
    """Not sent again with a receipt."""
    rater: Progress
    step: Step
    pairs: tuple[Pair | HeldPair, ...]
    """The current pair and the next two, so that a tunnel stops nobody."""
    blinding: int | None
    """How many pairs the last question will show, while it is not open yet."""
    ended: bool
    closed: bool
    withdrawn: bool
    finished: bool
    claim: str | None
    """The rater's code once the work has ended, for payment."""
    provenance: Words | None
    """Where dialogues and responses come from, once the study is closed and the rater has ended."""


# --- replies --------------------------------------------------------------------------------------------------------


class Saved(Sent):
    """What a request changed is stored; the state after it."""

    saved: Literal[True] = True
    state: State

    @classmethod
    def after(cls, state: State) -> Saved:
        """The reply with this state."""
        return cls(saved=True, state=state)


class Receipt(Saved):
    """A form is stored: sent after the commit, and the same for the same form sent again."""

    submission_id: str
    seq: int
    """Which of the rater's own forms this is, counted from 1."""
    feedback: Words | None = None
    """What is said after a practice pair."""


class OwnAnswer(GivenAnswers):
    """One of the rater's answers so far, with what is needed to recognise it."""

    assignment_id: str
    number: int
    practice: bool
    submitted_at: str
    revised: bool
    excerpt: str
    """The beginning of the client's last words."""
    written: Language
    """Their language."""


class OwnAnswers(Sent):
    """The rater's answers so far."""

    answers: tuple[OwnAnswer, ...]
    revisable: bool


class Reopened(Sent):
    """A pair as it was shown, with the answers that count."""

    pair: Pair


class Texts(Sent):
    """What can be read at any time."""

    guidelines: Words | None
    consent: Consent | None


class DeviceLink(Sent):
    """A link by which the rater goes on elsewhere."""

    link: str
    qr: str
    """The link's QR code, as SVG."""


class Fault(Sent):
    """Why not: a code for the page, a sentence for the rater in every language of the studio."""

    code: str
    text: Words
    ja: str
    """The sentence as pages of versions before 0.2.0 read it."""
    en: str

    @classmethod
    def of(cls, code: str, text: Words) -> Fault:
        """A fault with its text, which is there in ja and en."""
        return cls(code=code, text=text, ja=text.root["ja"], en=text.root["en"])


class Refused(Sent):
    """A request that changed nothing."""

    saved: Literal[False] = False
    error: Fault


REPLIES: dict[str, type[Sent]] = {
    "state": State,
    "submit": Receipt,
    "answers": OwnAnswers,
    "open": Reopened,
    "blinding": Saved,
    "consent": Saved,
    "profile": Saved,
    "finish": Saved,
    "language": Saved,
    "guidelines": Texts,
    "device": DeviceLink,
    "withdraw": Saved,
}
"""What is sent for each request; `Refused` may be sent for any."""
