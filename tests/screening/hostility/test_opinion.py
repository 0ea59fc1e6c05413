"""Cruelty to somebody here is flagged; swearing, despair and what others did are not."""

import pytest

from forum.screening.hostility.aim import Aim, Aims
from forum.screening.hostility.engine import MOST_AT_ONCE
from forum.screening.hostility.labels import HARASSMENT_CUTS
from forum.screening.hostility.opinion import Opinion, join, opinion_of, pieces
from forum.screening.rulebook import RuleBook
from forum.screening.verdict import CONDUCTS, Harm, Need, Reason, Verdict

ALL_HIGH = dict.fromkeys(
    ("toxicity", "obscene", "insult", "threat", "severe_toxicity", "identity_attack"), 0.99
)


@pytest.fixture(scope="module")
def aims(rules: RuleBook) -> Aims:
    return Aims(rules)


def opinion(aims: Aims, text: str, **scores: float) -> Opinion:
    """What becomes of these scores, given to every piece of the text."""
    spans = pieces(text)
    return opinion_of(aims, "detoxify test", text, spans, [scores] * len(spans))


@pytest.mark.parametrize(
    "text",
    [
        "you are a worthless idiot",
        "ur such an idiot",
        "u r pathetic",
        "nobody wants you here, get lost",
        "I hate you and I hope you lose everything",
        "stupid idiot",
        "eres un idiota de mierda",
        "My dad called me an idiot, and you are just like him",
    ],
)
def test_words_that_go_at_a_reader(aims: Aims, text: str) -> None:
    assert aims.of(text) is Aim.READER
    assert opinion(aims, text, insult=0.95).conduct["harassment"] >= 0.5


@pytest.mark.parametrize(
    "text",
    [
        "i am such a worthless fucking idiot",
        "I'm pathetic. I hate myself",
        "she called me a stupid whore",
        'He told me "you are a worthless idiot"',
        "my dad told me you are worthless every day of my life",
        "im a fat ugly waste of space",
    ],
)
def test_despair_and_what_others_said_is_nobodys_misconduct(aims: Aims, text: str) -> None:
    assert aims.of(text) is Aim.ONESELF
    assert not opinion(aims, text, **ALL_HIGH).conduct


@pytest.mark.parametrize("text", ["he is a lying bastard", "they are all thieves", "I hate them"])
def test_anger_at_somebody_who_is_not_here_counts_only_against_a_group(
    aims: Aims, text: str
) -> None:
    assert aims.of(text) is Aim.ABSENT
    assert not opinion(aims, text, insult=0.99, threat=0.99, severe_toxicity=0.99).conduct
    assert "harassment" in opinion(aims, text, identity_attack=0.9).conduct


def test_swearing_alone_is_never_flagged(aims: Aims) -> None:
    for text in ("fuck this fucking day", "you lot are fucking brilliant", "shit shit shit"):
        assert not opinion(aims, text, toxicity=0.999, obscene=0.999, insult=0.5).conduct


@pytest.mark.parametrize("label", HARASSMENT_CUTS)
def test_each_label_counts_from_its_cut(aims: Aims, label: str) -> None:
    cut = HARASSMENT_CUTS[label]
    assert not opinion(aims, "you there", **{label: cut - 0.01}).conduct
    at_cut = opinion(aims, "you there", **{label: cut})
    assert at_cut.conduct["harassment"] == pytest.approx(0.5)
    assert at_cut.reasons[0].rule == f"detoxify:{label}"
    assert opinion(aims, "you there", **{label: 1.0}).conduct["harassment"] == pytest.approx(1.0)


def test_sexual_words_count_only_when_they_go_at_somebody(aims: Aims) -> None:
    survivor = "When I was nine he forced me. I have never told anybody."
    assert not opinion(aims, survivor, sexual_explicit=0.99, toxicity=0.9).conduct
    assert not opinion(aims, survivor, sexual_explicit=0.99, **ALL_HIGH).conduct
    assert not opinion(aims, "you can tell us", sexual_explicit=0.99).conduct
    aimed = opinion(aims, "come here you", sexual_explicit=0.9, insult=0.9)
    assert set(aimed.conduct) == {"harassment", "sexual"}


def test_the_piece_that_was_heard_is_the_reason(aims: Aims) -> None:
    text = "It was a long day. " * 20 + "You are an idiot."
    spans = pieces(text)
    scores = [{"insult": 0.95 if "idiot" in text[slice(*span)] else 0.0} for span in spans]
    (reason,) = opinion_of(aims, "test", text, spans, scores).reasons
    assert reason.span == spans[-1]
    assert reason.axis == "harassment"


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\n ",
        "Hi.",
        "x" * 100_000,
        "no. " * 25_000,
        "A line\n" * 2_000,
        "Well. " + "y" * 9_000 + " Yes! " * 300,
        "\u0301" * 5_000,
    ],
)
def test_the_pieces_are_few_in_order_and_all_of_the_text(text: str) -> None:
    spans = pieces(text)
    assert len(spans) <= MOST_AT_ONCE
    assert spans == sorted(spans)
    assert "".join(text[slice(*span)] for span in spans).strip() == text.strip()


def test_scores_of_another_text_are_refused(aims: Aims) -> None:
    with pytest.raises(ValueError, match="zip"):
        opinion_of(aims, "test", "you", [(0, 3)], [])


def test_joining_touches_conduct_only() -> None:
    heard = Verdict(
        need=Need.URGENT,
        harm=Harm.NOTE,
        conduct=dict.fromkeys(CONDUCTS, 0.0) | {"sourcing": 0.7},
        reasons=(Reason("rule", (0, 3), "a rule"),),
        score=0.7,
        unscored=True,
        screener_version="rules 1",
    )
    about = Reason("detoxify:insult", (4, 9), "sounds like an insult", "harassment")
    joined = join(heard, Opinion("detoxify 12", {"harassment": 0.8, "sourcing": 0.2}, (about,)))
    assert joined.conduct == dict(heard.conduct) | {"harassment": 0.8}
    assert joined.flagged == {"sourcing", "harassment"}
    assert joined.reasons == (*heard.reasons, about)
    assert (joined.need, joined.harm, joined.score) == (Need.URGENT, Harm.NOTE, 0.7)
    assert not joined.unscored
    assert joined.screener_version == "rules 1; detoxify 12"
    assert Verdict.from_json(joined.to_json()) == joined
