terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

# Not known before an apply, not even that it will not be null.
resource "terraform_data" "key_arn" {
  input = "arn:aws:kms:eu-central-1:111122223333:key/77aa"
}

module "without_an_instance" {
  source = "../.."

  kms_key_arn = terraform_data.key_arn.output
  name        = "without-an-instance"
}

module "with_an_instance" {
  source = "../.."

  connect_instance_id   = "12345678-90ab-cdef-1234-567890abcdef"
  grant_connect_the_key = true
  kms_key_arn           = terraform_data.key_arn.output
  name                  = "with-an-instance"
}

module "with_the_keys_policy" {
  source = "../.."

  agent_event_stream_kms_arn = terraform_data.key_arn.output
  connect_instance_id        = "12345678-90ab-cdef-1234-567890abcdef"
  grant_connect_the_key      = false
  name                       = "with-the-keys-policy"
}

module "with_an_instance_of_the_same_apply" {
  source = "../.."

  connect_instance_id   = trimspace(terraform_data.instance_id.output)
  grant_connect_the_key = true
  kms_key_arn           = terraform_data.key_arn.output
  name                  = "with-both"
}

resource "terraform_data" "instance_id" {
  input = "12345678-90ab-cdef-1234-567890abcdef"
}
