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
  queue_name_prefix = "${local.name}-events-"
}

locals {
  # SQS has its high throughput for FIFO queues only with both attributes at the message group.
  agents_have_groups = var.message_groups == "agent"

  queues_may_go = var.num_retired_sqs_queues == null ? false : var.num_retired_sqs_queues == 0

  # The RTA server has ten variables for their URLs.
  max_sqs_queues = 10

  # By number and in order, also beyond max_sqs_queues. Another deployment's name may begin as this one's.
  existing_numbers = [
    for url in data.aws_sqs_queues.existing.queue_urls : tonumber(one(regex("-([0-9]+)\\.fifo$", url)))
    if can(regex("/${local.name}-events-[1-9][0-9]{0,2}\\.fifo$", url))
  ]
  existing_queues = [
    for number in range(1, max(0, local.existing_numbers...) + 1) : number if contains(local.existing_numbers, number)
  ]
  endangered_queues = [
    for number in local.existing_queues : "${local.name}-events-${number}.fifo" if number > local.queue_count
  ]
  # How many have to be kept for none to be destroyed.
  retirable_queues = max(0, [for number in local.existing_queues : number - var.num_sqs_queues]...)
}

check "retired_queues_are_guarded" {
  assert {
    condition     = !local.queues_may_go || length(local.endangered_queues) > 0
    error_message = "num_retired_sqs_queues = 0 is no longer needed: remove it, so that a later plan fails again before it destroys a queue."
  }
}
