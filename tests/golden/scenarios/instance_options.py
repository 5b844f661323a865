"""What instances are told at launch and later, and what they show: consoles, credits, defaults."""

import world
from client import filters
from world import device, launch

LICENSE = ("arn:aws:license-manager:us-east-1:123456789012:license-configuration:"
           "lic-0123456789abcdef0123456789abcdef")
NO_INSTANCE = "i-0123456789abcdef0"
CHANGES = {
    "ModifyInstanceCapacityReservationAttributes":
        {"CapacityReservationSpecification": {"CapacityReservationPreference": "none"}},
    "ModifyInstanceCpuOptions": {"CoreCount": 2, "ThreadsPerCore": 1,
                                 "NestedVirtualization": "disabled"},
    "ModifyInstanceMaintenanceOptions": {"AutoRecovery": "disabled", "RebootMigration": "disabled"},
    "ModifyInstanceMetadataOptions": {
        "HttpTokens": "optional", "HttpPutResponseHopLimit": 2, "HttpEndpoint": "enabled",
        "HttpProtocolIpv6": "disabled", "InstanceMetadataTags": "disabled"},
    "ModifyInstanceNetworkPerformanceOptions": {"BandwidthWeighting": "default"},
    "ModifyPrivateDnsNameOptions": {
        "PrivateDnsHostnameType": "resource-name", "EnableResourceNameDnsARecord": True,
        "EnableResourceNameDnsAAAARecord": True},
}


def told(me):
    group = me.quiet("CreatePlacementGroup", GroupName="parted", Strategy="partition")["groupId"]
    image = world.public_image(me)
    me.brief("RunInstances", launch(image, Placement={"GroupId": group}, KernelId="aki-12345678",
                                    RamdiskId="ari-12345678"))
    me.brief("RunInstances", launch(image, CreditSpecification={"CpuCredits": "standard"},
                                    HibernationOptions={"Configured": True},
                                    BlockDeviceMapping=[device("/dev/xvda", Encrypted=True)]))
    me("RunInstances", launch(image, Placement={"AvailabilityZoneId": "use1-az6"},
                              LicenseSpecification=[{"LicenseConfigurationArn": LICENSE}]))
    me.brief("RunInstances", launch(
        world.public_image(me), InstanceType="m6a.large", CpuOptions={"AmdSevSnp": "enabled"}))
    me.brief("RunInstances", launch(
        image, InstanceType="c8i.large", CpuOptions={"NestedVirtualization": "enabled"}))
    for wrong in ({"Placement": {"GroupName": "none"}}, {"Placement": {"Tenancy": "host"}},
                  {"Placement": {"PartitionNumber": 1}},
                  {"Placement": {"AvailabilityZoneId": "use1-az9"}},
                  {"HibernationOptions": {"Configured": True}},
                  {"LicenseSpecification": [{"LicenseConfigurationArn": "x"}]},
                  {"EnclaveOptions": {"Enabled": True}},
                  {"CpuOptions": {"CoreCount": 9}}, {"KernelId": "ami-12345678"},
                  {"CpuOptions": {"NestedVirtualization": "enabled"}},
                  {"CreditSpecification": {"CpuCredits": "x"}}):
        me.refused("RunInstances", {**launch(image), **wrong})
    return me("RunInstances", launch(
        image, InstanceType="m5.xlarge", EbsOptimized=True, Monitoring={"Enabled": True},
        Placement={"GroupName": "parted", "PartitionNumber": 2, "Tenancy": "dedicated"},
        CpuOptions={"CoreCount": 2, "ThreadsPerCore": 1}, EnclaveOptions={"Enabled": True},
        CapacityReservationSpecification={"CapacityReservationPreference": "none"},
        MaintenanceOptions={"AutoRecovery": "disabled"},
        NetworkPerformanceOptions={"BandwidthWeighting": "default"},
        MetadataOptions={"HttpTokens": "required", "HttpPutResponseHopLimit": 3,
                         "HttpEndpoint": "disabled", "HttpProtocolIpv6": "enabled",
                         "InstanceMetadataTags": "enabled"},
        PrivateDnsNameOptions={"HostnameType": "resource-name",
                               "EnableResourceNameDnsARecord": True,
                               "EnableResourceNameDnsAAAARecord": True}))["instanceId"]


