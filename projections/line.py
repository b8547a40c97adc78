"""A line of a read model: what every row has in common."""

from pydantic import BaseModel, ConfigDict


class Line(BaseModel):
    """What stands under a field in the source is its description in the OpenAPI: units, ranges, vocabulary."""

    model_config = ConfigDict(use_attribute_docstrings=True)
