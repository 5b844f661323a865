#include "server/services/services.h"

#include "server/services/ebs/ebs.h"
#include "server/services/ec2/ec2.h"
#include "server/services/iam/iam.h"
#include "server/services/rbin/rbin.h"
#include "server/services/s3/s3.h"
#include "server/services/ssm/ssm.h"
#include "server/services/sts/sts.h"

namespace amilab {

std::span<const Service* const> all_services()
{
    static constexpr const Service* kAll[] = {&ec2::kEc2, &ebs::kEbs, &iam::kIam, &rbin::kRbin,
                                              &s3::kS3,   &ssm::kSsm, &sts::kSts};
    return kAll;
}

}  // namespace amilab
