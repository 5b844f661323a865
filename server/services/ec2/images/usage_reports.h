#pragma once

#include "server/calls/session.h"
#include "server/wire/ec2/usage_reports.h"
#include "storage/base/ids.h"

/// How other accounts use an image.
namespace amilab::ec2 {

CreateImageUsageReportResponse create_image_usage_report(
    Session& session, const CreateImageUsageReportRequest& request);
DescribeImageUsageReportsResponse describe_image_usage_reports(
    Session& session, const DescribeImageUsageReportsRequest& request);
DescribeImageUsageReportEntriesResponse describe_image_usage_report_entries(
    Session& session, const DescribeImageUsageReportEntriesRequest& request);
DeleteImageUsageReportResponse delete_image_usage_report(
    Session& session, const DeleteImageUsageReportRequest& request);

// What time brings about; nothing for a report that is gone.
void usage_report_expired(Session& session, const UsageReportId& id);

}  // namespace amilab::ec2
