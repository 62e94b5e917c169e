"""Finding the article of a page: our extraction, plain readability, trafilatura and the whole page.

    python benchmarks/full_text.py [--pages] [--runs 3]

For each page of `full_text_pages.py`: the share of the article's words that are found (recall), and of the
found words that are the article's (precision), both with their numbers of occurrences; CJK characters count
as words. Then CPU time a page and the time and memory of importing. Extractors that are not installed are
left out.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from statistics import mean

import full_text_pages as samples
from tuireader.pages.readability import article
from tuireader.text import plain

URL = "https://quay.example/news/1"
Extract = Callable[[str], str]


def ours(page: str) -> str:
    """The extraction of the sandbox: readability, with parts kept and noise dropped."""
    return article(page, URL, "")


def readability(page: str) -> str:
    """Plain readability-lxml."""
    from readability import Document

    return str(Document(page, url=URL).summary(html_partial=True))


def _trafilatura(page: str, **options: bool) -> str:
    import trafilatura  # type: ignore[import-not-found]

    return str(
        trafilatura.extract(page, url=URL, output_format="html", include_comments=False, **options) or ""
    )


def trafilatura(page: str) -> str:
    """Trafilatura as it comes."""
    return _trafilatura(page)


def trafilatura_recall(page: str) -> str:
    """Trafilatura with favor_recall."""
    return _trafilatura(page, favor_recall=True)


def whole(page: str) -> str:
    """The text of the whole page, without extraction."""
    return page


EXTRACTORS: dict[str, tuple[Extract, str]] = {
    "tuireader": (ours, "tuireader.pages.readability, readability, lxml.html"),
    "readability-lxml": (readability, "readability"),
    "trafilatura": (trafilatura, "trafilatura"),
    "trafilatura, recall": (trafilatura_recall, "trafilatura"),
    "whole page": (whole, "tuireader.text"),
}


def words(html: str) -> Counter[str]:
    """The words of a text; CJK characters one by one."""
    text = plain(re.sub(r"<(script|style|head)\b.*?</\1>", "", html, flags=re.DOTALL)).casefold()
    return Counter(re.findall(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W\u3040-\u30ff\u3400-\u9fff]+", text))


def figures(truth: Counter[str], found: Counter[str]) -> tuple[float, float]:
    """Recall and precision."""
    common = (truth & found).total()
    return common / max(1, truth.total()), common / max(1, found.total())


def importing(modules: str) -> tuple[float, float]:
    """Seconds and megabytes of importing, beyond an empty Python."""
    code = "import time; a = time.perf_counter(); {}; print(time.perf_counter() - a,"
    code += " int(open('/proc/self/statm').read().split()[1]) * 4096 / 1e6)"

    def run(statement: str) -> tuple[float, float]:
        out = subprocess.check_output([sys.executable, "-c", code.format(statement)], text=True)
        seconds, size = map(float, out.split())
        return seconds, size

    _, empty = run("pass")
    seconds, size = min(run(f"import {modules}") for _ in range(3))
    return seconds, size - empty


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--pages", action="store_true", help="also print recall and precision of each page")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    pages = list(samples.pages())
    print(f"{len(pages)} pages; {mean(len(page) for _, page, _ in pages) / 1000:.0f} kB each")
    print(f"{'':20} recall precision    F1   worst recall        CPU ms  import ms   MB")
    for name, (extract, modules) in EXTRACTORS.items():
        try:
            extract(pages[0][1])
        except ImportError:
            print(f"{name:20} not installed")
            continue
        results: dict[str, tuple[float, float]] = {}
        for label, page, truth in pages:
            results[label] = figures(words(truth), words(extract(page)))
        started = time.process_time()
        for _ in range(options.runs):
            for _, page, _ in pages:
                extract(page)
        cpu = (time.process_time() - started) * 1000 / (options.runs * len(pages))
        recall, precision = (mean(one[at] for one in results.values()) for at in (0, 1))
        f1 = mean(2 * r * p / max(0.001, r + p) for r, p in results.values())
        worst = min(results, key=lambda label: results[label][0])
        seconds, size = importing(modules)
        print(
            f"{name:20} {recall:6.3f} {precision:9.3f} {f1:5.3f}   {results[worst][0]:.2f} {worst:15.15}"
            f"  {cpu:6.1f} {seconds * 1000:10.0f} {size:4.0f}"
        )
        if options.pages:
            for label, (r, p) in results.items():
                print(f"  {label:24} {r:.2f} {p:.2f}")


if __name__ == "__main__":
    main()
