"""Every declared pair of ink and ground keeps its contrast, light and dark.

Source of the bounds: WCAG 2.2, 1.4.3 and 1.4.11.
"""

import re

import pytest

from tests.pages.gallery import ROOT

CSS = ROOT / "static" / "css"
TOKENS = (CSS / "tokens.css").read_text()
PAIRS = re.findall(r"pair: (--[\w-]+) on (--[\w-]+) ([\d.]+)", TOKENS)


def palette(css: str) -> dict[str, str]:
    return dict(re.findall(r"(--[\w-]+): (#[0-9a-f]{6});", css))


LIGHT_PART, DARK_PART = TOKENS.split("@media (prefers-color-scheme: dark)")
LIGHT = palette(LIGHT_PART)
DARK = palette(DARK_PART)


def luminance(colour: str) -> float:
    """Relative luminance, 0.0 black to 1.0 white. Source: WCAG 2.2, "relative luminance"."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """1.0 (the same) to 21.0 (black on white)."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_the_formula_gives_the_known_ends() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_dark_gives_every_colour_that_light_has() -> None:
    assert LIGHT.keys() == DARK.keys()


@pytest.mark.parametrize(("name", "colours"), [("light", LIGHT), ("dark", DARK)])
@pytest.mark.parametrize(("ink", "ground", "least"), PAIRS)
def test_each_pair_keeps_its_contrast(
    ink: str, ground: str, least: str, name: str, colours: dict[str, str]
) -> None:
    measured = contrast(colours[ink], colours[ground])
    assert measured >= float(least), f"{ink} on {ground} is {measured:.2f} in {name}"


def test_a_rule_that_sets_ink_and_ground_uses_a_declared_pair() -> None:
    declared = {(ink, ground) for ink, ground, _ in PAIRS}
    strange = []
    for sheet in sorted(CSS.glob("*.css")):
        for body in re.findall(r"\{([^{}]*)\}", sheet.read_text()):
            ink = re.search(r"(?<![\w-])color: var\((--[\w-]+)\)", body)
            ground = re.search(r"background: var\((--[\w-]+)\)", body)
            if ink and ground and (ink[1], ground[1]) not in declared:
                strange.append(f"{sheet.name}: {ink[1]} on {ground[1]}")
    assert not strange


def test_colours_are_named_in_the_tokens_alone() -> None:
    literal = re.compile(r":[^;{}]*(#[0-9a-fA-F]{3,8}\b|rgb|hsl)")
    named = [
        s.name
        for s in CSS.glob("*.css")
        if s.name != "tokens.css" and literal.search(s.read_text())
    ]
    assert not named
