# With alarm_emails, an SNS topic that every alarm notifies. SNS asks each address to confirm its subscription.
locals {
  alarms = var.alarms == null ? null : merge(var.alarms, {
    sns_topic_arns = concat(coalesce(var.alarms.sns_topic_arns, []), aws_sns_topic.alarms[*].arn)
  })
}

# Refers to the Firehose stream's name, because creating a stream rejects an existing name. A second
# CreateTopic succeeds like the first, so Terraform would adopt the topic of another deployment.
resource "aws_sns_topic" "alarms" {
  #checkov:skip=CKV_AWS_26:A message contains the name and state of an alarm, never an event. CloudWatch alarms cannot publish to a topic with the AWS-managed key, whose policy does not allow it.

  count = length(coalesce(var.alarm_emails, [])) > 0 ? 1 : 0

  name = "${trimsuffix(module.agent_productivity.firehose_stream_name, "-kda-to-s3")}-productivity-alarms"
  tags = var.tags
}

resource "aws_sns_topic_subscription" "alarm_emails" {
  for_each = toset(coalesce(var.alarm_emails, []))

  topic_arn = aws_sns_topic.alarms[0].arn
  protocol  = "email"
  endpoint  = each.key
}
