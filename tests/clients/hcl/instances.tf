# An instance with a volume beside its own, one that a volume is attached to, an image, and a
# template to launch more by. Needs images.tf, groups.tf and network.tf.

resource "aws_instance" "web" {
  ami                         = data.aws_ami.newest.id
  instance_type               = "t3.micro"
  key_name                    = aws_key_pair.login.key_name
  subnet_id                   = aws_subnet.public.id
  vpc_security_group_ids      = [aws_security_group.own.id]
  associate_public_ip_address = true
  user_data                   = "#!/bin/sh\necho hello\n"

  root_block_device {
    volume_size           = 9
    volume_type           = "gp2"
    delete_on_termination = true
  }

  ebs_block_device {
    device_name           = "/dev/sdf"
    volume_size           = 1
    volume_type           = "gp2"
    delete_on_termination = true
  }

  tags        = { Name = "web" }
  volume_tags = { Name = "web" }
}

# What is attached by a resource of its own is no block of the instance's: Terraform would take it
# for one too many.
resource "aws_instance" "data" {
  ami                    = data.aws_ami.newest.id
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.public.id
  vpc_security_group_ids = [aws_security_group.own.id]
  monitoring             = true
  tags                   = { Name = "data" }
}

resource "aws_ebs_volume" "data" {
  availability_zone = aws_instance.data.availability_zone
  size              = 1
  type              = "gp2"
  tags              = { Name = "data" }
}

resource "aws_volume_attachment" "data" {
  device_name  = "/dev/sdh"
  instance_id  = aws_instance.data.id
  volume_id    = aws_ebs_volume.data.id
  force_detach = true
}

resource "aws_ami_from_instance" "captured" {
  name                    = "captured"
  source_instance_id      = aws_instance.web.id
  snapshot_without_reboot = true
}

resource "aws_launch_template" "web" {
  name          = "web"
  image_id      = data.aws_ami.newest.id
  instance_type = "t3.micro"
  key_name      = aws_key_pair.login.key_name
  user_data     = base64encode("#!/bin/sh\necho hello\n")

  block_device_mappings {
    device_name = "/dev/xvda"

    ebs {
      volume_size           = 9
      delete_on_termination = true
    }
  }

  tag_specifications {
    resource_type = "instance"
    tags          = { Name = "from the template" }
  }
}
