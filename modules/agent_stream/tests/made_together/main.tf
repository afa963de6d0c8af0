terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

# Instance and key are not known before an apply, only that there will be both.
resource "terraform_data" "instance_id" {
  input = "12345678-90ab-cdef-1234-567890abcdef"
}

resource "terraform_data" "key_arn" {
  input = "arn:aws:kms:eu-central-1:111122223333:key/77aa"
}

module "agent_stream" {
  source = "../.."

  connect_instance_id = trimspace(terraform_data.instance_id.output)
  kms_key_arn         = trimspace(terraform_data.key_arn.output)
}
