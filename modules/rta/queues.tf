# The attributes are the RTA server's: see the wire contract it was shipped with.
resource "aws_sqs_queue" "agent_events" {
  count = var.num_sqs_queues

  name                        = local.names.queues[count.index]
  fifo_queue                  = true
  content_based_deduplication = true
  delay_seconds               = 0
  max_message_size            = 262144
  message_retention_seconds   = 345600
  receive_wait_time_seconds   = 0
  visibility_timeout_seconds  = 30
  sqs_managed_sse_enabled     = true
  tags                        = var.tags

  lifecycle {
    # With fewer queues: the relay first learns of it, and only then are the others destroyed.
    create_before_destroy = true
  }
}
