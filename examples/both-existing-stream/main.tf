module "agent_productivity" {
  source = "../../modules/agent_productivity"

  agent_event_stream_arn             = var.agent_event_stream_arn
  agent_event_stream_kms_arn         = var.agent_event_stream_kms_arn
  agent_event_stream_retention_hours = var.agent_event_stream_retention_hours
  agent_statuses                     = var.agent_statuses
  aspect_ap_data_s3_prefix           = var.aspect_ap_data_s3_prefix
  connect_s3_bucket                  = var.connect_s3_bucket
  connect_s3_kms_arn                 = var.connect_s3_kms_arn
  connect_s3_prefix                  = var.connect_s3_prefix
  include_agent_status_type          = var.include_agent_status_type
  kda_application_name               = var.kda_application_name
  qss3_bucket_name                   = var.qss3_bucket_name
  qss3_key_prefix                    = var.qss3_key_prefix
  report_retention_days              = var.report_retention_days
  starting_position                  = var.starting_position
  tags                               = var.tags
}

module "rta" {
  source = "../../modules/rta"

  agent_event_stream_arn             = var.agent_event_stream_arn
  agent_event_stream_kms_arn         = var.agent_event_stream_kms_arn
  agent_event_stream_retention_hours = var.agent_event_stream_retention_hours
  ahg_filter_level                   = var.ahg_filter_level
  ahg_filter_separator               = var.ahg_filter_separator
  ahg_filter_values                  = var.ahg_filter_values
  lambda_config_location             = var.lambda_config_location
  name                               = var.name
  num_sqs_queues                     = var.num_sqs_queues
  qss3_bucket_name                   = var.qss3_bucket_name
  qss3_key_prefix                    = var.qss3_key_prefix
  starting_position                  = var.starting_position
  tags                               = var.tags
}
