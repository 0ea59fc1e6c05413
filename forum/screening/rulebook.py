"""Rules as data: read from `rules/`, checked, compiled, and found by the words they need."""

import hashlib
import re
import tomllib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from forum.screening.answers import Answers
from forum.screening.notation import Pattern, compile_pattern
from forum.screening.shapes import SHAPES
from forum.screening.verdict import CONDUCTS, Harm, Need, Surface
from forum.screening.words import Lexicon, Reader

_RAW_WORD = re.compile(r"[a-z][a-z']*\*?|[0-9]+")


class Scope(StrEnum):
    """A way of saying that changes what a phrase means."""

    NEGATED = "negated"
    PAST = "past"
    RECOVERED = "recovered"
    ANOTHER = "another"
    ASKED = "asked"
    QUOTED = "quoted"
    FIGURATIVE = "figurative"
    BEREAVED = "bereaved"
    REPORTED = "reported"


LOCAL = "local:"  # before the id of every rule that an installation wrote itself
KEEP = "keep"
DROP = "drop"


class RuleError(ValueError):
    """A rule file that cannot be used; the message says which rule and what to change."""


@dataclass(frozen=True, eq=False)
class Rule:
    """One thing to listen for. See README.md, "How a rule is written".

    level: Need or Harm for those axes; for a conduct its score, 0.0–1.0. shapes: names in SHAPES.
    effects: what each scope does: KEEP, DROP, or the level that is left at most.
    """

    id: str
    axis: str
    level: float
    label: str
    patterns: tuple[Pattern, ...]
    shapes: tuple[str, ...]
    effects: Mapping[Scope, str | float]
    surfaces: frozenset[Surface]
    must: tuple[str, ...]
    must_not: tuple[str, ...]

    def level_under(self, scopes: Iterable[Scope]) -> float:
        """What is left of the level when a phrase stands in these scopes; 0 is nothing."""
        level = self.level
        for scope in scopes:
            effect = self.effects[scope]
            if effect == DROP:
                return 0.0
            if not isinstance(effect, str):
                level = min(level, effect)
        return level


@dataclass(frozen=True)
class Cues:
    """Phrases that show a scope. sentence: heard within the sentence; nearby: within the window."""

    sentence: tuple[Pattern, ...] = ()
    nearby: tuple[Pattern, ...] = ()


