# One dashboard per deployment. Graphs list metrics as namespace, metric and dimensions.
resource "aws_cloudwatch_dashboard" "agent_productivity" {
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
  depends_on = [aws_iam_role.firehose]
}

locals {
  alarm_arn = "arn:${local.partition}:cloudwatch:${local.region}:${local.account_id}:alarm"

  graphs = concat(
    [for graph in local.function_graphs : graph if local.on_lambda],
    [for graph in local.application_graphs : graph if local.on_flink],
    local.other_graphs,
  )

  # Metrics of the function and of the job that count events.
  event_metrics = ["EventsIn", "EventsSkipped", "EventsPutAside", "LinesWritten"]

  application_graphs = [
    {
      title = "Agent events"
      stat  = "Maximum"
      metrics = concat(
        [
          for metric in local.event_metrics :
          ["AWS/KinesisAnalytics", metric, "Application", local.name, { id = lower(metric), visible = false }]
        ],
        # The metrics are totals since the last restart; the graph shows the difference per period.
        [
          for metric in local.event_metrics :
          [{ id = "${lower(metric)}_now", expression = "IF(DIFF(${lower(metric)}) < 0, ${lower(metric)}, DIFF(${lower(metric)}))", label = metric }]
        ],
      )
    },
    {
      title   = "How late the stream is read (milliseconds)"
      stat    = "Maximum"
      metrics = [concat(["AWS/Kinesis", local.application_lag.name], flatten([for name, value in local.application_lag.dimensions : [name, value]]))]
    },
    {
      title   = "Restarts and failed checkpoints of the application since its start"
      stat    = "Maximum"
      metrics = [for metric in ["fullRestarts", "numberOfFailedCheckpoints"] : ["AWS/KinesisAnalytics", metric, "Application", local.name]]
    },
    {
      title   = "KPUs and processor use in percent"
      stat    = "Maximum"
      metrics = [for metric in ["KPUs", "containerCPUUtilization"] : ["AWS/KinesisAnalytics", metric, "Application", local.name]]
    },
  ]

  function_graphs = [
    {
      title = "Agent events"
      stat  = "Sum"
      metrics = [
        for metric in local.event_metrics :
        [local.namespace, metric, "FunctionName", local.names.classifier]
      ]
    },
    {
      title   = "How late the classifier reads (milliseconds)"
      stat    = "Maximum"
      metrics = [["AWS/Lambda", "IteratorAge", "FunctionName", local.names.classifier]]
    },
  ]

  other_graphs = [
    {
      title = "Errors and throttles"
      stat  = "Sum"
      metrics = [
        for pair in setproduct(concat([for name in [local.names.classifier] : name if local.on_lambda], [local.names.heartbeat]), ["Errors", "Throttles"]) :
        ["AWS/Lambda", pair[1], "FunctionName", pair[0]]
      ]
    },
    {
      title   = "Heartbeats in five minutes"
      stat    = "Sum"
      period  = 300
      metrics = [[local.namespace, "Heartbeats", "FunctionName", local.names.heartbeat]]
    },
    {
      title   = "Age of what Firehose has not written yet (seconds)"
      stat    = "Maximum"
      period  = 300
      metrics = [["AWS/Firehose", "DeliveryToS3.DataFreshness", "DeliveryStreamName", local.names.firehose_stream]]
    },
  ]
}
