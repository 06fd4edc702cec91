"""From what a company's system offers to what is allowed: one tool's schema, tightened. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from alltid.assistant.tools.declared import AllowedTool
from alltid.assistant.tools.handles import HANDLE_CHARACTERS_MAX
from alltid.assistant.tools.identity import identity_arguments, takes_any_field
from alltid.assistant.tools.tool import ACT_SECONDS, READ_SECONDS, ToolSpec

DESCRIPTION_CHARACTERS_MAX: Final = 1000
ARGUMENTS_MAX: Final = 40
REFERENCE_DEPTH_MAX: Final = 12


class ToolsRefused(ValueError):  # noqa: N818  said of what was offered
    """Tools that can't be taken in; the message is one sentence that says why."""


def take_in(
    name: str, description: str, schema: Mapping[str, Any], allowed: AllowedTool, root: Any
) -> ToolSpec:
    """Return the tool as it may be used. `root` is where `$ref` of the schema lead.

    Arguments that hold ids become handles, objects take no fields but those named, and limits
    are added. Raises ToolsRefused for a tool that would take a customer's identity.
    """
    inlined = _inlined(schema, root, 0)
    properties = dict(inlined.get("properties", {}))
    required = [each for each in inlined.get("required", ()) if each in properties]
    for argument in allowed.leave_out:
        if argument in required:
            raise ToolsRefused(f"{name} needs {argument}, which can't be left out.")
        properties.pop(argument, None)
    unknown = sorted({*allowed.limits, *allowed.identity} - set(properties))
    if unknown:
        raise ToolsRefused(f"{name} has no argument {unknown[0]}.")
    if len(properties) > ARGUMENTS_MAX:
        raise ToolsRefused(f"{name} takes more than {ARGUMENTS_MAX} arguments.")
    for argument, limit in allowed.limits.items():
        properties[argument] = {**properties[argument], **limit}
    arguments = {
        "type": "object",
        "properties": {each: _with_handles(each, s, allowed) for each, s in properties.items()},
        "required": required,
        "additionalProperties": False,
    }
    _refuse_identity(name, arguments, allowed)
    seconds = READ_SECONDS if allowed.effect == "read" else ACT_SECONDS
    words = (allowed.description or description or name)[:DESCRIPTION_CHARACTERS_MAX]
    return ToolSpec(
        name,
        words,
        allowed.effect,
        arguments,
        allowed.timeout_seconds or seconds,
        dict(allowed.handles),
    )


def _refuse_identity(name: str, arguments: Mapping[str, Any], allowed: AllowedTool) -> None:
    named = set(identity_arguments(arguments)) - set(allowed.identity)
    if named:
        raise ToolsRefused(
            f"{name} has the argument {min(named)}, which looks like naming a customer. Who the "
            "customer is comes from the signed session: leave the argument out, or name it under "
            "`identity` if it is a new contact detail."
        )
    if takes_any_field(arguments):
        raise ToolsRefused(f"{name} takes an object with any fields, so anything could be said.")


def _with_handles(argument: str, schema: Any, allowed: AllowedTool) -> Any:
    """Close objects, and have handles where the company has ids; at any depth."""
    if not isinstance(schema, Mapping):
        return schema
    if argument in allowed.handles:
        one = {"type": "string", "maxLength": HANDLE_CHARACTERS_MAX, "minLength": 1}
        kept = {"description": schema["description"]} if "description" in schema else {}
        if schema.get("type") != "array":
            return {**one, **kept}
        bounds = {key: schema[key] for key in ("minItems", "maxItems") if key in schema}
        return {"type": "array", "items": one, **bounds, **kept}
    closed = {key: value for key, value in schema.items() if key not in {"title", "example"}}
    for several in ("anyOf", "oneOf", "allOf"):
        if several in closed:
            closed[several] = [_with_handles("", each, allowed) for each in closed[several]]
    if "items" in closed:
        closed["items"] = _with_handles("", closed["items"], allowed)
    if "properties" in closed:
        inner = closed["properties"].items()
        closed["properties"] = {each: _with_handles(each, s, allowed) for each, s in inner}
        closed["additionalProperties"] = False
    return closed


def _inlined(schema: Any, root: Any, depth: int) -> Any:
    """Put what references lead to in their place. Raises ToolsRefused for endless ones."""
    if depth > REFERENCE_DEPTH_MAX:
        raise ToolsRefused("A schema refers to itself, or is nested too deeply.")
    if isinstance(schema, Mapping):
        reference = schema.get("$ref")
        if isinstance(reference, str):
            return _inlined(_found(reference, root), root, depth + 1)
        return {
            key: _inlined(value, root, depth + 1)
            for key, value in schema.items()
            if key not in {"$defs", "definitions"}
        }
    if isinstance(schema, list):
        return [_inlined(each, root, depth + 1) for each in schema]
    return schema


def _found(reference: str, root: Any) -> Any:
    if not reference.startswith("#/"):
        raise ToolsRefused("A schema refers to another document.")
    place = root
    for part in reference[2:].split("/"):
        name = part.replace("~1", "/").replace("~0", "~")
        if not isinstance(place, Mapping) or name not in place:
            raise ToolsRefused(f"A schema refers to {reference}, which isn't there.")
        place = place[name]
    return place
