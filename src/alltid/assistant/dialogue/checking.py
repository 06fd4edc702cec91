"""The company's rules just before an action: the executor's question, answered by the playbooks."""

from __future__ import annotations

from alltid.assistant.playbooks.known import Scene
from alltid.assistant.playbooks.library import Library
from alltid.assistant.playbooks.policy_check import Allowed, Check, ForPerson, checked
from alltid.assistant.tools.executor import PolicyCheck, PolicyRefusal
from alltid.assistant.tools.tool import Proposal, Reads
from alltid.kernel.clock import Clock

# The customer reads the playbook's own words for these codes; this is for the record.
_WHY = "The company's rules do not allow this now."
_PERSON = "A person has to decide this."


def rules_hold(library: Library, check: Check, company: str, clock: Clock) -> PolicyCheck:
    """Return what the executor asks: whether fresh facts still lead to exactly this action."""

    async def holds(proposal: Proposal, reads: Reads) -> PolicyRefusal | None:
        scene = Scene(clock.now(), "en", signed_in=True, company=company)
        verdict = await checked(library, check, proposal, reads, scene)
        match verdict:
            case Allowed():
                return None
            case ForPerson(because):
                return PolicyRefusal(f"for_person_{because}"[:60], _PERSON)
            case _:
                return PolicyRefusal(f"policy_{verdict.why}"[:60], _WHY)

    return holds
