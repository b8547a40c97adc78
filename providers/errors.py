"""The three errors that may leave a provider; ``providers/__init__.py`` says what each asks of a worker."""

from __future__ import annotations


class ProviderDown(Exception):
    """Nothing happened; trying again later may help."""


class OutcomeUnknown(Exception):
    """It may have happened. Never just again: look it up first, or ask a person."""


class ProviderRefused(Exception):
    """Nothing happened, and the same request will be refused again."""
