# One page for the deployment. Graphs name metrics as namespace, metric and dimensions.
resource "aws_cloudwatch_dashboard" "rta" {
  count = var.dashboard ? 1 : 0

  dashboard_name = local.names.dashboard
  dashboard_body = jsonencode({
    widgets = concat(
      [
        # Spelled out rather than referred to, so that a plan shows the whole page.
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

  # PutDashboard overwrites a dashboard of this name, in whichever region it was made: dashboards are
  # an account's. So are roles, and IAM rejects the name of one that exists.
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
