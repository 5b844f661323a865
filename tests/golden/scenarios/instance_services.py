"""What else instances have, and the small settings of accounts."""

import world
from client import filters
from world import ZONE, launch, registration, tag_specification

NO_INSTANCE = "i-0123456789abcdef0"


def instance_profiles(emulator):
    me, other = emulator.me, emulator.other
    profile = {"IamInstanceProfile": {"Name": "web"}}
    arn = {"IamInstanceProfile": {"Arn": "arn:aws:iam::123456789012:instance-profile/path/worker"}}
    image = world.public_image(me)
    runs = [world.instance(me, image, **profile) for _ in range(5)]
    me("RunInstances", launch(image, **arn))
    me.refused("RunInstances", launch(image, IamInstanceProfile={"Name": "a b"}))
    me.brief("RunInstances", launch(image, **profile))
    bare, other_bare = world.instance(me, image), world.instance(me, image)
    me("AssociateIamInstanceProfile", InstanceId=bare, **arn)
    me.brief("AssociateIamInstanceProfile", InstanceId=other_bare, **profile)
    me.refused("AssociateIamInstanceProfile", InstanceId=bare, **profile)
    me.refused("AssociateIamInstanceProfile", InstanceId=NO_INSTANCE, **profile)
    describe = "DescribeIamInstanceProfileAssociations"
    me.pages(describe, 5)
    made = me.brief(describe, **filters(instance_id=runs[0]))["associationId"]
    me.brief(describe, AssociationId=[made], **filters(state="associated"))
    me.refused(describe, AssociationId=["iip-assoc-0123456789abcdef0"])
    other.brief(describe)
    replace = "ReplaceIamInstanceProfileAssociation"
    made = me(replace, AssociationId=made, **arn)["associationId"]
    made = me.brief(replace, AssociationId=made, **profile)["associationId"]
    me.refused(replace, AssociationId="iip-assoc-0123456789abcdef0", **profile)
    me("DisassociateIamInstanceProfile", AssociationId=made)
    me.refused("DisassociateIamInstanceProfile", AssociationId=made)


def serial_console_access(emulator):
    me = emulator.me
    for action in ("EnableSerialConsoleAccess", "GetSerialConsoleAccessStatus",
                   "DisableSerialConsoleAccess"):
        me.dry(action)
        me(action)
        me.refused(action, Colour="red")


def id_formats(emulator):
    me = emulator.me
    user = "arn:aws:iam::123456789012:user/"
    me.brief("DescribeIdFormat")
    me("DescribeIdFormat", Resource="image")
    me.refused("DescribeIdFormat", Resource="key-pair")
    me("DescribeIdentityIdFormat", PrincipalArn=user + "one", Resource="vpc")
    me.refused("DescribeIdentityIdFormat", PrincipalArn="all")
    me.brief("DescribeAggregateIdFormat")
    me.dry("DescribeAggregateIdFormat")
    me.refused("DescribeAggregateIdFormat", Colour="red")
    me("ModifyIdFormat", Resource="vpc", UseLongIds=True)
    me.refused("ModifyIdFormat", Resource="vpc", UseLongIds=False)
    me.tried("ModifyIdFormat", Resource="all-current", UseLongIds=True)
    for principal in (user + "one", user + "two", "all"):
        me.brief("ModifyIdentityIdFormat", PrincipalArn=principal, Resource="image",
                 UseLongIds=True)
    me.refused("ModifyIdentityIdFormat", PrincipalArn=user, Resource="instance", UseLongIds=True)
    me.dry("DescribePrincipalIdFormat")
    me("DescribePrincipalIdFormat", Resource=["vpc"])
    me.pages("DescribePrincipalIdFormat", 1)
    me.refused("DescribePrincipalIdFormat", Resource=["x"])


def instance_firmware(emulator):
    me, other = emulator.me, emulator.other
    image = me.quiet("RegisterImage", registration(
        "safe", world.snapshot(me), BootMode="uefi", TpmSupport="v2.0", UefiData="QU1aTlVFRkk="))
    runs = world.instance(me, image["imageId"], InstanceType="m5.large")
    for kind in ("rsa-2048", "ecc-sec-p384"):
        for form in ("der", "tpmt"):
            me("GetInstanceTpmEkPub", InstanceId=runs, KeyType=kind, KeyFormat=form)
    me.dry("GetInstanceTpmEkPub", InstanceId=runs, KeyType="rsa-2048", KeyFormat="der")
    other.refused("GetInstanceTpmEkPub", InstanceId=runs, KeyType="rsa-2048", KeyFormat="der")
    me("GetInstanceUefiData", InstanceId=runs)
    me.dry("GetInstanceUefiData", InstanceId=runs)
    me.refused("GetInstanceUefiData", InstanceId=world.instance(me, InstanceType="t2.micro"))


def instance_topology(emulator):
    me = emulator.me
    me.quiet("CreatePlacementGroup", GroupName="near", Strategy="cluster")
    image = world.public_image(me)
    near = [world.instance(me, image, InstanceType="p3dn.24xlarge",
                           Placement={"GroupName": "near"}) for _ in range(2)]
    world.instance(me, image)
    me.pages("DescribeInstanceTopology", 2)
    me.brief("DescribeInstanceTopology", InstanceId=near[:1])
    me.brief("DescribeInstanceTopology", GroupName=["near"])
    me.brief("DescribeInstanceTopology", **filters(instance_type="t3*"))
    me.dry("DescribeInstanceTopology")
    me.refused("DescribeInstanceTopology", InstanceId=[NO_INSTANCE])


