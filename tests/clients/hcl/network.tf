# A VPC that can be reached.

resource "aws_vpc" "own" {
  cidr_block           = "10.1.0.0/16"
  enable_dns_hostnames = true
  tags                 = { Name = "own" }
}

resource "aws_subnet" "public" {
  vpc_id                  = aws_vpc.own.id
  cidr_block              = "10.1.1.0/24"
  availability_zone       = "us-east-1a"
  map_public_ip_on_launch = true
  tags                    = { Name = "public" }
}

resource "aws_internet_gateway" "out" {
  vpc_id = aws_vpc.own.id
  tags   = { Name = "out" }
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.own.id

  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.out.id
  }

  tags = { Name = "public" }
}

resource "aws_route_table_association" "public" {
  subnet_id      = aws_subnet.public.id
  route_table_id = aws_route_table.public.id
}

resource "aws_security_group" "own" {
  name        = "own"
  description = "of the own VPC"
  vpc_id      = aws_vpc.own.id

  ingress {
    from_port   = 22
    to_port     = 22
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }

  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
}
