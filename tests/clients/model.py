"""botocore's own files about EC2, and which of its operations the server has."""

import functools
import json
import pathlib

import botocore.loaders

SERVED = pathlib.Path(__file__).parents[2] / "fixtures/api/served.json"


@functools.cache
def served(service="ec2"):
    """Names of the operations that a service has."""
    rooms = json.loads(SERVED.read_text()).get(service, {})
    return {name for families in rooms.values() for names in families.values() for name in names}


def is_served(name):
    """Whether an operation is there: of EC2, or of another service, "iam:GetRole"."""
    service, _, operation = name.rpartition(":")
    return operation in served(service or "ec2")


@functools.cache
def load(kind):
    """A file of the EC2 model that belongs to botocore's newest version of it."""
    return botocore.loaders.Loader().load_service_model("ec2", kind)


def paginators():
    """The paginators of served operations: by operation, what the SDKs know of its pages."""
    mine = served()
    return {name: pages for name, pages in load("paginators-1")["pagination"].items()
            if name in mine}


def waiters():
    """Names of the waiters whose operation is served."""
    mine = served()
    return [name for name, waiter in load("waiters-2")["waiters"].items()
            if waiter["operation"] in mine]
