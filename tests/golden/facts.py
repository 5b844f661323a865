"""The API as fixtures/api has it: which operations are served, and what they take."""

import functools
import json
import pathlib

FOLDER = pathlib.Path(__file__).parents[2] / "fixtures/api"
PAGE_PARAMETERS = {"MaxResults", "NextToken"}


class Operation:
    """One served operation; members are those of its request, by the model's names."""

    def __init__(self, service, name, schema):
        self.service = service
        self.name = name
        self.protocol = schema["protocol"]
        self.version = schema["version"]
        self.target_prefix = schema.get("target_prefix", "")
        self.http = schema["operations"][name].get("http", {})
        self.filters = schema["operations"][name].get("filters", [])
        self._shapes = schema["shapes"]
        self._enums = schema["enums"]
        self.members = self._shapes.get(schema["operations"][name].get("input"), {}).get(
            "members", {})

    @property
    def takes_dry_run(self):
        return "DryRun" in self.members

    @property
    def has_pages(self):
        return PAGE_PARAMETERS <= self.members.keys()

    def enum(self, member):
        """The values that a member may have; empty: any."""
        return self._enums.get(member.get("enum"), [])

    def leaves(self):
        """Every parameter as the ec2 protocol names it, with one of each list: (name, member)."""
        return list(self._leaves(self.members, "", ()))

    def _leaves(self, members, prefix, seen):
        for name, member in members.items():
            yield from self._leaf(prefix + member.get("in", name), member, seen)

    def _leaf(self, path, member, seen):
        if "shape" not in member:
            yield path, member
            return
        shape = self._shapes[member["shape"]]
        if member["shape"] in seen:
            return
        seen += (member["shape"],)
        if shape["type"] == "list":
            yield from self._leaf(f"{path}.1", shape["item"], seen)
        else:
            yield from self._leaves(shape["members"], f"{path}.", seen)


@functools.cache
def schema(service):
    return json.loads((FOLDER / f"{service}.json").read_text())


@functools.cache
def operations():
    """All that are served: {name: Operation}, in the order of served.json."""
    served = json.loads((FOLDER / "served.json").read_text())
    found = {}
    for service, families in served.items():
        for names in families.values():
            for name in names:
                if name in found:
                    raise ValueError(f"two services have an operation {name}")
                found[name] = Operation(service, name, schema(service))
    return found


def service_names():
    return list(json.loads((FOLDER / "served.json").read_text()))
