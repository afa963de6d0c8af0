output "agent_event_stream_arn" {
  description = "ARN of the Kinesis data stream. Without `connect_instance_id`, select this stream in the Amazon Connect console under Data streaming, Agent Events."
  value       = aws_kinesis_stream.agent_events.arn
}

output "agent_event_stream_kms_arn" {
  description = "ARN of the customer-managed key that consumers need to decrypt the stream; null without one."
  value       = local.customer_key_arn
}

output "agent_event_stream_retention_hours" {
  description = "How long the stream keeps an agent event, in hours."
  value       = aws_kinesis_stream.agent_events.retention_period
}

output "connect_instance_id" {
  description = "ID of the Amazon Connect instance that Terraform configured to stream agent events; null if you do that yourself."
  value       = one(aws_connect_instance_storage_config.agent_events[*].instance_id)
}

output "connect_key_policy" {
  description = "Statement (JSON) for the policy of the customer-managed key that allows Amazon Connect to write to the stream; null without such a key. With `connect_instance_id`, a grant replaces it."
  value       = local.customer_key_arn == null ? null : data.aws_iam_policy_document.connect.json
}

output "next_steps" {
  description = "Manual steps after the apply, in order, with the names of this deployment."
  value       = local.next_steps
}
