# A key pair, and a security group in the default VPC with rules in both ways of saying them.

variable "public_key" {}

resource "aws_key_pair" "login" {
  key_name   = "login"
  public_key = var.public_key
}

resource "aws_security_group" "web" {
  name        = "web"
  description = "web"

  ingress {
    from_port   = 22
    to_port     = 22
    protocol    = "tcp"
    cidr_blocks = ["10.0.0.0/8", "192.168.0.0/16"]
  }

  ingress {
    from_port = 443
    to_port   = 443
    protocol  = "tcp"
    self      = true
  }

  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }

  tags = { Name = "web" }
}

resource "aws_security_group" "data" {
  name_prefix = "data-"
  description = "has its rules as resources of their own"
}

resource "aws_security_group_rule" "data_from_web" {
  security_group_id        = aws_security_group.data.id
  type                     = "ingress"
  from_port                = 5432
  to_port                  = 5432
  protocol                 = "tcp"
  source_security_group_id = aws_security_group.web.id
}

resource "aws_security_group_rule" "data_out" {
  security_group_id = aws_security_group.data.id
  type              = "egress"
  from_port         = 0
  to_port           = 65535
  protocol          = "udp"
  cidr_blocks       = ["10.0.0.0/8"]
}