def instance_options(emulator):
    me = emulator.me
    runs = told(me)
    me("DescribeInstances", InstanceId=[runs])
    for action in ("UnmonitorInstances", "MonitorInstances"):
        me.dry(action, InstanceId=[runs])
        me(action, InstanceId=[runs])
        me.refused(action, InstanceId=[NO_INSTANCE])
    for action, change in CHANGES.items():
        me.dry(action, InstanceId=runs, **change)
        me.tried(action, InstanceId=runs, **change)
        me.refused(action, InstanceId=NO_INSTANCE, **change)
    me.refused("ModifyInstancePlacement", InstanceId=runs, Tenancy="default")
    me.quiet("StopInstances", InstanceId=[runs])
    for action, change in CHANGES.items():
        me(action, InstanceId=runs, **change)
    me("ModifyInstancePlacement", InstanceId=runs, GroupName="")
    me("ModifyInstancePlacement", InstanceId=runs, GroupName="parted", PartitionNumber=1,
       Tenancy="default", Affinity="default")
    group = me.quiet("DescribePlacementGroups")["groupId"]
    me("ModifyInstancePlacement", InstanceId=runs, GroupId=group)
    me.refused("DeletePlacementGroup", GroupName="parted")
    me("ModifyInstanceAttribute", InstanceId=runs, EnclaveOptions={"Enabled": False})
    me("ModifyInstanceAttribute", InstanceId=runs, Kernel={"Value": "aki-12345678"})
    me("ModifyInstanceAttribute", InstanceId=runs, Ramdisk={"Value": "ari-12345678"})
    me("DescribeInstances", InstanceId=[runs])
    me.dry("ResetInstanceAttribute", InstanceId=runs, Attribute="kernel")
    me("ResetInstanceAttribute", InstanceId=runs, Attribute="sourceDestCheck")
    me("ResetInstanceAttribute", InstanceId=runs, Attribute="kernel")
    me.refused("ResetInstanceAttribute", InstanceId=runs, Attribute="userData")


def metadata_defaults(emulator):
    me = emulator.me
    me("GetInstanceMetadataDefaults")
    me.dry("GetInstanceMetadataDefaults")
    me.refused("GetInstanceMetadataDefaults", Colour="red")
    me.dry("ModifyInstanceMetadataDefaults", HttpTokens="required")
    me("ModifyInstanceMetadataDefaults", HttpTokens="required", HttpPutResponseHopLimit=4,
       HttpEndpoint="disabled", InstanceMetadataTags="enabled", HttpTokensEnforced="enabled")
    me("GetInstanceMetadataDefaults")
    me.refused("ModifyInstanceMetadataDefaults", HttpTokens="optional")
    me.refused("RunInstances", launch(world.public_image(me),
                                      MetadataOptions={"HttpTokens": "optional"}))


def instance_credits(emulator):
    me = emulator.me
    ids = [world.instance(me) for _ in range(6)]
    me.pages("DescribeInstanceCreditSpecifications", 5)
    me("DescribeInstanceCreditSpecifications", InstanceId=ids[:1])
    me.brief("DescribeInstanceCreditSpecifications", **filters(instance_id=ids[1]))
    me.dry("DescribeInstanceCreditSpecifications")
    me.refused("DescribeInstanceCreditSpecifications", InstanceId=[NO_INSTANCE])
    wish = [{"InstanceId": id, "CpuCredits": "standard"} for id in (ids[0], NO_INSTANCE)]
    action = "ModifyInstanceCreditSpecification"
    me.dry(action, InstanceCreditSpecification=wish)
    me(action, InstanceCreditSpecification=wish, ClientToken="once")
    me.refused(action, InstanceCreditSpecification=[{"InstanceId": ids[0], "CpuCredits": "x"}])
    me("GetDefaultCreditSpecification", InstanceFamily="t3")
    me.dry("GetDefaultCreditSpecification", InstanceFamily="t3")
    me.refused("GetDefaultCreditSpecification", InstanceFamily="m5")
    me("ModifyDefaultCreditSpecification", InstanceFamily="t3", CpuCredits="standard")
    me.dry("ModifyDefaultCreditSpecification", InstanceFamily="t3", CpuCredits="standard")
    me.refused("ModifyDefaultCreditSpecification", InstanceFamily="t3", CpuCredits="x")


def instance_consoles(emulator):
    me = emulator.me
    runs = world.instance(me)
    me("GetConsoleOutput", InstanceId=runs, Latest=True)
    me.brief("GetConsoleScreenshot", InstanceId=runs, WakeUp=True)
    me("GetPasswordData", InstanceId=runs)
    me("SendDiagnosticInterrupt", InstanceId=runs)
    for action in ("GetConsoleOutput", "GetConsoleScreenshot", "GetPasswordData",
                   "SendDiagnosticInterrupt"):
        me.dry(action, InstanceId=runs)
        me.refused(action, InstanceId=NO_INSTANCE)
    me("DescribeAccountAttributes")
    me.brief("DescribeAccountAttributes", AttributeName=["supported-platforms"])
    me.dry("DescribeAccountAttributes")
    me.refused("DescribeAccountAttributes", AttributeName=["colour"])


SCENARIOS = {"instance_options": instance_options, "metadata_defaults": metadata_defaults,
             "instance_credits": instance_credits, "instance_consoles": instance_consoles}
