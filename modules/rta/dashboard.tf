# One dashboard per deployment. Graphs list metrics as namespace, metric and dimensions.
resource "aws_cloudwatch_dashboard" "rta" {
  count = var.dashboard ? 1 : 0

  dashboard_name = local.names.dashboard
  dashboard_body = jsonencode({
    widgets = concat(
      [
        # Written out instead of referenced, so that a plan shows the whole dashboard.
        for _ in var.alarms[*] : {
          type       = "alarm"
          width      = 24
          height     = 3
          properties = { title = "Alarms", alarms = [for suffix in keys(local.alarms) : "${local.alarm_arn}:${local.name}-${suffix}"] }
        }
      ],
      [
        for graph in local.graphs : {
          type       = "metric"
          width      = 12
          height     = 6
          properties = merge({ region = local.region, view = "timeSeries", period = 60 }, graph)
        }
      ],
    )
  })

  # PutDashboard overwrites a dashboard with the same name, even one from another region, because
  # dashboards are global. So are roles, and IAM rejects a name that exists: create the role first.
  depends_on = [aws_iam_role.relay]
}

locals {
  alarm_arn = "arn:${local.partition}:cloudwatch:${local.region}:${local.account_id}:alarm"

  graphs = [
    {
      title = "Agent events"
      stat  = "Sum"
      metrics = [
        for metric in ["EventsIn", "EventsFiltered", "EventsSkipped", "EventsPutAside", "StatesWritten", "MessagesSent"] :
        [local.namespace, metric, "FunctionName", local.names.function]
      ]
    },
    {
      title   = "How late the relay reads (milliseconds)"
      stat    = "Maximum"
      metrics = [["AWS/Lambda", "IteratorAge", "FunctionName", local.names.function]]
    },
    {
      title = "Errors and throttles of the relay"
      stat  = "Sum"
      metrics = [
        for metric in ["Errors", "Throttles"] : ["AWS/Lambda", metric, "FunctionName", local.names.function]
      ]
    },
    {
      title   = "WriteEventsToQueue, as the relay has read it"
      stat    = "Minimum"
      metrics = [[local.namespace, "WriteEventsToQueue", "FunctionName", local.names.function]]
    },
    {
      title   = "Messages in the queues"
      stat    = "Maximum"
      metrics = [for name in local.names.queues : ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", name]]
    },
    {
      title   = "Age of the oldest message (seconds)"
      stat    = "Maximum"
      metrics = [for name in local.names.queues : ["AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName", name]]
    },
  ]
}
