"""That the recording leaves no served operation and no parameter out.

Each operation has three calls at least; among them a success, a refusal, a dry run when it takes
one, the page after a page when it has pages, and a success with each parameter that is offered."""

import re

import facts
from client import DRY_RUN

FEWEST_CALLS = 3

# What cannot be brought about by any call, with the reason.
NO_SECOND_PAGE = {
    "DescribeStaleSecurityGroups": "no VPC has so many groups with stale rules",
    "GetCapacityReservationUsage": "a reservation is used by its owner alone",
    "GetImageFindings": "nothing is scanned",
}
NO_SUCCESS_WITH = {
    ("DescribeStaleSecurityGroups", "NextToken"): "there is no second page",
    ("AssociateAddress", "PublicIp"): "addresses of a VPC are named by their allocation",
    ("DisassociateAddress", "PublicIp"): "addresses of a VPC are named by their association",
    ("ReleaseAddress", "PublicIp"): "addresses of a VPC are named by their allocation",
    ("GetCapacityReservationUsage", "NextToken"): "there is no second page",
    ("GetImageFindings", "NextToken"): "there is no second page",
    ("RegisterImage", "BillingProduct.1"): "no account is authorized",
    ("RequestSpotInstances", "BlockDurationMinutes"): "AWS has ended it",
    ("RunInstances", "InstanceMarketOptions.SpotOptions.BlockDurationMinutes"): "AWS has ended it",
    ("DescribeExportTasks", "Filter.1.Name"): "no filter of it is documented",
    ("DescribeExportTasks", "Filter.1.Value.1"): "no filter of it is documented",
}
NUMBER = re.compile(r"\.\d+(?=\.|$)")


def gaps(calls):
    """What is missing, a line for each; empty when the recording is complete."""
    by_operation = {name: [] for name in facts.operations()}
    for call in calls:
        by_operation[call.operation].append(call)
    return [f"{name}: {gap}" for name, calls_of_it in by_operation.items()
            for gap in _gaps_of(facts.operations()[name], calls_of_it)]


def _gaps_of(operation, calls):
    name = operation.key
    if len(calls) < FEWEST_CALLS:
        yield f"{len(calls)} calls are recorded, expected {FEWEST_CALLS}"
    if not any(call.status < 400 for call in calls):
        yield "no call succeeds"
    if not any(call.status >= 400 and call.code != DRY_RUN for call in calls):
        yield "no call is refused"
    if operation.takes_dry_run and not any(call.code == DRY_RUN for call in calls):
        yield "no dry run"
    if operation.has_pages and name not in NO_SECOND_PAGE and \
            not _has_second_page(operation, calls):
        yield "no page with a token, and the page after it"
    sent = {NUMBER.sub(".1", parameter) for call in calls if call.status < 400
            for parameter in call.parameters}
    for parameter in operation.offered():
        if parameter not in sent and parameter != "DryRun" and \
                (name, parameter) not in NO_SUCCESS_WITH:
            yield f"no call with {parameter} succeeds"


def _has_second_page(operation, calls):
    return any(call.has_next for call in calls) and any(
        call.status < 400 and operation.page_parameters[1] in call.parameters for call in calls)
