"""The screens have a word for every movement and a title for every account that an entry can be made on."""

import re
from pathlib import Path
from typing import get_args

from aggregates.rules.charts import CHARTS
from aggregates.rules.movements import Kind

POSTING = Path("web/src/features/posting")


def test_every_movement_has_a_word_on_the_screens():
    named = re.findall(r"^  '([a-z-]+)',$", (POSTING / "movements.ts").read_text(), re.MULTILINE)
    assert sorted(named) == sorted(get_args(Kind))


def test_every_account_of_every_chart_has_a_title_on_the_screens():
    numbers = set(re.findall(r"posting_account_(\d+)", (POSTING / "words.ts").read_text()))
    assert numbers == {account.number for chart in CHARTS.values() for account in chart.values()}