@dataclass
class RuleBook:
    """All rules of an installation, ready to be looked up. Build one with `load_rules`."""

    rules: tuple[Rule, ...]
    cues: Mapping[str, Cues]
    reader: Reader
    answers: Answers
    version: str
    _by_word: dict[str, list[tuple[Rule, Pattern]]] = field(default_factory=dict)
    _by_stem: dict[str, list[tuple[Rule, Pattern]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        by_word = defaultdict(list)
        for rule in self.rules:
            for pattern in rule.patterns:
                for key in pattern.keys:
                    by_word[key].append((rule, pattern))
        self._by_stem = {key[:-1]: by_word.pop(key) for key in list(by_word) if key[-1] == "*"}
        self._by_word = dict(by_word)

    def worth_trying(self, words: Collection[str]) -> list[tuple[Rule, Pattern]]:
        """The patterns that can occur in a text of these words. Each once, in no special order."""
        found = {}
        for word in words:
            for rule, pattern in self._by_word.get(word, ()):
                found[id(pattern)] = (rule, pattern)
            for stem, pairs in self._by_stem.items():
                if word.startswith(stem):
                    found.update((id(pattern), (rule, pattern)) for rule, pattern in pairs)
        return list(found.values())


def load_rules(folder: Traversable | None = None, local: Path | None = None) -> RuleBook:
    """Read every rule file of a folder; None reads the ones that come with the package.

    local: a folder of further rules, each in its id marked as such. Whether their sentences hold
    is asked by `forum.screening.local_rules`. Raises RuleError when a file or a rule cannot be
    used.
    """
    texts = _texts(folder or files("forum.screening") / "rules")
    tables = {name: _parse(name, text) for name, text in texts.items()}
    try:
        words, scopes = tables.pop("words.toml"), tables.pop("scopes.toml")
    except KeyError as missing:
        raise RuleError(f"rule file {missing} is missing") from None
    answers = tables.pop("answers.toml", {"answers": {}, "question": []})
    if local is not None:
        added = _local_texts(local)
        tables |= {f"{local / name}": _local(f"{local / name}", t) for name, t in added.items()}
        texts |= {LOCAL + name: text for name, text in added.items()}
    groups: dict[str, str] = words["groups"]
    reader = Reader(_lexicon(words, scopes, tables.values()))
    maker = _Maker(groups, reader)
    rules = [maker.rule(raw, name) for name, table in tables.items() for raw in table["rule"]]
    _refuse_doubles(rules)
    digest = hashlib.sha256("\n".join(texts.values()).encode()).hexdigest()[:8]
    version = f"rules {words['version']}+{digest}"
    return RuleBook(tuple(rules), maker.cues(scopes), reader, maker.answers(answers), version)


def _texts(folder: Traversable) -> dict[str, str]:
    return {
        entry.name: entry.read_text(encoding="utf-8")
        for entry in sorted(folder.iterdir(), key=lambda entry: entry.name)
        if entry.name.endswith(".toml")
    }


def _local_texts(folder: Path) -> dict[str, str]:
    try:
        found = _texts(folder)
    except (OSError, UnicodeDecodeError) as fault:
        raise RuleError(f"{folder}: the rules there cannot be read ({fault})") from fault
    if shadow := {"words.toml", "scopes.toml", "answers.toml"} & found.keys():
        raise RuleError(f"{folder / min(shadow)}: words and scopes are not changed locally")
    return found


def _local(name: str, text: str) -> dict[str, Any]:  # Any: what TOML holds
    """A local file with its ids marked, so that none can pass for a packaged one."""
    rules = _parse(name, text).get("rule")
    if not isinstance(rules, list) or not all(isinstance(raw, dict) for raw in rules):
        raise RuleError(f"{name}: it holds no [[rule]]")
    for raw in rules:
        for key in ("patterns", "must", "must_not"):
            if not _is_sentences(raw.get(key)):
                raise RuleError(
                    f"{name}: rule {raw.get('id', '?')!r} needs at least one sentence in {key}"
                )
        raw["id"] = f"{LOCAL}{raw.get('id', '?')}"
    return {"rule": rules}


def _is_sentences(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, str) for one in value)


def _parse(name: str, text: str) -> dict[str, Any]:  # Any: what TOML holds
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise RuleError(f"{name}: {fault}") from fault


def _lexicon(
    words: Mapping[str, Any], scopes: Mapping[str, Any], tables: Iterable[Mapping[str, Any]]
) -> Lexicon:
    same_as = {key: tuple(full.split()) for key, full in words["same_as"].items()}
    phrases = [*words["groups"].values(), *(full for key in same_as.values() for full in key)]
    phrases += [cue for scope in scopes.values() for cues in scope.values() for cue in cues]
    phrases += [p for table in tables for rule in table["rule"] for p in rule["patterns"]]
    known = {
        word.strip("*'")
        for phrase in phrases
        for word in _RAW_WORD.findall(re.sub(r"\[[a-z_]+\]", " ", phrase.lower()))
    }
    return Lexicon(same_as, frozenset(words["fillers"]), frozenset(known))


def _refuse_doubles(rules: Iterable[Rule]) -> None:
    seen: set[str] = set()
    for rule in rules:
        if rule.id in seen:
            raise RuleError(f"rule {rule.id!r} is there twice: give one another id")
        seen.add(rule.id)


# What a scope does where a rule says nothing. Source: README.md, "What a scope does".
_NEED_EFFECTS: dict[Scope, str | float] = {
    Scope.NEGATED: DROP,
    Scope.PAST: Need.CONCERN,
    Scope.RECOVERED: Need.SUPPORT,
    Scope.ANOTHER: KEEP,
    Scope.ASKED: DROP,
    Scope.QUOTED: Need.SUPPORT,
    Scope.FIGURATIVE: Need.SUPPORT,
    Scope.BEREAVED: Need.SUPPORT,
    Scope.REPORTED: KEEP,
}
_HARM_EFFECTS: dict[Scope, str | float] = {
    **dict.fromkeys(Scope, KEEP),
    Scope.NEGATED: DROP,
    Scope.FIGURATIVE: DROP,
}
_CONDUCT_EFFECTS: dict[Scope, str | float] = {
    **dict.fromkeys(Scope, KEEP),
    Scope.NEGATED: DROP,
    Scope.QUOTED: DROP,
    Scope.REPORTED: DROP,
    Scope.FIGURATIVE: DROP,
}


class _Maker:
    """Turns raw tables into rules and cues."""

    def __init__(self, groups: Mapping[str, str], reader: Reader) -> None:
        self._groups = groups
        self._reader = reader

    def rule(self, raw: Mapping[str, Any], file: str) -> Rule:
        try:
            axis = raw["axis"]
            return Rule(
                id=raw["id"],
                axis=axis,
                level=_level(axis, raw["level"]),
                label=raw["label"],
                patterns=self._patterns(raw["patterns"]),
                shapes=_shapes(raw.get("shapes", [])),
                effects=_effects(axis, raw.get("scopes", {})),
                surfaces=frozenset(Surface(s) for s in raw.get("surfaces", list(Surface))),
                must=tuple(raw["must"]),
                must_not=tuple(raw["must_not"]),
            )
        except KeyError as missing:
            raise RuleError(f"{file}: rule {raw.get('id', '?')!r} needs {missing}") from None
        except (ValueError, TypeError, AttributeError) as fault:
            raise RuleError(f"{file}: rule {raw.get('id', '?')!r}: {fault}") from fault

    def cues(self, scopes: Mapping[str, Mapping[str, list[str]]]) -> dict[str, Cues]:
        try:
            return {
                name: Cues(
                    self._patterns(lists.get("sentence", [])),
                    self._patterns(lists.get("nearby", [])),
                )
                for name, lists in scopes.items()
            }
        except ValueError as fault:
            raise RuleError(f"scopes.toml: {fault}") from fault

    def answers(self, table: Mapping[str, Any]) -> Answers:
        try:
            return Answers.read(table, self._reader.full_words)
        except KeyError as missing:
            raise RuleError(f"answers.toml: {missing} is missing or not known") from None
        except ValueError as fault:
            raise RuleError(f"answers.toml: {fault}") from fault

    def _patterns(self, sources: Iterable[str]) -> tuple[Pattern, ...]:
        return tuple(compile_pattern(s, self._groups, self._reader.full_words) for s in sources)


def _shapes(names: list[str]) -> tuple[str, ...]:
    if unknown := set(names) - set(SHAPES):
        raise ValueError(f"shape {min(unknown)!r} is none of {', '.join(SHAPES)}")
    return tuple(names)


def _level(axis: str, raw: str | float) -> float:
    if axis == "need":
        return _named(Need, raw)
    if axis == "harm":
        return _named(Harm, raw)
    if axis not in CONDUCTS:
        raise ValueError(f"axis {axis!r} is none of need, harm, {', '.join(CONDUCTS)}")
    if isinstance(raw, str) or not 0 < raw <= 1:
        raise ValueError(f"level {raw!r} of a conduct must be a number above 0 and up to 1")
    return float(raw)


def _named(levels: type[Need] | type[Harm], raw: str | float) -> float:
    names = [level.name.lower() for level in levels]
    if raw not in names:
        raise ValueError(f"level {raw!r} is none of {', '.join(names)}")
    return float(levels[str(raw).upper()])


def _effects(axis: str, raw: Mapping[str, str | float]) -> dict[Scope, str | float]:
    defaults = {"need": _NEED_EFFECTS, "harm": _HARM_EFFECTS}.get(axis, _CONDUCT_EFFECTS)
    return defaults | {
        Scope(name): effect if effect in (KEEP, DROP) else _level(axis, effect)
        for name, effect in raw.items()
    }
