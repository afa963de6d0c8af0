output "config_table_name" {
  description = "Name of the DynamoDB table with the write-to-SQS flag; null if the flag is in the function's environment."
  value       = one(aws_dynamodb_table.configuration[*].name)
}

output "dynamodb_table_name" {
  description = "Name of the DynamoDB table with the latest state change of each signed-in agent."
  value       = aws_dynamodb_table.agent_states.name
}

output "failed_records_bucket_name" {
  description = "Name of the S3 bucket for records that could not be delivered."
  value       = aws_s3_bucket.failed_records.bucket
}

output "next_steps" {
  description = "Manual steps after the apply, in order, with the names of this deployment."
  value       = local.next_steps
}

output "retired_sqs_queue_urls" {
  description = "URLs of the retired queues, which receive no new events and are kept until they are empty."
  value       = slice(aws_sqs_queue.agent_events[*].url, var.num_sqs_queues, length(aws_sqs_queue.agent_events))
}

output "rta_lambda_function_name" {
  description = "Name of the relay function. Available once the function receives events."
  value       = aws_lambda_function.relay.function_name
  depends_on  = [aws_lambda_event_source_mapping.relay]
}

output "rta_role_arn" {
  description = "ARN of the IAM role that the RTA server assumes; null if it uses an IAM user."
  value       = one(aws_iam_role.rta[*].arn)
  depends_on  = [aws_iam_role_policy.rta]
}

output "rta_user_name" {
  description = "Name of the IAM user for the RTA server; null if it assumes a role. Create the access key yourself."
  value       = one(aws_iam_user.rta[*].name)
  depends_on  = [aws_iam_user_policy.rta]
}

output "sqs_queue_urls" {
  description = "URLs of the queues, in the order that determines which agents use which queue."
  value       = slice(aws_sqs_queue.agent_events[*].url, 0, var.num_sqs_queues)
}
