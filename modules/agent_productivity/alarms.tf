# The name of an alarm says what is wrong. docs/alarms.md has a section for each.
resource "aws_cloudwatch_metric_alarm" "agent_productivity" {
  for_each = local.alarms

  alarm_name          = "${local.name}-${each.key}"
  alarm_description   = "${each.value.meaning} What to do: ${var.runbook_url}#${replace(each.key, "/^(application|classifier)-/", "")}"
  comparison_operator = each.value.comparison
  threshold           = each.value.threshold
  evaluation_periods  = each.value.periods
  datapoints_to_alarm = each.value.breaching
  treat_missing_data  = each.value.missing
  alarm_actions       = local.alarm_topics
  ok_actions          = local.alarm_topics
  tags                = var.tags

  dynamic "metric_query" {
    for_each = each.value.metrics

    content {
      id          = metric_query.key
      return_data = each.value.expression == null

      metric {
        namespace   = metric_query.value.namespace
        metric_name = metric_query.value.name
        dimensions  = metric_query.value.dimensions
        stat        = metric_query.value.stat
        period      = each.value.seconds
      }
    }
  }

  dynamic "metric_query" {
    for_each = each.value.expression[*]

    content {
      id          = "result"
      label       = each.key
      expression  = metric_query.value
      return_data = true
    }
  }

  # no-heartbeat is in alarm until the first heartbeat, so create the schedule first.
  depends_on = [aws_cloudwatch_event_target.heartbeat]
}

