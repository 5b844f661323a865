"""Launch templates: made, versioned, launched from, deleted."""

import world
from client import filters
from world import device, launch, tag_specification

LICENSE = ("arn:aws:license-manager:us-east-1:123456789012:license-configuration:"
           "lic-0123456789abcdef0123456789abcdef")
NO_TEMPLATE = "lt-0123456789abcdef0"


def all_data(image):
    return {
        "ImageId": image, "InstanceType": "m5.large", "KernelId": "aki-12345678", "KeyName": "mine",
        "RamDiskId": "ari-12345678", "EbsOptimized": True,
        "DisableApiStop": True, "DisableApiTermination": True, "UserData": "YQ==",
        "InstanceInitiatedShutdownBehavior": "terminate",
        "BlockDeviceMapping": [
            {**device("/dev/sdf", VolumeSize=9, VolumeType="gp3", Iops=3500, Throughput=200,
                      DeleteOnTermination=False, Encrypted=True, EbsCardIndex=0, KmsKeyId="alias/two",
                      SnapshotId="snap-0123456789abcdef0", VolumeInitializationRate=200),
             "NoDevice": "", "VirtualName": "ephemeral0"}],
        "CapacityReservationSpecification": {
            "CapacityReservationPreference": "none",
            "CapacityReservationTarget": {"CapacityReservationId": "cr-0123456789abcdef0"}},
        "CpuOptions": {"AmdSevSnp": "disabled", "CoreCount": 1, "ThreadsPerCore": 1,
                       "NestedVirtualization": "enabled"},
        "CreditSpecification": {"CpuCredits": "standard"}, "EnclaveOptions": {"Enabled": False},
        "HibernationOptions": {"Configured": False},
        "InstanceMarketOptions": {"MarketType": "spot", "SpotOptions": {
            "BlockDurationMinutes": 60, "MaxPrice": "0.5", "SpotInstanceType": "persistent",
            "InstanceInterruptionBehavior": "stop", "ValidUntil": "2031-01-01T00:00:00Z"}},
        "IamInstanceProfile": {
            "Arn": "arn:aws:iam::123456789012:instance-profile/web"},
        "LicenseSpecification": [{"LicenseConfigurationArn": LICENSE}],
        "MaintenanceOptions": {"AutoRecovery": "disabled"}, "Monitoring": {"Enabled": True},
        "MetadataOptions": {"HttpTokens": "required", "HttpPutResponseHopLimit": 3,
                            "HttpEndpoint": "enabled", "HttpProtocolIpv6": "enabled",
                            "InstanceMetadataTags": "enabled"},
        "NetworkPerformanceOptions": {"BandwidthWeighting": "default"},
        "Placement": {"Affinity": "default", "AvailabilityZone": "us-east-1a",
                      "AvailabilityZoneId": "use1-az6", "GroupId": "pg-0123456789abcdef0",
                      "HostId": "h-0123456789abcdef0", "GroupName": "", "PartitionNumber": 1,
                      "Tenancy": "default"},
        "PrivateDnsNameOptions": {"HostnameType": "ip-name", "EnableResourceNameDnsARecord": True,
                                  "EnableResourceNameDnsAAAARecord": True},
        "SecurityGroupId": ["sg-0123456789abcdef0"], "SecurityGroup": ["web"],
        "NetworkInterface": [{
            "AssociateCarrierIpAddress": False, "AssociatePublicIpAddress": True,
            "ConnectionTrackingSpecification": {
                "TcpEstablishedTimeout": 300, "UdpStreamTimeout": 90, "UdpTimeout": 45},
            "DeleteOnTermination": True, "Description": "first", "DeviceIndex": 0,
            "InterfaceType": "efa", "NetworkCardIndex": 1, "EnaQueueCount": 2,
            "EnaSrdSpecification": {"EnaSrdEnabled": True,
                                    "EnaSrdUdpSpecification": {"EnaSrdUdpEnabled": True}},
            "Ipv4PrefixCount": 1, "Ipv6AddressCount": 1, "Ipv6PrefixCount": 1,
            "Ipv4Prefix": [{"Ipv4Prefix": "10.0.0.16/28"}],
            "Ipv6Addresses": [{"Ipv6Address": "2001:db8::9"}],
            "Ipv6Prefix": [{"Ipv6Prefix": "2001:db8:0:0:1::/80"}],
            "NetworkInterfaceId": "eni-0123456789abcdef0", "PrimaryIpv6": True,
            "PrivateIpAddress": "10.0.0.9", "SecondaryPrivateIpAddressCount": 1,
            "PrivateIpAddresses": [{"Primary": True, "PrivateIpAddress": "10.0.0.9"}],
            "SecurityGroupId": ["sg-0123456789abcdef0"], "SubnetId": "subnet-0123456789abcdef0"}],
        "TagSpecification": [tag_specification("instance", of="template")]}


