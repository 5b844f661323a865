"""Capacity reservations: made, used by launches, changed, cancelled."""

import world
from client import filters
from world import ZONE, launch, tag_specification

NO_RESERVATION = "cr-0123456789abcdef0"


def capacity_reservations(emulator):
    me, other = emulator.me, emulator.other
    create, show, change, cancel, usage = (
        "CreateCapacityReservation", "DescribeCapacityReservations", "ModifyCapacityReservation",
        "CancelCapacityReservation", "GetCapacityReservationUsage")
    plain = {"InstanceType": "t3.micro", "InstancePlatform": "Linux/UNIX",
             "AvailabilityZone": ZONE, "InstanceCount": 2}
    me.dry(create, plain)
    made = me(create, plain, ClientToken="once", TagSpecifications=[
        tag_specification("capacity-reservation", of="test")])["capacityReservationId"]
    limited = {"EndDateType": "limited", "EndDate": "2031-01-01T00:00:00Z"}
    named = me(create, InstanceType="m5.large", InstancePlatform="Linux/UNIX", InstanceCount=1,
               AvailabilityZoneId="use1-az2", Tenancy="default", EbsOptimized=True,
               EphemeralStorage=False, InstanceMatchCriteria="targeted",
               **limited)["capacityReservationId"]
    for wrong in ({"InstanceType": "x"}, {"InstancePlatform": "x"}, {"AvailabilityZone": "x"},
                  {"InstanceCount": 0}, {"EndDateType": "limited"}, {"EndDate": limited["EndDate"]},
                  {"StartDate": limited["EndDate"]}, {"AvailabilityZoneId": "use1-az1"}):
        me.refused(create, {**plain, **wrong})
    image = world.public_image(me)
    here = {"Placement": {"AvailabilityZone": ZONE}}
    runs = me("RunInstances", launch(image, here))["instanceId"]
    only = {"CapacityReservationSpecification": {
        "CapacityReservationPreference": "capacity-reservations-only"}}
    me.brief("RunInstances", launch(image, here, **only))
    me.refused("RunInstances", launch(image, here, **only))
    target = {"CapacityReservationSpecification": {
        "CapacityReservationTarget": {"CapacityReservationId": named}}}
    me("RunInstances", launch(image, target, InstanceType="m5.large"))
    me.refused("RunInstances", launch(image, target, InstanceType="m5.large"))
    me.refused("RunInstances", launch(image, target))
    me.brief("CreateLaunchTemplate", LaunchTemplateName="reserved", LaunchTemplateData=target)
    me.dry(usage, CapacityReservationId=made)
    me(usage, CapacityReservationId=made, MaxResults=5)
    me.refused(usage, CapacityReservationId=NO_RESERVATION)
    me.brief("StopInstances", InstanceId=[runs])
    me("ModifyInstanceCapacityReservationAttributes", InstanceId=runs, **target)
    me.refused("StartInstances", InstanceId=[runs])
    for number in range(4):
        me.quiet(create, plain, InstanceType="r5.large")
    me.dry(show)
    me(show, CapacityReservationId=[made, named])
    me.two_pages(show)
    me.brief(show, **filters(instance_match_criteria="targeted"))
    me.refused(show, CapacityReservationId=[NO_RESERVATION])
    other.brief(show)
    me.dry(change, CapacityReservationId=made, InstanceCount=5)
    me(change, CapacityReservationId=made, InstanceCount=5, InstanceMatchCriteria="targeted",
       **limited)
    for wrong in ({}, {"InstanceCount": 1001}, {"EndDateType": "limited", "EndDate":
                                                "2001-01-01T00:00:00Z"}):
        me.refused(change, CapacityReservationId=made, **wrong)
    me.refused(change, CapacityReservationId=named, InstanceCount=0)
    me.dry(cancel, CapacityReservationId=made)
    me(cancel, CapacityReservationId=made)
    me.refused(cancel, CapacityReservationId=made)
    other.refused(cancel, CapacityReservationId=named)
    me(show, CapacityReservationId=[made])


SCENARIOS = {"capacity_reservations": capacity_reservations}
