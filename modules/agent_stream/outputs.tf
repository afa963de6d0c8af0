output "agent_event_stream_arn" {
  description = "ARN of the Kinesis data stream. Without `connect_instance_id`, select it under Data streaming, Agent Events, in the Amazon Connect instance."
  value       = aws_kinesis_stream.agent_events.arn
}

output "agent_event_stream_kms_arn" {
  description = "ARN of the customer-managed key that a consumer of the stream needs, null where it needs none."
  value       = local.customer_key_arn
}

output "agent_event_stream_retention_hours" {
  description = "How long the stream keeps an agent event, in hours."
  value       = aws_kinesis_stream.agent_events.retention_period
}

output "connect_instance_id" {
  description = "Id of the Amazon Connect instance whose agent events Terraform has switched on, null where that is done by hand."
  value       = one(aws_connect_instance_storage_config.agent_events[*].instance_id)
}

output "connect_key_policy" {
  description = "What lets Amazon Connect write to the stream, for the policy of the customer-managed key (JSON); null without such a key. With `connect_instance_id`, a grant does the same."
  value       = local.customer_key_arn == null ? null : data.aws_iam_policy_document.connect.json
}

output "next_steps" {
  description = "What remains to be done by hand after an apply, in order: sentences with the names of this deployment."
  value       = local.next_steps
}
