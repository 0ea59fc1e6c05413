"""What detoxify scores and how its scores are taken here: figures and reasons, one page."""

from collections.abc import Mapping
from types import MappingProxyType

# A score from here on counts as harassment. Chosen high, by reading what each label was trained
# to mark (Jigsaw's comment challenges, 2018–2020); not measured on a community of this kind: see
# README.md, "A second opinion". `toxicity` and `obscene` never count: they mark swearing and
# despair as well as cruelty, and here people swear and despair.
HARASSMENT_CUTS: Mapping[str, float] = MappingProxyType(
    {"threat": 0.6, "identity_attack": 0.6, "severe_toxicity": 0.6, "insult": 0.8}
)
HARASSING = frozenset(HARASSMENT_CUTS)
# Sexual words count only where somebody is harassed with them: people here write about what was
# done to them, and that is no misconduct of theirs.
SEXUAL = "sexual_explicit"
SEXUAL_CUT = 0.8
WORDS: Mapping[str, str] = MappingProxyType(
    {
        "threat": "sounds like a threat",
        "identity_attack": "sounds like an attack on a group",
        "severe_toxicity": "sounds cruel",
        "insult": "sounds like an insult",
        SEXUAL: "sexual words that go at somebody",
    }
)
