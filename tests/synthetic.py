"""Made-up counselling dialogues in the published JSON shape of KokoroChat, every sentence written for these tests.

`dialogue(seed)` is one published file as a dict, `folder(path, n)` writes n of them; same seed, same dialogue.
Every trap of the published files occurs: runs of one role, client-first starts, bracketed talk outside the role play,
U+0008, U+2060, full- and half-width question marks, emoji, flags with the score rule, ids with gaps, scores 0..100.
"""

from __future__ import annotations

import json
import random
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

TOPICS: tuple[tuple[str, str, str], ...] = (
    ("家庭内問題（夫婦以外）", "Family Issues (Non-Spousal)", "母の口出しが増えて家に帰りづらいです"),
    ("職場問題", "Workplace Issues", "新しい係長と話すたびに胃が重くなります"),
    ("心理的問題", "Mental Health Issues", "夜中に目がさえて考えごとが回り続けます"),
    ("学校問題", "School Issues", "部活の連絡だけ自分に届かないのです"),
    ("進路・キャリア問題", "Career and Educational Issues", "資格の勉強をやめるか迷って三か月になります"),
    ("恋愛問題", "Romantic Issues", "返信の間があくと自分が悪いのかと思います"),
    ("家庭内問題（夫婦）", "Family Issues (Spouse)", "夕食の片づけをめぐって夫と黙り合っています"),
    ("人間関係", "Interpersonal Issues", "町内の集まりで一人だけ席が遠い気がします"),
    ("経済的問題", "Financial Issues", "車検と家賃が重なって貯金が底をつきそうです"),
    ("身体的健康問題", "Physical Health Issues", "腰の具合が読めず約束を入れるのがこわいです"),
    ("その他", "Others", "飼っていた文鳥がいなくなって部屋が静かです"),
)

DIMENSIONS: tuple[tuple[str, str], ...] = (
    ("聴いてもらえた、わかってもらえたと感じた", "felt_heard_and_understood"),
    ("尊重されたと感じた", "felt_respected"),
    ("新しい気づきや体験があった", "gained_new_insights"),
    ("希望や期待を感じられた", "felt_hopeful_or_expectant"),
    ("取り組みたかったことを扱えた", "concerns_were_addressed"),
    ("一緒に考えながら取り組めた", "thought_through_concerns_together"),
    ("やりとりのリズムがあっていた", "conversation_had_good_rhythm"),
    ("居心地のよいやりとりだった", "conversation_felt_comfortable"),
    ("全体として適切でよかった", "felt_appropriate_and_satisfying"),
    ("今回の相談は価値があった", "conversation_was_valuable"),
    ("相談開始の円滑さ", "conversation_started_smoothly"),
    ("相談終了のタイミング（不必要に聴きすぎていないか）、円滑さ", "conversation_ended_well"),
    ("受容・共感", "showed_acceptance_and_empathy"),
    ("肯定・承認", "provided_acknowledgment_and_affirmation"),
    ("的確な質問による会話の促進", "asked_effective_questions"),
    ("要約", "summarized_key_points_effectively"),
    ("問題の明確化", "clarified_issues_cleraly"),
    ("この相談での目標の明確化", "helped_identify_goals"),
    ("次の行動につながる提案", "offered_actionable_suggestions"),
    ("勇気づけ・希望の喚起", "encouraged_and_instilled_hope"),
)

FLAGS: tuple[tuple[str, str], ...] = (
    ("無理解と軽率さによる傷つけ発言", "harmful_due_to_ignorance"),
    ("その他の倫理違反が疑われる発言", "other_potentially_unethical"),
    ("離脱", "unwilling_to_continue"),
)

META_JP = ("評価ID", "評価作成日時", "クライアント役ID", "カウンセラー役ID", "点数")
META_EN = ("evaluation_id", "evaluation_created_at", "client_id", "counselor_id", "score")
CHECKED = "チェックあり"

