"""The page itself: ordinary Gradio Blocks around one table."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from typing import Any

import gradio as gr

from studio.service import Service
from studio.settings import ORGANISER_COOKIE, Settings

REFRESH_SECONDS = 15
MOST_LINKS = 50
FOLDER = Path(__file__).parent
WORDS: dict[str, dict[str, str]] = json.loads((FOLDER / "words.json").read_text(encoding="utf-8"))


def style() -> str:
    """The page's stylesheet."""
    return (FOLDER / "admin.css").read_text(encoding="utf-8")


def blocks(service: Service, settings: Settings) -> Any:
    """The page as Gradio Blocks: choose a study and a language, see progress, make links, take the export."""

    def names() -> list[str]:
        return [row["study_id"] for row in service.studies()]

    def show(study_id: str | None, language: str) -> str:
        return render(service, study_id, language)

    def start(request: gr.Request) -> tuple[Any, str, str]:
        language = "ja" if request.headers.get("accept-language", "ja").lower().startswith("ja") else "en"
        known = names()
        first = known[-1] if known else None
        return gr.Dropdown(choices=known, value=first), language, render(service, first, language)

    def make(study_id: str | None, count: float, language: str, request: gr.Request) -> str:
        someone = service.organiser(request.cookies.get(ORGANISER_COOKIE))
        if someone is None or someone.role != "organiser" or study_id is None:
            return ""
        tokens = service.invite(study_id, max(1, min(MOST_LINKS, int(count))), someone.actor)
        return "\n".join(f"{settings.base_url}/e/{token}" for token in tokens)

    def relabel(language: str) -> tuple[Any, ...]:
        words = WORDS[language]
        return (
            gr.Dropdown(label=words["study"]),
            gr.Number(label=words["count"]),
            gr.Button(words["links"]),
            gr.Textbox(label=words["links"], info=words["links_note"]),
        )

    with gr.Blocks(title="Studio", analytics_enabled=False) as made:
        with gr.Row():
            study = gr.Dropdown(choices=[], label=WORDS["ja"]["study"], scale=3)
            language = gr.Radio([("日本語", "ja"), ("English", "en")], value="ja", show_label=False, scale=1)
        page = gr.HTML("", elem_classes="desk")
        with gr.Row(equal_height=True):
            count = gr.Number(5, label=WORDS["ja"]["count"], precision=0, minimum=1, maximum=MOST_LINKS, scale=1)
            button = gr.Button(WORDS["ja"]["links"], variant="secondary", scale=1)
        links = gr.Textbox(label=WORDS["ja"]["links"], info=WORDS["ja"]["links_note"], lines=3, buttons=["copy"])
        private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
        made.load(start, None, [study, language, page], **private)
        study.change(show, [study, language], page, **private)
        language.change(show, [study, language], page, **private)
        language.change(relabel, language, [study, count, button, links], **private)
        button.click(make, [study, count, language], links, **private).then(show, [study, language], page, **private)
        gr.Timer(REFRESH_SECONDS).tick(show, [study, language], page, **private)
    return made


def render(service: Service, study_id: str | None, language: str) -> str:
    """The page's body for one study in one language; every text is escaped."""
    words = WORDS.get(language, WORDS["en"])
    facts = next((row for row in service.studies() if row["study_id"] == study_id), None)
    if facts is None or study_id is None:
        return ""
    study, rows = service.study(study_id), service.progress(study_id)
    state = "closed" if facts["closed_at"] else "open"
    title = study.title.ja if language == "ja" else study.title.en
    simulated = f'<p class="warn">{words["simulated"]}</p>' if study.simulated else ""
    return (
        f'<h1>{escape(title)} <span class="tag {state}">{words[state]}</span></h1>{simulated}{_tiles(rows, words)}'
        f"{_table(rows, words)}"
        f'<a class="take" href="/admin/export/{escape(study_id)}.zip" download>{words["export"]}</a>'
        f'<p class="fine">{words["note"]} {words["utc"]}</p>'
    )


def _tiles(rows: list[dict[str, Any]], words: dict[str, str]) -> str:
    here = [row for row in rows if not row["withdrawn"]]
    done, total = sum(row["done"] for row in here), sum(row["total"] for row in here)
    hours = sum(row["active_seconds"] for row in rows) / 3600
    tiles = {"raters": str(len(here)), "pairs": f"{done} / {total}", "hours": f"{hours:.1f}"}
    cells = "".join(f'<div class="tile"><b>{value}</b><span>{words[key]}</span></div>' for key, value in tiles.items())
    return f'<div class="tiles">{cells}</div>'


def _table(rows: list[dict[str, Any]], words: dict[str, str]) -> str:
    if not rows:
        return f'<p class="fine">{words["nobody"]}</p>'
    head = "".join(
        f"<th scope='col'>{words[key]}</th>"
        for key in ("rater", "progress", "minutes", "pace", "joined", "last", "status")
    )
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in _cells(row, words))}</tr>" for row in rows)
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _cells(row: dict[str, Any], words: dict[str, str]) -> list[str]:
    done, total, seconds = row["done"], row["total"], row["active_seconds"]
    state = "withdrawn" if row["withdrawn"] else "finished" if row["finished_at"] else "working"
    label = escape(f"{row['rater']} {done}/{total}")
    return [
        f"<b>{escape(row['rater'])}</b>",
        f'<progress value="{done}" max="{max(total, 1)}" aria-label="{label}"></progress>{done} / {total}',
        f"{seconds / 60:.0f}",
        f"{seconds / done:.0f}" if done else "–",
        escape(row["joined_at"][:10]),
        escape(row["last_at"][:16].replace("T", " ")),
        words[state],
    ]
