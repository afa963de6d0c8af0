# The name of the alarm says what is wrong. docs/alarms.md has a section for it.
resource "aws_cloudwatch_metric_alarm" "writes_are_refused" {
  count = var.alarms == null ? 0 : 1

  alarm_name          = "${local.name}-writes-are-refused"
  alarm_description   = "The stream is at its limit: Kinesis rejects agent events from Amazon Connect. What to do: ${var.runbook_url}#writes-are-refused"
  namespace           = "AWS/Kinesis"
  metric_name         = "WriteProvisionedThroughputExceeded"
  dimensions          = { StreamName = aws_kinesis_stream.agent_events.name }
  statistic           = "Sum"
  period              = 300
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.alarms.sns_topic_arns
  ok_actions          = var.alarms.sns_topic_arns
  tags                = var.tags
}
