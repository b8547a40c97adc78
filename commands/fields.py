"""The fields that commands are made of: every one bounded, text clean, money strict."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, TypeVar
from uuid import UUID
from zoneinfo import available_timezones

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
)
from schwifty import BIC, IBAN
from schwifty.exceptions import SchwiftyException

from aggregates.values import EXPONENTS, WHOLE_DIGITS, BasisPoints, Money, foreign_id

Id = TypeVar("Id", bound=UUID)

_CHOSEN: Final = "^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[47][0-9A-Fa-f]{3}-[89ABab][0-9A-Fa-f]{3}-[0-9A-Fa-f]{12}$"
"""A UUID of version 4 or 7, for the documentation. Source: RFC 9562 §4."""

NewId = Annotated[
    Id,
    AfterValidator(foreign_id),
    Field(
        description="Chosen by the asker, so that a retry is recognised: a UUID of version 4 or 7.",
        json_schema_extra={"pattern": _CHOSEN},
    ),
]
"""``NewId[LoanId]``: the id of something that does not exist yet."""


# ── text ───────────────────────────────────────────────────────────────────

_JOINERS: Final = "\u200c\u200d"
"""Zero-width joiners are part of how some names are written; they have to stand between two letters."""

_UNSEEN: Final = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
"""Control, format, surrogate, private use, line and paragraph separators. Source: UAX 44, general categories."""


def clean(text: str) -> str:
    """One line as it is kept: NFC, without spaces around it.

    Raises ValueError for a character that cannot be seen, and for text without a single letter or digit.
    """
    return _says_something(seen(text))


def clean_lines(text: str) -> str:
    """Several lines as they are kept: none with spaces around it, none empty at the ends. Raises ValueError."""
    lines = [seen(line) for line in text.replace("\r\n", "\n").split("\n")]
    return _says_something("\n".join(lines).strip("\n"))


def seen(text: str) -> str:
    """NFC, without spaces around it. Raises ValueError for a character that cannot be seen."""
    text = unicodedata.normalize("NFC", text).strip()
    for at, character in enumerate(text):
        if _is_unseen(character) and not (character in _JOINERS and _between_letters(text, at)):
            raise ValueError(f"the character U+{ord(character):04X} cannot be seen and is not taken")
    return text


def _says_something(text: str) -> str:
    if not any(character.isalnum() for character in text):
        raise ValueError("at least one letter or digit is needed")
    return text


def _is_unseen(character: str) -> bool:
    code = ord(character)
    is_nothing = code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF
    return is_nothing or unicodedata.category(character) in _UNSEEN


def _between_letters(text: str, at: int) -> bool:
    around = text[at - 1 : at] + text[at + 1 : at + 2]
    return len(around) == 2 and all(unicodedata.category(c)[0] in "LMS" for c in around)


def _bounded(least: int, most: int) -> AfterValidator:
    def check(text: str) -> str:
        if not least <= len(text) <= most:
            raise ValueError(f"between {least} and {most} characters are needed, without spaces around them")
        return text

    return AfterValidator(check)


Name = Annotated[str, Field(min_length=1, max_length=120), AfterValidator(clean), _bounded(1, 120)]
"""A person, a company, a title."""
Line = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(clean), _bounded(1, 200)]
"""Any other single line."""
Address = Annotated[str, Field(min_length=3, max_length=500), AfterValidator(clean_lines), _bounded(3, 500)]
"""Postal, lines separated by ``\\n``."""
Prose = Annotated[str, Field(min_length=3, max_length=1000), AfterValidator(clean_lines), _bounded(3, 1000)]
"""A purpose, a reason that people read."""
StepUpReason = Annotated[
    str, Field(min_length=10, max_length=500), AfterValidator(clean_lines), _bounded(10, 500)
]
"""Why one person decides alone: long enough to say something."""
Receipted = Annotated[str, Field(min_length=1, max_length=64), AfterValidator(clean), _bounded(1, 64)]
"""The reference of a transfer, a receipt, a cheque."""
Traced = Annotated[str, Field(min_length=1, max_length=512), AfterValidator(seen), _bounded(1, 512)]
"""What a machine says about itself: an address, a program."""
FileName = Annotated[str, Field(min_length=1, max_length=255), AfterValidator(clean), _bounded(1, 255)]


# ── identifiers ────────────────────────────────────────────────────────────

Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=40)]
"""Ours: ``pret-personnel``."""
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$", examples=["FR"])]
"""ISO 3166, two letters."""
Language = Literal["fr", "en"]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
StorageKey = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*(/[a-z0-9][a-z0-9_.-]*)+$", max_length=255)]
"""Where bytes are in the storage; never made of what a sender called them."""
MediaType = Literal["application/pdf", "image/png", "image/jpeg"]
Token = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$", min_length=32, max_length=128)]
"""At least 32 random characters."""

_LOCAL: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"


def _known(currency: str) -> str:
    if currency not in EXPONENTS:
        raise ValueError(f"the currency is one of {', '.join(EXPONENTS)}")
    return currency


def _mailbox(written: str) -> str:
    local, _, domain = written.strip().rpartition("@")
    plausible = re.fullmatch(_LOCAL, local) and re.fullmatch(rf"(?:{_LABEL}\.)+[A-Za-z][A-Za-z0-9-]+", domain)
    if not plausible or len(local) > 64 or len(local) + len(domain) > 253:
        raise ValueError("an e-mail address is written like awa.kone@example.org")
    return f"{local}@{domain.lower()}"


def _dialled(written: str) -> str:
    number = re.sub(r"[ .()\u00a0\u202f-]", "", written)
    if not re.fullmatch(r"\+[1-9][0-9]{6,14}", number):
        raise ValueError("a phone number is written like +225 07 00 00 00 00")
    return number


def _iban(written: str) -> str:
    try:
        return str(IBAN(written))
    except SchwiftyException:
        # Not the library's words: they repeat the number.
        raise ValueError("an IBAN is written like FR76 3000 6000 0112 3456 7890 189") from None


def _bic(written: str) -> str:
    try:
        return str(BIC(written))
    except SchwiftyException:
        raise ValueError("a BIC is written like AGRIFRPP882") from None


def _zone(written: str) -> str:
    if written not in available_timezones():
        raise ValueError("a time zone is written like Europe/Paris")
    return written


Currency = Annotated[str, Field(json_schema_extra={"enum": list(EXPONENTS)}), AfterValidator(_known)]
"""ISO 4217, one of those we handle."""
Email = Annotated[str, Field(max_length=254, examples=["awa.kone@example.org"]), AfterValidator(_mailbox)]
"""Source: RFC 5321 §4.5.3.1 for the lengths; the domain in lower case."""
Phone = Annotated[str, Field(max_length=40, examples=["+225 07 00 00 00 00"]), AfterValidator(_dialled)]
"""Kept as E.164."""
Iban = Annotated[
    str, Field(max_length=50, examples=["FR76 3000 6000 0112 3456 7890 189"]), AfterValidator(_iban)
]
"""Kept without spaces. Source: ISO 13616 for the lengths by country, ISO 7064 MOD 97-10 for the check digits."""
Bic = Annotated[str, Field(max_length=20, examples=["AGRIFRPP882"]), AfterValidator(_bic)]
"""Source: ISO 9362."""
TimeZone = Annotated[str, Field(max_length=64, examples=["Europe/Paris"]), AfterValidator(_zone)]


# ── numbers, days, money ───────────────────────────────────────────────────

Months = Annotated[int, Field(strict=True, ge=1, le=360, description="Number of instalments.")]
Rate = Annotated[
    BasisPoints,
    Field(strict=True, ge=0, le=10_000, description="Basis points a year: 950 is 9.50 %.", examples=[600]),
]
Count = Annotated[int, Field(strict=True, ge=1, le=100_000)]
Size = Annotated[int, Field(strict=True, ge=1, le=1_000_000_000, description="Bytes.")]


def _written_day(value: Any) -> Any:
    """A day is written as a day: no timestamps, no numbers."""
    if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value) or type(value) is date:
        return value
    raise ValueError("a day is written like 2026-05-04")


KeepsOverpayment = Annotated[
    bool,
    Field(
        strict=True,
        description="Whether what is more than is owed is kept for the borrower until it is sent back; refused otherwise.",
    ),
]
"""10 000 typed for 1 000 is likelier than an overpayment: whoever records one says so."""

Day = Annotated[
    date,
    Field(
        ge=date(2000, 1, 1),
        le=date(2199, 12, 31),
        examples=["2026-05-04"],
        json_schema_extra={"pattern": "^2[01][0-9]{2}-[0-9]{2}-[0-9]{2}$"},
    ),
    BeforeValidator(_written_day),
]


def _written_moment(value: Any) -> Any:
    """A moment is written with its zone: no seconds since 1970."""
    if isinstance(value, str) and _MOMENT.fullmatch(value) or isinstance(value, datetime):
        return value
    raise ValueError("a moment is written like 2026-06-04T09:00:00Z")


_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
Moment = Annotated[AwareDatetime, BeforeValidator(_written_moment)]


class WrittenAmount(BaseModel):
    """An amount of money: a decimal in a string, never a float."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        title="Amount",
        json_schema_extra={"examples": [{"amount": "5000.00", "currency": "EUR"}]},
    )

    amount: str = Field(
        pattern=rf"^([1-9][0-9]{{0,{WHOLE_DIGITS - 1}}}(\.[0-9]{{1,2}})?|0\.([1-9][0-9]?|0[1-9]))$",
        description="Digits, a point, at most the decimals of the currency: 2 for EUR, none for XOF. More than zero.",
        examples=["5000.00"],
    )
    currency: str = Field(json_schema_extra={"enum": list(EXPONENTS)}, examples=["EUR"])

    def money(self) -> Money:
        money = Money.parse(self.amount, self.currency)
        if not money:
            raise ValueError("an amount is more than zero")
        return money


def _as_written(value: Any) -> Any:
    return {"amount": value.decimal(), "currency": value.currency} if isinstance(value, Money) else value


if TYPE_CHECKING:
    Amount = Money
else:
    Amount = Annotated[
        WrittenAmount,
        AfterValidator(WrittenAmount.money),
        BeforeValidator(_as_written),
        PlainSerializer(_as_written),
    ]
"""More than zero; ``{"amount": "5000.00", "currency": "EUR"}`` outside, Money inside."""
