"""What S3 and its library may say, in the words of providers/errors.py; never what they say, which may name a key."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

from providers.errors import ProviderDown, ProviderRefused

GONE = frozenset({"NoSuchKey", "404", "NotFound", "NoSuchVersion"})
TAKEN = frozenset({"PreconditionFailed", "412"})
"""Something is there already."""

NOT_NOW = frozenset({
    "BadDigest", "ConditionalRequestConflict", "OperationAborted", "RequestTimeTooSkewed", "RequestTimeout", "SlowDown",
    "NoSuchBucket",
})  # fmt: skip
"""Told with a status of 4xx, and over when somebody or something has been put right."""


def code_of(error: ClientError) -> str:
    """``NoSuchKey``; for an answer without a body its status."""
    return str(error.response.get("Error", {}).get("Code", ""))


def status_of(error: ClientError) -> int:
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


@contextmanager
def in_our_words() -> Iterator[None]:
    """Raises ProviderDown or ProviderRefused for whatever the library raises inside.

    Without its cause: the answer to a bad signature has the signed text in it, and what is logged is read by many.
    Rights that are missing are counted as down, not as refused: they are given back, and the same request is right then.
    """
    try:
        yield
    except ClientError as error:
        raise _judged(error) from None
    except ParamValidationError:
        raise ProviderRefused("document storage: a request that S3 has no form for") from None
    except BotoCoreError as error:
        raise ProviderDown(f"document storage: {type(error).__name__}") from None


def _judged(error: ClientError) -> Exception:
    code, status = code_of(error), status_of(error)
    said = f"document storage: {error.operation_name} is answered {status} {code}"
    if status in (401, 403):
        return ProviderDown(f"{said}: look at the credentials and what they may do")
    if status == 429 or not 400 <= status < 500 or code in NOT_NOW:
        return ProviderDown(said)
    return ProviderRefused(said)
