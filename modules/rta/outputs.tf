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

output "rta_lambda_function_name" {
  description = "Name of the relay function. It is being fed once this output is there."
  value       = aws_lambda_function.relay.function_name
  depends_on  = [aws_lambda_event_source_mapping.relay]
}

output "rta_user_name" {
  description = "Name of the IAM user for the RTA server. Make its access key by hand."
  value       = aws_iam_user.rta.name
  depends_on  = [aws_iam_user_policy.rta]
}

output "sqs_queue_urls" {
  description = "URLs of the queues, in the order in which agents are assigned to them."
  value       = aws_sqs_queue.agent_events[*].url
}
