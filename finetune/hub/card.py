"""The README.md that goes to the Hub with an adapter: what it is, on what it was trained, under which terms."""

from __future__ import annotations

from finetune.licences import KOKOROCHAT
from finetune.manifest import Manifest, nats
from finetune.rendering import RENDERINGS, Control

DATASET = "UEC-InabaLab/KokoroChat"
"""Of the data set on the Hub."""


def model_card(card: Manifest, repo_id: str) -> str:
    """Markdown with the Hub's YAML head. Nothing in it is text of a dialogue."""
    return "\n".join([*_head(card), "", *_body(card, repo_id), ""])


def _head(card: Manifest) -> list[str]:
    kokorochat = KOKOROCHAT in card.licences
    return [
        "---",
        "library_name: peft",
        *([f"language: [{card.recipe.language}]"] if kokorochat or card.recipe.language != "ja" else []),
        *([f"datasets: [{DATASET}]"] if kokorochat else []),
        "base_model_relation: adapter",
        "license: other",
        "license_name: see-terms-below",
        *([f"base_model: {card.base.hub_id}"] if card.base.hub_id else []),
        "pipeline_tag: text-generation",
        f"tags: [lora, counseling{', kokorochat' if kokorochat else ''}]",
        "---",
    ]


def _body(card: Manifest, repo_id: str) -> list[str]:
    metrics, data = card.metrics, card.data
    kind = "QLoRA (NF4)" if card.recipe.load_in_4bit else "LoRA"
    return [
        f"# {repo_id.split('/')[-1]}",
        "",
        *(line for words in (card.metrics.warning, card.note) if words for line in (f"**{words}**", "")),
        f"A {kind} adapter of {card.base.name}, recipe `{card.name}`, {_learned_from(card)}.",
        "",
        "**Not for counselling people.** It was made to study how trained responses are judged. It can be wrong,"
        " shallow or hurtful; nobody in distress may be left alone with it.",
        "",
        "| | |",
        "|---|---|",
        f"| held-out loss, nats per {'counsellor token' if metrics.loss_of == 'token' else 'pair'} |"
        f" {metrics.held_out_loss_before:.4f} before, {nats(metrics.held_out_loss_after)} after"
        f" ({data.held_out_dialogues} dialogues not trained on) |",
        *_preferences(card),
        *([f"| base, commit | `{card.base.hub_id}`, `{card.base.revision}` |"] if card.base.revision else []),
        f"| steps, tokens, passes | {metrics.steps:,}, {metrics.tokens:,}, {metrics.epochs:.3f} |",
        f"| rank, alpha | {card.recipe.lora_r}, {card.recipe.lora_alpha:g} |",
        f"| learning rate | {(card.preferred.settings if card.preferred else card.recipe).learning_rate:g} |",
        f"| split | by {card.recipe.split_by}, salt `{card.recipe.split_salt}`; ids in splits.json |",
        f"| rendering, system prompt | `{card.prompt.rendering}`, `{card.prompt.system_prompt}` |",
        "",
        "`manifest.json` is the whole run card: settings, hashes, versions. The shipped prompts are the project's own,"
        " for the paper's are not published; so are the hyperparameters, but those of the recipes `paper-*`, which"
        " the data set's first author published later.",
        "",
        *_usage(card, repo_id),
        "## System prompt",
        "",
        *(f"> {line}" for line in (card.prompt.system_prompt_text or "none").splitlines()),
        "",
        "## Terms",
        "",
        *(f"- {line}" for line in card.licences),
        "",
        "Whoever uses this adapter is bound by all of them.",
    ]


def _usage(card: Manifest, repo_id: str) -> list[str]:
    """Code that runs as it stands where transformers and peft are installed; none for a base no other tool reads."""
    if card.recipe.task != "respond" or card.recipe.backend == "embedded":
        return []
    end = RENDERINGS[card.recipe.rendering].end
    stop = "" if isinstance(end, Control) else f", stop_strings=[{str(end)!r}], tokenizer=tokenizer"
    return [
        "## Use",
        "",
        "Tokeniser and chat template of this repository write a dialogue as training did; the client speaks first.",
        "",
        "```python",
        "from peft import AutoPeftModelForCausalLM",
        "from transformers import AutoTokenizer",
        "",
        f'tokenizer = AutoTokenizer.from_pretrained("{repo_id}")',
        f'model = AutoPeftModelForCausalLM.from_pretrained("{repo_id}", device_map="auto")',
        'messages = [{"role": "user", "content": "最近、よく眠れません。"}]',
        "asked = tokenizer.apply_chat_template(",
        '    messages, add_generation_prompt=True, return_tensors="pt", return_dict=True',
        ")",
        "asked = asked.to(model.device)",
        f"answer = model.generate(**asked, max_new_tokens=96, eos_token_id=tokenizer.eos_token_id{stop})",
        'print(tokenizer.decode(answer[0, asked["input_ids"].shape[1] :], skip_special_tokens=True))',
        "```",
        "",
    ]


def _learned_from(card: Manifest) -> str:
    data, learned = card.data, card.preferred
    if learned is None:
        return f"trained on {data.dialogues:,} dialogues ({data.targets:,} counsellor tokens a pass) of {data.source}"
    return (
        f"trained by {learned.settings.method.upper()} on {learned.pairs:,} pairs of responses in {data.dialogues:,}"
        f" dialogues ({data.source}), from an adapter with the weights `{learned.start[:12]}`"
    )


def _preferences(card: Manifest) -> list[str]:
    """What held-out pairs say of it, and how many pairs no person preferred."""
    learned = card.preferred
    if learned is None:
        return []
    return [
        f"| held-out preferences | {learned.right_pairs} of {learned.held_out_pairs} pairs right, mean over dialogues"
        f" {learned.accuracy:.2f} (chance 0.5) |",
        f"| pairs that a script preferred, no person | {learned.simulated} |",
        f"| beta | {learned.settings.beta:g} |",
    ]
