"""Days past due, as arrears are reported, and what is set aside for each stretch of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

from aggregates.values import BasisPoints

Bucket = Literal["current", "1-30", "31-60", "61-90", "90+"]
"""How many days past due: none, up to 30, 60 or 90 of them, or more."""

BUCKETS: Final[tuple[Bucket, ...]] = get_args(Bucket)

_LAST_DAYS: Final = (0, 30, 60, 90)
_NOTHING: Final = BasisPoints(0)


def bucket_of(days_past_due: int) -> Bucket:
    """The bucket of so many days past due; 90 are still in ``61-90``."""
    return BUCKETS[sum(days_past_due > last for last in _LAST_DAYS)]


@dataclass(frozen=True, slots=True)
class Provisions:
    """How much of the outstanding principal is expected to be lost, by days past due. Settings of the house."""

    current: BasisPoints = _NOTHING
    to_30: BasisPoints = _NOTHING
    to_60: BasisPoints = _NOTHING
    to_90: BasisPoints = _NOTHING
    above_90: BasisPoints = _NOTHING

    def rate(self, bucket: Bucket) -> BasisPoints:
        rates = (self.current, self.to_30, self.to_60, self.to_90, self.above_90)
        return rates[BUCKETS.index(bucket)]
