"""What the five steps share: the line of steps, the form around each, keeping what was typed, going on and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from studio.pages.admin.asked import Act, Answer, Asked, Given, one
from studio.pages.admin.frame import confirm, head
from studio.pages.admin.html import Raw, note, text
from studio.pages.admin.icons import icon
from studio.service.organiser.drafting import STEPS, Draft, KeptDraft, Step
from tasks.errors import InputError
from tasks.languages.fault import Fault, said
from tasks.schema import Study

BUTTONS = ("to", "again", "template", "add", "up", "down", "longer", "shorter", "drop")
"""Buttons with names: they do something once, and are nothing that was typed."""
SEVERAL = ("shown", "languages", "tuned")
"""Fields with several values."""


class UnsettledError(InputError):
    """The step cannot be left yet; `draft` is what is known nevertheless."""

    def __init__(self, errors: Sequence[str], draft: Draft) -> None:
        super().__init__(errors)
        self.draft = draft


class Body(Protocol):
    """What is particular to a step: a module."""

    def body(self, asked: Asked, kept: KeptDraft) -> str:
        """The fields of the step's form, with what was typed before."""

    def take(self, asked: Asked, kept: KeptDraft, given: Given) -> Draft:
        """The draft with the step's fields in it. InputError for every field that cannot be used."""


def address(asked: Asked, draft_id: str, step: str) -> str:
    """Where a step of a draft stands."""
    return asked.address(f"new/{draft_id}/{step}")


def kept_of(asked: Asked) -> KeptDraft:
    """The draft that the page is about. InputError where it is no longer there."""
    kept = asked.service.draft(asked.draft_id or "")
    if kept is None:
        raise InputError([asked.words["draft_gone"]])
    return kept


