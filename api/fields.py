"""Why a field was refused, for people: pydantic's reasons in French, and in English without what was sent."""

from __future__ import annotations

from typing import Any

from api.language import Language


def message(error: dict[str, Any], language: Language) -> str:
    """One sentence about one field. The rule is in it, the value never."""
    bounds = {name: str(value) for name, value in error.get("ctx", {}).items() if name != "error"}
    if language == "en":
        return ENGLISH.get(error["type"], _said(error)).format_map(_Bounds(bounds))
    return FRENCH.get(error["type"], _said(error)).format_map(_Bounds(bounds))


class _Bounds(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return "…"


def _said(error: dict[str, Any]) -> str:
    """What the field's own validator says; it knows rules that have no name here."""
    said = str(error.get("msg", "")).removeprefix("Value error, ")
    # Cut before braces are doubled: half of a pair at the end could not be formatted.
    return said[:300].replace("{", "{{").replace("}", "}}")


FRENCH = {
    "missing": "Ce champ est obligatoire.",
    "extra_forbidden": "Ce champ n'existe pas ici.",
    "sent_twice": "Une seule valeur est attendue.",
    "string_type": "Un texte est attendu.",
    "string_too_short": "Au moins {min_length} caractères.",
    "string_too_long": "Au plus {max_length} caractères.",
    "string_pattern_mismatch": "La forme attendue est {pattern}.",
    "string_unicode": "Le texte n'est pas lisible.",
    "too_short": "Au moins {min_length} éléments.",
    "too_long": "Au plus {max_length} éléments.",
    "uuid_parsing": "Un UUID est attendu.",
    "uuid_type": "Un UUID est attendu.",
    "uuid_version": "Un UUID de version {expected_version} est attendu.",
    "int_type": "Un nombre entier est attendu.",
    "int_parsing": "Un nombre entier est attendu.",
    "int_parsing_size": "Ce nombre est trop long.",
    "int_from_float": "Un nombre entier est attendu, sans décimales.",
    "finite_number": "Un nombre fini est attendu.",
    "bool_type": "true ou false est attendu.",
    "bool_parsing": "true ou false est attendu.",
    "greater_than": "Plus que {gt}.",
    "greater_than_equal": "Au moins {ge}.",
    "less_than": "Moins que {lt}.",
    "less_than_equal": "Au plus {le}.",
    "date_type": "Une date est attendue, comme 2026-05-04.",
    "date_parsing": "Une date est attendue, comme 2026-05-04.",
    "date_from_datetime_parsing": "Une date est attendue, comme 2026-05-04.",
    "date_from_datetime_inexact": "Une date est attendue, sans heure.",
    "datetime_type": "Un instant est attendu, comme 2026-05-04T09:30:00Z.",
    "datetime_parsing": "Un instant est attendu, comme 2026-05-04T09:30:00Z.",
    "datetime_from_date_parsing": "Un instant est attendu, comme 2026-05-04T09:30:00Z.",
    "timezone_aware": "Le fuseau horaire est obligatoire, par exemple Z.",
    "literal_error": "Une de ces valeurs est attendue : {expected}.",
    "enum": "Une de ces valeurs est attendue : {expected}.",
    "list_type": "Une liste est attendue.",
    "dict_type": "Un objet est attendu.",
    "model_type": "Un objet est attendu.",
    "model_attributes_type": "Un objet est attendu.",
}

ENGLISH = {
    "missing": "This field is required.",
    "extra_forbidden": "There is no such field here.",
    "sent_twice": "One value is expected.",
    "string_too_short": "At least {min_length} characters.",
    "string_too_long": "At most {max_length} characters.",
    "string_pattern_mismatch": "The expected form is {pattern}.",
    "uuid_parsing": "A UUID is expected.",
    "uuid_type": "A UUID is expected.",
    "date_parsing": "A date is expected, like 2026-05-04.",
    "date_from_datetime_parsing": "A date is expected, like 2026-05-04.",
    "literal_error": "One of these is expected: {expected}.",
}
"""Where pydantic's own words quote what was sent, or speak of Python."""
