"""What the product declares, without what tests have declared beside it in the same process."""

from __future__ import annotations

from typing import Final

import projections
from eventstore import Projection

READ_MODELS: Final = [
    kind
    for kind in Projection.registry.values()
    if kind.__module__.removeprefix("projections.") in projections.__all__
]
"""A process of the product keeps these alone: a table of another one in the same database would wait for ever."""
