"""What stands where on the organiser's page, and which event calls what; every label is a key of the catalogue."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import gradio as gr

from studio.pages.admin.actions import PRIVATE, REFRESH_SECONDS, Actions, in_words
from studio.pages.admin.html import LANGUAGES, WORDS
from tasks.languages import tags

JA = WORDS[LANGUAGES[0]]
MENU = [(tags.name_of(tag), tag) for tag in LANGUAGES]
"""Every language by its own name."""
TURNED = (
    "language => { const page = document.documentElement; page.lang = language; "
    f"page.dir = ({ {tag: tags.direction(tag) for tag in LANGUAGES} })[language]; }}"
)
"""Script: the whole page in the language's direction."""
RATER_ACTS = ("reissue", "revoke", "replace", "withdraw")


class Labels:
    """Components whose words change with the language, and those that only an organiser is shown."""

    def __init__(self) -> None:
        self.named: list[tuple[Any, str, str]] = []
        self.acting: list[Any] = []

    def act(self, component: Any) -> Any:
        """Remember that a viewer, who changes nothing, does not see the component."""
        self.acting.append(component)
        return component

    def add(self, component: Any, key: str, field: str = "label") -> Any:
        """Remember that `field` of the component shows the words of `key`."""
        self.named.append((component, field, key))
        return component

    def in_language(self, language: str) -> list[Any]:
        """An update for each, in their order."""
        words = WORDS[language]
        updates: list[Any] = []
        for component, field, key in self.named:
            values: dict[str, Any] = {field: words[key]}
            if isinstance(component, gr.Radio):
                values = {"label": words[key], "choices": [(words[act], act) for act in RATER_ACTS]}
            if isinstance(component, gr.Textbox) and (info := words.get(f"{key}_info", "")):
                values["info"] = info
            updates.append(gr.update(**values))
        return updates


def lay_out(actions: Actions, tabs: dict[str, ModuleType]) -> Any:
    """The Blocks: a study and a language above, a tab each for overview, raters, quality, results and safety."""
    labels = Labels()
    with gr.Blocks(title="Studio", analytics_enabled=False) as made:
        with gr.Row():
            study = labels.add(gr.Dropdown(choices=[], label=JA["study"], scale=3), "study")
            language = labels.add(gr.Dropdown(MENU, value=LANGUAGES[0], label=JA["language"], scale=1), "language")
        both = [study, language]
        shown: list[tuple[Any, Any]] = []
        with labels.add(gr.Tab(JA["overview"]), "overview"):
            shown.append((actions.tab(tabs["overview"].render), gr.HTML("", elem_classes="desk")))
        with labels.add(gr.Tab(JA["raters"]), "raters"):
            shown.append((actions.reading, gr.HTML("", elem_classes="desk")))
            with labels.act(gr.Column()):
                codes = _raters_tab(actions, labels, study, language)
        with labels.add(gr.Tab(JA["quality"]), "quality"):
            shown.append((actions.tab(tabs["quality"].render), gr.HTML("", elem_classes="desk")))
            _adjudication(actions, labels, study, language)
        with labels.add(gr.Tab(JA["results"]), "results"):
            shown.append((actions.results, _results_tab(actions, labels, study, language)))
        with labels.add(gr.Tab(JA["safety"]), "safety"):
            shown.append((actions.tab(tabs["safety"].render), gr.HTML("", elem_classes="desk")))
        _wire(made, actions, labels, both, shown, codes)
    return made


def _raters_tab(actions: Actions, labels: Labels, study: Any, language: Any) -> Any:
    with gr.Row(equal_height=False):
        people = labels.add(gr.Textbox(label=JA["people"], info=JA["people_info"], lines=3, scale=3), "people")
        count = labels.add(gr.Number(5, label=JA["count"], precision=0, minimum=1, maximum=50, scale=1), "count")
    make = labels.add(gr.Button(JA["links"], variant="primary"), "links", "value")
    made = gr.HTML("", elem_classes="desk")
    make.click(actions.invite, [study, people, count, language], made, **PRIVATE)
    with gr.Row(equal_height=False):
        code = labels.add(gr.Dropdown(choices=[], label=JA["rater"], scale=1), "rater")
        what = gr.Radio([(JA[act], act) for act in RATER_ACTS], value="reissue", label=JA["what_to_do"], scale=3)
        labels.add(what, "what_to_do")
    sure = labels.add(gr.Checkbox(False, label=JA["sure"]), "sure")
    go = labels.add(gr.Button(JA["do_it"], variant="secondary"), "do_it", "value")
    done = gr.HTML("", elem_classes="desk")
    go.click(actions.rater, [study, code, what, sure, language], done, **PRIVATE)
    go.click(lambda: False, None, sure, **PRIVATE)
    return code


