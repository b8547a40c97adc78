"""The texts that are agreed to: words that were shown stay as they were."""

from aggregates.rules.consents import TEXTS, present

SHOWN = {
    ("data-processing", 1): (
        "21ef4dfa901daf0b3686f7a946e02a8f9c75ea846541209e8d60ba37caea481e",
        "c7d8b5dcf1ae7fe4b5bc378cbc518c9395550460c8dd1eaa317ca01d7019c4bb",
    ),
    ("electronic-exchange", 1): (
        "52ad1c736b63c916effea73e522b9951d6f9a0a0e9fa32de75fdd0b7d5db9028",
        "752c04210d145b4b545f69f8fa8b3a1a7db4e9726ed2ae7089e2629a9cf3bf64",
    ),
    ("pre-contract-information", 1): (
        "b3c0ad7e306f94b2ee6c8347e6ee5aa02216e07f43e53fcb87de3f7f40606f67",
        "b7596ffab0530dbc6a50b021c9cfe13325d8407217ffd1283afb8a4eb1bfc331",
    ),
}
"""Digests of every version that ever shipped: a line is added, none is changed."""


def test_words_that_were_shown_are_never_changed():
    digests = {(t.consent, t.version): (t.sha256("fr"), t.sha256("en")) for t in TEXTS}
    assert digests == SHOWN


def test_each_text_reads_today_as_its_newest_version_says():
    assert [(text.consent, text.version) for text in present()] == [
        ("data-processing", 1),
        ("electronic-exchange", 1),
    ]
    assert [(text.consent, text.version) for text in present("approval")] == [("pre-contract-information", 1)]
    assert all(text.title[language] and text.words[language] for text in TEXTS for language in ("fr", "en"))
