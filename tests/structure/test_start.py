"""What a start has to load: the rest is loaded where it is used, or beside a serving desk."""

import json
import subprocess
import sys

# Each takes a good part of a start, or more, and nothing that serves a customer needs it.
BESIDE = {
    "alltid.assistant.dialogue.turn",
    "alltid.assistant.intents.reader",
    "alltid.assistant.playbooks.library",
    "alltid.desk.assistant",
    "alltid.web.console",
    "babel",
    "cel",
    "jsonschema",
    "mcp",
    "onnxruntime",
    "prompt_toolkit",
    "pydantic_ai",
    "pypdf",
    "scipy",
    "selectolax",
    "tokenizers",
    "webauthn",
    "yaml",
}
SERVER = {"alltid.desk", "fastapi", "numpy", "procrastinate", "psycopg", "pydantic", "uvicorn"}


def loaded_by(statement: str) -> set[str]:
    code = f"{statement}\nimport json, sys\nprint(json.dumps(list(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return set(json.loads(done.stdout))


def test_the_command_line_loads_no_server() -> None:
    assert loaded_by("import alltid.cli") & (BESIDE | SERVER) == set()


def test_a_server_loads_what_customers_need_and_the_rest_later() -> None:
    loaded = loaded_by("import alltid.cli.serving, alltid.desk")
    assert "alltid.web.customer_socket" in loaded
    assert loaded & BESIDE == set()
