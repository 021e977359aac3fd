"""The client's feedback in KokoroChat: 20 dimensions rated 0..5, three flags, and the rule that makes the score.

The names are the published ones, Japanese and English. Source: arXiv 2506.01357 and the published files.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

Band = Literal["low", "high", "test"]
Group = Literal["impression", "skill"]

LOWEST, HIGHEST = 0, 5
"""Ends of the scale of each dimension. It has a 0."""


class Dimension(NamedTuple):
    """One of the 20 rated dimensions. `published_key` is the key in the files, typo included where there is one."""

    key: str
    published_key: str
    ja: str
    en: str
    group: Group


class FlagName(NamedTuple):
    """One of the three boxes a client may tick."""

    key: str
    published_key: str
    ja: str
    en: str


class Flags(NamedTuple):
    """Which boxes the client ticked."""

    harmful: bool = False
    other_unethical: bool = False
    unwilling_to_continue: bool = False


def _impression(key: str, ja: str, en: str) -> Dimension:
    return Dimension(key, key, ja, en, "impression")


def _skill(key: str, ja: str, en: str, published_key: str | None = None) -> Dimension:
    return Dimension(key, published_key or key, ja, en, "skill")


DIMENSIONS: tuple[Dimension, ...] = (
    _impression("felt_heard_and_understood", "聴いてもらえた、わかってもらえたと感じた", "Felt heard and understood"),
    _impression("felt_respected", "尊重されたと感じた", "Felt respected"),
    _impression("gained_new_insights", "新しい気づきや体験があった", "Gained new insights"),
    _impression("felt_hopeful_or_expectant", "希望や期待を感じられた", "Felt hopeful or expectant"),
    _impression("concerns_were_addressed", "取り組みたかったことを扱えた", "Concerns were addressed"),
    _impression("thought_through_concerns_together", "一緒に考えながら取り組めた", "Thought through concerns together"),
    _impression("conversation_had_good_rhythm", "やりとりのリズムがあっていた", "Conversation had good rhythm"),
    _impression("conversation_felt_comfortable", "居心地のよいやりとりだった", "Conversation felt comfortable"),
    _impression("felt_appropriate_and_satisfying", "全体として適切でよかった", "Felt appropriate and satisfying"),
    _impression("conversation_was_valuable", "今回の相談は価値があった", "Conversation was valuable"),
    _skill("conversation_started_smoothly", "相談開始の円滑さ", "Conversation started smoothly"),
    _skill(
        "conversation_ended_well",
        "相談終了のタイミング（不必要に聴きすぎていないか）、円滑さ",
        "Conversation ended well",
    ),
    _skill("showed_acceptance_and_empathy", "受容・共感", "Showed acceptance and empathy"),
    _skill("provided_acknowledgment_and_affirmation", "肯定・承認", "Provided acknowledgment and affirmation"),
    _skill("asked_effective_questions", "的確な質問による会話の促進", "Asked effective questions"),
    _skill("summarized_key_points_effectively", "要約", "Summarized key points effectively"),
    _skill("clarified_issues_clearly", "問題の明確化", "Clarified issues clearly", "clarified_issues_cleraly"),
    _skill("helped_identify_goals", "この相談での目標の明確化", "Helped identify goals"),
    _skill("offered_actionable_suggestions", "次の行動につながる提案", "Offered actionable suggestions"),
    _skill("encouraged_and_instilled_hope", "勇気づけ・希望の喚起", "Encouraged and instilled hope"),
)
"""The 20 dimensions in published order: ten impressions of the client, then ten skills of the counsellor."""

FLAGS: tuple[FlagName, ...] = (
    FlagName(
        "harmful", "harmful_due_to_ignorance", "無理解と軽率さによる傷つけ発言", "Harmful statement due to ignorance"
    ),
    FlagName(
        "other_unethical",
        "other_potentially_unethical",
        "その他の倫理違反が疑われる発言",
        "Other potentially unethical statement",
    ),
    FlagName("unwilling_to_continue", "unwilling_to_continue", "離脱", "Unwilling to continue"),
)
"""The three flags in published order, the order of `Flags`."""


def score_of(raw_sum: int, flags: Flags) -> int:
    """The published score, 0..100, of the sum of the 20 dimensions and the flags.

    0 where harm or another ethics violation is flagged, half the sum (rounded down) where the client left, else the
    sum. This one rule gives the score of all 6,589 published dialogues; the bare sum fails for the 215 flagged ones.
    """
    if flags.harmful or flags.other_unethical:
        return 0
    return raw_sum // 2 if flags.unwilling_to_continue else raw_sum


def band(score: int) -> Band:
    """The paper's training subset a score belongs to: Kokoro-Low < 70 <= Kokoro-High <= 98 < test."""
    if score < 70:
        return "low"
    return "high" if score <= 98 else "test"


META_EN = ("evaluation_id", "evaluation_created_at", "client_id", "counselor_id", "score")
META_JA = ("評価ID", "評価作成日時", "クライアント役ID", "カウンセラー役ID", "点数")
REVIEW_EN = (*META_EN, *(d.published_key for d in DIMENSIONS), *(f.published_key for f in FLAGS))
REVIEW_JA = (*META_JA, *(d.ja for d in DIMENSIONS), *(f.ja for f in FLAGS))
"""Keys of a published review, in the order of the files, in both languages."""
