# Read so that a plan fails where there is no such stream, rather than an apply halfway. By its name, a
# stream can be read in its own account only: one of another account is first looked for by an apply.
data "aws_kinesis_stream" "agent_events" {
  count = try(split(":", var.agent_event_stream_arn)[4], "") == data.aws_caller_identity.current.account_id ? 1 : 0

  name = element(split("/", var.agent_event_stream_arn), 1)
}

data "aws_caller_identity" "current" {}
