module "agent_stream" {
  source = "../../modules/agent_stream"

  agent_event_stream_kms_arn         = var.agent_event_stream_kms_arn
  agent_event_stream_retention_hours = var.agent_event_stream_retention_hours
  alarms                             = local.alarms
  connect_instance_id                = var.connect_instance_id
  encrypted                          = var.encrypted
  grant_connect_the_key              = var.grant_connect_the_key
  kms_key_arn                        = var.kms_key_arn
  name                               = var.agent_event_stream_name
  name_suffix                        = var.name_suffix
  runbook_url                        = var.runbook_url
  shard_count                        = var.shard_count
  stream_mode                        = var.stream_mode
  tags                               = var.tags
}

module "rta" {
  source = "../../modules/rta"

  agent_event_stream_arn             = module.agent_stream.agent_event_stream_arn
  agent_event_stream_kms_arn         = module.agent_stream.agent_event_stream_kms_arn
  agent_event_stream_retention_hours = module.agent_stream.agent_event_stream_retention_hours
  ahg_filter_level                   = var.ahg_filter_level
  ahg_filter_separator               = var.ahg_filter_separator
  ahg_filter_values                  = var.ahg_filter_values
  alarms                             = local.alarms
  authorization_mode                 = var.authorization_mode
  dashboard                          = var.dashboard
  enhanced_fan_out                   = var.enhanced_fan_out
  external_id                        = var.external_id
  failed_records_bucket_name         = var.rta_failed_records_bucket_name
  iam_path                           = var.iam_path
  kms_key_arn                        = var.kms_key_arn
  lambda_config_location             = var.lambda_config_location
  log_level                          = var.log_level
  log_retention_days                 = var.log_retention_days
  message_groups                     = var.message_groups
  name                               = var.name
  name_suffix                        = var.name_suffix
  num_retired_sqs_queues             = var.num_retired_sqs_queues
  num_sqs_queues                     = var.num_sqs_queues
  permissions_boundary_arn           = var.permissions_boundary_arn
  qss3_bucket_name                   = var.qss3_bucket_name
  qss3_key_prefix                    = var.qss3_key_prefix
  relay_function                     = var.relay_function
  rta_user_name                      = var.rta_user_name
  runbook_url                        = var.runbook_url
  source_aws_account_id              = var.source_aws_account_id
  starting_position                  = var.starting_position
  tags                               = var.tags
}
