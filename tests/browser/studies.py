# ruff: noqa: E501 - dialogues and responses, one text a line
"""Studies for the browser tests and the pictures. Every text here was written for this project."""

from __future__ import annotations

from tasks.schema import (
    Criterion,
    Design,
    Item,
    Practice,
    Primary,
    ProfileQuestion,
    Response,
    Study,
    Support,
    System,
    Turn,
    Words,
)  # fmt: skip
from tasks.study.wording.templates import template

SECRETS = ("zetalpha", "quorvex", "canary-manifest-4471", "canary-reference-9902", "canary-source-1187")
"""Names and texts no rater may ever receive: two systems, a manifest, the human's next turn, a source dialogue."""
GOOD, OTHER = "zetalpha-tuned", "quorvex-base"

WORK = [
    ("client", "はじめまして。仕事のことで、進む道が見えなくなりました。", "Hello. I no longer know what to do about my job."),
    ("counselor", "はじめまして。ここへ来てくださったのですね。いま何が起きていますか。", "Hello, and thank you for telling me. What has been happening?"),
    ("client", "春に部署が変わりました。新しい上司が細かい人で、資料を出すたびに直されます。直すのはかまわないのですが、みんなの前で言われるのがこたえます。", "I moved to a new section in spring. My new manager is exacting and corrects everything I hand in. I do not mind the corrections, but being told in front of everyone wears me down."),
    ("counselor", "みなさんの前で、というところがいちばん苦しいのですね。", "It is being told in front of everyone that hurts most."),
    ("client", "はい。前の部署では任せてもらえていたので、余計に。最近は資料を開くだけで手が止まって、何度も見直しているうちに夜になります。家に帰っても、明日また叱られる場面ばかり浮かびます。", "Yes, all the more because I was trusted in my old section. Now my hands stop as soon as I open a document; I check it again and again and then it is night. At home I keep thinking I will be told off again tomorrow."),
    ("counselor", "帰ってからも、仕事が続いているような感じなのですね。", "So even at home the work goes on."),
    ("client", "そうです。休みの日も、月曜のことを考えると何も手につきません。友人に誘われても断ることが増えました。こんなことで弱音を吐くのもどうかと思うのですが。", "Yes. On days off I cannot settle to anything once I think of Monday. I turn down friends more and more. I feel I should not complain about something like this."),
    ("counselor", "弱音を吐いてはいけない、という気持ちもあるのですね。", "Part of you feels you must not complain."),
    ("client", "同期はちゃんとやれているんです。だから、自分の能力の問題なんだろうと。先週は、会議で質問されたときに頭が真っ白になって、何も答えられませんでした。", "The others who joined with me are managing, so it must be my ability. Last week I was asked something in a meeting, my mind went blank and I could not answer."),
    ("counselor", "頭が真っ白になったとき、どんなお気持ちでしたか。", "How did you feel when your mind went blank?"),
    ("client", "消えてしまいたい、と思いました。本当に死にたいとかではなくて、その場からいなくなりたいというか。そのあとは、机に戻っても、何を言われているのかがうまく入ってこなくて。", "I wished I could vanish. Not that I want to die, just to be gone from that room. Back at my desk I could hardly take in what people said."),
    ("counselor", "その場にいることが、耐えられないほどだったのですね。", "It was almost unbearable to be there."),
    ("client", "はい。それ以来、会議の前の晩は眠れなくて。布団に入ると、あの沈黙がよみがえるんです。今朝も、駅の階段の途中で足が止まって、しばらく動けませんでした。", "Yes. Since then I cannot sleep the night before a meeting. In bed that silence comes back. This morning my feet stopped halfway up the station stairs and I could not move for a while."),
]  # fmt: skip
FAMILY = [
    ("client", "母の介護のことで相談したいです。兄がいるのですが、何も手伝ってくれなくて。", "I would like to talk about caring for my mother. I have a brother, but he does nothing to help."),
    ("counselor", "おひとりで担ってこられたのですね。", "You have been carrying it alone."),
    ("client", "もう三年になります。母に優しくできない日があって、そのあと自分が嫌になります。", "It has been three years. Some days I cannot be kind to her, and afterwards I hate myself."),
]  # fmt: skip
SCHOOL = [
    ("client", "大学に入って半年たつのに、話せる人がいません。", "Half a year into university and I have nobody to talk to."),
    ("counselor", "半年のあいだ、おひとりで過ごす時間が長かったのですね。", "You have spent much of these months by yourself."),
    ("client", "昼休みがいちばんつらいです。みんな誰かといて、自分だけ余っている気がして。", "Lunch breaks are the worst. Everyone is with someone and I feel left over."),
]  # fmt: skip
ANSWERS = [
    (
        "階段の途中で足が止まるほど、会議での沈黙が今もからだに残っているのですね。眠れない夜をいくつも越えながら、それでも毎朝、駅まで向かってこられた。消えてしまいたいと思うほどの場に、もう一度入っていくのは、どれほど心細いことかと思います。ここでは、うまく話そうとしなくて大丈夫です。",
        "Your feet stop on the stairs: that silence in the meeting is still in your body. You have gone through sleepless nights and still set out for the station each morning. How alone it must feel to walk back into a room where you wished to vanish. You need not put it well here.",
        "眠れないのはつらいですね。睡眠時間は何時間くらいですか。食欲はありますか。病院には行かれましたか。会議はどのくらいの頻度でありますか。まずは上司の方に、人前での指摘を控えてほしいと伝えてみてはいかがでしょうか。生活リズムを整えるために、朝の散歩もおすすめです。資料は早めに提出しましょう。",
        "Not sleeping is hard. How many hours do you sleep? Do you have an appetite? Have you seen a doctor? How often are the meetings? You might ask your manager not to correct you in front of others. A morning walk also helps your rhythm. Hand your documents in early.",
    ),
    (
        "三年のあいだ、お母さまのそばにいつづけてこられたのですね。優しくできない日があるのは、それだけ余力がなくなるまで尽くしてこられたからかもしれません。",
        "For three years you have stayed by your mother. Perhaps there are unkind days because you have given until nothing was left.",
        "お兄さんとは話し合いましたか。介護保険は使っていますか。地域包括支援センターに相談するとよいでしょう。",
        "Have you talked with your brother? Do you use care insurance? You should ask the local support centre.",
    ),
    (
        "みんなの輪のとなりで、ひとりで昼を過ごすのは、ただ静かなのとはちがう寂しさでしょうね。余っている、と感じる瞬間のことを、よければ聞かせてください。",
        "Sitting alone beside other people's circles is a loneliness unlike mere quiet. Could you tell me a little more about the moments when you feel left over?",
        "サークルに入ると友だちができますよ。",
        "Join a club and you will make friends.",
    ),
]  # fmt: skip
DIALOGUES = (WORK, FAMILY, SCHOOL)

