# Reads the stream, so that the plan fails if it does not exist. Otherwise the apply would fail halfway. A
# stream can be read by name only in its own account, so a plan does not check a stream of another account.
data "aws_kinesis_stream" "agent_events" {
  count = try(split(":", var.agent_event_stream_arn)[4], "") == data.aws_caller_identity.current.account_id ? 1 : 0

  name = element(split("/", var.agent_event_stream_arn), 1)
}

data "aws_caller_identity" "current" {}
