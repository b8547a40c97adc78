"""How names are folded, so that "Émile" is found by "emile" and stands before "Zoé"."""

from __future__ import annotations

import re
import unicodedata

_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "ı": "i"})
"""Letters that Unicode does not decompose. Source: Unicode 15, UnicodeData.txt, no decomposition mapping."""


def folded(name: str) -> str:
    """Lower case without accents; apostrophes vanish, whatever else is no letter or digit becomes one space.

    PostgreSQL sorts the result byte by byte; the embedded server has neither ``unaccent`` nor a French collation.
    """
    bare = unicodedata.normalize("NFKD", name.casefold()).translate(_LETTERS)
    letters = "".join(c for c in bare if not unicodedata.combining(c) and c not in "'’ʼ`")
    return re.sub(r"[\W_]+", " ", letters).strip()
