"""What the judgments say, in the report's own words: the headline, both estimands, one figure, and what to doubt."""

from __future__ import annotations

from results.document.numbers import number
from results.record.preference import PairRecord
from results.report.sections.front import ESTIMANDS, Card, Front
from results.report.sections.reader import Reader
from studio.pages.admin.html import Raw, Words, tag, text
from studio.pages.admin.icons import icon
from studio.pages.admin.study.scale import Axis, share_bar, span, ticks


def answer(reader: Reader) -> Raw:
    """The headline, a card for each estimand, and the report's sentences folded under them."""
    front = Front(reader)
    lines = "".join(f"<span>{text(one)}</span> " for one in front.headline)
    cards = "".join(map(_card, front.cards()))
    whole = "".join(f"<p>{text(one)}</p>" for one in reader.record.answer[reader.lang])
    return Raw(
        f'<section class="card answer"><h2>{lines}</h2>{f"""<div class="estimands">{cards}</div>""" if cards else ""}'
        f'<details class="quiet"><summary>{text(reader.word("answer_whole"))}</summary>{whole}</details></section>'
    )


def _card(card: Card) -> str:
    badge = tag(card.badge, "good" if card.shown else "warn") if card.badge else ""
    return f'<div><h3>{text(card.whose)} {badge}</h3><p class="soft">{text(card.text)}</p></div>'


def evidence(reader: Reader, words: Words) -> Raw:
    """The figure, and beside it what to know before the answer is believed."""
    parts = [part for part in (_figure(reader, words), _doubts(reader)) if part]
    return Raw(f'<div class="cards two">{"".join(parts)}</div>' if parts else "")


def _figure(reader: Reader, words: Words) -> str:
    """Of the one pair that the answer is about: items by whom they went to, and both estimands' margins."""
    pairs = [pair for pair in reader.record.preference.pairs if pair.margin.value is not None]
    named = [pair for pair in pairs if pair.role == "primary"]
    if not named and len(pairs) != 1:
        return ""
    pair = (named or pairs)[0]
    first, second = map(reader.name, pair.systems)
    items, smallest = pair.items, reader.record.study.primary.smallest_effect
    parts = [(items.lost, "second", second), (items.tied, "tie", reader.word("tied")), (items.won, "first", first)]
    title = words.say("figure_items", n=items.won + items.lost + items.tied)
    legend = "".join(f'<span><i class="{kind}"></i>{text(name)} <b>{n}</b></span>' for n, kind, name in parts)
    band = f" {words.say('figure_band', smallest=number(smallest))}" if smallest else ""
    return (
        f'<section class="card figure"><h2>{text(title)}</h2>'
        f'{share_bar([(n, kind, f"{n}") for n, kind, _ in parts])}<p class="legend">{legend}</p>'
        f"{_margins(reader, pair, smallest, words)}"
        f'<p class="fine">{text(words["figure_key"] + band)}</p></section>'
    )


def _margins(reader: Reader, pair: PairRecord, smallest: float | None, words: Words) -> str:
    """A line for each estimand, towards the same sides as the bar; the numbers stand in the answer's cards."""
    first, second = map(reader.name, pair.systems)
    axis = Axis(-pair.top, pair.top, (0,), (-smallest, smallest) if smallest else None)
    rows = []
    for estimand in ESTIMANDS:
        margin, _ = pair.margin_for(estimand)
        name = f"<span>{text(reader.word(f'front_{estimand}', n=margin.n_raters))}</span>"
        kind = "hollow" if estimand == "raters_at_large" else ""
        drawn = span(axis, margin.value, margin.low, margin.high, kind)
        if margin.low is None:
            drawn = Raw(f'<span class="none">{text(words.say("not_yet", why=reader.why(margin.reason)))}</span>')
        rows.append(f"<li>{name}{drawn}</li>")
    places = ticks(axis, [(at, number(at, 0, sign=at != 0)) for at in range(-pair.top, pair.top + 1)])
    return (
        f'<p class="ends"><span>← {text(second)}</span><span>{text(first)} →</span></p>'
        f'<ul class="scales">{"".join(rows)}<li class="axis"><span></span>{places}</li></ul>'
    )


def _doubts(reader: Reader) -> str:
    """What was found, a sentence each with its number, and what was looked at without a sign."""
    front = Front(reader)
    found = "".join(
        f"<li>{icon('warn')}<span><b>{text(one.title)}</b><br>{text(one.text)}</span></li>" for one in front.doubts()
    )
    clear = front.unremarkable()
    if clear:
        told = text(reader.word("doubts_none", listed=clear))
        found += f'<li class="calm">{icon("check")}<span>{told}</span></li>'
    if not found:
        return ""
    return (
        f'<section class="card doubts"><h2>{text(reader.word("doubts"))}</h2><ul class="signs">{found}</ul></section>'
    )
