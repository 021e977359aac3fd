"""Sections of a study of sessions: the client's form, the course of the talk, how it was held, who dropped out."""

from __future__ import annotations

from results.document import drawings, numbers
from results.document.drawings import Row
from results.document.view import Block, Paragraph, Picture, Section, Table
from results.record.figure import FigureRecord
from results.record.sessions.held import RatedBySessions, SessionsRecord
from results.report.sections.reader import Reader
from tasks.asking.minimal import told

_TICKS = (0.0, 1.0, 2.0, 3.0, 4.0, 5.0)


def sessions(reader: Reader) -> tuple[Section, ...]:
    """All sections; none of a study without sessions."""
    found = reader.record.sessions
    if found is None:
        return ()
    return (
        Section("sessions", reader.word("sessions"), (Paragraph(reader.word("sessions_text")), *_form(reader, found))),
        Section("course", reader.word("sessions_course"), _course(reader, found)),
        Section("held", reader.word("sessions_held"), (_held(reader, found), _drop_out(reader, found))),
    )


def _form(reader: Reader, found: SessionsRecord) -> list[Block]:
    """The items of the form with the effects of clients and counsellors, and its boxes."""
    rated = [*([found.score] if found.score else []), *found.items]
    if not rated:
        return []
    keys = ("mean", "interval95", "client_share", "interval95", "counselor_share", "interval95")
    rows = tuple((_name(reader, one), *_rated(reader, one)) for one in rated)
    table = Table(("", *map(reader.word, keys)), rows, reader.word("sessions_form_note"), wraps=True)
    return [*_picture(reader, found), table, *_boxes(reader, found)]


def _picture(reader: Reader, found: SessionsRecord) -> list[Block]:
    """The means of the items, where all are rated 0..5."""
    ends = {point.value for one in found.items for point in reader.record.criterion(one.criterion).points}
    drawn = [Row.of(reader.label(one.criterion), one.mean) for one in found.items if one.mean.value is not None]
    if not drawn or ends != set(map(int, _TICKS)):
        return []
    caption = reader.word("sessions_form_caption")
    return [Picture(drawings.forest(drawn, _TICKS, caption), caption)]


def _name(reader: Reader, one: RatedBySessions) -> str:
    known = {entry.criterion for entry in reader.record.study.criteria}
    return reader.label(one.criterion) if one.criterion in known else reader.word("sessions_score")


def _rated(reader: Reader, one: RatedBySessions) -> tuple[str, ...]:
    return (*reader.cells(one.mean), *_percent(reader, one.client), *_percent(reader, one.counselor))


def _percent(reader: Reader, figure: FigureRecord) -> tuple[str, str]:
    return reader.cells(figure, 0, 100)


def _boxes(reader: Reader, found: SessionsRecord) -> list[Block]:
    rows = tuple((reader.label(box.criterion), f"{box.ticked} / {box.forms}") for box in found.boxes)
    return [Table((reader.word("sessions_boxes"), reader.word("sessions_ticked")), rows)] if rows else []


def _course(reader: Reader, found: SessionsRecord) -> tuple[Block, ...]:
    """Questions, minimal responses and marked messages by quarter; no block where no words were looked at."""
    if not found.course:
        return ()
    asking = reader.asked_by(found.basis, reader.word("sessions_asking"))
    minimal = reader.word("sessions_minimal")
    interval = reader.word("interval95")
    begin = (reader.word("sessions_quarter"), reader.word("sessions_turns"))
    header = (*begin, asking, interval, minimal, interval, reader.word("sessions_flagged"))
    rows = tuple(
        (
            str(one.quarter),
            str(one.turns),
            *_percent(reader, one.share_asking),
            *_percent(reader, one.share_minimal),
            str(one.flagged),
        )
        for one in found.course
    )
    return (Table(header, rows, _told(reader, found), wraps=True),)


def _told(reader: Reader, found: SessionsRecord) -> str:
    """By what questions and minimal responses were told."""
    language = reader.listed([reader.language_name(tag) for tag in found.languages])
    ways = dict.fromkeys(way for tag in found.languages for way in told(tag))
    keys = (f"told_{found.basis}", *(f"minimal_{way}" for way in ways if way != "rules"))
    return " ".join([reader.word("sessions_course_note"), *(reader.word(key, language=language) for key in keys)])


def _held(reader: Reader, found: SessionsRecord) -> Table:
    held = found.held
    rows = (
        (reader.word("sessions_minutes"), *reader.cells(held.minutes, 1)),
        (reader.word("sessions_utterances"), *reader.cells(held.utterances, 1)),
        (reader.word("sessions_characters_counselor"), *reader.cells(held.characters_counselor, 1)),
        (reader.word("sessions_characters_client"), *reader.cells(held.characters_client, 1)),
        (reader.word("sessions_gap"), *reader.cells(held.gap, 1)),
        (reader.word("sessions_same_speaker"), *_percent(reader, held.same_speaker)),
    )
    note = reader.word("sessions_asides", n=found.asides)
    return Table(("", reader.word("value"), reader.word("interval95")), rows, note)


def _drop_out(reader: Reader, found: SessionsRecord) -> Table:
    """What became of the sessions of the plan."""
    drop_out = found.drop_out
    counted = {
        "sessions_planned": drop_out.planned,
        "sessions_open": drop_out.open,
        **{f"sessions_why_{why}": count for why, count in drop_out.ended.items()},
        **{f"sessions_stopped_{role}": count for role, count in drop_out.stopped_by.items()},
        "sessions_short": drop_out.short,
        "sessions_unrated": drop_out.held - drop_out.rated,
    }
    rows = tuple((reader.word(key), numbers.number(count, 0)) for key, count in counted.items())
    return Table((reader.word("sessions_drop_out"), reader.word("number")), rows)
