#pragma once

#include "server/calls/session.h"
#include "server/wire/ec2/instances.h"

namespace amilab::ec2 {

RunInstancesResponse run_instances(Session& session, const RunInstancesRequest& request);
DescribeInstancesResponse describe_instances(Session& session,
                                             const DescribeInstancesRequest& request);
DescribeInstanceStatusResponse describe_instance_status(
    Session& session, const DescribeInstanceStatusRequest& request);
StartInstancesResponse start_instances(Session& session, const StartInstancesRequest& request);
StopInstancesResponse stop_instances(Session& session, const StopInstancesRequest& request);
RebootInstancesResponse reboot_instances(Session& session, const RebootInstancesRequest& request);
TerminateInstancesResponse terminate_instances(Session& session,
                                               const TerminateInstancesRequest& request);
DescribeInstanceAttributeResponse describe_instance_attribute(
    Session& session, const DescribeInstanceAttributeRequest& request);
ModifyInstanceAttributeResponse modify_instance_attribute(
    Session& session, const ModifyInstanceAttributeRequest& request);

/// What a reboot does to a running instance: its status checks have to pass anew.
void reboot_instance(Session& session, const InstanceId& id);

// What time brings about; nothing for an instance that is gone.
void instance_running(Session& session, const InstanceId& id);
void instance_initialized(Session& session, const InstanceId& id);
void instance_stopped(Session& session, const InstanceId& id);
void instance_terminated(Session& session, const InstanceId& id);
void instance_gone(Session& session, const InstanceId& id);

}  // namespace amilab::ec2
