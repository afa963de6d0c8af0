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

resource "terraform_data" "stream_arn" {
  input = "arn:aws:kinesis:eu-central-1:111122223333:stream/agent-events"
}

module "reader" {
  source = "../.."

  agent_event_stream_arn     = terraform_data.stream_arn.output
  agent_event_stream_kms_arn = terraform_data.key_arn.output
  connect_s3_bucket          = "amazon-connect-0123456789ab"
  connect_s3_kms_arn         = terraform_data.key_arn.output
  connect_s3_prefix          = "connect/acme/Reports/Aspect/"
  kms_key_arn                = terraform_data.key_arn.output
}
