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
