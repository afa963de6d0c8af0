# The naming rule: <prefix>-<component>, for buckets followed by the account.
locals {
  account_id = data.aws_caller_identity.contact_centre.account_id

  names = {
    agent_productivity       = "${var.name_prefix}-ap"
    ap_failed_records_bucket = "${var.name_prefix}-ap-undelivered-${local.account_id}"
    rta_failed_records_bucket = {
      for server in keys(var.rta_servers) : server => "${var.name_prefix}-rta-${server}-undelivered-${local.account_id}"
    }
    report_bucket = "${var.name_prefix}-ap-reports-${local.account_id}"
    rta           = { for server in keys(var.rta_servers) : server => "${var.name_prefix}-rta-${server}" }
    wfm_adapter   = "${var.name_prefix}-ap-adapter"
  }
}

module "agent_productivity" {
  source    = "../../modules/agent_productivity"
  providers = { aws = aws.contact_centre }

  agent_event_stream_arn             = var.agent_event_stream_arn
  agent_event_stream_kms_arn         = var.kms_key_arn
  agent_event_stream_retention_hours = var.agent_event_stream_retention_hours
  agent_statuses                     = var.agent_statuses
  alarms                             = { sns_topic_arns = var.alarm_topic_arns }
  authorization_mode                 = "role"
  connect_s3_bucket                  = var.connect_s3_bucket
  connect_s3_kms_arn                 = var.kms_key_arn
  connect_s3_prefix                  = var.connect_s3_prefix
  external_id                        = var.wfm_adapter_external_id
  failed_records_bucket_name         = local.names.ap_failed_records_bucket
  iam_path                           = var.iam_path
  kda_application_name               = local.names.agent_productivity
  kms_key_arn                        = var.kms_key_arn
  permissions_boundary_arn           = var.permissions_boundary_arn
  report_bucket_name                 = local.names.report_bucket
  runbook_url                        = var.runbook_url
  source_aws_account_id              = data.aws_caller_identity.products.account_id
  tags                               = { aspect-wfm-component = "agent-productivity" }
  wfm_adapter_user_name              = local.names.wfm_adapter # its role's, there being no user
}

# One per RTA server, which receives only the agents of its own hierarchy groups.
module "rta" {
  source    = "../../modules/rta"
  providers = { aws = aws.contact_centre }
  for_each  = var.rta_servers

  agent_event_stream_arn             = var.agent_event_stream_arn
  agent_event_stream_kms_arn         = var.kms_key_arn
  agent_event_stream_retention_hours = var.agent_event_stream_retention_hours
  ahg_filter_level                   = each.value.hierarchy_level
  ahg_filter_values                  = each.value.hierarchy_groups
  alarms                             = { sns_topic_arns = var.alarm_topic_arns }
  authorization_mode                 = "role"
  external_id                        = each.value.external_id
  failed_records_bucket_name         = local.names.rta_failed_records_bucket[each.key]
  iam_path                           = var.iam_path
  kms_key_arn                        = var.kms_key_arn
  lambda_config_location             = "table"
  name                               = local.names.rta[each.key]
  num_sqs_queues                     = each.value.num_sqs_queues
  permissions_boundary_arn           = var.permissions_boundary_arn
  runbook_url                        = var.runbook_url
  source_aws_account_id              = data.aws_caller_identity.products.account_id
  tags                               = { aspect-wfm-component = "real-time-adherence", aspect-wfm-rta-server = each.key }
}
