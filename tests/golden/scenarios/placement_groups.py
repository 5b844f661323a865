"""Placement groups: made with each strategy, shown, tagged, deleted."""

from client import filters
from world import tag_specification

NO_GROUP = "pg-0123456789abcdef0"


def placement_groups(emulator):
    me, other = emulator.me, emulator.other
    me.dry("CreatePlacementGroup", GroupName="clustered", Strategy="cluster")
    clustered = me("CreatePlacementGroup", GroupName="clustered", Strategy="cluster",
                   TagSpecification=[tag_specification("placement-group", of="test")])["groupId"]
    me("CreatePlacementGroup", GroupName="spread", Strategy="spread")
    me.brief("CreatePlacementGroup", GroupName="hosts", Strategy="spread", SpreadLevel="host")
    me("CreatePlacementGroup", GroupName="parted", Strategy="partition", PartitionCount=7)
    me.brief("CreatePlacementGroup", GroupName="halved", Strategy="partition")
    me.brief("CreatePlacementGroup", GroupName="precise", Strategy="precision-time")
    for wrong in ({"GroupName": "clustered", "Strategy": "spread"}, {"GroupName": "x"},
                  {"Strategy": "cluster"}, {"GroupName": "x", "Strategy": "random"},
                  {"GroupName": "x" * 256, "Strategy": "cluster"},
                  {"GroupName": "gr\u00fcn", "Strategy": "cluster"},
                  {"GroupName": "x", "Strategy": "partition", "PartitionCount": 8},
                  {"GroupName": "x", "Strategy": "cluster", "PartitionCount": 2},
                  {"GroupName": "x", "Strategy": "cluster", "SpreadLevel": "rack"},
                  {"GroupName": "x", "Strategy": "cluster", "ParentGroupId": NO_GROUP},
                  {"GroupName": "x", "Strategy": "cluster", "LinkedGroupId": NO_GROUP}):
        me.refused("CreatePlacementGroup", wrong)
    other.brief("CreatePlacementGroup", GroupName="clustered", Strategy="cluster")
    me.dry("DescribePlacementGroups")
    me("DescribePlacementGroups")
    me.brief("DescribePlacementGroups", GroupName=["spread", "hosts"])
    me.brief("DescribePlacementGroups", GroupId=[clustered])
    me.brief("DescribePlacementGroups", **filters(strategy="spread", spread_level="host"))
    for wrong in ({"GroupName": ["none"]}, {"GroupId": [NO_GROUP]}, {"GroupId": ["x"]}):
        me.refused("DescribePlacementGroups", wrong)
    other.refused("DescribePlacementGroups", GroupId=[clustered])
    me("CreateTags", ResourceId=[clustered], Tag=[{"Key": "more", "Value": "tags"}])
    me.refused("CreateTags", ResourceId=[NO_GROUP], Tag=[{"Key": "more", "Value": "tags"}])
    me.brief("DescribeTags", **filters(resource_type="placement-group"))
    me.dry("DeletePlacementGroup", GroupName="clustered")
    me("DeletePlacementGroup", GroupName="clustered")
    me.refused("DeletePlacementGroup", GroupName="clustered")
    me.refused("DeletePlacementGroup")
    me.brief("DescribePlacementGroups")


SCENARIOS = {"placement_groups": placement_groups}
