"""What the terminal shows while training: step, loss, tokens a second, time left."""

from __future__ import annotations

import sys
from typing import Any, TextIO

from transformers import TrainerCallback

from finetune.training.trainer import Clock


def duration(seconds: float) -> str:
    """1h02m, 3m05s or 12s."""
    whole = max(0, round(seconds))
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}h{minutes:02d}m" if hours else f"{minutes}m{left:02d}s" if minutes else f"{left}s"


class Progress(TrainerCallback):  # type: ignore[misc]
    """One line per logging step, on process 0 alone."""

    def __init__(self, clock: Clock, steps: int, tokens: list[int], stream: TextIO | None = None) -> None:
        """`tokens[i]`: tokens of the run up to and with optimizer step i + 1."""
        self._clock, self._steps, self._tokens, self._stream = clock, steps, tokens, stream or sys.stderr
        self._first: tuple[int, float] | None = None

    def on_step_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        if self._first is None:
            self._first = (state.global_step, self._clock.seconds)

    def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, float] | None = None, **_: Any) -> None:
        if not state.is_world_process_zero or not logs:
            return
        if "eval_loss" in logs:
            self._say(f"  held-out loss {logs['eval_loss']:.4f} nats per token with loss")
        elif "loss" in logs:
            self._say(self._line(state.global_step, logs["loss"]))

    def _line(self, step: int, loss: float) -> str:
        share = max(step / self._steps, self._clock.share)
        left = self._clock.seconds * (1 - share) / share if share else 0.0
        width = int(20 * share)
        return (
            f"  [{'=' * width}{' ' * (20 - width)}] step {step}/{self._steps}  loss {loss:.3f}"
            f"  {self.rate(step):,.0f} tokens/s  {duration(left)} left"
        )

    def rate(self, step: int) -> float:
        """Tokens a second since this process began; 0 before its first step ended."""
        if self._first is None or step <= self._first[0]:
            return 0.0
        begun = self._tokens[self._first[0] - 1] if self._first[0] else 0
        return (self._tokens[step - 1] - begun) / max(1e-9, self._clock.seconds - self._first[1])

    def _say(self, text: str) -> None:
        print(text, file=self._stream, flush=True)
