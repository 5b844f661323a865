"""Capacity reservations: made, used by launches, changed, split, moved, cancelled; who pays."""

import world
from client import filters
from emulator import DAY_MS, HOUR_MS
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


PLAIN = {"InstanceType": "t3.micro", "InstancePlatform": "Linux/UNIX", "AvailabilityZone": ZONE}


def reserved(client, count=2, **more):
    return client.quiet("CreateCapacityReservation", PLAIN, InstanceCount=count,
                        **more)["capacityReservationId"]


def capacity_moves(emulator):
    me, other = emulator.me, emulator.other
    split, move, show = ("CreateCapacityReservationBySplitting",
                         "MoveCapacityReservationInstances", "DescribeCapacityReservations")
    source = reserved(me, 6)
    here = {"Placement": {"AvailabilityZone": ZONE}}
    image = world.public_image(me)
    me.quiet("RunInstances", launch(image, here, MinCount=2, MaxCount=2))
    part = {"SourceCapacityReservationId": source, "InstanceCount": 2}
    me.dry(split, part)
    made = {"DestinationCapacityReservationId": me(
        split, part, ClientToken="once", TagSpecification=[
            tag_specification("capacity-reservation", of="test")]).all(
                "capacityReservationId")[0]}
    me.brief(split, part, ClientToken="once", TagSpecification=[
        tag_specification("capacity-reservation", of="test")])
    me.refused(split, part, ClientToken="once")
    me.brief(split, part, InstanceCount=3)
    for wrong in ({"InstanceCount": 0}, {"InstanceCount": 1}, {"InstanceCount": 6},
                  {"SourceCapacityReservationId": NO_RESERVATION}):
        me.refused(split, {**part, **wrong})
    other.refused(split, part)
    targeted = reserved(me, 3, InstanceMatchCriteria="targeted")
    part = {**made, "SourceCapacityReservationId": targeted, "InstanceCount": 1}
    me.dry(move, part)
    me(move, part, ClientToken="once")
    me.brief(move, part, ClientToken="once")
    for wrong in ({"InstanceCount": 0}, {"InstanceCount": 3},
                  {"SourceCapacityReservationId": NO_RESERVATION},
                  {"DestinationCapacityReservationId": NO_RESERVATION},
                  {"DestinationCapacityReservationId": targeted},
                  {"DestinationCapacityReservationId": reserved(me, 1, Tenancy="dedicated")}):
        me.refused(move, {**part, **wrong})
    me(move, part, InstanceCount=2)
    me.refused(move, part)
    me.refused(split, SourceCapacityReservationId=targeted, InstanceCount=1)
    me(show)


def billing_requests(emulator):
    me, other = emulator.me, emulator.other
    ask, take_back, show = ("AssociateCapacityReservationBillingOwner",
                            "DisassociateCapacityReservationBillingOwner",
                            "DescribeCapacityReservationBillingRequests")
    accept, reject = ("AcceptCapacityReservationBillingOwnership",
                      "RejectCapacityReservationBillingOwnership")
    sent, received = {"Role": "odcr-owner"}, {"Role": "unused-reservation-billing-owner"}
    first, *more = [{"CapacityReservationId": reserved(me)} for _ in range(7)]
    named = {"UnusedReservationBillingOwnerId": other.account}
    me.refused(ask, first, **named)
    organization = "arn:aws:organizations::999988887777:organization/o-abcdefghij"
    for account in (me.account, other.account):
        emulator.declare(account, organization=organization)
    me.dry(ask, first, **named)
    me(ask, first, **named)
    me.refused(ask, first, **named)
    for wrong in ({"UnusedReservationBillingOwnerId": me.account},
                  {"UnusedReservationBillingOwnerId": "me"},
                  {"UnusedReservationBillingOwnerId": "444455556666"},
                  {"CapacityReservationId": NO_RESERVATION}):
        me.refused(ask, {**first, **named, **wrong})
    other.dry(accept, first)
    other(accept, first)
    other.refused(accept, first)
    me.refused(accept, first)
    me("DescribeCapacityReservations", CapacityReservationId=list(first.values()))
    for each in more:
        me.quiet(ask, each, **named)
    other.dry(reject, more[0])
    other(reject, more[0])
    other.refused(reject, more[0])
    me.dry(take_back, more[1], **named)
    me(take_back, more[1], **named)
    me.refused(take_back, more[1], **named)
    me(take_back, first, **named)
    me.refused(take_back, more[2], UnusedReservationBillingOwnerId="444455556666")
    me.refused(show)
    me.dry(show, sent)
    me(show, sent)
    me.two_pages(show, **sent)
    other(show, received, CapacityReservationId=list(first.values()))
    other.brief(show, received, **filters(status="pending"))
    me.refused(show, sent, **filters(requested_by=me.account))
    other.refused(show, received, **filters(unused_reservation_billing_owner=other.account))
    me.refused(show, received, CapacityReservationId=list(first.values()))
    emulator.advance(12 * HOUR_MS)
    me.brief(show, sent)
    other.refused(accept, more[2])
    emulator.advance(DAY_MS)
    me(show, sent)


SCENARIOS = {"capacity_reservations": capacity_reservations, "capacity_moves": capacity_moves,
             "billing_requests": billing_requests}
