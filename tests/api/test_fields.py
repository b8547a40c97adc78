"""Why a field was refused, in words that hold whatever the field's own validator says."""

from __future__ import annotations

import pytest

from api.fields import message


@pytest.mark.parametrize("at", range(296, 304))
@pytest.mark.parametrize("brace", ["{", "}", "{max_length}"])
def test_a_long_reason_with_braces_at_its_end_is_still_a_sentence(brace: str, at: int) -> None:
    said = message(
        {"type": "value_error", "msg": "x" * at + brace + "y" * 50, "ctx": {"max_length": 7}}, "en"
    )
    assert said == ("x" * at + brace + "y" * 50)[:300]