locals {
  # Namespace of the functions' own metrics: see lambda_src/function_runtime/structured_log.py.
  namespace   = "AspectWFM"
  application = { Application = local.name }
  classifier  = { FunctionName = local.names.classifier }
  mapping     = { EventSourceMappingUUID = one(aws_lambda_event_source_mapping.classifier[*].uuid) }

  # How far behind the application is: per consumer with enhanced fan-out, otherwise for the whole stream.
  application_lag = var.enhanced_fan_out ? {
    name       = "SubscribeToShardEvent.MillisBehindLatest"
    dimensions = tomap({ ConsumerName = local.names.stream_consumer, StreamName = local.stream_name })
    } : {
    name       = "GetRecords.IteratorAgeMilliseconds"
    dimensions = tomap({ StreamName = local.stream_name })
  }
  stream_name = element(split("/", var.agent_event_stream_arn), 1)

  # Each engine has its own alarms, whose names begin with these prefixes.
  other_engine = local.on_flink ? "classifier-" : "application-"

  alarm_topics = try(var.alarms.sns_topic_arns, [])

  alarms = {
    for suffix, alarm in merge([
      for limits in var.alarms[*] : {
        # The job's own metrics are totals since its last restart, which one task counts.
        application-puts-events-aside = {
          meaning    = "Events cannot be delivered, not even with retries, and are saved in the bucket ${local.names.failed_records_bucket}."
          metrics    = { total = { namespace = "AWS/KinesisAnalytics", name = "EventsPutAside", dimensions = local.application, stat = "Maximum" } }
          expression = "IF(DIFF(FILL(total, 0)) < 0, total, DIFF(FILL(total, 0)))"
          # FILL replaces values that have not arrived yet with 0, so the period before counts too.
          periods   = 2
          breaching = 1
        }
        application-reads-late = {
          meaning   = "The Flink application is behind: for five minutes it has read agent events more than ${limits.iterator_age_minutes} minutes after they arrived."
          metrics   = { age = merge({ namespace = "AWS/Kinesis", stat = "Maximum" }, local.application_lag) }
          threshold = limits.iterator_age_minutes * 60000
          seconds   = 60
          periods   = 5
          missing   = "ignore"
        }
        application-restarts = {
          meaning    = "The Flink job fails and restarts repeatedly; events since its last checkpoint are reported twice."
          metrics    = { restarts = { namespace = "AWS/KinesisAnalytics", name = "fullRestarts", dimensions = local.application, stat = "Maximum" } }
          expression = "DIFF(restarts)"
          periods    = 3
          breaching  = 2
        }
        application-skips-records = {
          meaning = "For 15 minutes, more than ${limits.skipped_percent} percent of the records on the stream have not been agent events."
          metrics = {
            events  = { namespace = "AWS/KinesisAnalytics", name = "EventsIn", dimensions = local.application, stat = "Maximum" }
            skipped = { namespace = "AWS/KinesisAnalytics", name = "EventsSkipped", dimensions = local.application, stat = "Maximum" }
          }
          expression = "IF(DIFF(events) > 0, 100 * DIFF(skipped) / DIFF(events), 0)"
          threshold  = limits.skipped_percent
          periods    = 3
          breaching  = 3
        }
        classifier-reads-late = {
          meaning   = "The classifier is behind: for five minutes it has read agent events more than ${limits.iterator_age_minutes} minutes after they arrived."
          metrics   = { age = { namespace = "AWS/Lambda", name = "IteratorAge", dimensions = local.classifier, stat = "Maximum" } }
          threshold = limits.iterator_age_minutes * 60000
          seconds   = 60
          periods   = 5
          # Without a batch, there is no age: a reader that has stopped has not caught up.
          missing = "ignore"
        }
        classifier-fails = {
          meaning   = "The classifier fails repeatedly. Lambda retries the batch, and all later events of the shard wait."
          metrics   = { errors = { namespace = "AWS/Lambda", name = "Errors", dimensions = local.classifier, stat = "Sum" } }
          periods   = 3
          breaching = 2
        }
        classifier-is-throttled = {
          meaning   = "Lambda throttles the classifier repeatedly because no concurrency is left, and events wait."
          metrics   = { throttles = { namespace = "AWS/Lambda", name = "Throttles", dimensions = local.classifier, stat = "Sum" } }
          periods   = 3
          breaching = 2
        }
        classifier-puts-events-aside = {
          meaning = "Events cannot be delivered, not even with retries, and are saved in the bucket ${local.names.failed_records_bucket}."
          metrics = { events = { namespace = local.namespace, name = "EventsPutAside", dimensions = local.classifier, stat = "Sum" } }
        }
        classifier-gives-up-batches = {
          meaning = "Lambda has stopped retrying records of the stream. They are in the bucket ${local.names.failed_records_bucket}, or lost if Lambda could not write to it."
          metrics = {
            kept = { namespace = "AWS/Lambda", name = "OnFailureDestinationDeliveredEventCount", dimensions = local.mapping, stat = "Sum" }
            lost = { namespace = "AWS/Lambda", name = "DroppedEventCount", dimensions = local.mapping, stat = "Sum" }
          }
          expression = "kept + lost"
          # CloudWatch may evaluate a period before all of its values have arrived, so the one before counts.
          periods   = 2
          breaching = 1
        }
        classifier-skips-records = {
          meaning = "For 15 minutes, more than ${limits.skipped_percent} percent of the records on the stream have not been agent events."
          metrics = {
            events  = { namespace = local.namespace, name = "EventsIn", dimensions = local.classifier, stat = "Sum" }
            skipped = { namespace = local.namespace, name = "EventsSkipped", dimensions = local.classifier, stat = "Sum" }
          }
          expression = "IF(events > 0, 100 * skipped / events, 0)"
          threshold  = limits.skipped_percent
          periods    = 3
          breaching  = 3
        }
        report-files-are-late = {
          meaning   = "Firehose cannot write report files: it holds report lines that are more than ${limits.report_age_minutes} minutes old."
          metrics   = { age = { namespace = "AWS/Firehose", name = "DeliveryToS3.DataFreshness", dimensions = { DeliveryStreamName = local.names.firehose_stream }, stat = "Maximum" } }
          threshold = limits.report_age_minutes * 60
        }
        no-report-files = {
          meaning = "Firehose cannot write report files: for 15 minutes it has received report lines and written none. It drops lines after 24 hours."
          metrics = {
            delivered = { namespace = "AWS/Firehose", name = "DeliveryToS3.Records", dimensions = { DeliveryStreamName = local.names.firehose_stream }, stat = "Sum" }
            incoming  = { namespace = "AWS/Firehose", name = "IncomingRecords", dimensions = { DeliveryStreamName = local.names.firehose_stream }, stat = "Sum" }
          }
          # While no delivery succeeds, DataFreshness may be missing. Arithmetic treats a missing value as 0.
          expression = "IF(incoming > 0, 1, 0) - IF(delivered > 0, 1, 0)"
          periods    = 3
          breaching  = 3
        }
        no-heartbeat = {
          meaning = "No heartbeat for 15 minutes: the classifier or the heartbeat function is stopped or failing."
          metrics = { heartbeats = { namespace = local.namespace, name = "Heartbeats", dimensions = { FunctionName = local.names.heartbeat }, stat = "Sum" } }
          # If data is missing, CloudWatch evaluates older periods before it treats the gap as breaching.
          expression = "FILL(heartbeats, 0)"
          comparison = "LessThanThreshold"
          threshold  = 1
          periods    = 3
          breaching  = 3
          missing    = "breaching"
        }
      }
    ]...) : suffix => merge(local.usual_alarm, alarm) if !startswith(suffix, local.other_engine)
  }

  # By default: more than 0 in five minutes. Metrics come with events: without events, nothing is wrong.
  usual_alarm = {
    comparison = "GreaterThanThreshold"
    threshold  = 0
    expression = null
    seconds    = 300
    periods    = 1
    breaching  = null
    missing    = "notBreaching"
  }
}
