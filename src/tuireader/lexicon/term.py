"""Find terms in texts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from tuireader.lexicon.borders import has_borders, uncertain
from tuireader.lexicon.folding import BEFORE_NFKC, BETWEEN, INVISIBLE, SIGNS, WORD_CHAR, Folded, normalise
from tuireader.lexicon.indexing import symbols
from tuireader.lexicon.parts import (
    KINDS,
    Case,
    Kind,
    Part,
    Run,
    cased_run,
    fts_of,
    is_letter,
    last_forms,
    parts_of,
    runs_of,
    stem,
    wanted_case,
)
from tuireader.lexicon.variants import has_variants, in_japanese, may_be_japanese, spellings

_GAP = f"[{BETWEEN}]+"
_OPTIONAL_GAP = f"[{BETWEEN}]*"
# Most characters a wildcard may match, so that hostile runs of letters stay cheap.
_OPEN_LIMIT = 200


class Term:
    """A compiled word or phrase, from `compile_term`; equal if text and exactness are equal."""

    __slots__ = (
        "_case", "_differing", "_first", "_forms", "_last", "_letter", "_middle", "_not_japanese",
        "_open_left", "_open_right", "_signs", "_wanted", "crosses", "exact", "fts", "literal", "others",
        "runs", "simple", "text",
    )  # fmt: skip

    text: str
    """Text as the user wrote it."""
    exact: bool
    """Match case and accents as typed, without plurals."""
    literal: str
    """String in the lower view of every text that contains the term as spelled here."""
    runs: tuple[Run, ...]
    """Words in the index for every text that contains the term as spelled here; empty if unknown."""
    others: tuple[Term, ...]
    """The term in its other Chinese spellings (see `variants`)."""
    simple: bool
    """True if the index alone decides whether a text contains the term."""
    crosses: bool
    """True if the term has Chinese characters that may lie across word boundaries (see `borders`)."""
    fts: str | None
    """FTS5 expression that finds every text that contains the term, or None.

    It is exact if the term is `simple`. Words in the index contain no quotation marks, so user input never
    becomes FTS5 syntax.
    """

    def __init__(self, text: str, exact: bool, parts: list[Part]) -> None:
        first, last = parts[0], parts[-1]
        self.text = text
        self.exact = exact
        self._first = first.kind
        self._last = last.kind
        self._open_left = first.open_left and first.kind is Kind.WORD
        self._open_right = last.open_right and last.kind is Kind.WORD
        self._case = Case.ANY if exact else wanted_case(parts)
        alone = len(parts) == 1 and last.kind is not Kind.SIGN
        if alone and last.kind is Kind.GLUED:
            self._forms: tuple[str, ...] = (last.lower,)
        elif last.kind is not Kind.WORD:
            self._forms = ("",)
        elif exact or self._open_right:
            self._forms = (last.lower,)
        else:
            self._forms = last_forms(parts)
        self.crosses = (first.kind is Kind.GLUED or last.kind is Kind.GLUED) and has_borders(text.strip())
        self._signs = any(part.kind is Kind.SIGN for part in parts)
        # Only a term that contains signs may be followed by a plus.
        marked = tuple(f"{form}⁺" for form in self._forms) if self._signs else ()
        self.runs = runs_of(parts, self._forms + marked)
        self._wanted = _typed(text.strip().strip("*")) if exact else "".join(part.cased for part in parts)
        self._letter = next((i for i, char in enumerate(self._wanted) if char.lower() != char.upper()), 0)
        kinds = {part.kind for part in parts} - {Kind.GAP}
        self.simple = (
            not exact
            and len(kinds) == 1
            and Kind.SIGN not in kinds
            and not first.open_left
            and not any(part.open_right for part in parts[:-1])
            and not (self._open_right and self._case is not Case.ANY)
            and bool(self.runs)
        )
        shown = cased_run(self._case, self._forms) if self.simple else None
        signs = "".join(part.cased for part in parts if part.kind is Kind.SIGN)
        needed = [*map(fts_of, self.runs), *(f'"{sign}"' for sign in symbols(signs))]
        self.fts = fts_of(shown) if shown else " AND ".join(needed) or None
        self._middle = None if alone else re.compile(_pattern(parts))
        self.literal = stem(self._forms) if alone else first.lower
        self.others = ()
        self._differing, self._not_japanese = "", False

    def spelled(self, cased: str) -> Term:
        """Add the other Chinese spellings of the term, whose cased view is given; return the term."""
        for text in spellings(cased):
            other = Term(text, self.exact, parts_of(text))
            other._differing = next(
                char for char, written in zip(text, cased, strict=True) if char != written
            )
            other._not_japanese = may_be_japanese(cased, text)
            self.others += (other,)
        if self.others:
            every = (self, *self.others)
            self.fts = " OR ".join([f"({term.fts})" for term in every if term.fts])
            self.simple = all(term.simple and not term._not_japanese for term in every)
        return self

    def __repr__(self) -> str:
        return f"Term({self.text!r}{', exact=True' if self.exact else ''})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Term) and (self.text, self.exact) == (other.text, other.exact)

    def __hash__(self) -> int:
        return hash((self.text, self.exact))

    def find(self, text: str | Folded) -> list[tuple[int, int]]:
        """Return the occurrences as half-open spans of the original text, in order and disjoint."""
        folded = text if isinstance(text, Folded) else Folded(text)
        return [folded.original_span(start, end) for start, end in self.spans(folded)]

    def certain_spans(self, folded: Folded) -> list[tuple[int, int]]:
        """Return the occurrences as in `spans`, without those across Chinese word boundaries."""
        spans = self.spans(folded)
        if not spans or not self.crosses:
            return spans
        return [span for span in spans if not uncertain(folded.lower, *span)]

    def spans(self, folded: Folded) -> list[tuple[int, int]]:
        """Return the occurrences as in `find`, as spans of the folded text."""
        spans = self._own_spans(folded)
        if not self.others:
            return spans
        for other in self.others:
            # looking for one character takes a thirtieth of the time of looking for two
            more = other._own_spans(folded) if other._differing in folded.lower else []
            spans += [span for span in more if not (other._not_japanese and in_japanese(folded.lower, *span))]
        disjoint: list[tuple[int, int]] = []
        for start, end in sorted(spans):
            if not disjoint or start >= disjoint[-1][1]:
                disjoint.append((start, end))
        return disjoint

    def _own_spans(self, folded: Folded) -> list[tuple[int, int]]:
        lower, literal = folded.lower, self.literal
        spans: list[tuple[int, int]] = []
        start = lower.find(literal)
        while start >= 0:
            span = self._span_at(folded, start)
            if span is None:
                start = lower.find(literal, start + 1)
            else:
                spans.append(span)
                start = lower.find(literal, span[1])
        return spans

    def _span_at(self, folded: Folded, start: int) -> tuple[int, int] | None:
        lower = folded.lower
        starts_word = self._first is Kind.WORD and not self._open_left
        if starts_word and start and KINDS[lower[start - 1]] is Kind.WORD:
            return None
        end = start
        if self._middle:
            match = self._middle.match(lower, start)
            if not match:
                return None
            end = match.end()
        stop = self._end(lower, end)
        if stop is None:
            return None
        begin = _word_start(lower, start) if self._open_left else start
        if not self._case_fits(folded, begin, start, stop):
            return None
        return begin, _word_end(lower, stop) if self._open_right else stop

    def _end(self, lower: str, at: int) -> int | None:
        """Return the end of the term if its last part begins at `at`, else None."""
        for form in self._forms:
            if lower.startswith(form, at):
                end = at + len(form)
                if self._last is not Kind.WORD or self._open_right or _word_ends(lower, end, self._signs):
                    return end
        return None

    def _case_fits(self, folded: Folded, begin: int, start: int, end: int) -> bool:
        """Return whether the text has the required case; `begin` is the start of the word."""
        if self.exact:
            first, last = folded.original_span(start, end)
            return _typed(folded.original[first:last]) == self._wanted
        if self._case is Case.ANY:
            return True
        if self._case is Case.CAPITAL:
            capital = folded.cased[begin if begin < start else start + self._letter]
            return capital.isupper() or capital.istitle()
        written = folded.cased[start:end].replace(" ", "")
        ending = written[len(self._wanted) :]
        return written.startswith(self._wanted) and (not ending or ending.islower())


def compile_term(text: str, exact: bool = False, *, variants: bool = True) -> Term | None:
    """Compile a term, unless `exact` with its Chinese `variants`; None if it is empty. Never raises."""
    cased = normalise(text)
    parts = parts_of(cased)
    if not parts:
        return None
    term = Term(text, exact, parts)
    if exact or not variants or not has_variants(cased):
        return term
    return term.spelled(cased)


def _typed(text: str) -> str:
    """Normalise a term but keep its case and accents; anything between words becomes one blank."""
    visible = INVISIBLE.sub("", text).translate(BEFORE_NFKC)
    return _BETWEEN_WORDS.sub(" ", unicodedata.normalize("NFKC", visible).translate(_SIGN_TABLE)).strip()


_SIGN_TABLE = str.maketrans(SIGNS)
_BETWEEN_WORDS = re.compile(_GAP)


def _pattern(parts: Sequence[Part]) -> str:
    pieces: list[str] = []
    kinds = [part.kind for part in parts]
    for place, part in enumerate(parts):
        around = kinds[max(0, place - 1) : place + 2]
        if part.kind is Kind.GAP:
            # Without the gap, a word before `+` or `#` would be a different word in the index.
            needed = Kind.SIGN not in around or parts[place + 1].cased[0] in "+#"
            pieces.append(_GAP if needed else _OPTIONAL_GAP)
            continue
        if {part.kind, *kinds[max(0, place - 1) : place]} == {Kind.WORD, Kind.GLUED}:
            pieces.append(" ?")
        if part.kind is not Kind.WORD or place + 1 < len(parts):
            pieces.append(re.escape(part.lower))
            if part.open_right and place + 1 < len(parts):
                pieces.append(f"{WORD_CHAR}{{0,{_OPEN_LIMIT}}}")
    return "".join(pieces)


def _word_ends(lower: str, end: int, signs: bool) -> bool:
    """Return whether a word may end here: not before a letter or digit, nor (without `signs`) before `+#`."""
    if end == len(lower):
        return True
    char = lower[end]
    if char in "+#":
        return signs or not is_letter(lower[end - 1])
    return KINDS[char] is not Kind.WORD


def _word_start(lower: str, at: int) -> int:
    limit = max(0, at - _OPEN_LIMIT)
    while at > limit and KINDS[lower[at - 1]] is Kind.WORD:
        at -= 1
    return at


def _word_end(lower: str, at: int) -> int:
    limit = min(len(lower), at + _OPEN_LIMIT)
    while at < limit and KINDS[lower[at]] is Kind.WORD:
        at += 1
    return at
