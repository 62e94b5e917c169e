"""Chinese spellings: how many words of OpenCC are found in the other script, and how many others with them.

python benchmarks/chinese_variants.py FOLDER          # measures with OpenCC's STPhrases.txt in FOLDER
python benchmarks/chinese_variants.py FOLDER --build  # packs its character tables first

FOLDER has the dictionaries of OpenCC as text, such as those of its sources, or from its package:
for name in STPhrases STCharacters TSCharacters TWVariants HKVariants; do
    opencc_dict -f ocd2 -t text -i $name.ocd2 -o FOLDER/$name.txt
done
"""

from __future__ import annotations

import argparse
import time
import unicodedata
import zlib
from collections import Counter
from pathlib import Path

from tuireader.lexicon import variants
from tuireader.text.regex import regex

Table = dict[str, list[str]]


def read(folder: Path, name: str) -> Table:
    """Forms by character or word."""
    lines = (folder / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    pairs = (line.partition("\t") for line in lines if line and not line.startswith("#"))
    return {old: new.split(" ") for old, _, new in pairs if new}


def build(folder: Path) -> None:
    """Write the packed file."""
    to_traditional, to_simple = read(folder, "STCharacters"), read(folder, "TSCharacters")
    regional = dict[str, dict[str, None]]()  # 裏 is 裡 in Taiwan
    taiwan, hong_kong = read(folder, "TWVariants"), read(folder, "HKVariants")
    for standard in {**taiwan, **hong_kong}:
        group = [standard, *taiwan.get(standard, ()), *hong_kong.get(standard, ())]
        for char in group:
            regional.setdefault(char, {}).update(dict.fromkeys(group))

    def traditional_forms(char: str) -> list[str]:
        # OpenCC also has 座 for 坐, but no 坐 for 座: these are two words in either script
        both_ways = [form for form in to_traditional.get(char, ()) if char in to_simple.get(form, [form])]
        standard = both_ways or [char]
        forms = dict.fromkeys(standard)
        for form in standard:
            forms.update(regional.get(form, {}))
        if char not in to_traditional:  # 臺 is often written 台 among traditional characters
            forms.update(dict.fromkeys(s for s in to_simple.get(char, ()) if s in to_traditional.get(s, ())))
        return list(forms)

    lines = []
    for char in sorted(filter(known, {*to_traditional, *to_simple, *regional})):
        forms = to_simple.get(char, [char]), traditional_forms(char)
        columns = ["" if form == [char] else "".join(filter(known, form)) for form in forms]
        if any(columns):
            lines.append(" ".join([char, *columns]))
    packed = zlib.compress("\n".join(lines).encode("utf-8"), 9)
    variants.FILE.write_bytes(packed)
    print(f"{variants.FILE}: {len(packed):,} bytes, {len(lines):,} characters")


def known(char: str) -> bool:
    """Whether a character is in the range of the table, and folding keeps it."""
    return bool(regex(variants.HAN).fullmatch(char)) and unicodedata.normalize("NFKC", char) == char


def measure(folder: Path) -> None:
    """Print how many words are found in the other script, and which others with them."""
    words = {simple: forms[0] for simple, forms in read(folder, "STPhrases").items() if len(simple) > 1}
    known_words = set(words.values())
    found, sizes = Counter[str](), Counter[int]()
    for simple, traditional in words.items():
        spelled = variants.spellings(simple)
        sizes[len(spelled) + 1] += 1
        found["simplified"] += traditional == simple or traditional in spelled
        found["traditional"] += traditional == simple or simple in variants.spellings(traditional)
    total, few = len(words), sum(count for size, count in sizes.items() if size <= 4)
    print(f"{total:,} words; found in traditional: {found['simplified']:,}", end="")
    print(f", in simplified: {found['traditional']:,}")
    print(f"spellings: {few / total:.0%} of the words have up to 4, the most is {max(sizes)}")
    others = [
        f"{word}/{other}"
        for word in known_words
        for other in variants.spellings(word)
        if other in known_words
    ]
    print(f"{len(known_words):,} traditional words; other ones found with them: {len(others)}")
    print(" ".join(sorted(others)))
    to_simple = read(folder, "TSCharacters")
    folded = Counter("".join(to_simple.get(char, [char])[0] for char in word) for word in known_words)
    print(f"the same if all is folded to simplified: {sum(n * (n - 1) for n in folded.values() if n > 1):,}")


def main() -> None:
    """Print what was asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--build", action="store_true")
    options = parser.parse_args()
    if options.build:
        build(options.folder)
    started = time.perf_counter()
    variants.spellings("网信办")
    print(f"reading the table: {(time.perf_counter() - started) * 1000:.1f} ms")
    measure(options.folder)


if __name__ == "__main__":
    main()
