#include "server/services/ec2/ec2.h"

#include "server/services/ec2/bundle_tasks/bundle_tasks.h"
#include "server/services/ec2/capacity_reservations/billing_requests.h"
#include "server/services/ec2/capacity_reservations/capacity_moves.h"
#include "server/services/ec2/capacity_reservations/capacity_reservations.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/conversion_tasks/conversion_tasks.h"
#include "server/services/ec2/dedicated_hosts/dedicated_hosts.h"
#include "server/services/ec2/export_tasks/export_image_tasks.h"
#include "server/services/ec2/export_tasks/export_tasks.h"
#include "server/services/ec2/images/adopted_images.h"
#include "server/services/ec2/images/allowed_images.h"
#include "server/services/ec2/images/fast_launch.h"
#include "server/services/ec2/images/image_annotations.h"
#include "server/services/ec2/images/image_attributes.h"
#include "server/services/ec2/images/image_copies.h"
#include "server/services/ec2/images/image_life.h"
#include "server/services/ec2/images/image_lineage.h"
#include "server/services/ec2/images/image_usage_reports.h"
#include "server/services/ec2/images/images.h"
#include "server/services/ec2/import_tasks/import_cancellations.h"
#include "server/services/ec2/import_tasks/import_image_tasks.h"
#include "server/services/ec2/import_tasks/import_snapshot_tasks.h"
#include "server/services/ec2/instance_types/instance_requirements.h"
#include "server/services/ec2/instance_types/instance_type_offerings.h"
#include "server/services/ec2/instance_types/instance_types.h"
#include "server/services/ec2/instances/iam_instance_profiles.h"
#include "server/services/ec2/instances/image_captures.h"
#include "server/services/ec2/instances/instance_attributes.h"
#include "server/services/ec2/instances/instance_consoles.h"
#include "server/services/ec2/instances/instance_credits.h"
#include "server/services/ec2/instances/instance_event_windows.h"
#include "server/services/ec2/instances/instance_events.h"
#include "server/services/ec2/instances/instance_firmware.h"
#include "server/services/ec2/instances/instance_images.h"
#include "server/services/ec2/instances/instance_metadata_defaults.h"
#include "server/services/ec2/instances/instance_options.h"
#include "server/services/ec2/instances/instance_states.h"
#include "server/services/ec2/instances/instance_topology.h"
#include "server/services/ec2/instances/instances.h"
#include "server/services/ec2/instances/launch_template_data.h"
#include "server/services/ec2/instances/launches.h"
#include "server/services/ec2/instances/product_instances.h"
#include "server/services/ec2/instances/root_volumes.h"
#include "server/services/ec2/instances/spot_datafeed_subscriptions.h"
#include "server/services/ec2/instances/spot_prices.h"
#include "server/services/ec2/instances/spot_requests.h"
#include "server/services/ec2/key_pairs/key_pairs.h"
#include "server/services/ec2/launch_templates/launch_template_versions.h"
#include "server/services/ec2/launch_templates/launch_templates.h"
#include "server/services/ec2/network/account_attributes.h"
#include "server/services/ec2/network/address_attributes.h"
#include "server/services/ec2/network/address_transfers.h"
#include "server/services/ec2/network/default_network.h"
#include "server/services/ec2/network/dhcp_options.h"
#include "server/services/ec2/network/egress_only_gateways.h"
#include "server/services/ec2/network/elastic_addresses.h"
#include "server/services/ec2/network/flow_logs.h"
#include "server/services/ec2/network/instance_connect_endpoints.h"
#include "server/services/ec2/network/internet_gateways.h"
#include "server/services/ec2/network/ipv6_addresses.h"
#include "server/services/ec2/network/managed_prefix_lists.h"
#include "server/services/ec2/network/nat_gateway_addresses.h"
#include "server/services/ec2/network/nat_gateways.h"
#include "server/services/ec2/network/network_acl_entries.h"
#include "server/services/ec2/network/network_acls.h"
#include "server/services/ec2/network/network_interface_attachments.h"
#include "server/services/ec2/network/network_interface_attributes.h"
#include "server/services/ec2/network/network_interface_permissions.h"
#include "server/services/ec2/network/network_interfaces.h"
#include "server/services/ec2/network/private_addresses.h"
#include "server/services/ec2/network/route_table_associations.h"
#include "server/services/ec2/network/route_tables.h"
#include "server/services/ec2/network/routes.h"
#include "server/services/ec2/network/security_group_rules.h"
#include "server/services/ec2/network/security_group_vpc_associations.h"
#include "server/services/ec2/network/security_groups.h"
#include "server/services/ec2/network/subnet_attributes.h"
#include "server/services/ec2/network/subnet_cidr_blocks.h"
#include "server/services/ec2/network/subnet_cidr_reservations.h"
#include "server/services/ec2/network/subnets.h"
#include "server/services/ec2/network/vpc_attributes.h"
#include "server/services/ec2/network/vpc_cidr_blocks.h"
#include "server/services/ec2/network/vpc_endpoint_services.h"
#include "server/services/ec2/network/vpc_endpoints.h"
#include "server/services/ec2/network/vpc_peering_connections.h"
#include "server/services/ec2/network/vpcs.h"
#include "server/services/ec2/placement_groups/placement_groups.h"
#include "server/services/ec2/recycle_bin/recycle_bin.h"
#include "server/services/ec2/regions/regions.h"
#include "server/services/ec2/settings/ebs_encryption.h"
#include "server/services/ec2/settings/id_formats.h"
#include "server/services/ec2/settings/public_access.h"
#include "server/services/ec2/settings/serial_console_access.h"
#include "server/services/ec2/snapshots/fast_restores.h"
#include "server/services/ec2/snapshots/snapshot_attributes.h"
#include "server/services/ec2/snapshots/snapshot_copies.h"
#include "server/services/ec2/snapshots/snapshot_locks.h"
#include "server/services/ec2/snapshots/snapshot_sets.h"
#include "server/services/ec2/snapshots/snapshot_tiers.h"
#include "server/services/ec2/snapshots/snapshots.h"
#include "server/services/ec2/store_image_tasks/restore_image_tasks.h"
#include "server/services/ec2/store_image_tasks/store_image_tasks.h"
#include "server/services/ec2/tags/tags.h"
#include "server/services/ec2/volumes/attachments.h"
#include "server/services/ec2/volumes/volume_attributes.h"
#include "server/services/ec2/volumes/volume_copies.h"
#include "server/services/ec2/volumes/volume_modifications.h"
#include "server/services/ec2/volumes/volume_status.h"
#include "server/services/ec2/volumes/volumes.h"
#include "server/wire/ec2/schema.h"

