"""Names of months in English, German and French; `date_words.toml` has those of other languages."""

MONTH_NAMES: dict[str, int] = {}
"""Months of English, German and French: names, and English abbreviations."""
for _names in (
    "january february march april may june july august september october november december",
    "jan feb mar apr may jun jul aug sept oct nov dec",
    "januar februar märz april mai juni juli august september oktober november dezember",
    "jänner feber märz april mai juni juli august september oktober november dezember",
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
):
    MONTH_NAMES |= {name: number for number, name in enumerate(_names.split(), 1)}
ENGLISH_MONTHS = {name[:3]: number for number, name in enumerate(list(MONTH_NAMES)[:12], 1)}
"""Months by the first three letters of their English names."""
