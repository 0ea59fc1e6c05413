"""Every template compiles, and asks only for components and files that exist."""

import re

import pytest
from jinja2 import nodes

from forum.web.pages import STATIC, TEMPLATES, environment

NAMES = sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html"))


@pytest.fixture(scope="module")
def components() -> set[str]:
    return set(environment().get_template("_parts.html").module.__dict__)


@pytest.mark.parametrize("name", NAMES)
def test_it_compiles_and_asks_for_what_exists(name: str, components: set[str]) -> None:
    source = (TEMPLATES / name).read_text()
    environment().compile(source, name)
    tree = environment().parse(source)
    asked = {
        found.attr
        for found in tree.find_all(nodes.Getattr)
        if isinstance(found.node, nodes.Name) and found.node.name == "ui"
    }
    assert asked <= components
    files = re.findall(r"static\('([^'~]+)'\)", source)
    assert [one for one in files if not (STATIC / one).is_file()] == []


@pytest.mark.parametrize("name", [name for name in NAMES if "/" in name and "/_" not in name])
def test_a_page_stands_in_the_frame_and_has_one_heading(name: str) -> None:
    source = (TEMPLATES / name).read_text()
    if source.count("\n") <= 4 and "<title>" in source:
        return  # a piece that a script fetches to put it into a page
    assert '{% extends "_base.html" %}' in source
    assert "{% block title %}" in source
    assert "<h1" in source