@dataclass(frozen=True)
class StepPage:
    """One step as a page of the desk."""

    step: Step
    own: Body
    done: Act | None = None
    """What the button at the foot of the last step does."""
    redone: bool = False
    """Whether the page is made anew after every change of a field, as far as it is marked `data-fresh`."""
    outside: Callable[[Asked, KeptDraft], str] | None = None
    """What stands outside the step's form, e.g. forms of its own."""

    def title(self, asked: Asked) -> str:
        """The page's title."""
        return asked.words["new_study"]

    def render(self, asked: Asked) -> Raw:
        """The line of steps, the step, and the way on."""
        kept = asked.service.draft(asked.draft_id or "") if asked.acts else None
        words = asked.words
        if kept is None:
            return Raw(f"{head(words['new_study'])}<p class='warn'>{text(words['draft_gone'])}</p>")
        here = self._here(kept)
        try:
            body = self.own.body(asked, here)
        except InputError as error:
            body = note("\n".join(said(error.errors, words.language)), "warn")
        away = confirm("throw", words["draft_throw"], words["draft_throw_sure"], words, "danger")
        return Raw(
            f"{head(kept.draft.name or words['new_study'], words[f'new_{self.step}_told'], away)}"
            f"{self._line(asked, kept)}"
            f'<form id="step" data-do="next" data-keep{" data-redo" if self.redone else ""} class="step">{body}'
            f'<div id="faults" data-fresh>{self._faults(asked, here, body)}</div>'
            f"{self._foot(asked)}</form>"
            f"{self.outside(asked, kept) if self.outside else ''}"
        )

    def _here(self, kept: KeptDraft) -> KeptDraft:
        """The draft with those fields alone that were typed on this step, by the names they have in its form."""
        before = f"{self.step}/"
        fields = {
            name.removeprefix(before): value for name, value in kept.draft.typed.items() if name.startswith(before)
        }
        return kept.model_copy(update={"draft": with_(kept.draft, typed=fields)})

    def _faults(self, asked: Asked, here: KeptDraft, body: str) -> str:
        """What is wrong with what was typed; the desk's script puts each beside the field that it is about.

        Of files that is asked in the page itself.
        """
        if self.step == "file" or not here.draft.typed:
            return ""
        given = {name: value.split("\n") if name in SEVERAL else [value] for name, value in here.draft.typed.items()}
        try:
            self.own.take(asked, here, given)
        except InputError as error:
            return "".join(_fault(fault, body, asked.words.language) for fault in error.errors)
        return ""

    def _line(self, asked: Asked, kept: KeptDraft) -> str:
        reached = STEPS.index(kept.draft.step)
        marks = "".join(self._mark(asked, number, step, reached) for number, step in enumerate(STEPS))
        return f'<ol class="steps" aria-label="{text(asked.words["steps"])}">{marks}</ol>'

    def _mark(self, asked: Asked, number: int, step: Step, reached: int) -> str:
        """A step in the line; those that were reached can be gone to, and what stands in the form is kept."""
        here, word = step == self.step, text(asked.words[f"new_{step}"])
        shown = f"<b>{number + 1}</b><span>{word}</span>"
        if here:
            return f'<li aria-current="step">{shown}</li>'
        if number > reached:
            return f"<li>{shown}</li>"
        return f'<li class="done"><button form="step" name="to" value="{step}">{shown}</button></li>'

    def _foot(self, asked: Asked) -> str:
        number, words = STEPS.index(self.step), asked.words
        back = ""
        if number:
            back = f'<button class="button" name="to" value="{STEPS[number - 1]}">{text(words["back"])}</button>'
        after = STEPS[number + 1] if number + 1 < len(STEPS) else ""
        called = words.say("new_next", step=words[f"new_{after}"]) if after else words["launch_do"]
        go_on = f'<button class="button primary" name="to" value="{after or "done"}">{text(called)}</button>'
        saved = f'<span class="soft saved" role="status">{icon("check")}<span>{text(words["draft_kept"])}</span></span>'
        return f'<div class="step-foot">{saved}<p class="form-acts">{back}{go_on}</p></div>'

    @property
    def ACTS(self) -> Mapping[str, Act]:  # noqa: N802 - as a module's
        """Going on, keeping what was typed, throwing the draft away."""
        return {"next": self.go_on, "keep": self.keep, "throw": throw}

    def go_on(self, asked: Asked, given: Given) -> Answer:
        """Take the step's fields into the draft and go where the button says; back goes also where a field is wrong."""
        kept, to = kept_of(asked), one(given, "to") or self.step
        if to == "done" and self.done:
            return self.done(asked, given)
        if to not in STEPS:
            return Answer(stay=True)
        try:
            draft = self._settled(self.own.take(asked, self._here(kept), given), kept)
        except InputError as error:
            known = error.draft if isinstance(error, UnsettledError) else kept.draft
            draft = self._typed(with_(known, typed=kept.draft.typed), given)
            if to not in STEPS[: STEPS.index(self.step)]:
                asked.service.keep_draft(kept.draft_id, draft)
                return Answer("\n".join(said(error.errors, asked.words.language)), "warn")
        target = next(step for step in STEPS if step == to)
        step = max(draft.step, target, key=STEPS.index)
        asked.service.keep_draft(kept.draft_id, with_(draft, step=step))
        if target == self.step:
            return Answer()  # a button of the step's own: the same page anew
        return Answer(go=address(asked, kept.draft_id, target))

    def keep(self, asked: Asked, given: Given) -> Answer:
        """Keep the fields as they are, right or not."""
        kept = kept_of(asked)
        asked.service.keep_draft(kept.draft_id, self._typed(kept.draft, given))
        return Answer(stay=True)

    def _typed(self, draft: Draft, given: Given) -> Draft:
        """The draft with fields as they were typed on this step; several values of one in lines."""
        fields = {f"{self.step}/{name}": "\n".join(values) for name, values in given.items() if name not in BUTTONS}
        return with_(draft, typed=self._elsewhere(draft) | fields)

    def _settled(self, draft: Draft, kept: KeptDraft) -> Draft:
        """The draft once the fields of this step are in its study: they need not be kept as they were typed."""
        return with_(draft, typed=self._elsewhere(kept.draft))

    def _elsewhere(self, draft: Draft) -> dict[str, str]:
        return {name: value for name, value in draft.typed.items() if not name.startswith(f"{self.step}/")}


def _fault(fault: str, body: str, language: str) -> str:
    """A fault as a line; without the name of its field where that is in the form, beside which it is put."""
    place = fault.values.get("place") if isinstance(fault, Fault) and fault.key == "at" else None
    known = isinstance(fault, Fault) and place is not None and f'name="{text(place)}"' in body
    (told,) = said([fault.values["fault"] if isinstance(fault, Fault) and known else fault], language)
    beside = f' data-for="{text(place)}"' if known else ""
    return f'<p class="warn wrong"{beside}>{text(told)}</p>'


def throw(asked: Asked, given: Given) -> Answer:
    """Throw the draft away."""
    asked.service.drop_draft(asked.draft_id or "")
    return Answer(asked.words["draft_thrown"], go=asked.address("home"))


def with_(draft: Draft, **changed: object) -> Draft:
    """The draft with some of its parts changed."""
    return draft.model_copy(update=changed)


def typed(kept: KeptDraft, name: str, value: str) -> str:
    """What stands in a field: what was typed and is not in the study yet, else the study's own value."""
    return kept.draft.typed.get(name, value)


def study_in(kept: KeptDraft, asked: Asked) -> Study:
    """The draft's study. InputError where the files make none yet."""
    if kept.draft.study is None:
        raise InputError([asked.words["draft_no_study"]])
    return kept.draft.study
