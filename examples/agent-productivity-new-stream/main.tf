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

module "agent_productivity" {
  source = "../../modules/agent_productivity"

  agent_event_stream_arn             = module.agent_stream.agent_event_stream_arn
  agent_event_stream_kms_arn         = module.agent_stream.agent_event_stream_kms_arn
  agent_event_stream_retention_hours = module.agent_stream.agent_event_stream_retention_hours
  agent_statuses                     = var.agent_statuses
  alarms                             = local.alarms
  aspect_ap_data_s3_prefix           = var.aspect_ap_data_s3_prefix
  authorization_mode                 = var.authorization_mode
  classifier_function                = var.classifier_function
  connect_s3_bucket                  = var.connect_s3_bucket
  connect_s3_kms_arn                 = var.connect_s3_kms_arn
  connect_s3_prefix                  = var.connect_s3_prefix
  dashboard                          = var.dashboard
  engine                             = var.engine
  enhanced_fan_out                   = var.enhanced_fan_out
  external_id                        = var.external_id
  failed_records_bucket_name         = var.ap_failed_records_bucket_name
  flink_application                  = var.flink_application
  iam_path                           = var.iam_path
  include_agent_status_type          = var.include_agent_status_type
  kda_application_name               = var.kda_application_name
  kms_key_arn                        = var.kms_key_arn
  log_level                          = var.log_level
  log_retention_days                 = var.log_retention_days
  name_suffix                        = var.name_suffix
  permissions_boundary_arn           = var.permissions_boundary_arn
  qss3_bucket_name                   = var.qss3_bucket_name
  qss3_key_prefix                    = var.qss3_key_prefix
  report_bucket_name                 = var.report_bucket_name
  report_retention_days              = var.report_retention_days
  runbook_url                        = var.runbook_url
  source_aws_account_id              = var.source_aws_account_id
  starting_position                  = var.starting_position
  starting_timestamp                 = var.starting_timestamp
  tags                               = var.tags
  wfm_adapter_user_name              = var.wfm_adapter_user_name
}
