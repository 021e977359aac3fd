"""The vocabulary: frozen records that cross rooms. One word per concept; docs/architecture.md has the list.

Every record refuses unknown keys. Texts are kept byte for byte. Times are UTC ISO-8601 text (`*_at`), durations
seconds (`*_seconds`), proportions lie in [0, 1].
"""

from tasks.schema.analysis import COVARIATES, Claim, Covariate, Estimand, Exclusion, Hypothesis, Measure, Primary
from tasks.schema.criteria import Criterion, Kind, Level, Of, Point, Reason
from tasks.schema.imported import Imported, ImportedFile
from tasks.schema.judging import (
    Answer,
    AnswerValue,
    AssignmentKind,
    Judgment,
    Leaving,
    PlannedAssignment,
    Status,
    Submission,
    Value,
)
from tasks.schema.material import Item, Response, Role, Source, System, Turn
from tasks.schema.record import Identifier, Record
from tasks.schema.sessions import Crisis, PlannedSession, Scenario, Sessions
from tasks.schema.study import (
    Check,
    Design,
    Information,
    Judge,
    Practice,
    ProfileQuestion,
    Protocol,
    Statement,
    Study,
    Support,
)
from tasks.schema.target import ITEM, PAIR, SIDES, Place, Side, Target, rater_code, seat_of, side_of, system_at
from tasks.schema.verdicts import Failure, Verdict, VerdictAnswer
from tasks.schema.words import FIRST_LANGUAGES, FormatVersion, Language, Translation, Words

__all__ = [
    "COVARIATES",
    "FIRST_LANGUAGES",
    "ITEM",
    "PAIR",
    "SIDES",
    "Answer",
    "AnswerValue",
    "AssignmentKind",
    "Check",
    "Claim",
    "Covariate",
    "Crisis",
    "Criterion",
    "Design",
    "Estimand",
    "Exclusion",
    "Failure",
    "FormatVersion",
    "Hypothesis",
    "Identifier",
    "Imported",
    "ImportedFile",
    "Information",
    "Item",
    "Judge",
    "Judgment",
    "Kind",
    "Language",
    "Leaving",
    "Level",
    "Measure",
    "Of",
    "Place",
    "PlannedAssignment",
    "PlannedSession",
    "Point",
    "Practice",
    "Primary",
    "ProfileQuestion",
    "Protocol",
    "Reason",
    "Record",
    "Response",
    "Role",
    "Scenario",
    "Sessions",
    "Side",
    "Source",
    "Statement",
    "Status",
    "Study",
    "Submission",
    "Support",
    "System",
    "Target",
    "Translation",
    "Turn",
    "Value",
    "Verdict",
    "VerdictAnswer",
    "Words",
    "rater_code",
    "seat_of",
    "side_of",
    "system_at",
]
