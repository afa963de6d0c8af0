output "config_table_name" {
  description = "Name of the DynamoDB table that holds the write-to-SQS flag, null when the flag is in the function's environment."
  value       = one(aws_dynamodb_table.configuration[*].name)
}

output "dynamodb_table_name" {
  description = "Name of the DynamoDB table with the latest state change of each signed-in agent."
  value       = aws_dynamodb_table.agent_states.name
}

output "failed_records_bucket_name" {
  description = "Name of the S3 bucket that keeps the records which could not be delivered."
  value       = aws_s3_bucket.failed_records.bucket
}

output "next_steps" {
  description = "What remains to be done by hand after an apply, in order: sentences with the names of this deployment."
  value       = local.next_steps
}

output "retired_sqs_queue_urls" {
  description = "URLs of the queues that get no events any more and are kept until they are read empty."
  value       = slice(aws_sqs_queue.agent_events[*].url, var.num_sqs_queues, length(aws_sqs_queue.agent_events))
}

output "rta_lambda_function_name" {
  description = "Name of the relay function. It is being fed once this output is there."
  value       = aws_lambda_function.relay.function_name
  depends_on  = [aws_lambda_event_source_mapping.relay]
}

output "rta_role_arn" {
  description = "ARN of the IAM role that the RTA server assumes, null when it works as a user."
  value       = one(aws_iam_role.rta[*].arn)
  depends_on  = [aws_iam_role_policy.rta]
}

output "rta_user_name" {
  description = "Name of the IAM user for the RTA server, null when it assumes a role. Make its access key by hand."
  value       = one(aws_iam_user.rta[*].name)
  depends_on  = [aws_iam_user_policy.rta]
}

output "sqs_queue_urls" {
  description = "URLs of the queues, in the order in which agents are assigned to them."
  value       = slice(aws_sqs_queue.agent_events[*].url, 0, var.num_sqs_queues)
}
