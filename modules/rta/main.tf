# Shared by all other files: the provider's account, partition and region, and the names and ARNs derived
# from them. The other files:
#
#   alarms.tf                 the alarms: one map of rules, one resource
#   dashboard.tf              the dashboard
#   failed_records_bucket.tf  the bucket for records that cannot be delivered
#   next_steps.tf             manual steps after an apply
#   outputs.tf                values that the RTA server and operators need
#   queues.tf                 the queues, their number, and the check that protects them from being destroyed
#   relay_function.tf         the function, its log and its event source mapping
#   relay_role.tf             the function's permissions
#   rta_identity.tf           the RTA server's user or role
#   stream_consumer.tf        the consumer for enhanced fan-out, or the stream itself
#   tables.tf                 the DynamoDB tables
#   variables.tf              the inputs and their validation
#   versions.tf               the versions of Terraform and of the provider
#   zips.tf                   the source of the function's code

data "aws_caller_identity" "current" {}

data "aws_default_tags" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

# Every default name is local.name with a suffix, and for each resource type no suffix ends with another
# one. Two instances of the module with different names can therefore never use the same name.
locals {
  account_id = data.aws_caller_identity.current.account_id
  partition  = data.aws_partition.current.partition
  # Provider 6 has `region` and deprecates `id`; 5.100 has only `id`.
  region = lookup(data.aws_region.current, "region", lookup(data.aws_region.current, "id", null))

  name = join("-", compact([var.name, var.name_suffix]))

  # `make build` writes it.
  version = "1.0.0"

  # The function also has the tag that names the version, unless `tags` has its key.
  tags_with_version = merge({ "aspect-wfm-version" = local.version }, var.tags)

  default_tag_keys = keys(coalesce(data.aws_default_tags.current.tags, {}))

  # The services that use a key on behalf of their caller, as kms:ViaService names them.
  via = {
    for service in ["dynamodb", "kinesis", "lambda", "s3", "sqs"] :
    service => "${service}.${local.region}.${data.aws_partition.current.dns_suffix}"
  }

  # Not in `names`, because a validation cannot use a local that depends on its own variable.
  role_name = "${local.name}-relay"

  queue_name_prefix = "${local.name}-events-"

  names = {
    agent_state_table       = "${local.name}-agent-states"
    configuration_table     = "${local.name}-configuration"
    dashboard               = "${local.name}-adherence"
    signed_out_agents_table = "${local.name}-signed-out-agents"
    failed_records_bucket   = coalesce(var.failed_records_bucket_name, "${local.name}-failed-records-${local.account_id}")
    function                = "${local.name}-relay"
    identity                = coalesce(var.rta_user_name, "${local.name}-server")
    queues                  = [for index in range(local.queue_count) : "${local.queue_name_prefix}${index + 1}.fifo"]
    stream_consumer         = "${local.name}-relay"
  }

  # Written out instead of referenced, so that a plan shows every policy in full.
  arns = {
    agent_state_table       = "${local.table_arn}/${local.names.agent_state_table}"
    configuration_table     = "${local.table_arn}/${local.names.configuration_table}"
    signed_out_agents_table = "${local.table_arn}/${local.names.signed_out_agents_table}"
    failed_records_bucket   = "arn:${local.partition}:s3:::${local.names.failed_records_bucket}"
    function                = "arn:${local.partition}:lambda:${local.region}:${local.account_id}:function:${local.names.function}"
    log_group               = "arn:${local.partition}:logs:${local.region}:${local.account_id}:log-group:/aws/lambda/${local.names.function}"
    queues                  = [for name in local.names.queues : "arn:${local.partition}:sqs:${local.region}:${local.account_id}:${name}"]
  }
  table_arn = "arn:${local.partition}:dynamodb:${local.region}:${local.account_id}:table"

  queue_count = var.num_sqs_queues + coalesce(var.num_retired_sqs_queues, 0)

  flag_in_table = var.lambda_config_location == "table"
}
