# The products' account, whose principals assume the roles of the integration. Use this provider also for
# your other resources in that account.
provider "aws" {
  region = var.region

  default_tags {
    tags = var.tags
  }
}

# The account of Amazon Connect, with the stream, the key and the resources of this example.
provider "aws" {
  alias  = "contact_centre"
  region = var.region

  dynamic "assume_role" {
    for_each = var.deployment_role_arn[*]

    content {
      role_arn     = assume_role.value
      session_name = "aspect-wfm"
    }
  }

  default_tags {
    tags = var.tags
  }
}

data "aws_caller_identity" "products" {}

data "aws_caller_identity" "contact_centre" {
  provider = aws.contact_centre
}

data "aws_partition" "contact_centre" {
  provider = aws.contact_centre
}
