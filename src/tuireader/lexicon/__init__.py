"""Words and phrases in any script: fold text and find terms in it.

A *term* is a word or phrase that the user watches or searches for. In short: compatibility forms, accents,
quotation marks and dashes do not matter; a word ends where letters and digits end; Han, kana, Hangul and Thai
need no word boundaries; Chinese characters may be simplified or traditional; a capital in the term requires
one in the text; a plural ending may follow; the words of a phrase may only be separated by blanks, hyphens,
slashes, quotes and the like.

A text has three views. `cased` is the text after Unicode NFKC (UAX #15) without accents and invisible
characters; `lower` is the same in lower case, character by character; `original` is the input, to which all
returned spans refer.
"""

from tuireader.lexicon.folding import Folded, fold
from tuireader.lexicon.indexing import (
    MARKS,
    TOKENIZER,
    distinct_words,
    index_folded,
    index_text,
    indexed,
    words,
)
from tuireader.lexicon.parts import Run
from tuireader.lexicon.term import Term, compile_term
from tuireader.lexicon.variants import has_variants, use_variants

__all__ = [
    "MARKS", "TOKENIZER", "Folded", "Run", "Term", "compile_term", "distinct_words", "fold",
    "has_variants", "index_folded", "index_text", "indexed", "use_variants", "words",
]  # fmt: skip
