"""Small studies in one language or more, begun as `studio new` begins them, with dialogues written for them."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from tasks.schema import Item, Language, Response, Study, Turn, Words
from tasks.study.starting import start
from tasks.study.study_form import Head
from tasks.study.wording.templates import title

DIALOGUES: dict[Language, tuple[tuple[str, ...], tuple[str, str]]] = {
    "de": (
        (
            "Seit dem Abteilungswechsel im April liegt mir jeden Sonntagabend ein Stein im Magen.",
            "Der freie Tag geht zu Ende, und der Körper stellt sich schon vorher darauf ein.",
            "In den Besprechungen verstehe ich nicht einmal die Hälfte, und nachzufragen ist mir peinlich.",
        ),
        (
            "Früher war auf Sie Verlass, und jetzt sitzen Sie da und kommen nicht mit. Das nagt an Ihnen.",
            "Seit wann genau ist das so? Schlafen Sie genug? Was sagt Ihre Vorgesetzte dazu? Haben Sie schon um eine "
            "Einarbeitung gebeten?",
        ),
    ),
    "ar": (
        (
            "منذ أن نُقلت إلى قسم آخر في أبريل أشعر بثقل في معدتي كل مساء أحد.",
            "كأن جسدك يستعد قبلك حين تقترب نهاية العطلة.",
            "لا أفهم نصف ما يُقال في الاجتماعات، وأخجل من السؤال.",
        ),
        (
            "كنت من يُعتمد عليه، والآن تجلس ولا تستطيع المتابعة. هذا يثقل عليك أسبوعاً بعد أسبوع.",
            "منذ متى تحديداً؟ هل تنام جيداً؟ ماذا يقول مديرك؟ وهل طلبت تدريباً على العمل الجديد؟",
        ),
    ),
    "en": (
        (
            "Since I was moved in April, every Sunday evening sits in my stomach like a stone.",
            "The day off is ending, and your body braces itself first.",
            "I follow less than half of what is said in meetings, and I am ashamed to ask.",
        ),
        (
            "You were the one people leaned on, and now you cannot keep up. It weighs on you week after week.",
            "Since when exactly? Do you sleep enough? What does your manager say? Have you asked for training?",
        ),
    ),
}
"""Language -> (client and counsellor in turn, the two responses)."""


@cache
def spoken(*languages: Language, items: int = 3, blinding: int = 0) -> Study:
    """A study in some languages whose dialogues are written in the first of them, translated into the others."""
    head = Head(
        "-".join(languages), title("quick", languages), "quick", 4, 1, "studie@example.org", languages=languages
    )
    with tempfile.TemporaryDirectory() as folder:
        begun = start(head, Path(folder) / "study")
    turns = tuple(
        Turn(
            role=("client", "counselor")[n % 2],
            text=DIALOGUES[languages[0]][0][n],
            translation=_others(languages, 0, n),
        )
        for n in range(3)
    )
    made = tuple(Item(item_id=f"i{n}", turns=turns) for n in range(items))
    systems = [system.system_id for system in begun.systems]
    given = tuple(
        Response(
            item_id=item.item_id,
            system_id=system,
            text=DIALOGUES[languages[0]][1][k],
            translation=_others(languages, 1, k),
        )
        for item in made
        for k, system in enumerate(systems)
    )
    return begun.model_copy(
        update={
            "items": made,
            "responses": given,
            "design": begun.design.model_copy(update={"blinding": blinding}),
            "practice": begun.practice[:1],
        }
    )


def _others(languages: tuple[Language, ...], part: int, place: int) -> Words | None:
    texts = {tag: DIALOGUES[tag][part][place] for tag in languages[1:] if tag in DIALOGUES}
    return Words(texts) if texts else None
