# The attributes are the RTA server's: see the wire contract it was shipped with. The first
# num_sqs_queues carry events; those behind them are retired and only wait to be read empty.
resource "aws_sqs_queue" "agent_events" {
  count = length(local.names.queues)

  name                        = local.names.queues[count.index]
  fifo_queue                  = true
  content_based_deduplication = true
  deduplication_scope         = local.agents_have_groups ? "messageGroup" : "queue"
  delay_seconds               = 0
  fifo_throughput_limit       = local.agents_have_groups ? "perMessageGroupId" : "perQueue"
  max_message_size            = 262144
  message_retention_seconds   = 345600
  receive_wait_time_seconds   = 0
  visibility_timeout_seconds  = 30
  kms_master_key_id           = var.kms_key_arn
  sqs_managed_sse_enabled     = var.kms_key_arn == null ? true : null
  tags                        = var.tags

  # SQS answers a second CreateQueue like the first: another deployment of this name would be adopted.
  # IAM rejects the name of a role that exists.
  depends_on = [aws_iam_role.relay]
}

# Looks for queues that this plan would destroy.
data "aws_sqs_queues" "existing" {
  queue_name_prefix = "${var.name}-events-"
}

locals {
  # SQS has its high throughput for FIFO queues only with both attributes at the message group.
  agents_have_groups = var.message_groups == "agent"

  queues_may_go = var.num_retired_sqs_queues == null ? false : var.num_retired_sqs_queues == 0

  # Every number of queues is looked at: another deployment's name may begin as this one's.
  _existing_queues = [
    for number in range(1, 11) : number
    if contains([for url in data.aws_sqs_queues.existing.queue_urls : basename(url)], "${var.name}-events-${number}.fifo")
  ]
  endangered_queues = [
    for number in local._existing_queues : "${var.name}-events-${number}.fifo" if number > local._queue_count
  ]
  # How many have to be kept for none to be destroyed.
  retirable_queues = max(0, [for number in local._existing_queues : number - var.num_sqs_queues]...)
}

check "retired_queues_are_guarded" {
  assert {
    condition     = !local.queues_may_go || length(local.endangered_queues) > 0
    error_message = "num_retired_sqs_queues = 0 has done its work: remove it, so that a later plan asks again before it destroys a queue."
  }
}
