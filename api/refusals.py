"""What HTTP itself may refuse, before or around a command. Refusals of the domain stand beside their decisions."""

from __future__ import annotations

from typing import ClassVar

from eventstore import Rejected


class BrokenBody(Rejected):
    """The body is not readable JSON."""

    status: ClassVar[int] = 400


class BrokenUpload(Rejected):
    """The upload is not a readable form with one file in the field ``file``."""

    status: ClassVar[int] = 400


class HeaderRefused(Rejected):
    """A header has a form that is not understood."""

    status: ClassVar[int] = 400


class AmbiguousCredentials(Rejected):
    """A request proves who asks in one way only."""

    status: ClassVar[int] = 400


class EnrolmentNeeded(Rejected):
    """Staff work with a second factor: add it, or show it."""

    status: ClassVar[int] = 403


class Unauthenticated(Rejected):
    """A valid access token is required."""

    status: ClassVar[int] = 401


class CrossSite(Rejected):
    """This was not asked from a page of ours."""

    status: ClassVar[int] = 403


class UnknownOrigin(Rejected):
    """Pages of this origin may not call this service."""

    status: ClassVar[int] = 403


class NoSuchPage(Rejected):
    """There is nothing at this address."""

    status: ClassVar[int] = 404


class MethodRefused(Rejected):
    """This address does not answer to this method."""

    status: ClassVar[int] = 405


class TooSlow(Rejected):
    """The request took too long to arrive."""

    status: ClassVar[int] = 408


class TimePassed(Rejected):
    """The clock only goes forward."""


class BodyTooLarge(Rejected):
    """The body is larger than allowed."""

    status: ClassVar[int] = 413


class WrongMediaType(Rejected):
    """This route does not take a body of this type."""

    status: ClassVar[int] = 415


class UnknownHost(Rejected):
    """This service does not go by the name that the request was sent to."""

    status: ClassVar[int] = 421


class Invalid(Rejected):
    """Some fields are missing or have a value that is not allowed."""

    status: ClassVar[int] = 422


class TooManyLiveConnections(Rejected):
    """This account has as many live connections open as it may."""

    status: ClassVar[int] = 429
    headers: ClassVar[dict[str, str]] = {"Retry-After": "60"}


class HeadersTooLarge(Rejected):
    """The headers or the address are larger than allowed."""

    status: ClassVar[int] = 431


class Unexpected(Rejected):
    """Something went wrong on our side."""

    status: ClassVar[int] = 500


class DocumentDamaged(Rejected):
    """The stored document is missing or no longer what was kept."""

    status: ClassVar[int] = 500


class TooManyUploads(Rejected):
    """As many files as can be taken are being received just now."""

    status: ClassVar[int] = 503


class Away(Rejected):
    """The service cannot answer just now."""

    status: ClassVar[int] = 503