def all_requirements(**besides):
    """Of a type's attributes; which types may be among them is told by `besides`."""
    return {
        "VCpuCount": {"Min": 2, "Max": 8}, "MemoryMiB": {"Min": 2048, "Max": 65536},
        "AcceleratorCount": {"Min": 0, "Max": 4}, "AcceleratorManufacturer": ["nvidia"],
        "AcceleratorName": ["t4"], "AcceleratorTotalMemoryMiB": {"Min": 1024, "Max": 65536},
        "AcceleratorType": ["gpu"], "BareMetal": "included",
        "BaselineEbsBandwidthMbps": {"Min": 500, "Max": 9000},
        "BaselinePerformanceFactors": {"Cpu": {"Reference": [{"InstanceFamily": "c6i"}]}},
        "BurstablePerformance": "required", "CpuManufacturer": ["intel", "amd"],
        "InstanceGeneration": ["current"], "LocalStorage": "required", "LocalStorageType": ["ssd"],
        "MemoryGiBPerVCpu": {"Min": 0.5, "Max": 8.5}, "NetworkBandwidthGbps": {"Min": 0.5, "Max": 12.5},
        "NetworkInterfaceCount": {"Min": 2, "Max": 4}, "OnDemandMaxPricePercentageOverLowestPrice": 30,
        "RequireEncryptionInTransit": True, "RequireHibernateSupport": True,
        "TotalLocalStorageGB": {"Min": 10, "Max": 100.5}, **besides}


def template_requirements(emulator):
    me = emulator.me
    for name, besides in (
            ("allowed", {"AllowedInstanceType": ["m5.*"], "SpotMaxPricePercentageOverLowestPrice": 40}),
            ("excluded", {"ExcludedInstanceType": ["c5.*", "*3*"],
                          "MaxSpotPriceAsPercentageOfOptimalOnDemandPrice": 60})):
        data = {"InstanceRequirements": all_requirements(**besides)}
        me.brief("CreateLaunchTemplate", LaunchTemplateName=name, LaunchTemplateData=data)
        me("CreateLaunchTemplateVersion", LaunchTemplateName=name, LaunchTemplateData=data)
    least = {"VCpuCount": {"Min": 1}, "MemoryMiB": {"Min": 1024}}
    me("CreateLaunchTemplateVersion", LaunchTemplateName="allowed", SourceVersion="1",
       LaunchTemplateData={"InstanceRequirements": least})
    me("DescribeLaunchTemplateVersions", LaunchTemplateName="allowed")
    me.refused("CreateLaunchTemplateVersion", LaunchTemplateName="allowed", SourceVersion="1",
               LaunchTemplateData={"InstanceType": "t3.micro"})
    for wrong in ({"InstanceType": "t3.micro", "InstanceRequirements": least},
                  {"InstanceRequirements": {"VCpuCount": {"Min": 1}}},
                  {"InstanceRequirements": {**least, "VCpuCount": {"Min": 4, "Max": 2}}},
                  {"InstanceRequirements": {**least, "AllowedInstanceType": ["m5.*"],
                                            "ExcludedInstanceType": ["c5.*"]}},
                  {"InstanceRequirements": {**least, "SpotMaxPricePercentageOverLowestPrice": 40,
                                            "MaxSpotPriceAsPercentageOfOptimalOnDemandPrice": 60}}):
        me.refused("CreateLaunchTemplate", LaunchTemplateName="new", LaunchTemplateData=wrong)
    me.refused("RunInstances", MinCount=1, MaxCount=1, ImageId=world.public_image(me),
               LaunchTemplate={"LaunchTemplateName": "allowed"})


