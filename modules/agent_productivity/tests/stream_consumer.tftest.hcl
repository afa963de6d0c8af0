# Enhanced fan-out, applied to a provider that makes nothing and answers what is said here: the local
# AWS of the other tests refuses an event source mapping on a consumer.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  agent_event_stream_arn = "arn:aws:kinesis:eu-central-1:111122223333:stream/agent-events"
  connect_s3_bucket      = "amazon-connect-0123456789ab"
  connect_s3_prefix      = "connect/acme/Reports/Aspect/"
}

run "reads_the_stream_with_everyone_else" {
  assert {
    condition     = length(aws_kinesis_stream_consumer.classifier) == 0
    error_message = "There is a consumer that nobody asked for."
  }

  assert {
    condition     = aws_lambda_event_source_mapping.classifier[0].event_source_arn == var.agent_event_stream_arn
    error_message = "The mapping reads ${aws_lambda_event_source_mapping.classifier[0].event_source_arn}."
  }

  assert {
    condition     = !contains(flatten(data.aws_iam_policy_document.classify.statement[*].actions), "kinesis:SubscribeToShard")
    error_message = "The role may subscribe, and has nothing to subscribe to."
  }
}

run "reads_the_stream_as_its_own_consumer" {
  variables {
    enhanced_fan_out = true
  }

  assert {
    condition     = aws_kinesis_stream_consumer.classifier[0].name == "aspect-wfm-ap-classifier" && aws_kinesis_stream_consumer.classifier[0].stream_arn == var.agent_event_stream_arn
    error_message = "The consumer is ${aws_kinesis_stream_consumer.classifier[0].name} on ${aws_kinesis_stream_consumer.classifier[0].stream_arn}."
  }

  assert {
    condition     = aws_lambda_event_source_mapping.classifier[0].event_source_arn == aws_kinesis_stream_consumer.classifier[0].arn
    error_message = "The mapping reads ${aws_lambda_event_source_mapping.classifier[0].event_source_arn}."
  }

  # The one right on the consumer, and on nothing else.
  assert {
    condition = [
      for statement in data.aws_iam_policy_document.classify.statement : sort(statement.actions)
      if contains(statement.resources, aws_kinesis_stream_consumer.classifier[0].arn)
    ] == [tolist(["kinesis:SubscribeToShard"])]
    error_message = "On the consumer the role may do something else than subscribe to its shards."
  }

  assert {
    condition = [
      for statement in data.aws_iam_policy_document.classify.statement : statement.resources
      if contains(statement.actions, "kinesis:SubscribeToShard")
    ] == [toset([aws_kinesis_stream_consumer.classifier[0].arn])]
    error_message = "The role may subscribe to something else than its consumer."
  }
}
