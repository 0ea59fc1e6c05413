"""Letters that readers mistake for one another, as name keys fold them.

Source: chosen by eye from the blocks a keyboard can reach (Latin, Greek, Cyrillic, Armenian,
Hebrew, Arabic digits), in the spirit of Unicode Technical Standard 39, which has far more than
names need. What NFKD and case folding do by themselves is not repeated. Keys are case-folded.
"""

# What each letter stands for : letters of other alphabets, and of Latin itself, drawn like it.
_SMALL = {
    "a": "аɑαᴀ",
    "b": "вьЬƀɓβʙ",
    "c": "сϲƈᴄ",
    "d": "ԁɗđδᴅ",
    "e": "еєҽɛεэəᴇ",
    "f": "ƒғꜰ",
    "g": "ɡցɠԍɢ",
    "h": "һнћհħʜ",
    "j": "јʝյᴊ",
    "k": "кκқҡƙᴋ",
    # i, l, the digit 1 and a bar are one stroke in many typefaces, capital I most of all.
    "l": "iıіїιɩӏǀłɫוןاᴌʟɪ",
    "m": "мμᴍ",
    "n": "пηոռɲŋпᴎɴ",
    "o": "оοσօøөѳסه೦ഠᴏ",
    "p": "рρþᴘ",
    "q": "ԛգզ",
    "r": "гɾɍʀᴦ",
    "s": "ѕʂꜱ",
    "t": "тτŧҭᴛ",
    "u": "υսʋцᴜ",
    "v": "νѵᴠ",
    "w": "ѡωԝɯшщᴡ",
    "x": "хχҳ",
    "y": "уүγỿчʏ",
    "z": "ʐƶζᴢ",
}
# Greek capitals that are drawn like another Latin letter than their small ones are.
_GREEK_CAPITALS = {"h": "η", "n": "ν", "y": "υ", "m": "μ"}
# Written for letters on purpose ("m0d"). No two digits share a letter: Tom 6 is not Tom 8.
_DIGITS = {"o": "0", "l": "1", "z": "2", "e": "3", "a": "4", "s": "5", "t": "7", "b": "8", "g": "9"}

LOOKALIKES = {
    sign: letter for table in (_SMALL, _DIGITS) for letter, signs in table.items() for sign in signs
}
GREEK_CAPITALS = {sign: letter for letter, signs in _GREEK_CAPITALS.items() for sign in signs}

# Two letters that run into one.
RUN_TOGETHER = (("rn", "m"), ("vv", "w"))
