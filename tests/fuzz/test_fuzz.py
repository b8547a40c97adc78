"""The whole API in short, and with a seed: what `manage.py fuzz` does for long."""

from __future__ import annotations

import pytest

from tests.fuzz.engine import Plan, played
from tests.fuzz.figures import figures

SEED = 5


@pytest.mark.slow
def test_every_operation_keeps_to_its_document(house, document):
    found = figures(
        document, played(house, document, Plan(SEED, each=1, scenarios=12, coverage=0.04, examples=0.3))
    )
    assert found.broken == []
    assert list(found.findings.values()) == []
    assert found.reached >= 90, found.unreached
    assert found.chains
    assert min(found.examples[phase] for phase in ("examples", "coverage", "fuzzing", "stateful")) > 0
