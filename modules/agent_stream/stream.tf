resource "aws_kinesis_stream" "agent_events" {
  name             = local.name
  shard_count      = var.stream_mode == "PROVISIONED" ? var.shard_count : null
  retention_period = var.agent_event_stream_retention_hours
  encryption_type  = var.encrypted ? "KMS" : "NONE"
  kms_key_id       = var.encrypted ? coalesce(local.customer_key_arn, "alias/aws/kinesis") : null
  tags             = var.tags

  stream_mode_details {
    stream_mode = var.stream_mode
  }

  # Without permission to use the key, Amazon Connect would lose events.
  depends_on = [aws_kms_grant.connect]
}
