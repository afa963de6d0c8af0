# Where the products run: the account whose principals assume the roles of the integration. What else
# an estate makes there has this provider too.
provider "aws" {
  region = var.region

  default_tags {
    tags = var.tags
  }
}

# Where Amazon Connect is, and with it the stream, the key and everything that is made here.
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
