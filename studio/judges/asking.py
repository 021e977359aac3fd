"""A judge asked about every pair of a study in both orders: what is stored is not asked again, so that it goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from itertools import combinations, islice

from studio.service import Service, StudioError
from tasks.engine.client import Engine, EngineTimeoutError, Reply
from tasks.judges import prompt
from tasks.judges.servers import refusals
from tasks.judges.verdict_file import Form
from tasks.languages.fault import Fault, at
from tasks.schema import Item, Study, Verdict

TIMEOUTS = 3
"""So many answers in a row that did not come in time mean that the server is gone."""


@dataclass(frozen=True)
class Asking:
    """How a judge is asked.

    Attributes:
        judge_id: whose verdicts they are; the study declares it.
        temperature, seed: of the decoding; an answer that is no answer is asked for once more with the next seed.
        workers: answers asked for at once.
        most: verdicts asked for in this run; None = all that are missing.
    """

    judge_id: str
    temperature: float = 0.0
    seed: int = 0
    workers: int = 4
    most: int | None = None


@dataclass(frozen=True)
class Question:
    """One pair in one order, and what is asked about it."""

    item: Item
    order: tuple[str, str]
    messages: prompt.Messages
    sha256: str

    @property
    def key(self) -> tuple[str, tuple[str, str]]:
        """By which verdicts are found."""
        return self.item.item_id, self.order


@dataclass
class Progress:
    """How far a judge is: verdicts missing before this run, stored in it, those among them without answers, tokens."""

    missing: int
    done: int = 0
    failed: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0

    def count(self, verdict: Verdict) -> None:
        """One verdict more."""
        self.done += 1
        self.failed += verdict.failed is not None
        self.prompt_tokens += verdict.prompt_tokens or 0
        self.completion_tokens += verdict.completion_tokens or 0


def questions(study: Study) -> Iterator[Question]:
    """Every pair of systems of every item in both orders, the two orders of a pair one after the other.

    An item that lacks a system's response has no pair with it.
    """
    systems = Form.of(study).systems
    texts = {(one.item_id, one.system_id): one.text for one in study.responses}
    for item in study.items:
        for first, second in study.design.pairs or tuple(combinations(systems, 2)):
            for order in ((first, second), (second, first)):
                shown = tuple(texts.get((item.item_id, system)) for system in order)
                if shown[0] is not None and shown[1] is not None:
                    messages = prompt.messages(study, item, (shown[0], shown[1]))
                    yield Question(item, order, messages, prompt.sha256(messages))


def ask(service: Service, study_id: str, engine: Engine, asking: Asking, told: Callable[[Progress], None]) -> Progress:
    """Ask for every verdict that is missing, store each as it comes, and say how far it is after each.

    Raises:
        StudioError: the study does not declare this judge, its consent text does not name the server, the judge's
            stored verdicts answer other prompts, or the server's model is another than theirs.
        EngineError: the server cannot be asked any more. What was answered is stored, and the next run goes on.
    """
    study = service.study(study_id)
    if wrong := refusals(study, asking.judge_id, engine.host, engine.model):
        raise StudioError(wrong)
    stored = [one for one in service.verdicts(study_id) if one.judge == asking.judge_id]
    wanted = list(islice(_missing(study, stored, asking.judge_id), asking.most))
    progress = Progress(missing=len(wanted))
    if wanted:
        judge = next(one for one in study.judges if one.judge_id == asking.judge_id)
        service.judge_asked(study_id, judge, len(wanted))
        model = next((one.model for one in stored if one.failed != "timed_out"), None)
        _Run(service, study, engine, asking, model, progress, told).all(wanted)
    return progress


def _missing(study: Study, stored: list[Verdict], judge_id: str) -> Iterator[Question]:
    """What a judge has still to be asked: nothing it answered, refused or answered with nonsense."""
    known = {(one.item_id, one.order): one for one in stored if one.failed != "timed_out"}
    for question in questions(study):
        verdict = known.get(question.key)
        if verdict is None:
            yield question
        elif verdict.prompt_sha256 != question.sha256:
            raise StudioError(at(question.item.item_id, Fault("judge_other_prompt", judge=judge_id)))


@dataclass
class _Run:
    """One run of questions by several threads; the thread that started it alone stores and tells."""

    service: Service
    study: Study
    engine: Engine
    asking: Asking
    model: str | None
    progress: Progress
    told: Callable[[Progress], None]
    late: int = 0

    def all(self, wanted: list[Question]) -> None:
        """Ask all, a few at once; the first failure of the server ends it after what is under way is stored."""
        left = iter(wanted)
        with ThreadPoolExecutor(self.asking.workers) as pool:
            running = {pool.submit(self._verdict, one) for one in islice(left, self.asking.workers)}
            failure: BaseException | None = None
            wrong: BaseException | None
            while running:
                try:
                    done, running = wait(running, return_when=FIRST_COMPLETED)
                    wrong = self._kept(done)  # what came with or after a failure is stored, too
                except KeyboardInterrupt as stopped:  # answers under way are waited for and stored
                    wrong, done = stopped, set()
                failure = failure or wrong
                if failure is None:
                    running |= {pool.submit(self._verdict, one) for one in islice(left, len(done))}
        if failure is not None:
            raise failure

    def _kept(self, done: set[Future[Verdict]]) -> BaseException | None:
        """Store what came; what went wrong, if anything did."""
        failure: BaseException | None = None
        for future in done:
            if (error := future.exception()) is not None:
                failure = failure or error
                continue
            try:
                self._store(future.result())
            except (StudioError, EngineTimeoutError) as error:
                failure = failure or error
        return failure

    def _store(self, verdict: Verdict) -> None:
        if verdict.failed != "timed_out":
            self.model = verdict.model if self.model is None else self.model
            if verdict.model != self.model:
                changed = Fault("judge_model_changed", found=verdict.model, before=self.model)
                raise StudioError(at(self.asking.judge_id, changed))
        self.service.keep_verdict(self.study.study_id, verdict)
        self.progress.count(verdict)
        self.told(self.progress)
        self.late = self.late + 1 if verdict.failed == "timed_out" else 0
        if self.late >= TIMEOUTS:
            raise EngineTimeoutError(at(self.engine.host, Fault("engine_timeout")))

    def _verdict(self, question: Question) -> Verdict:
        """The judge's answer; asked once more where it is no answer."""
        try:
            reply = self._reply(question, self.asking.seed)
            given = prompt.answers(self.study, reply.text)
            if given is None and not reply.refused:
                reply = self._reply(question, self.asking.seed + 1)
                given = prompt.answers(self.study, reply.text)
        except EngineTimeoutError:
            return self._made(question, Reply(""), failed="timed_out")
        if given is None:
            return self._made(question, reply, failed="refused" if reply.refused else "nonsense")
        return self._made(question, reply, answers=given)

    def _reply(self, question: Question, seed: int) -> Reply:
        return self.engine.chat(question.messages, self.asking.temperature, seed)

    def _made(self, question: Question, reply: Reply, **outcome: object) -> Verdict:
        first, second = question.order
        return Verdict.model_validate(
            {
                "judge": self.asking.judge_id,
                "model": reply.model or self.engine.model,
                "item_id": question.item.item_id,
                "first_system": first,
                "second_system": second,
                "prompt_sha256": question.sha256,
                "temperature": self.asking.temperature,
                "seed": self.asking.seed,
                "at": self.service.desk.now(),
                "prompt_tokens": reply.prompt_tokens,
                "completion_tokens": reply.completion_tokens,
                "seconds": reply.seconds,
                **outcome,
            }
        )
