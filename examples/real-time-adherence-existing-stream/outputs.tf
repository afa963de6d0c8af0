output "agent_event_stream_arn" {
  description = "ARN of the Kinesis data stream that Amazon Connect writes agent events to."
  value       = var.agent_event_stream_arn
}

output "config_table_name" {
  description = "Name of the DynamoDB table with the write-to-SQS flag; null if the flag is in the function's environment."
  value       = module.rta.config_table_name
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
