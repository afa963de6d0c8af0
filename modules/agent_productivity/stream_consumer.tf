# Enhanced fan-out: a dedicated 2 MB per second from each shard, independent of other consumers.
resource "aws_kinesis_stream_consumer" "classifier" {
  count = var.enhanced_fan_out ? 1 : 0

  name       = local.names.stream_consumer
  stream_arn = var.agent_event_stream_arn
}

locals {
  # What the event source mapping reads: the registered consumer, or the shared stream.
  event_source_arn = var.enhanced_fan_out ? aws_kinesis_stream_consumer.classifier[0].arn : var.agent_event_stream_arn
}
