output "agent_event_stream_arn" {
  description = "ARN of the Kinesis data stream: select it under Data streaming, Agent events, in the Amazon Connect instance."
  value       = aws_kinesis_stream.agent_events.arn
}

output "agent_event_stream_kms_arn" {
  description = "ARN of the customer-managed key that a consumer of the stream needs, null where it needs none."
  value       = var.agent_event_stream_kms_arn
}

output "agent_event_stream_retention_hours" {
  description = "How long the stream keeps an agent event, in hours."
  value       = aws_kinesis_stream.agent_events.retention_period
}
