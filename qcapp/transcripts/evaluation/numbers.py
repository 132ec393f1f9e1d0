"""Russian numbers: the same number said in words, in any case and as an ordinal, or written in digits,
comes out as the same cardinal words. Pure text, used to compare transcripts fairly."""

import re

_UNITS = ("ноль", "один", "два", "три", "четыре", "пять", "шесть", "семь", "восемь", "девять")
_TEENS = (
    "десять",
    "одиннадцать",
    "двенадцать",
    "тринадцать",
    "четырнадцать",
    "пятнадцать",
    "шестнадцать",
    "семнадцать",
    "восемнадцать",
    "девятнадцать",
)
_TENS = (
    "",
    "",
    "двадцать",
    "тридцать",
    "сорок",
    "пятьдесят",
    "шестьдесят",
    "семьдесят",
    "восемьдесят",
    "девяносто",
)
_HUNDREDS = (
    "",
    "сто",
    "двести",
    "триста",
    "четыреста",
    "пятьсот",
    "шестьсот",
    "семьсот",
    "восемьсот",
    "девятьсот",
)
_SCALES = ("", "тысяча", "миллион", "миллиард")
_LONGEST = 12  # digits; more is a telephone or account number and is read digit by digit

_ORDINAL_ENDINGS = ("ый", "ий", "ой", "ого", "ому", "ым", "ом", "ая", "ую", "ое", "ые", "ых", "ыми")
# Cardinal forms that no rule gives; the key is what all of them become.
_CARDINAL_FORMS = {
    "ноль": "ноля нолю нолём ноле нуль нуля нулю нулём нуле",
    "один": "одна одно одни одного одной одному одну одним одною одних одними одном",
    "два": "две двух двум двумя двое двоих",
    "три": "трёх трём тремя трое троих",
    "четыре": "четырёх четырём четырьмя четверо четверых",
    "восемь": "восьми восемью восьмью",
    "сорок": "сорока",
    "девяносто": "девяноста",
    "сто": "ста",
    "двести": "двухсот двумстам двумястами двухстах",
    "триста": "трёхсот трёмстам тремястами трёхстах",
    "четыреста": "четырёхсот четырёмстам четырьмястами четырёхстах",
    "пятьсот": "пятисот пятистам пятьюстами пятистах",
    "шестьсот": "шестисот шестистам шестьюстами шестистах",
    "семьсот": "семисот семистам семьюстами семистах",
    "восемьсот": "восьмисот восьмистам восемьюстами восьмистах",
    "девятьсот": "девятисот девятистам девятьюстами девятистах",
    "тысяча": "тысячи тысяче тысячу тысячей тысячью тысяч тысячам тысячами тысячах тыс",
    "миллион": "миллиона миллиону миллионом миллионе миллионы миллионов миллионам миллионами млн",
    "миллиард": "миллиарда миллиарду миллиардом миллиарде миллиарды миллиардов миллиардам млрд",
    "процент": "процента проценту процентом проценте проценты процентов процентам процентами",
}
_ORDINAL_STEMS = {
    "ноль": "нулев",
    "один": "перв",
    "два": "втор",
    "четыре": "четверт четвёрт",
    "пять": "пят",
    "шесть": "шест",
    "семь": "седьм",
    "восемь": "восьм",
    "девять": "девят",
    "сорок": "сороков",
    "девяносто": "девяност",
    "сто": "сот",
    "двести": "двухсот",
    "триста": "трёхсот",
    "тысяча": "тысячн",
}
_THIRD = "третий третья третье третьего третьей третьему третью третьим третьих третьими третьем третьи"


def _plain(word: str) -> str:
    return word.replace("ё", "е")


def _forms() -> dict[str, str]:
    forms = {_plain(form): base for base, listed in _CARDINAL_FORMS.items() for form in listed.split()}
    forms |= {_plain(form): "три" for form in _THIRD.split()}
    stems = {base: listed.split() for base, listed in _ORDINAL_STEMS.items()}
    for word in (*_UNITS[5:], *_TEENS, *_TENS[2:4], *_TENS[5:9]):
        if word.endswith("десят"):  # пятьдесят → пятидесяти, пятьюдесятью, пятидесятый
            first = word.removesuffix("десят").replace("ь", "")
            first = {"восем": "восьм"}.get(first, first)
            forms |= {_plain(f): word for f in (f"{first}идесяти", f"{word[:-5]}юдесятью")}
            stems.setdefault(word, []).append(f"{first}идесят")
        else:  # пять → пяти, пятью
            stem = word.removesuffix("ь")
            forms |= {_plain(f): word for f in (f"{stem}и", f"{stem}ью")}
            stems.setdefault(word, []).append(stem)
    for base, listed in stems.items():
        forms |= {_plain(stem + ending): base for stem in listed for ending in _ORDINAL_ENDINGS}
    for base in (*_UNITS, *_TEENS, *_TENS[2:], *_HUNDREDS[1:], *_SCALES[1:], "процент"):
        forms[_plain(base)] = _plain(base)
    return {form: _plain(base) for form, base in forms.items()}


_BASE_OF_FORM = _forms()
_ONE_AND_A_HALF = frozenset({"полтора", "полторы", "полутора"})


def cardinal_words(digits: str) -> list[str]:
    """«215» → двести пятнадцать; «1000» → тысяча, as people say it; leading zeros one by one."""
    zeros = len(digits) - len(digits.lstrip("0"))
    rest = digits[zeros:]
    if len(digits) > _LONGEST:
        return [_UNITS[int(digit)] for digit in digits]
    words = ["ноль"] * zeros
    groups = [rest[max(0, end - 3) : end] for end in range(len(rest), 0, -3)]
    for scale, group in reversed(list(enumerate(groups))):
        value = int(group)
        if value == 0:
            continue
        if not (scale and value == 1):
            words += _below_thousand(value)
        if scale:
            words.append(_SCALES[scale])
    return words


def _below_thousand(value: int) -> list[str]:
    words = [_HUNDREDS[value // 100]]
    value %= 100
    if 10 <= value < 20:
        words.append(_TEENS[value - 10])
    else:
        words.append(_TENS[value // 10])
        if value % 10:
            words.append(_UNITS[value % 10])
    return [word for word in words if word]


def base_word(word: str) -> list[str]:
    """The cardinal behind a number word in any form («пятидесяти»), or the word itself. ё is е."""
    if word in _ONE_AND_A_HALF:
        return ["один", "пять"]  # as «1,5» is read
    return [_BASE_OF_FORM.get(word, word)]


# Thousands set apart, but not the groups of a telephone number.
_GROUPED = re.compile(r"(?<![\d.,])(\d{1,3})((?:[ \u00a0\u202f]\d{3})+)(?![\d\s-]*\d)")
_CLOCK = re.compile(r"(?<!\d)(\d{1,2}):00(?!\d)")
_ENDING = re.compile(r"(\d)-?(?:го|му|й|е|я|ю|х|м|ми|ти|ый|ой|ая|ое|ую|ом|ых|ым)\b")


def join_digits(text: str) -> str:
    """«15 000» → 15000, «15:00» → 15, «3-й» → 3, «10%» → 10 процент."""
    text = _GROUPED.sub(lambda found: found[1] + re.sub(r"\D", "", found[2]), text)
    text = _CLOCK.sub(r"\1", text)
    return _ENDING.sub(r"\1", text).replace("%", " процент ").replace("₽", " рублей ")