QUESTIONS = (
    "それはいつごろから気になりはじめましたか？",
    "その場面で体のどこがこわばりますか",
    "いちばん避けたいのはどんな成り行きでしょう？",
    "だれかに打ち明けてみたことはおありでしょうか",
    "少し楽になるのはどんな時間ですか?",
    "もし一つだけ変えられるなら何を選びますか？",
)
REFLECTIONS = (
    "笑顔でいるぶん、胸の奥がきしんでいるのですね。",
    "逃げたいわけではなく、息のできる場所がほしいのですね。",
    "ここまで一人で抱えてこられた重さが伝わってきます。",
    "だれにも見えないところで、ずっと踏んばっておられたのですね😌",
    "あきらめきれない気持ちがあるから、なお苦しいのかもしれません。",
    "言葉にするだけでも力のいることを話してくださいました。",
)
SHORT = ("はい、続きをうかがいます。", "そうなんですね。", "ゆっくりで大丈夫ですよ。", "なるほど、そうでしたか。")
REQUESTS = ("もう少しその朝の様子を聞かせてください。", "思い浮かぶことから順に教えていただけますか。")
PROPOSALS = (
    "今週は寝る前の十分だけ、画面を伏せて過ごす案はいかがですか？",
    "紙に二つの道を書き分けて、机の上に置いてみましょう。",
    "断る言い方を一つだけ、ここで一緒に作ってみましょう。",
)
CLIENT = (
    "自分でもうまく言えないのですが、胸がざわざわします",
    "たいしたことではないと思おうとして疲れてしまいました",
    "きのうも同じことを考えて朝になりました",
    "はい……そのとおりだと思います",
    "家の者には話せていません　心配をかけたくなくて",
    "言われてみると、半年ほど前からかもしれません",
    "こんなことで相談していいのでしょうか？",
    "少し肩の力がぬけた気がします",
    "でも明日が来るのがこわいです(´・ω・`)",
    "そうですね、一度やってみます",
)


def dialogue(seed: int) -> dict[str, Any]:
    """One published file. Its evaluation_id is `seed + seed // 7 + 4`: increasing, with gaps."""
    rng = random.Random(f"synthetic-{seed}")
    marks = _marks(seed, rng)
    review = _review(seed, rng, marks)
    utterances = _utterances(seed, rng, question_share=0.55 - 0.03 * sum(marks) / 20)
    jp, en, concern = TOPICS[seed % len(TOPICS)]
    created = datetime.fromisoformat(utterances[-1]["time"]) + timedelta(minutes=50)
    review[1] = created.isoformat()
    return {
        "dialogue": utterances,
        "topic": {"main_jp": jp, "main_en": en, "sub": f"{concern[:16]}（{seed}）"},
        "review_by_client_jp": dict(zip(_keys(0), review, strict=True)),
        "review_by_client_en": dict(zip(_keys(1), review, strict=True)),
    }


def folder(path: Path, n: int, *, start: int = 0) -> Path:
    """Writes the dialogues of seeds start..start+n-1 as `<evaluation_id>.json` into `path` and returns it."""
    path.mkdir(parents=True, exist_ok=True)
    for seed in range(start, start + n):
        published = dialogue(seed)
        name = f"{published['review_by_client_en']['evaluation_id']}.json"
        (path / name).write_text(json.dumps(published, ensure_ascii=False, indent=2), encoding="utf-8")
    return path


def translated(seed: int, language: str) -> dict[str, Any]:
    """The same dialogue as Multilingual KokoroChat publishes it: words of this project, marked with the language.

    Every 23rd utterance has no translation, as a few of the published ones.
    """
    published = dialogue(seed)
    utterances = [
        {
            "role": one["role"],
            "time": one["time"],
            "origin": one["utterance"],
            "content": "" if place % 23 == 22 else f"{language} {place}: words said in this language",
        }
        for place, one in enumerate(published["dialogue"])
    ]
    review = published["review_by_client_en"]
    return {"dialogue": utterances, "topic": published["topic"], "review_by_client": review}


