"""How a dialogue is written for a model: frozen, versioned, hashed, the same in training and generation.

A stock chat template may change with its repository or put a date into the system header; these cannot. Every part
is tokenised on its own, so a prompt is always a prefix of the training sequence, whatever a tokeniser would merge.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, NamedTuple

from tasks.files import sha256_texts
from tasks.schema import Role

Speaker = Literal["system", "client", "counselor"]

Language = Literal["ja", "en", "zh"]
"""Languages of shipped prompts, those of KokoroChat and its translations."""

SYSTEM_PROMPTS: dict[str, str] = {
    "counselor-ja-1": (
        "あなたは経験を積んだ心理カウンセラーです。これまでの相談の流れを踏まえ、"
        "相談者の次の言葉に、共感をもって日本語で応答してください。"
    ),
    "counselor-en-1": (
        "You are an experienced counsellor. With the conversation so far in mind, answer the client's next words in"
        " English, with empathy."
    ),
    "counselor-zh-1": "你是一位经验丰富的心理咨询师。请结合此前的咨询过程，怀着共情用中文回应来访者接下来的话。",
    "transcript-ja-1": "以下は、オンラインの心理相談における相談者とカウンセラーの対話の記録です。",
    "transcript-en-1": "What follows is the record of an online counselling session between a client and a counsellor.",
    "transcript-zh-1": "以下是一次在线心理咨询中来访者与咨询师的对话记录。",
    "score-ja-1": (
        "以下は、オンラインの心理相談における相談者とカウンセラーの対話の記録と、"
        "対話のあとに相談者が20項目を0から5で評価した結果です。"
    ),
}
"""This project's own wordings (the paper's are not published). A wording never changes; a new one gets a new name."""


class Control(str):
    """A control token by its name in the tokeniser, as opposed to text that merely looks like one."""

    __slots__ = ()


Part = str | Control


class Frame(NamedTuple):
    """What stands before and after one speaker's text."""

    before: tuple[Part, ...]
    after: tuple[Part, ...]


class Message(NamedTuple):
    """One speaker's turn; `trained` where its tokens have a loss."""

    role: Role
    text: str
    trained: bool


@dataclass(frozen=True)
class Rendering:
    """A family's frame. `end` closes a counsellor's turn: generation stops there, and it is trained.

    `strays` are texts that begin another turn where a model runs on without `end`; generation cuts before them.
    """

    name: str
    begin: tuple[Part, ...]
    system: Frame
    client: Frame
    counselor: Frame
    strays: tuple[str, ...] = ()
    one_line_breaks: bool = False
    """True where a blank line ends a turn, so blank lines inside a text are written as single line breaks."""
    joined: bool = False
    """True where the prompt stands at the head of the client's first text, an empty line between; before a counsellor
    who speaks first it is a turn of the client's own. Texts are then written without blanks at their ends."""

    @property
    def end(self) -> Part:
        """The one part that ends a counsellor's turn."""
        return self.counselor.after[0]

    @property
    def digest(self) -> str:
        """Hash of everything that decides what a model reads, the system prompt aside."""
        joined = ("joined",) if self.joined else ()
        return sha256_texts(repr((self.begin, self.system, self.client, self.counselor, self.strays, *joined)))

    def frame(self, speaker: Speaker) -> Frame:
        """The frame of one speaker."""
        return {"system": self.system, "client": self.client, "counselor": self.counselor}[speaker]

    def written(self, text: str) -> str:
        """A turn's text as this rendering writes it."""
        if self.joined:
            return text.strip()
        return re.sub(r"\n\s*\n", "\n", text.strip("\n")) if self.one_line_breaks else text


def _llama3(name: str) -> Frame:
    header = (Control("<|start_header_id|>"), name, Control("<|end_header_id|>"), "\n\n")
    return Frame(header, (Control("<|eot_id|>"),))


def _chatml(name: str) -> Frame:
    return Frame((Control("<|im_start|>"), f"{name}\n"), (Control("<|im_end|>"), "\n"))


def _transcript(client: str, counselor: str, name: str = "plain") -> Rendering:
    """For base models that never saw turn markers: a transcript with labels, a blank line ends a turn."""
    return Rendering(
        name,
        (Control("<bos>"),),
        Frame((), ("\n\n",)),
        Frame((client,), ("\n\n",)),
        Frame((counselor,), ("\n\n",)),
        strays=(client, counselor),
        one_line_breaks=True,
    )


def _unthinking() -> Frame:
    before, after = _chatml("assistant")
    return Frame((*before, Control("<think>"), "\n\n", Control("</think>"), "\n\n"), after)


def _gemma(name: str) -> Frame:
    return Frame((Control("<start_of_turn>"), f"{name}\n"), (Control("<end_of_turn>"), "\n"))


RENDERINGS: dict[str, Rendering] = {
    "llama3": Rendering(
        "llama3", (Control("<|begin_of_text|>"),), _llama3("system"), _llama3("user"), _llama3("assistant")
    ),
    "chatml": Rendering("chatml", (), _chatml("system"), _chatml("user"), _chatml("assistant")),
    # Qwen 3 that thinks or does not, by one model: the empty thought with which it is told not to is in every turn.
    "qwen3": Rendering("qwen3", (), _chatml("system"), _chatml("user"), _unthinking()),
    # Gemma knows no system role: here the prompt is a user turn of its own (as adapters were trained), …
    "gemma": Rendering("gemma", (Control("<bos>"),), _gemma("user"), _gemma("user"), _gemma("model")),
    # … and here it is joined to the client's first text, as Gemma 3's own template does.
    "gemma3": Rendering("gemma3", (Control("<bos>"),), _gemma("user"), _gemma("user"), _gemma("model"), joined=True),
    "plain": _transcript("相談者：", "カウンセラー："),
    "plain-en": _transcript("Client: ", "Counsellor: ", "plain-en"),
    "plain-zh": _transcript("来访者：", "咨询师：", "plain-zh"),
}


def in_language(name: str, language: Language) -> str:
    """The prompt or rendering of the same use in a language: `counselor-ja-1` is `counselor-en-1`; others as named."""
    if language == "ja":
        return name
    other = f"{name}-{language}" if name == "plain" else name.replace("-ja-", f"-{language}-")
    return other if other in RENDERINGS or other in SYSTEM_PROMPTS else name
