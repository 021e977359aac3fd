"""What an export says about items and responses so that a report stands without their texts."""

from __future__ import annotations

from results.export.rows import ItemRow, ResponseRow
from tasks.asking.facts import facts
from tasks.schema import Language, Response, Study
from tasks.study.wording.texts import written_in


def item_rows(study: Study) -> tuple[ItemRow, ...]:
    """The items table of a study (practice and checks left out)."""
    return tuple(
        ItemRow(
            item_id=item.item_id,
            dialogue=item.dialogue,
            topic=item.topic,
            depth=item.depth,
            stratum=item.stratum,
            counselor_id=item.source.counselor_id if item.source else None,
        )
        for item in study.items
    )


def response_rows(study: Study) -> tuple[ResponseRow, ...]:
    """The responses table of a study that still holds its texts: lengths, detected questions, minimal or not."""
    language = written_in(study)
    return tuple(_response_row(response, language) for response in study.responses)


def _response_row(response: Response, language: Language) -> ResponseRow:
    found = facts(response.text, language)
    return ResponseRow(
        item_id=response.item_id,
        system_id=response.system_id,
        characters=len(response.text),
        questions=found.questions,
        question_kinds="|".join(found.kinds),
        language=language,
        minimal=found.minimal,
    )