def multilingual(path: Path, n: int, languages: tuple[str, ...] = ("en", "zh")) -> Path:
    """Writes the dialogues of seeds 0..n-1 as `English/en<evaluation_id>.json` and alike into `path`; `path`."""
    folders = {"en": "English", "zh": "Chinese"}
    for language in languages:
        (path / folders[language]).mkdir(parents=True, exist_ok=True)
        for seed in range(n):
            published = translated(seed, language)
            name = f"{language}{published['review_by_client']['evaluation_id']}.json"
            text = json.dumps(published, ensure_ascii=False, indent=2)
            (path / folders[language] / name).write_text(text, encoding="utf-8")
    return path


def _keys(language: int) -> tuple[str, ...]:
    meta = (META_JP, META_EN)[language]
    return (*meta, *(pair[language] for pair in DIMENSIONS), *(pair[language] for pair in FLAGS))


def _marks(seed: int, rng: random.Random) -> list[int]:
    if seed % 29 == 5:
        return [5] * 19 + [4 + seed % 2]
    level = rng.gauss(3.2, 0.9)
    return [min(5, max(0, round(rng.gauss(level, 0.6)))) for _ in DIMENSIONS]


def _review(seed: int, rng: random.Random, marks: list[int]) -> list[Any]:
    client = rng.randrange(1, 60)
    counselor = rng.choice([person for person in range(20, 70) if person != client])
    flags = [seed % 61 == 11, seed % 97 == 40, seed % 23 == 7]
    total = sum(marks)
    score = 0 if flags[0] or flags[1] else total // 2 if flags[2] else total
    number = seed + seed // 7 + 4
    return [number, "", client, counselor, score, *marks, *(CHECKED if flag else None for flag in flags)]


def _utterances(seed: int, rng: random.Random, question_share: float) -> list[dict[str, str]]:
    lines = _opening(seed)
    for _ in range(rng.randrange(14, 30)):
        lines += [("client", text) for text in rng.sample(CLIENT, rng.choice((1, 1, 1, 1, 2)))]
        lines += [("counselor", text) for text in _answer(rng, question_share)]
    lines += _closing(rng)
    clock = datetime(2021, 4, 1, 19, 0) + timedelta(days=seed)
    published = []
    for role, text in lines:
        published.append({"role": role, "time": clock.isoformat(), "utterance": text})
        clock += timedelta(seconds=rng.choice((0, 20, 45, 90, 300)))
    return published


def _opening(seed: int) -> list[tuple[str, str]]:
    greeting = [
        ("counselor", "（開始の合図を送ります）"),
        ("counselor", f"本日の聞き役の{seed}番です、どうぞお掛けください。"),
    ]
    concern = [("client", TOPICS[seed % len(TOPICS)][2]), ("client", "どこから話せばいいのか…")]
    return concern if seed % 10 == 3 else greeting + concern


def _answer(rng: random.Random, question_share: float) -> list[str]:
    lines = [rng.choice(SHORT)] if rng.random() < 0.3 else []
    if rng.random() < question_share:
        return [*lines, rng.choice(QUESTIONS)]
    kind = rng.choices((REFLECTIONS, PROPOSALS, REQUESTS), weights=(7, 2, 1))[0]
    text = rng.choice(kind)
    if rng.random() < 0.01:
        text = text[:3] + rng.choice(("\b", "\u2060")) + text[3:]
    return [*lines, text]


def _closing(rng: random.Random) -> list[tuple[str, str]]:
    end = [
        ("counselor", "きょうの歩みを、どうか小さくほめてあげてください。"),
        ("counselor", "（ここで役を離れて終わります）"),
    ]
    return end if rng.random() < 0.6 else [*end, ("client", "(役を終えました、お礼を申し上げます)")]