def _adjudication(actions: Actions, labels: Labels, study: Any, language: Any) -> None:
    with labels.act(gr.Column()):
        items = labels.add(gr.Textbox(label=JA["adjudicate"], info=JA["adjudicate_info"], lines=2), "adjudicate")
        button = labels.add(gr.Button(JA["adjudicate_do"], variant="secondary"), "adjudicate_do", "value")
        made = gr.HTML("", elem_classes="desk")
    button.click(actions.adjudicate, [study, items, language], made, **PRIVATE)


def _results_tab(actions: Actions, labels: Labels, study: Any, language: Any) -> Any:
    page = gr.HTML("", elem_classes="desk")
    with labels.act(gr.Column()):
        _course(actions, labels, study, language, page)
    return page


def _course(actions: Actions, labels: Labels, study: Any, language: Any, page: Any) -> None:
    """Looking early, closing, and opening again."""
    why = labels.add(gr.Textbox(label=JA["look"], info=JA["look_info"]), "look")
    look = labels.add(gr.Button(JA["look_do"], variant="secondary"), "look_do", "value")
    look.click(actions.look, [study, why, language], page, **PRIVATE)
    with gr.Row():
        sure = labels.add(gr.Checkbox(False, label=JA["sure"], scale=1), "sure")
        close = labels.add(gr.Button(JA["close"], variant="secondary", scale=1), "close", "value")
        reopen = labels.add(gr.Button(JA["reopen"], variant="secondary", scale=1), "reopen", "value")
    told = gr.HTML("", elem_classes="desk")
    for button, what in ((close, "close"), (reopen, "reopen")):
        pressed = button.click(actions.course, [study, gr.State(what), sure, language], told, **PRIVATE)
        pressed.then(actions.results, [study, language], page, **PRIVATE).then(lambda: False, None, sure, **PRIVATE)


def _wire(
    made: Any, actions: Actions, labels: Labels, both: list[Any], shown: list[tuple[Any, Any]], codes: Any
) -> None:
    """What happens when the page is opened, when study or language change, and every few seconds."""

    @in_words
    def start(request: gr.Request) -> tuple[Any, str]:
        known = actions.names()
        return gr.Dropdown(choices=known, value=known[-1] if known else None), actions.language(request)

    @in_words
    def raters(study_id: str | None) -> Any:
        known = [row.rater for row in actions.service.progress(study_id)] if study_id in actions.names() else []
        return gr.Dropdown(choices=known, value=known[0] if known else None)

    @in_words
    def for_role(request: gr.Request) -> list[Any]:
        return [gr.update(visible=actions.acts(request)) for _ in labels.acting]

    study, language = both
    made.load(for_role, None, labels.acting, **PRIVATE)
    opened = made.load(start, None, both, **PRIVATE)
    opened.then(labels.in_language, language, [one for one, _, _ in labels.named], **PRIVATE)
    language.input(actions.speak, language, None, **PRIVATE)
    language.change(labels.in_language, language, [one for one, _, _ in labels.named], **PRIVATE)
    language.change(None, language, None, js=TURNED, **PRIVATE)
    opened.then(None, language, None, js=TURNED, **PRIVATE)
    for render, page in shown:
        opened.then(render, both, page, **PRIVATE)
        study.change(render, both, page, **PRIVATE)
        language.change(render, both, page, **PRIVATE)
    opened.then(raters, study, codes, **PRIVATE)
    study.change(raters, study, codes, **PRIVATE)
    gr.Timer(REFRESH_SECONDS).tick(shown[0][0], both, shown[0][1], **PRIVATE)
