"""The part behind freelancers' own pages: applications, qualifications, reviews, the export."""

from __future__ import annotations

from alltid.agents.applications import forget_refused
from alltid.desk.part import Ground, Part
from alltid.web.identity.export_keys import ExportKeys
from alltid.web.people import People


def people_part(ground: Ground) -> Part:
    """Put it together; refused applications are forgotten after a year."""
    settings = ground.settings
    assert settings.secret_key is not None  # noqa: S101  the command line kept one
    previous = (key.get_secret_value() for key in settings.previous_secret_keys)
    service = People(
        pool=ground.pool,
        clock=ground.clock,
        ids=ground.ids,
        company=settings.company_name,
        export_keys=ExportKeys(settings.secret_key.get_secret_value(), *previous),
    )
    ground.jobs.add_sweep("refused applications", forget_refused)
    return Part(name="people", service=service)
