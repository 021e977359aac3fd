"""Reasons: the codes that say why a figure has no value or no interval; worded per language in the catalogue."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """Why a value or an interval is missing. The words stand in tasks/languages/words/, under `reasons`."""

    # too little to say anything
    FEW_DIALOGUES = "few_dialogues"
    UNSTABLE = "unstable"
    NO_VARIATION = "no_variation"
    ONE_RATER = "one_rater"
    FEW_RATERS = "few_raters"
    MANY_PAIRS = "many_pairs"
    FEW_DISAGREEMENTS = "few_disagreements"
    FEW_FOR_KAPPA = "few_for_kappa"
    FEW_APART = "few_apart"
    NO_TIME = "no_time"
    TIME_UNKNOWN = "time_unknown"
    ORDER_UNKNOWN = "order_unknown"

    # agreement
    NO_TWO_RATINGS = "no_two_ratings"
    ONE_VALUE = "one_value"
    ONE_CATEGORY = "one_category"
    MANY_VALUES = "many_values"
    NO_COMPLETE_UNITS = "no_complete_units"
    DIFFERENT_RATERS = "different_raters"
    NO_VARIANCE = "no_variance"
    NOT_NUMBERS = "not_numbers"
    NO_SHARED_UNITS = "no_shared_units"
    NO_SHARED_TEXT = "no_shared_text"
    NO_SPAN = "no_span"
    NO_SHARED_DIALOGUE = "no_shared_dialogue"

    # preference
    NO_VOTES = "no_votes"
    ALL_TIED = "all_tied"
    NO_DECISIVE_VOTE = "no_decisive_vote"
    NO_MARGIN = "no_margin"
    DISCONNECTED = "disconnected"
    SEPARATED = "separated"
    FEW_VOTES = "few_votes"
    VOTES_SEPARATED = "votes_separated"
    CONSTANT_GAP = "constant_gap"
    NOT_ADJUSTED = "not_adjusted"
    NO_COMMON_SUPPORT = "no_common_support"
    SHOWN_ALONE = "shown_alone"

    # ratings and responses
    NOT_RATED = "not_rated"
    NOT_BOTH_RATED = "not_both_rated"
    NO_RESPONSES = "no_responses"
    NO_COUNTS = "no_counts"
    NO_SUCH_RESPONSE = "no_such_response"
    CONSTANT_SYSTEMS = "constant_systems"
    NO_DETECTOR = "no_detector"
    NO_MINIMAL_RULE = "no_minimal_rule"
    FEW_SYSTEMS = "few_systems"

    # sessions of two people
    NO_SESSIONS = "no_sessions"
    EFFECTS_JOINED = "effects_joined"

    # machine judges
    FEW_FOR_JUDGE = "few_for_judge"
    FEW_TO_JOIN = "few_to_join"
    NONE_FURTHER = "none_further"
    ONE_ORDER = "one_order"

    # blinding
    NOT_ASKED = "not_asked"
    NO_ADJUSTED_SYSTEM = "no_adjusted_system"
    ONE_GUESS = "one_guess"
    NEVER_FIRST = "never_first"
    NEVER_SECOND = "never_second"

    # measures of texts, losses, predicted scores
    NO_HUMAN_TURN = "no_human_turn"
    IS_REFERENCE = "is_reference"
    NO_CHARACTER = "no_character"
    NO_WORD = "no_word"
    NO_TWO_WORDS = "no_two_words"
    ONE_RESPONSE = "one_response"
    NO_TARGETS = "no_targets"
    OTHER_DIALOGUES = "other_dialogues"
    OTHER_TARGETS = "other_targets"
    NO_RATING = "no_rating"
    CONSTANT_SIDE = "constant_side"
