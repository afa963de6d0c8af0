output "agent_event_stream_arn" {
  description = "ARN of the Kinesis data stream. Without `connect_instance_id`, select this stream in the Amazon Connect console under Data streaming, Agent Events."
  value       = module.agent_stream.agent_event_stream_arn
}

output "config_table_name" {
  description = "Name of the DynamoDB table with the write-to-SQS flag; null if the flag is in the function's environment."
  value       = module.rta.config_table_name
}

output "connect_instance_id" {
  description = "ID of the Amazon Connect instance that Terraform configured to stream agent events; null if you do that yourself."
  value       = module.agent_stream.connect_instance_id
}

output "connect_key_policy" {
  description = "Statement (JSON) for the policy of the customer-managed key that allows Amazon Connect to write to the stream; null without such a key. With `connect_instance_id`, a grant replaces it."
  value       = module.agent_stream.connect_key_policy
}

output "dynamodb_table_name" {
  description = "Name of the DynamoDB table with the latest state change of each signed-in agent."
  value       = module.rta.dynamodb_table_name
}

output "next_steps" {
  description = "Manual steps after the apply, in order, with the names of this deployment."
  value       = local.next_steps
}

output "retired_sqs_queue_urls" {
  description = "URLs of the retired queues, which receive no new events and are kept until they are empty."
  value       = module.rta.retired_sqs_queue_urls
}

output "rta_failed_records_bucket_name" {
  description = "Name of the S3 bucket for records that could not be delivered."
  value       = module.rta.failed_records_bucket_name
}

output "rta_lambda_function_name" {
  description = "Name of the relay function. Available once the function receives events."
  value       = module.rta.rta_lambda_function_name
}

output "rta_role_arn" {
  description = "ARN of the IAM role that the RTA server assumes; null if it uses an IAM user."
  value       = module.rta.rta_role_arn
}

output "rta_user_name" {
  description = "Name of the IAM user for the RTA server; null if it assumes a role. Create the access key yourself."
  value       = module.rta.rta_user_name
}

output "sqs_queue_urls" {
  description = "URLs of the queues, in the order that determines which agents use which queue."
  value       = module.rta.sqs_queue_urls
}
