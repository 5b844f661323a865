"""The API as fixtures/api has it: which operations are served, and what they take."""

import functools
import itertools
import json
import pathlib

FOLDER = pathlib.Path(__file__).parents[2] / "fixtures/api"
# How requests call the size of a page and where it begins: in IAM, and everywhere else.
PAGE_PARAMETERS = {"iam": ("MaxItems", "Marker")}
USUAL_PAGE_PARAMETERS = ("MaxResults", "NextToken")


class Operation:
    """One served operation; members are those of its request, by the model's names."""

    def __init__(self, service, name, schema):
        self.service = service
        self.name = name
        self.key = name
        self.protocol = schema["protocol"]
        self.version = schema["version"]
        self.target_prefix = schema.get("target_prefix", "")
        self.http = schema["operations"][name].get("http", {})
        over = overlay(service).get("operations", {}).get(name, {})
        self.filters = schema["operations"][name].get("filters", []) + [
            more for more, facts in over.get("filters", {}).items() if "alias_of" not in facts]
        self._shapes = schema["shapes"]
        own = over.get("not_offered", {})
        self._not_offered = {**overlay(service).get("members", {}).get("not_offered", {}), **own}
        self._enums = schema["enums"]
        self.members = self._shapes.get(schema["operations"][name].get("input"), {}).get(
            "members", {})

    @property
    def takes_dry_run(self):
        return "DryRun" in self.members

    @property
    def has_pages(self):
        return set(self.page_parameters) <= self.members.keys()

    @property
    def page_parameters(self):
        return PAGE_PARAMETERS.get(self.service, USUAL_PAGE_PARAMETERS)

    def enum(self, member):
        """The values that a member may have; empty: any."""
        return self._enums.get(member.get("enum"), [])

    def leaves(self):
        """Every parameter as the ec2 protocol names it, with one of each list: (name, member)."""
        return [(leaf.path, leaf.member) for leaf in self._all_leaves()]

    def offered(self):
        """The names of the parameters that some value of is taken."""
        if self.protocol in ("ec2", "query"):
            return [leaf.path for leaf in self._all_leaves() if self._is_offered(leaf)]
        return [name for name in self.members if name not in self._not_offered
                or "default" in self._not_offered[name]]

    def _all_leaves(self):
        return [leaf for name, member in self.members.items()
                for leaf in self._leaves(Leaf(member.get("in", name), member, (name,), ()))]

    def _leaves(self, leaf):
        if "shape" not in leaf.member:
            yield leaf
            return
        name = leaf.member["shape"]
        shape = self._shapes[name]
        if any(name == above for above, _ in leaf.shapes):
            return
        shapes = leaf.shapes + ((name, len(leaf.names)),)
        if shape["type"] == "list":
            yield from self._leaves(Leaf(f"{leaf.path}.1", shape["item"], leaf.names, shapes))
            return
        for below, member in shape["members"].items():
            yield from self._leaves(Leaf(f"{leaf.path}.{member.get('in', below)}", member,
                                         leaf.names + (below,), shapes))

    def _is_offered(self, leaf):
        judged = [(self._not_offered, leaf.names)]
        for shape, depth in leaf.shapes:
            facts = overlay(self.service).get("shapes", {}).get(shape, {}).get("not_offered", {})
            judged.append((facts, leaf.names[depth:]))
        return all(_is_taken(not_offered, names) for not_offered, names in judged)


class Leaf:
    """A parameter: its path on the wire, the model's names down to it, and the shapes around it,
    each with the number of names above its own members."""

    def __init__(self, path, member, names, shapes):
        self.path = path
        self.member = member
        self.names = names
        self.shapes = shapes


def _is_taken(not_offered, names):
    """Whether the overlay refuses neither the member nor what it is in, or knows a default."""
    paths = [".".join(names[:length]) for length in range(1, len(names) + 1)]
    if not paths or "default" in not_offered.get(paths[-1], {}):
        return True
    return not any(path in not_offered for path in paths)


@functools.cache
def schema(service):
    return json.loads((FOLDER / f"{service}.json").read_text())


@functools.cache
def operations():
    """All that are served: {name: Operation}, by service and name. Where a service has an operation
    whose name an earlier one has too, its own is "Name of service"."""
    served = json.loads((FOLDER / "served.json").read_text())
    found = {}
    for service, rooms in served.items():
        families = (names for room in rooms.values() for names in room.values())
        for name in sorted(itertools.chain.from_iterable(families)):
            key = f"{name} of {service}" if name in found else name
            found[key] = Operation(service, name, schema(service))
            found[key].key = key
    return found


@functools.cache
def overlay(service):
    return json.loads((FOLDER / "overlay.json").read_text()).get(service, {})


def service_names():
    return list(json.loads((FOLDER / "served.json").read_text()))
