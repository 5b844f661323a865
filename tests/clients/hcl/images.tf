# A volume becomes a snapshot, that an image, and that a copy; one of them is shared.

resource "aws_ebs_volume" "source" {
  availability_zone = "us-east-1a"
  size              = 1
  type              = "gp2"
  tags              = { Name = "source" }
}

resource "aws_ebs_snapshot" "source" {
  volume_id   = aws_ebs_volume.source.id
  description = "of the source"
  tags        = { Name = "source" }
}

resource "aws_ami" "made" {
  name                = "made"
  description         = "registered"
  architecture        = "x86_64"
  virtualization_type = "hvm"
  root_device_name    = "/dev/xvda"
  ena_support         = true

  ebs_block_device {
    device_name           = "/dev/xvda"
    snapshot_id           = aws_ebs_snapshot.source.id
    volume_size           = 2
    volume_type           = "gp2"
    delete_on_termination = true
  }

  tags = { Name = "made" }
}

resource "aws_ami_copy" "copied" {
  name              = "copied"
  description       = "copied"
  source_ami_id     = aws_ami.made.id
  source_ami_region = "us-east-1"
  tags              = { Name = "copied" }
}

resource "aws_ami_launch_permission" "shared" {
  image_id   = aws_ami.made.id
  account_id = "210987654321"
}

resource "aws_snapshot_create_volume_permission" "shared" {
  snapshot_id = aws_ebs_snapshot.source.id
  account_id  = "210987654321"
}

resource "aws_ebs_snapshot_copy" "copied" {
  source_snapshot_id = aws_ebs_snapshot.source.id
  source_region      = "us-east-1"
  tags               = { Name = "copied" }
}

data "aws_ami" "newest" {
  most_recent = true
  owners      = ["amazon"]

  filter {
    name   = "name"
    values = ["al2023-ami-2023.*-kernel-6.1-x86_64"]
  }
}

output "newest" {
  value = data.aws_ami.newest.id
}