CONSENT = Words(
    ja="この研究では、カウンセリングの対話の続きとして書かれた二つの応答を読み比べていただきます。\n\n- 対話は**役割を演じて作られたもの**で、返事を待っている相談者はいません。\n- つらい話題（自分を責める気持ち、家族や仕事の悩みなど）が含まれます。\n- いつでも休み、飛ばし、やめることができます。不利益はありません。\n- 保存するのは、あなたの番号、選んだ答え、書いた言葉、かかった時間です。研究の終了から 3 年後に消します。\n- やめたあと、答えを取り除くように求めることができます。",
    en="In this study you compare two responses written as the next turn of a counselling dialogue.\n\n- The dialogues were **role-played**; no client is waiting for an answer.\n- They touch on distressing topics such as self-blame, family and work.\n- You can rest, pass over a dialogue or stop at any time, without any disadvantage.\n- We keep your code, your choices, what you write and the time taken. They are erased three years after the study.\n- After stopping you can ask us to take your answers out.",
)  # fmt: skip
GUIDELINES = Words(
    ja="## すすめ方\n\n二つの応答を読み、**この場面で、この相談者に返すもの**としてどちらがよいかを選んでください。長さや言葉づかいの好みではなく、相談者にとってどう届くかで考えます。\n\nどちらも同じくらいなら「同じくらい」で構いません。\n\n## 質問の量\n\n数そのものではなく、この相談者にとっての負担と、話の進みやすさで判断します。質問がなくても「ちょうどよい」ことがあります。\n\n## 共感\n\n長さ、丁寧さ、質問の数とは分けて考えます。",
    en="## How to go about it\n\nRead both responses and choose the better one **as the next reply to this client**. Think of how it reaches the client, not of length or style.\n\nIf they are alike, 'About the same' is a good answer.\n\n## Amount of questions\n\nJudge the burden on this client and how well the talk can go on, not the number itself. A response without a question can be about right.\n\n## Empathy\n\nKeep it apart from length, politeness and the number of questions.",
)  # fmt: skip
SUPPORT = Support(
    help=Words(
        ja="つらくなったら、そこで閉じてかまいません。話したいときは、研究室の相談窓口（平日 10–17 時）へどうぞ。",
        en="If it becomes too much, simply close the page. To talk to someone, our support line is open on weekdays, 10 to 17.",
    ),
    contact="study@example.org",
)
PROFILE = (
    ProfileQuestion(
        question_id="profession", label=Words(ja="お仕事", en="Your profession"),
        choices=(Words(ja="公認心理師・臨床心理士", en="Licensed psychologist"), Words(ja="カウンセラー", en="Counsellor"), Words(ja="学生", en="Student"), Words(ja="その他", en="Other")),
    ),
    ProfileQuestion(question_id="years", label=Words(ja="相談の仕事の年数", en="Years of practice")),
)  # fmt: skip