def launch_templates(emulator):
    me, other = emulator.me, emulator.other
    image = world.public_image(me)
    data = {"ImageId": image, "InstanceType": "t3.small"}
    me.dry("CreateLaunchTemplate", LaunchTemplateName="web", LaunchTemplateData=data)
    made = me("CreateLaunchTemplate", LaunchTemplateName="web", LaunchTemplateData=data,
              ClientToken="once", VersionDescription="first",
              TagSpecification=[tag_specification("launch-template", of="test")])["launchTemplateId"]
    me.brief("CreateLaunchTemplate", LaunchTemplateName="all", LaunchTemplateData=all_data(image))
    me.brief("CreateLaunchTemplate", LaunchTemplateName="named", LaunchTemplateData={
        "IamInstanceProfile": {"Name": "web"}})
    for wrong in ({}, {"LaunchTemplateName": "x"}, {"LaunchTemplateName": "new", "LaunchTemplateData": {
            "ImageId": "ami-x"}}):
        me.refused("CreateLaunchTemplate",
                   {"LaunchTemplateName": "web", "LaunchTemplateData": data, **wrong})
    me.dry("CreateLaunchTemplateVersion", LaunchTemplateId=made, LaunchTemplateData=data)
    me("CreateLaunchTemplateVersion", LaunchTemplateName="web", SourceVersion="1",
       LaunchTemplateData={"InstanceType": "t3.micro"}, ClientToken="once",
       VersionDescription="smaller")
    me.brief("CreateLaunchTemplateVersion", LaunchTemplateId=made, ResolveAlias=True,
             LaunchTemplateData=all_data(image))
    me.brief("CreateLaunchTemplateVersion", LaunchTemplateId=made, LaunchTemplateData={
        "IamInstanceProfile": {"Name": "web"}})
    me.refused("CreateLaunchTemplateVersion", LaunchTemplateId=NO_TEMPLATE, LaunchTemplateData=data)
    me.pages("DescribeLaunchTemplates", 1, IncludeManagedResources=True)
    me.brief("DescribeLaunchTemplates", LaunchTemplateId=[made])
    me.brief("DescribeLaunchTemplates", LaunchTemplateName=["all"])
    me.brief("DescribeLaunchTemplates", **filters(launch_template_name="w*"))
    me.dry("DescribeLaunchTemplates")
    me.refused("DescribeLaunchTemplates", LaunchTemplateId=[NO_TEMPLATE])
    describe = "DescribeLaunchTemplateVersions"
    me(describe, LaunchTemplateName="all")
    me.pages(describe, 2, LaunchTemplateId=made, IncludeManagedResources=True)
    me.brief(describe, LaunchTemplateId=made, ResolveAlias=True)
    me.brief(describe, LaunchTemplateId=made, LaunchTemplateVersion=["$Latest", "1"])
    me.brief(describe, LaunchTemplateId=made, MinVersion="1", MaxVersion="2",
             **filters(is_default_version="true"))
    me.dry(describe, LaunchTemplateId=made)
    me.refused(describe, LaunchTemplateId=made, LaunchTemplateVersion=["9"])
    other.refused(describe, LaunchTemplateId=made)
    told = {"MinCount": 1, "MaxCount": 1}
    me.brief("RunInstances", told, LaunchTemplate={"LaunchTemplateId": made, "Version": "2"})
    me.refused("RunInstances", told, LaunchTemplate={"LaunchTemplateId": made, "Version": "9"})
    ran = me("RunInstances", told, LaunchTemplate={"LaunchTemplateName": "web"})["instanceId"]
    me.dry("GetLaunchTemplateData", InstanceId=ran)
    me("GetLaunchTemplateData", InstanceId=ran)
    other.refused("GetLaunchTemplateData", InstanceId=ran)
    me("DescribeImageReferences", ImageId=[image], ResourceType=[
        {"ResourceType": "ec2:LaunchTemplate"}])
    me.dry("ModifyLaunchTemplate", LaunchTemplateId=made, SetDefaultVersion="2")
    me("ModifyLaunchTemplate", LaunchTemplateName="web", SetDefaultVersion="2", ClientToken="once")
    me.brief("ModifyLaunchTemplate", LaunchTemplateId=made, SetDefaultVersion="2")
    me.refused("ModifyLaunchTemplate", LaunchTemplateId=made, SetDefaultVersion="9")
    delete = "DeleteLaunchTemplateVersions"
    me.dry(delete, LaunchTemplateId=made, LaunchTemplateVersion=["1"])
    me(delete, LaunchTemplateId=made, LaunchTemplateVersion=["1", "2", "9"])
    me.brief(delete, LaunchTemplateName="web", LaunchTemplateVersion=["3"])
    me.refused(delete, LaunchTemplateId=NO_TEMPLATE, LaunchTemplateVersion=["1"])
    me.dry("DeleteLaunchTemplate", LaunchTemplateId=made)
    me("DeleteLaunchTemplate", LaunchTemplateId=made)
    me.brief("DeleteLaunchTemplate", LaunchTemplateName="all")
    me.refused("DeleteLaunchTemplate", LaunchTemplateId=made)


SCENARIOS = {"launch_templates": launch_templates,
             "template_requirements": template_requirements}
