"""Reading HTML: our own tokens against the trees of lxml and selectolax, on an article and on hostile texts.

    python benchmarks/read_html.py

Each reader does the least that any must: go over all elements and gather all text. A reader that is not
installed is left out. `lost` means that text which is in the input did not come out.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from importlib import import_module

from tuireader.document import links_of, parse
from tuireader.text import plain, tokens

PARAGRAPH = (
    '<p>The harbour office <a href="https://harbour.example/notice?a=1&amp;b=2">told the crews</a> on Monday '
    "that <strong>all four</strong> quays close at night,\nand that <em>nobody</em> is to moor before six."
    "</p>\n"
)
ARTICLE = (
    f"<div>{PARAGRAPH * 10}<ul><li>North quay</li><li>Fish quay</li></ul><blockquote><p>We keep to the rules."
    '</p></blockquote><figure><img src="quay.jpg" alt="A quay"/><figcaption>A quay</figcaption></figure>'
    "</div>"
)
TEXTS = {
    "article, 2.4 kB": ARTICLE,
    "30 articles": ARTICLE * 30,
    "20,000 nested <div>": "<div>" * 20_000 + "deep" + "</div>" * 20_000,
    "3,000 nested lists": "<ul><li>item " * 3_000,
    "20,000 attributes": "<a " + " ".join(f"x{n}=1" for n in range(20_000)) + ">text</a>",
    "7,000 <a><b><i>": "<a><b><i>" * 7_000 + "text",
    "a million <": "<p>" + "<" * 1_000_000,
}


def with_tokens(html: str) -> str:
    """Our own."""
    return "".join(tokens(html)[0::3])


def with_lxml(html: str) -> str:
    """A tree of libxml2, by lxml."""
    etree = import_module("lxml.etree")
    tree = etree.fromstring(html, etree.HTMLParser(huge_tree=True))
    return "".join((element.text or "") + (element.tail or "") for element in tree.iter())


def with_selectolax(html: str) -> str:
    """A tree of Lexbor, by selectolax."""
    lexbor = import_module("selectolax.lexbor")
    nodes = lexbor.LexborHTMLParser(html).root.traverse(include_text=True)
    return "".join(node.text_content or "" for node in nodes if node.tag == "-text")


READERS: dict[str, Callable[[str], str]] = {
    "tokens": with_tokens,
    "lxml": with_lxml,
    "selectolax": with_selectolax,
}


def best(read: Callable[[str], object], html: str, seconds: float) -> float:
    """The shortest time of a call, in seconds, among those that fit into `seconds`."""
    shortest = float("inf")
    end = time.perf_counter() + seconds
    while True:
        start = time.perf_counter()
        read(html)
        stop = time.perf_counter()
        shortest = min(shortest, stop - start)
        if stop > end:
            return shortest


def main() -> None:
    """Print the two tables."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--seconds", type=float, default=0.3, help="for each figure")
    seconds: float = options.parse_args().seconds
    readers = {}
    for name, read in READERS.items():
        try:
            read("<p>x</p>")
        except ImportError:
            continue
        readers[name] = read
    print("| milliseconds | " + " | ".join(readers) + " |")
    print("| --- |" + " ---: |" * len(readers))
    for what, html in TEXTS.items():
        wanted = len("".join(with_tokens(html).split()))
        cells = []
        for read in readers.values():
            lost = " lost" if len("".join(read(html).split())) < wanted / 2 else ""
            cells.append(f"{best(read, html, seconds) * 1e3:.3g}{lost}")
        print(f"| {what} | {' | '.join(cells)} |")
    print()
    for name, use in (
        ("plain", plain),
        ("parse", parse),
        ("links_of", lambda html: links_of(html, "https://e.org/")),
    ):
        print(f"{name}: {best(use, ARTICLE, seconds) * 1e6:.0f} µs for the article")


if __name__ == "__main__":
    main()
