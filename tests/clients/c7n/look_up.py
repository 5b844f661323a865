"""Prints which of the ids that are its arguments Cloud Custodian makes of a resource's kind.

usage: look_up.py KIND ID ...

It leaves out what EC2 does not know by what EC2 says of them, as it does when an event names them.
"""

import sys

from c7n.config import Config
from c7n.policy import PolicyCollection
from c7n.resources import load_resources

kind, *ids = sys.argv[1:]
load_resources((kind,))
(policy,) = PolicyCollection.from_data(
    {"policies": [{"name": "look-up", "resource": kind}]},
    Config.empty(region="us-east-1", account_id="123456789012"))
manager = policy.resource_manager
for found in manager.get_resources(ids, cache=False):
    print(found[manager.resource_type.id])
