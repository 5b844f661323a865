// Serves the aws provider to Terraform. Its own main package cannot be built from the module proxy:
// its go.mod names versions that no longer exist.
package main

import (
	"github.com/hashicorp/terraform/plugin"
	"github.com/terraform-providers/terraform-provider-aws/aws"
)

func main() {
	plugin.Serve(&plugin.ServeOpts{ProviderFunc: aws.Provider})
}