def turns(rows: list[tuple[str, str, str]], translated: bool) -> tuple[Turn, ...]:
    """Turns of a written dialogue."""
    return tuple(Turn(role=role, text=ja, translation=en if translated else None) for role, ja, en in rows)


def study(
    items: int = 12,
    criteria: str = "quick",
    *,
    whole: bool = False,
    translated: bool = False,
    portion: int = 10,
    blinding: int = 0,
    seats: int = 3,
    study_id: str = "kotoba",
) -> Study:
    """A pairwise study over the written dialogues in turn; `whole` adds consent, profile, practice and guidelines."""
    made = [
        Item(item_id=f"i{n:03d}", turns=turns(DIALOGUES[n % 3], translated), reference=SECRETS[3]) for n in range(items)
    ]
    practice = Item(item_id="practice-item", turns=turns(FAMILY, translated))
    return Study(
        study_id=study_id,
        title=Words(ja="応答の読み比べ", en="Comparing responses"),
        criteria=template(criteria),
        systems=tuple(
            System(system_id=s, name=s, tuned=s == GOOD, manifest={"note": SECRETS[2]}) for s in (GOOD, OTHER)
        ),
        design=Design(seats=seats, portion=portion, blinding=blinding),
        items=tuple(made),
        responses=tuple(r for n, item in enumerate(made) for r in responses(item, n, translated)),
        support=SUPPORT if whole else None,
        guidelines=GUIDELINES,
        consent=CONSENT if whole else None,
        profile=PROFILE if whole else (),
        practice=(_practice(practice, translated),) if whole else (),
    )


def responses(item: Item, number: int, translated: bool) -> tuple[Response, Response]:
    """The good one and the other one, each telling its item's number so that tests can tell items apart."""
    good, good_en, other, other_en = ANSWERS[number % 3]
    return (
        Response(item_id=item.item_id, system_id=GOOD, text=good, translation=good_en if translated else None),
        Response(item_id=item.item_id, system_id=OTHER, text=other, translation=other_en if translated else None),
    )


def _practice(item: Item, translated: bool) -> Practice:
    good, good_en, other, other_en = ANSWERS[1]
    pair = tuple(
        Response(item_id=item.item_id, system_id=f"practice-{n}", text=text, translation=en if translated else None)
        for n, (text, en) in enumerate([(good, good_en), (other, other_en)], 1)
    )
    return Practice(
        item=item,
        responses=(pair[0], pair[1]),
        feedback=Words(
            ja="一方は三年間の重みを受けとめ、質問をしていません。もう一方は手立てを三つ示しています。どちらを選んでも構いません。「質問の量」は数ではなく、いま答えることの負担で見てください。",
            en="One takes in the weight of three years and asks nothing; the other offers three measures. Either choice is fine. Judge the amount of questions by the burden of answering now, not by their number.",
        ),
    )


TITLE = Words(ja="評価", en="Rating")
TEXTS = ("このところ眠れません。", "いつ頃からですか？", "先月からです。", "朝がつらいのですね。")
SPOKEN = "𠮟られてつらいのですね。いつからですか？"  # its first letter is two UTF-16 units
PHRASE = Criterion(
    criterion_id="phrase", of="response", kind="spans", label=Words(ja="共感の言葉", en="Phrase"), required=False
)


def labelled(count: int) -> Study:
    """A study of protocol `label`: one dialogue of `count` turns, the counsellor's to be labelled."""
    return Study(
        study_id="label", title=TITLE, protocol="label", criteria=template("label"), items=_dialogue(count),
        design=Design(seats=3, blinding=0), primary=Primary(criterion="strategy"), simulated=True,
    )  # fmt: skip


def spanned(*more: Criterion) -> Study:
    """A pairwise study of one item in whose responses phrases are marked; `more` criteria beside."""
    return Study(
        study_id="spans", title=TITLE, criteria=(*template("quick"), PHRASE, *more), items=_dialogue(5),
        design=Design(seats=3, blinding=0), systems=(System(system_id="a"), System(system_id="b")), simulated=True,
        responses=tuple(Response(item_id="i1", system_id=s, text=SPOKEN) for s in "ab"),
    )  # fmt: skip


def _dialogue(count: int) -> tuple[Item, ...]:
    roles = ("client", "counselor")
    made = (Turn.model_validate({"role": roles[i % 2], "text": TEXTS[i % 4]}) for i in range(count))
    return (Item(item_id="i1", turns=tuple(made)),)
