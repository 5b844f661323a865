provider "aws" {
  region = "us-east-1"

  endpoints {
    ec2 = var.endpoint
    sts = var.endpoint
  }
}

variable "endpoint" {}