def instance_event_windows(emulator):
    me, other = emulator.me, emulator.other
    cron, ranges = {"CronExpression": "* 0-4,20-23 * * 1,5"}, {"TimeRange": [
        {"StartWeekDay": "monday", "StartHour": 2, "EndWeekDay": "tuesday", "EndHour": 8}]}
    create, modify = "CreateInstanceEventWindow", "ModifyInstanceEventWindow"
    me.dry(create, cron)
    made = me(create, cron, Name="early", TagSpecification=[
        tag_specification("instance-event-window", of="odd")])["instanceEventWindowId"]
    ranged = me(create, ranges)["instanceEventWindowId"]
    for wrong in ({}, {**cron, **ranges}, {"CronExpression": "* 1 * * *"}):
        me.refused(create, wrong)
    me.dry(modify, ranges, InstanceEventWindowId=made)
    me(modify, ranges, InstanceEventWindowId=made)
    me(modify, cron, InstanceEventWindowId=made, Name="late")
    other.refused(modify, cron, InstanceEventWindowId=made)
    runs = {"AssociationTarget": {"InstanceId": [world.instance(me)]}}
    tags = {"AssociationTarget": {"InstanceTag": [{"Key": "of", "Value": "test"}]}}
    (host,) = me.quiet("AllocateHosts", InstanceType="m5.large", AvailabilityZone=ZONE,
                       Quantity=1).all("item")
    hosts = {"AssociationTarget": {"DedicatedHostId": [host]}}
    hosted = me.quiet(create, cron)["instanceEventWindowId"]
    for action in ("AssociateInstanceEventWindow", "DisassociateInstanceEventWindow"):
        me.dry(action, runs, InstanceEventWindowId=made)
        me(action, runs, InstanceEventWindowId=made)
        me(action, tags, InstanceEventWindowId=ranged)
        me(action, hosts, InstanceEventWindowId=hosted)
    me.refused("AssociateInstanceEventWindow", InstanceEventWindowId=made, AssociationTarget={
        "DedicatedHostId": ["h-0123456789abcdef0"]})
    me.quiet("AssociateInstanceEventWindow", runs, InstanceEventWindowId=made)
    for _ in range(19):
        me.quiet(create, cron)
    describe = "DescribeInstanceEventWindows"
    me.two_pages(describe, 20)
    me(describe, InstanceEventWindowId=[made, ranged])
    me.dry(describe)
    me.refused(describe, InstanceEventWindowId=["iew-0123456789abcdef0"])
    delete = "DeleteInstanceEventWindow"
    me.dry(delete, InstanceEventWindowId=made)
    me.refused(delete, InstanceEventWindowId=made)
    me(delete, InstanceEventWindowId=made, ForceDelete=True)


def instance_events(emulator):
    me = emulator.me
    runs = world.instance(me)
    now = 1793588645000
    for wrong in ({}, {"instance_id": runs, "code": "explode"},
                  {"instance_id": NO_INSTANCE, "code": "instance-stop"}):
        emulator.control("POST", "instance-events", wrong)
    emulator.control("POST", "instance-events", {
        "instance_id": runs, "code": "instance-stop", "not_before_ms": now + 7_200_000,
        "not_after_ms": now + 9_000_000, "not_before_deadline_ms": now + 90_000_000})
    emulator.control("GET", "instance-events")
    event = me("DescribeInstanceStatus")["instanceEventId"]
    move = "ModifyInstanceEventStartTime"
    me.dry(move, InstanceId=runs, InstanceEventId=event, NotBefore="2026-11-02T10:00:00Z")
    me(move, InstanceId=runs, InstanceEventId=event, NotBefore="2026-11-02T10:00:00Z")
    me.refused(move, InstanceId=runs, InstanceEventId=event, NotBefore="2026-12-02T10:00:00Z")
    emulator.advance(30_000_000)
    me("DescribeInstanceStatus", IncludeAllInstances=True)
    report = {"Status": "impaired", "ReasonCode": ["unresponsive"]}
    me.refused("ReportInstanceStatus", report, InstanceId=[runs])
    other = world.instance(me)
    me.dry("ReportInstanceStatus", report, InstanceId=[other])
    me("ReportInstanceStatus", report, InstanceId=[other], Description="slow",
       StartTime="2026-11-02T00:00:00Z", EndTime="2026-11-02T01:00:00Z")
    for verb, is_all in (("Register", True), ("Deregister", False)):
        action = f"{verb}InstanceEventNotificationAttributes"
        me.dry(action, InstanceTagAttribute={"InstanceTagKey": ["of"]})
        me(action, InstanceTagAttribute={"InstanceTagKey": ["of"]})
        me(action, InstanceTagAttribute={"IncludeAllTagsOfInstance": is_all})
        me.refused(action, InstanceTagAttribute={"InstanceTagKey": [""]})
    me("DescribeInstanceEventNotificationAttributes")
    me.dry("DescribeInstanceEventNotificationAttributes")
    me.refused("DescribeInstanceEventNotificationAttributes", Colour="red")


SCENARIOS = {"instance_events": instance_events,
             "instance_event_windows": instance_event_windows,
             "instance_firmware": instance_firmware, "instance_topology": instance_topology,
             "serial_console_access": serial_console_access, "id_formats": id_formats,
             "instance_profiles": instance_profiles}
