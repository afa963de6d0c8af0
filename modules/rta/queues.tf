# The RTA server's wire contract defines the attributes. The first num_sqs_queues carry events; later ones
# are retired and only wait until they are read empty.
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

  # A second CreateQueue succeeds like the first, so Terraform would adopt the queue of another deployment
  # with this name. IAM rejects the name of an existing role, so create the role first.
  depends_on = [aws_iam_role.relay]
}

# Finds queues that this plan would destroy.
data "aws_sqs_queues" "existing" {
  queue_name_prefix = local.queue_name_prefix
}

locals {
  # High throughput for FIFO queues needs both attributes at the level of the message group.
  agents_have_groups = var.message_groups == "agent"

  queues_may_go = var.num_retired_sqs_queues == null ? false : var.num_retired_sqs_queues == 0

  # The RTA server supports ten URLs.
  max_sqs_queues = 10

  # By number, also beyond max_sqs_queues, because another deployment's name may begin with this one's.
  existing_numbers = [
    for url in data.aws_sqs_queues.existing.queue_urls : tonumber(one(regex("-([0-9]+)\\.fifo$", url)))
    if can(regex("/${local.queue_name_prefix}[1-9][0-9]{0,2}\\.fifo$", url))
  ]
  existing_queues = [
    for number in range(1, max(0, local.existing_numbers...) + 1) : number if contains(local.existing_numbers, number)
  ]
  endangered_queues = [
    for number in local.existing_queues : "${local.queue_name_prefix}${number}.fifo" if number > local.queue_count
  ]
  # The value of num_retired_sqs_queues that keeps every queue.
  retirable_queues = max(0, [for number in local.existing_queues : number - var.num_sqs_queues]...)
}

check "retired_queues_are_guarded" {
  assert {
    condition     = !local.queues_may_go || length(local.endangered_queues) > 0
    error_message = "num_retired_sqs_queues = 0 is no longer needed: remove it, so that a later plan fails again before it destroys a queue."
  }
}
