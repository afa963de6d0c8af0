data "aws_region" "current" {}

resource "aws_kinesis_stream" "agent_events" {
  name             = var.name
  shard_count      = var.stream_mode == "PROVISIONED" ? var.shard_count : null
  retention_period = var.agent_event_stream_retention_hours
  encryption_type  = var.encrypted ? "KMS" : "NONE"
  kms_key_id       = var.encrypted ? coalesce(var.agent_event_stream_kms_arn, "alias/aws/kinesis") : null
  tags             = var.tags

  stream_mode_details {
    stream_mode = var.stream_mode
  }
}
