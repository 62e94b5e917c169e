"""Chinese terms across word boundaries: how many are recognized, how many words are doubted wrongly.

python benchmarks/word_borders.py                     # both halves of tests/data/word-borders.tsv
python benchmarks/word_borders.py --watch FOLDER      # also doubts in the labelled articles of FOLDER
python benchmarks/word_borders.py --build DICT TABLE  # packs jieba's dict.txt, OpenCC's TSCharacters.txt
"""

from __future__ import annotations

import argparse
import json
import math
import time
import zlib
from collections import Counter
from pathlib import Path

from tuireader.lexicon import Folded, borders, compile_term
from tuireader.lexicon.term import Term
from tuireader.text import plain

SENTENCES = Path(__file__).parents[1] / "tests" / "data" / "word-borders.tsv"
RAREST = 10  # words that are rarer in jieba's counts are left out


def sentences() -> list[tuple[str, str, str, str]]:
    """Half, kind, term and sentence of each line."""
    lines = SENTENCES.read_text(encoding="utf-8").splitlines()
    rows = [tuple(line.split("\t")) for line in lines if line and not line.startswith("#")]
    return [(half, kind, term, text) for half, kind, term, text in rows]


def measured(half: str) -> tuple[Counter[tuple[str, bool]], list[str]]:
    """Counts of (kind, doubted), and the sentences that are judged wrongly."""
    found: Counter[tuple[str, bool]] = Counter()
    wrong = []
    for part, kind, term, text in sentences():
        if part == half:
            at = text.index(term)
            doubted = borders.uncertain(text, at, at + len(term))
            found[kind, doubted] += 1
            if doubted != (kind == "across"):
                wrong.append(f"  {kind}: {term} in {text}")
    return found, wrong


def build(dictionary: Path, table: Path) -> None:
    """Write the packed file."""
    counts = dict[str, int]()
    for line in dictionary.read_text(encoding="utf-8").splitlines():
        word, number, *_ = line.split(" ")
        counts[word] = int(number)
    total = sum(counts.values())
    lines = dict[str, str]()
    for word, count in sorted(counts.items()):
        if all("\u3400" <= letter <= "\u9fff" for letter in word) and (
            len(word) == 1 or (len(word) <= borders.LONGEST and count >= RAREST)
        ):
            power = round(math.log2(max(count, 1)) * borders.ROUNDED)
            lines[word[0]] = lines.get(word[0], word[0]) + word[1:] + chr(ord("A") + power)
    pairs = [
        (old, new.split(" ")[0])
        for old, _, new in (line.partition("\t") for line in table.read_text(encoding="utf-8").splitlines())
        if len(old) == 1 and new and len(new.split(" ")[0]) == 1 and not old.startswith("#")
    ]
    pairs = [(old, new) for old, new in pairs if old != new]
    head = "".join(old for old, _ in pairs) + "\t" + "".join(new for _, new in pairs)
    packed = zlib.compress("\n".join([head, str(total), *lines.values()]).encode("utf-8"), 9)
    borders.FILE.write_bytes(packed)
    print(f"{borders.FILE}: {len(packed):,} bytes, {len(lines):,} letters, {len(pairs):,} traditional ones")


def in_articles(folder: Path) -> None:
    """Doubts among the matches of Chinese terms in labelled articles."""
    entries = json.loads((folder / "entries.json").read_text(encoding="utf-8"))["entries"]
    words = {
        word for entry in entries for group in [entry.get("any", ()), *entry.get("all", ())] for word in group
    }
    terms = [one for one in map(compile_term, sorted(words)) if isinstance(one, Term) and one.crosses]
    matches = doubts = 0
    for line in (folder / "articles.jsonl").read_text(encoding="utf-8").splitlines():
        article = json.loads(line)
        text = f"{plain(article['title'])}\n{plain(article['summary'])}"
        for term in terms:
            for start, end in term.find(Folded(text)):
                matches += 1
                if borders.uncertain(text, start, end):
                    doubts += 1
                    print(f"  {term.text}: …{text[max(0, start - 8) : end + 8]!r}")
    print(f"labelled articles: {matches} matches of {len(terms)} Chinese terms, {doubts} doubted")


def main() -> None:
    """Print what was asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--build", nargs=2, type=Path)
    parser.add_argument("--watch", type=Path)
    options = parser.parse_args()
    if options.build:
        build(*options.build)
    started = time.perf_counter()
    borders.uncertain("一些微信号", 2, 4)
    print(f"reading the words: {(time.perf_counter() - started) * 1000:.0f} ms")
    for half in ("tuned", "held"):
        found, wrong = measured(half)
        right, missed, doubted = found["across", True], found["across", False], found["word", True]
        print(
            f"{half}: {right + missed} across borders, {doubted + found['word', False]} words;"
            f" recall {right / (right + missed):.3f}, precision {right / (right + doubted):.3f}"
        )
        print("\n".join(wrong))
    if options.watch:
        in_articles(options.watch)


if __name__ == "__main__":
    main()