namespace amilab::ec2 {

namespace {

// The table of contents: every family, by room; the control API lists delays in this order.
constexpr const Family* kFamilies[] = {
    // images
    &kImages,
    &kImageAttributes,
    &kImageCopies,
    &kImageLife,
    &kImageAnnotations,
    &kImageLineage,
    &kAllowedImages,
    // snapshots
    &kSnapshots,
    &kSnapshotSets,
    &kSnapshotCopies,
    &kSnapshotAttributes,
    &kSnapshotLocks,
    &kSnapshotTiers,
    &kFastRestores,
    // images, in use
    &kImageUsageReports,
    // volumes
    &kVolumes,
    &kVolumeCopies,
    &kVolumeModifications,
    &kVolumeStatus,
    &kVolumeAttributes,
    &kAttachments,
    // instances
    &kLaunches,
    &kInstances,
    &kInstanceStates,
    &kInstanceAttributes,
    &kInstanceOptions,
    &kInstanceMetadataDefaults,
    &kInstanceCredits,
    &kInstanceConsoles,
    &kInstanceFirmware,
    &kInstanceTopology,
    &kInstanceEventWindows,
    &kInstanceEvents,
    &kIamInstanceProfiles,
    &kLaunchTemplateData,
    &kInstanceImages,
    &kImageCaptures,
    &kProductInstances,
    &kRootVolumes,
    &kSpotRequests,
    &kSpotPrices,
    &kSpotDatafeedSubscriptions,
    &kFastLaunch,
    // instance types, network, regions
    &kInstanceTypes,
    &kInstanceTypeOfferings,
    &kInstanceRequirements,
    &kAccountAttributes,
    &kVpcs,
    &kVpcAttributes,
    &kVpcCidrBlocks,
    &kVpcPeeringConnections,
    &kInstanceConnectEndpoints,
    &kAddressTransfers,
    &kSubnetCidrReservations,
    &kFlowLogs,
    &kVpcEndpoints,
    &kVpcEndpointServices,
    &kDefaultNetworks,
    &kSubnets,
    &kSubnetAttributes,
    &kSubnetCidrBlocks,
    &kInternetGateways,
    &kRouteTables,
    &kRouteTableAssociations,
    &kRoutes,
    &kNetworkAcls,
    &kNetworkAclEntries,
    &kDhcpOptions,
    &kElasticAddresses,
    &kAddressAttributes,
    &kNatGateways,
    &kNatGatewayAddresses,
    &kEgressOnlyGateways,
    &kNetworkInterfaces,
    &kNetworkInterfaceAttachments,
    &kNetworkInterfaceAttributes,
    &kPrivateAddresses,
    &kIpv6Addresses,
    &kManagedPrefixLists,
    &kNetworkInterfacePermissions,
    &kSecurityGroupVpcAssociations,
    &kSecurityGroups,
    &kSecurityGroupRules,
    &kRegions,
    // key pairs
    &kKeyPairs,
    // launch templates
    &kLaunchTemplates,
    &kLaunchTemplateVersions,
    // capacity reservations
    &kCapacityReservations,
    &kCapacityMoves,
    &kBillingRequests,
    // dedicated hosts
    &kDedicatedHosts,
    // placement groups
    &kPlacementGroups,
    // images in S3
    &kStoreImageTasks,
    &kRestoreImageTasks,
    &kExportImageTasks,
    &kExportTasks,
    &kBundleTasks,
    // what is common to several
    &kRecycleBin,
    &kEbsEncryption,
    &kPublicAccess,
    &kIdFormats,
    &kSerialConsoleAccess,
    &kTags,
    // imports
    &kImportSnapshotTasks,
    &kImportImageTasks,
    &kImportCancellations,
    &kConversionTasks,
};

}  // namespace

constinit const Service kEc2{.schema = kService,
                             .families = kFamilies,
                             .ports = {.is_usable_image = &is_usable_image},
                             .over_limit = &over_limit};

}  // namespace amilab::ec2
