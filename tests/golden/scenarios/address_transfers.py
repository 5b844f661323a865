"""Elastic addresses that go to another account."""

from world import tag_specification

NONE = "0123456789abcdef0"
ENABLE, ACCEPT, DISABLE, SHOW = ("EnableAddressTransfer", "AcceptAddressTransfer",
                                 "DisableAddressTransfer", "DescribeAddressTransfers")


def address_transfers(emulator):
    me, other = emulator.me, emulator.other
    for _ in range(6):
        given = me.quiet("AllocateAddress")
        me.quiet(ENABLE, AllocationId=given["allocationId"], TransferAccountId=other.account)
        other.quiet(ACCEPT, Address=given["publicIp"])
        other.quiet("ReleaseAddress", AllocationId=given["allocationId"])
    address = me.quiet("AllocateAddress")
    named = {"AllocationId": address["allocationId"]}
    offer = {**named, "TransferAccountId": other.account}
    me.dry(ENABLE, offer)
    me(ENABLE, offer)
    for wrong in ({"AllocationId": f"eipalloc-{NONE}"}, {"TransferAccountId": me.account},
                  {"TransferAccountId": "x"}):
        me.refused(ENABLE, {**offer, **wrong})
    other.refused(ENABLE, offer)
    me.dry(SHOW)
    me(SHOW, AllocationId=[address["allocationId"]])
    me.two_pages(SHOW)
    me.refused(SHOW, AllocationId=[f"eipalloc-{NONE}"])
    me.dry(DISABLE, named)
    me(DISABLE, named)
    me.refused(DISABLE, named)
    other.refused(ACCEPT, Address=address["publicIp"])
    me.quiet(ENABLE, offer)
    me.refused(ACCEPT, Address=address["publicIp"])
    me.quiet("ModifyAddressAttribute", named, DomainName="a.example")
    other.refused(ACCEPT, Address=address["publicIp"])
    me.quiet("ResetAddressAttribute", named, Attribute="domain-name")
    other.dry(ACCEPT, Address=address["publicIp"])
    other(ACCEPT, Address=address["publicIp"],
          TagSpecification=[tag_specification("elastic-ip", of="test")])
    other("DescribeAddresses")
    me(SHOW, AllocationId=[address["allocationId"]])


SCENARIOS = {"address_transfers": address_transfers}
