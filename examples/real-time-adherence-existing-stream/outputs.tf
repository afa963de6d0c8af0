output "agent_event_stream_arn" {
  description = "ARN of the Kinesis data stream that Amazon Connect writes agent events to."
  value       = var.agent_event_stream_arn
}

output "config_table_name" {
  description = "Name of the DynamoDB table that holds the write-to-SQS flag, null when the flag is in the function's environment."
  value       = module.rta.config_table_name
}

output "dynamodb_table_name" {
  description = "Name of the DynamoDB table with the latest state change of each signed-in agent."
  value       = module.rta.dynamodb_table_name
}

output "retired_sqs_queue_urls" {
  description = "URLs of the queues that get no events any more and are kept until they are read empty."
  value       = module.rta.retired_sqs_queue_urls
}

output "rta_failed_records_bucket_name" {
  description = "Name of the S3 bucket that keeps the records which could not be delivered."
  value       = module.rta.failed_records_bucket_name
}

output "rta_lambda_function_name" {
  description = "Name of the relay function. It is being fed once this output is there."
  value       = module.rta.rta_lambda_function_name
}

output "rta_role_arn" {
  description = "ARN of the IAM role that the RTA server assumes, null when it works as a user."
  value       = module.rta.rta_role_arn
}

output "rta_user_name" {
  description = "Name of the IAM user for the RTA server, null when it assumes a role. Make its access key by hand."
  value       = module.rta.rta_user_name
}

output "sqs_queue_urls" {
  description = "URLs of the queues, in the order in which agents are assigned to them."
  value       = module.rta.sqs_queue_urls
}
