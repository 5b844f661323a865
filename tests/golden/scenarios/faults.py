"""What is refused before any handler sees it: every parameter of every operation, with values that
its schema does not take. In brief: code and message."""

import facts

LONG = "x" * 70_000


def bad_values(operation, member):
    """Values that the schema refuses, or at least one that shows whether it is offered."""
    kind = member["type"]
    if operation.enum(member):
        return ["nonsense"]
    if kind in ("integer", "long", "double"):
        least, most = member.get("min"), member.get("max")
        return ["x", *([str(least - 1)] if least is not None else []),
                *([str(most + 1)] if most is not None else [])]
    if kind == "boolean":
        return ["perhaps"]
    if kind == "timestamp":
        return ["soon"]
    most = member.get("max")
    return ["x" * (most + 1) if most is not None and most < len(LONG) else "x"]


def faults_of_forms(client, operation):
    dry = {"DryRun": True} if operation.takes_dry_run else {}
    client.brief(operation.name, dry)
    client.brief(operation.name, dry, Bogus="1")
    for path, member in operation.leaves():
        for value in bad_values(operation, member):
            client.brief(operation.name, {**dry, path: value})


def wrong_json(operation, member):
    if "shape" in member:
        return ["x", 7, None]
    if member["type"] in ("string", "blob"):
        return [7, "", LONG[:(member.get("max") or 3000) + 1], "nonsense"]
    if member["type"] == "boolean":
        return ["true", 1]
    return ["x", 1.5, True, -1, 10**20]


def faults_of_json(client, operation):
    client.brief(operation.name)
    client.brief(operation.name, Bogus=1)
    for name, member in operation.members.items():
        for value in wrong_json(operation, member):
            if not (member.get("location") == "uri" and value == ""):
                client.brief(operation.name, {name: value})


def faults_of(service):
    def scenario(emulator):
        for operation in facts.operations().values():
            if operation.service == service:
                is_form = operation.protocol in ("ec2", "query")
                (faults_of_forms if is_form else faults_of_json)(emulator.me, operation)
    return scenario


# Those of S3 are in objects.py: it takes most values for text, and some requests for others.
SCENARIOS = {f"faults_{service}": faults_of(service) for service in facts.service_names()
             if service != "s3"}
