# Shared by all other files: the provider's account, partition and region, and the key that encrypts the
# stream. The other files:
#
#   agent_event_streaming.tf  agent events of an Amazon Connect instance, and its grant for the stream's key
#   alarms.tf                 the alarm
#   next_steps.tf             manual steps after an apply
#   outputs.tf                values that other modules and operators need
#   stream.tf                 the Kinesis data stream
#   variables.tf              the inputs and their validation
#   versions.tf               the versions of Terraform and of the provider

data "aws_caller_identity" "current" {}

data "aws_default_tags" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  account_id = data.aws_caller_identity.current.account_id
  partition  = data.aws_partition.current.partition
  # Provider 6 has `region` and deprecates `id`; 5.100 has only `id`.
  region = lookup(data.aws_region.current, "region", lookup(data.aws_region.current, "id", null))

  name = join("-", compact([var.name, var.name_suffix]))

  default_tag_keys = keys(coalesce(data.aws_default_tags.current.tags, {}))

  customer_key_arn = var.agent_event_stream_kms_arn == null ? var.kms_key_arn : var.agent_event_stream_kms_arn
}
