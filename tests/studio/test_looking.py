"""A study that may stop, on the real store: its looks, what they tell and do not tell, and the report that follows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from results.export.folder import read
from results.record.report import ReportRecord
from results.report import heds
from results.report.build import build as report_of
from results.report.compared import preference_record
from results.report.pages import lay_out
from results.statistics.resample import Resampling
from results.statistics.sequential.spending import levels
from results.study.judged import judged
from results.study.sequential.looks import blocks
from studio.__main__ import main
from studio.documents.registration import registered
from studio.service import Service, StudioError
from studio.settings import sqlite_url
from studio.store import queries
from tasks.design.planning import plan
from tasks.schema import Design, Primary, Study
from tasks.study.load import load_study
from tasks.study.save import save_study
from tests import studio_world as w
from tests.studio.desk_client import DeskClient
from tests.studio.opened_studies import Choose, made, prefers
from tests.studio.whole_studio import desk_of

pytestmark = pytest.mark.slow

PAGE = "/admin/s/talk/results"
ITEMS, LOOKS, SEATS = 24, 3, 3
BLOCK = ITEMS // LOOKS


def study(looks: int = LOOKS) -> Study:
    design = Design(seats=SEATS, blinding=0, looks=looks, seed=3)
    return made("talk", items=ITEMS, design=design, primary=Primary(systems=("calm", "plain")))


class Raters:
    """Three people who judge as they are told; each call goes on where the last one ended."""

    def __init__(self, here: Service, choose: Choose, one: Study | None = None) -> None:
        self.here, self.choose, of = here, choose, one or study()
        here.create_study(of, plan(of))
        with here.store.read() as connection:
            self.rows = {row.assignment_id: row for row in queries.all_assignments(connection, "talk")}
        self.tokens = [here.join(link)[0] for link in here.invite("talk", SEATS)]

    def judge(self, pairs: int, *seats: int) -> None:
        for seat in seats or range(SEATS):
            for _ in range(pairs):
                now = self.here.dispatch(self.tokens[seat], {"do": "state"})["pairs"]
                if not now:
                    break
                row = self.rows[now[0]["assignment_id"]]
                order = (row.first_system or "", row.second_system or "")
                form = w.form(row.assignment_id, self.choose(row.seat, order, row.position))
                assert w.submit(self.here, self.tokens[seat], form)["saved"]


@pytest.fixture
def here(tmp_path: Path) -> Service:
    return w.service(tmp_path)


def balanced(seat: int, order: tuple[str, str], position: int) -> int:
    """Whoever stands first, slightly: no system gains."""
    return -1


def clear(seat: int, order: tuple[str, str], position: int) -> int:
    """`calm` always, now clearly and now slightly."""
    way = -1 if order[0] == "calm" else 1
    return way * (2 if (position + seat) % 2 else 1)


def report(here: Service, folder: Path) -> ReportRecord:
    """The report of the export as it is written and read again."""
    return report_of(read(here.export("talk", folder)), resamples=200).record


def heds_of(export: Path) -> str:
    """The datasheet of an export, in English."""
    built = report_of(read(export), resamples=200)
    return heds.markdown(built.datasheets["en"], built.record, "en")


def refused(here: Service) -> str:
    with pytest.raises(StudioError) as error:
        here.look("talk")
    return str(error.value)


def test_a_look_waits_until_every_rater_has_judged_its_block(here: Service) -> None:
    raters = Raters(here, balanced)
    raters.judge(BLOCK, 0, 1)
    assert refused(here) == f"look: block 1 is not judged by every rater yet: {BLOCK} judgments are missing"
    raters.judge(BLOCK - 1, 2)
    assert "1 judgments are missing" in refused(here)
    raters.judge(1, 2)
    taken = here.look("talk")
    assert (taken.look, taken.of, taken.items, taken.planned, taken.enough) == (1, 3, BLOCK, ITEMS, False)
    assert "block 2 is not judged by every rater yet" in refused(here), "each block is looked at once, in order"
    raters.judge(2 * BLOCK)
    assert here.look("talk").look == 2
    assert refused(here) == "look: this look was taken; the study goes on to its end"


def test_a_rater_who_withdrew_and_work_given_up_hold_no_look_up(here: Service) -> None:
    raters = Raters(here, balanced)
    raters.judge(BLOCK, 0)
    raters.judge(2, 1, 2)
    here.dispatch(raters.tokens[1], {"do": "withdraw"})
    here.reclaim("talk", 0.0001)
    assert here.look("talk").items == BLOCK


def test_a_skipped_look_costs_nothing(here: Service) -> None:
    """Both blocks are judged: the later one is looked at, at the level of a single look at two thirds (.01210)."""
    Raters(here, balanced).judge(2 * BLOCK)
    taken = here.look("talk")
    assert (taken.look, taken.items) == (2, 2 * BLOCK)
    assert taken.level == pytest.approx(0.01210, abs=5e-5)


def test_two_organisers_at_once_take_one_look(here: Service) -> None:
    """What the second one took is refused when it comes to be noted."""
    Raters(here, balanced).judge(BLOCK)
    taken = here.look("talk")
    with pytest.raises(StudioError, match="this look was taken"):
        here._keep_look("talk", taken)
    assert [act.kind for act in here.audit("talk")].count("looked_by_rule") == 1


def test_a_look_tells_nothing_of_what_was_judged(here: Service) -> None:
    Raters(here, clear).judge(2 * BLOCK)
    here.look("talk")
    (act,) = [act for act in here.audit("talk") if act.kind == "looked_by_rule"]
    assert set(act.payload) == {"look", "of", "items", "planned", "level", "enough"}
    assert here.deviations("talk") == [], "a look by the rule is no deviation"
    assert not here.summary("talk").looked
    assert not here.may_see("talk", "organiser")


def test_studies_without_a_rule_and_closed_ones_are_not_looked_at(here: Service) -> None:
    raters = Raters(here, clear, study(looks=1))
    raters.judge(BLOCK)
    assert here.looks("talk") is None
    assert "a look by a rule is taken only in a study that declares several" in refused(here)


def test_a_closed_study_is_not_looked_at(here: Service) -> None:
    Raters(here, clear).judge(BLOCK)
    here.close_study("talk")
    assert "the study is closed" in refused(here)


def test_early_stopping_and_its_price_stand_in_the_report(here: Service, tmp_path: Path) -> None:
    Raters(here, clear).judge(2 * BLOCK)
    taken = here.look("talk")
    assert taken.enough
    assert refused(here) == "look: the last look answered that it is enough; close the study"
    here.close_study("talk")
    found = report(here, tmp_path / "export")
    stopping, pair = found.stopping, found.preference.pairs[0]
    assert stopping is not None
    assert (stopping.stopped_at, stopping.items, stopping.items_planned, stopping.departure) == (2, 16, 24, None)
    assert stopping.level == pytest.approx(taken.level), "nothing was judged beyond the look: its own bound"
    assert stopping.p_nominal is not None
    assert stopping.p_nominal < stopping.level
    assert pair.systems == ("calm", "plain")
    assert pair.margin.low is not None
    assert pair.margin.low > 0
    assert "repeated interval" in pair.margin.method
    assert pair.verdict is not None
    assert pair.verdict.preferred == "calm"
    assert found.deviations == ()
    pages = {language: lay_out(found, language).markdown() for language in ("en", "ja", "de", "ar")}
    assert "repeated interval" in heds_of(tmp_path / "export")
    assert "The study ended early by its registered rule: look 2 of 3" in pages["en"]
    assert "It rests on 16 of 24 planned items" in pages["en"]
    assert "The price of ending early" in pages["en"]
    assert "Ended early" in lay_out(found, "en").html()
    assert "早く終えることの代償" in pages["ja"]
    assert "Der Preis des vorzeitigen Endes" in pages["de"]
    assert "ثمن الإنهاء المبكر" in pages["ar"]
    assert ReportRecord.read(found.json_text()) == found


def test_going_on_after_enough_is_named_and_what_was_judged_counts(here: Service, tmp_path: Path) -> None:
    raters = Raters(here, clear)
    raters.judge(2 * BLOCK)
    assert here.look("talk").enough
    raters.judge(1)
    here.close_study("talk")
    some = report(here, tmp_path / "some")
    assert some.stopping is not None
    assert some.stopping.departure is None, "a pair each on the way to closing is no deviation"
    assert some.stopping.items > some.stopping.items_at_look == 16
    given = levels([16 / 24, 51 / 72])  # 48 judgments at the look, three more, of 72 planned
    assert some.stopping.level == pytest.approx(given[-1])
    here.reopen_study("talk")
    raters.judge(BLOCK)
    here.close_study("talk")
    found = report(here, tmp_path / "all")
    assert found.stopping is not None
    assert (found.stopping.departure, found.stopping.items) == ("went_on", 24)
    assert found.stopping.level == pytest.approx(levels([16 / 24, 1.0])[-1])
    assert [one.kind for one in found.deviations][-1] == "went_on"
    assert "a further block was judged" in lay_out(found, "en").markdown()


def test_closing_after_go_on_is_named_and_all_is_spent_at_the_end(here: Service, tmp_path: Path) -> None:
    raters = Raters(here, balanced)
    raters.judge(BLOCK)
    assert not here.look("talk").enough
    raters.judge(BLOCK)
    here.close_study("talk")
    early = report(here, tmp_path / "early")
    assert early.stopping is not None
    assert early.stopping.departure == "ended_early"
    assert [one.kind for one in early.deviations] == ["ended_early"]
    assert 0.04979 < early.stopping.level < 0.05, "a first look spends .00021 of it"
    assert "to go on, and these figures were taken before" in lay_out(early, "en").markdown()


def test_a_study_that_goes_to_its_end_has_what_the_looks_left(here: Service, tmp_path: Path) -> None:
    raters = Raters(here, balanced)
    for _ in range(2):
        raters.judge(BLOCK)
        here.look("talk")
    raters.judge(BLOCK)
    here.close_study("talk")
    found = report(here, tmp_path / "export")
    assert found.stopping is not None
    assert found.stopping.departure is None
    assert found.stopping.level == pytest.approx(0.046256, abs=1e-5), "two-sided level of 1.9930"
    assert [(one.look, one.enough) for one in found.stopping.looks] == [(1, False), (2, False)]
    assert found.deviations == ()
    assert "looks taken before the end: 2" in lay_out(found, "en").markdown()


def test_the_export_knows_the_blocks_and_the_looks_and_the_log_tells_them_again(here: Service, tmp_path: Path) -> None:
    raters = Raters(here, prefers("calm"))
    raters.judge(BLOCK)
    here.look("talk")
    export = read(here.export("talk", tmp_path / "export"))
    assert [one.look for one in export.looks] == [1]
    assert {blocks(export)[row.item_id] for row in export.judgments} == {1}
    assert here.verify()[1] == []


def test_the_rule_is_registered_and_reported_in_the_same_words(here: Service, tmp_path: Path) -> None:
    raters = Raters(here, balanced)
    raters.judge(1)
    registration = "\n".join(registered(study(), "0" * 64))
    rule = next(line for line in registration.split("\n") if line.startswith("- looks: up to 3")).removeprefix("- ")
    assert "O'Brien-Fleming" in rule
    plainly = "\n".join(registered(study(looks=1), "0" * 64))
    assert "looks:" not in plainly
    assert rule in lay_out(report(here, tmp_path / "export"), "en").markdown().replace("’", "'")


def test_the_command_says_the_answer_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    here = w.service(tmp_path)
    Raters(here, clear).judge(2 * BLOCK)
    here.store.close()
    url = ["--db", sqlite_url(tmp_path / "studio.sqlite")]
    assert main(["look", "talk", *url]) == 0
    assert capsys.readouterr().out == "look 2 of 3, 16 of 24 items: enough: the study may be closed\n"
    assert main(["look", "talk", *url]) == 2
    assert "the last look answered that it is enough" in capsys.readouterr().err


@pytest.fixture
def desk(here: Service) -> Iterator[DeskClient]:
    with desk_of(here) as desk:
        yield desk


def test_the_desk_looks_by_the_rule_and_shows_no_figure(here: Service, desk: DeskClient) -> None:
    raters = Raters(here, clear)
    assert "Judgments missing: 24." in desk.page(PAGE)
    raters.judge(BLOCK)
    page = desk.page(PAGE)
    assert "Look by the rule" in page
    assert desk.ask(PAGE, "look_by_rule")["told"] in ("Go on.", "Enough: the study may be closed.")
    raters.judge(BLOCK)
    desk.ask(PAGE, "look_by_rule")
    after = desk.page(PAGE)
    assert "the study may be closed" in after
    assert 'data-do="look_by_rule"' not in after
    shown = after[after.index('id="page"') :]
    assert "Calm" not in shown
    assert "Results stay blinded until the study is closed" in shown
    records = desk.page("/admin/s/talk/records")
    assert "looked by the rule" in records


def test_somebody_who_may_only_read_takes_no_look(here: Service) -> None:
    Raters(here, clear).judge(BLOCK)
    with desk_of(here, role="viewer") as viewer:
        assert "Look by the rule" not in viewer.page(PAGE)
        viewer.ask(PAGE, "look_by_rule")
    assert here.looks("talk") is not None
    assert [act.kind for act in here.audit("talk") if act.kind == "looked_by_rule"] == []


def test_the_plan_says_the_rule_and_a_folder_keeps_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "folder"
    save_study(study(), folder)
    assert "looks: 3" in (folder / "study.yaml").read_text(encoding="utf-8")
    assert load_study(folder).design.looks == LOOKS
    assert main(["plan", str(folder)]) == 0
    assert "looks: up to 3, the end included" in capsys.readouterr().out
    save_study(study(looks=1), tmp_path / "plain")
    assert "looks" not in (tmp_path / "plain" / "study.yaml").read_text(encoding="utf-8")


def test_the_figures_alone_say_what_the_report_says(here: Service, tmp_path: Path) -> None:
    """`results preference` has the repeated interval too."""
    Raters(here, clear).judge(2 * BLOCK)
    here.look("talk")
    here.close_study("talk")
    found = report(here, tmp_path / "export").preference.pairs[0]
    alone = preference_record(judged(read(tmp_path / "export")), Resampling(resamples=200)).pairs[0]
    assert (alone.margin.low, alone.margin.high) == (found.margin.low, found.margin.high)
    assert alone.margin_test.p_value == found.margin_test.p_value
