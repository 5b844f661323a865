# A VPC with a subnet that has IPv6 addresses alone.

resource "aws_vpc" "six" {
  cidr_block                       = "10.6.0.0/16"
  assign_generated_ipv6_cidr_block = true
  tags                             = { Name = "six" }
}

resource "aws_subnet" "six" {
  vpc_id                                         = aws_vpc.six.id
  ipv6_native                                    = true
  ipv6_cidr_block                                = cidrsubnet(aws_vpc.six.ipv6_cidr_block, 8, 1)
  assign_ipv6_address_on_creation                = true
  enable_resource_name_dns_aaaa_record_on_launch = true
  tags                                           = { Name = "six" }
}
