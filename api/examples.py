"""Examples for the OpenAPI page: every body and every answer shows one, made from its schema."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]

BY_FORMAT = {
    "uuid": "10a00000-0000-4000-8000-000000000001",
    "date": "2026-05-04",
    "date-time": "2026-05-04T09:30:00Z",
    "binary": "(bytes)",
}

BY_NAME: dict[str, Any] = {
    "account": "274",
    "city": "Paris",
    "code": "PRET-CONFORT",
    "country": "FR",
    "currency": "EUR",
    "email": "awa.diop@example.org",
    "kind": "person",
    "language": "fr",
    "method": "transfer",
    "name": "Awa Diop",
    "next": None,
    "phone": "+33 6 12 34 56 78",
    "reference": "L-2026-000123",
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "status": "requested",
    "version": 2,
}
"""Where a schema says less than people know."""


def example(schema: Schema, components: dict[str, Schema], name: str = "") -> Any:
    """A value that the schema would accept; what it says itself comes first."""
    if (reference := schema.get("$ref")) is not None:
        return example(components[reference.rpartition("/")[2]], components, name)
    for word in ("examples", "enum"):
        if schema.get(word):
            return schema[word][0]
    if "const" in schema:
        return schema["const"]
    if (either := schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf")) is not None:
        return BY_NAME[name] if name in BY_NAME else example(either[0], components, name)
    return _of_type(schema, components, name)


def _of_type(schema: Schema, components: dict[str, Schema], name: str) -> Any:
    match schema.get("type"):
        case "object" if isinstance(schema.get("additionalProperties"), dict):
            return {"1": example(schema["additionalProperties"], components)}
        case "object":
            return {
                key: example(inner, components, key) for key, inner in schema.get("properties", {}).items()
            }
        case "array":
            return [example(schema.get("items", {}), components, name)]
        case "integer" | "number":
            return BY_NAME.get(name, schema.get("default", schema.get("minimum", 1)))
        case "boolean":
            return schema.get("default", False)
        case "string":
            return BY_FORMAT.get(schema.get("format", "")) or BY_NAME.get(name) or _text(schema)
    return None


def _text(schema: Schema) -> str:
    return "Texte libre".ljust(schema.get("minLength", 0), ".")[: schema.get("maxLength", 200)]
