"""Characters that are drawn like a Latin letter, and emoji that stand for a word.

Source: the pairs were chosen by eye from Unicode's Cyrillic, Greek, Armenian, Cherokee and
letter-like blocks; whatever NFKC folds by itself is not repeated here.
"""

_PAIRS = {
    "a": "аαɑаӓᎪ∀",
    "b": "ЬьᏴв",
    "c": "сϲⅽᏟ¢",
    "d": "ԁɗᎠđ",
    "e": "еєεℯҽᎬэ",
    "f": "ƒғϝ",
    "g": "ɡցԌ",
    "h": "һнհᎻħ",
    "i": "іιıíɩᎥӏ¡ӀІ",
    "j": "јʝᎫ",
    "k": "кκᏦќ",
    "l": "ⅼʟᏞłǀ",
    "m": "мᎷ",
    "n": "пոηи",
    "o": "оοσօøഠಠ",
    "p": "рρᏢþ",
    "q": "ԛգ",
    "r": "гᏒɾ",
    "s": "ѕʂᏚꜱ§",
    "t": "тτᎢŧ",
    "u": "υսцʋ",
    "v": "ѵᏙν",
    "w": "ѡωԝᎳшщ",
    "x": "хχ×",
    "y": "уγүᎩ¥",
    "z": "ʐᏃƶ",
    "'": "’‘ʼ`´′",
    '"': "“”„«»″",
    "-": "‐‑‒–—―−",
}
LOOKALIKES = {char: letter for letter, chars in _PAIRS.items() for char in chars}

EMOJI_WORDS = {
    "🔫": "gun",
    "🔪": "knife",
    "🗡": "knife",
    "💊": "pills",
    "🪢": "rope",
    "🌉": "bridge",
    "⚰": "coffin",
    "🪦": "grave",
    "🩸": "blood",
    "👋": "goodbye",
    "🍺": "beer",
    "🍷": "wine",
    "😂": "lol",
    "🤣": "lol",
    "😹": "lol",
    "💀": "lol",
    "☠": "lol",
    "😭": "crying",
    "😢": "crying",
    "🚓": "police",
    "🚑": "ambulance",
}
