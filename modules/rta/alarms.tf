# The name of an alarm says what is wrong. docs/alarms.md has a section for each.
resource "aws_cloudwatch_metric_alarm" "rta" {
  for_each = local.alarms

  alarm_name          = "${local.name}-${each.key}"
  alarm_description   = "${each.value.meaning} What to do: ${var.runbook_url}#${replace(replace(each.key, "relay-", ""), "/[0-9]+/", "n")}"
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
}

locals {
  # Namespace of the functions' own metrics: see lambda_src/function_runtime/structured_log.py.
  namespace = "AspectWFM"
  relay     = { FunctionName = local.names.function }
  mapping   = { EventSourceMappingUUID = aws_lambda_event_source_mapping.relay.uuid }
  stream    = { StreamName = element(split("/", var.agent_event_stream_arn), 1) }

  alarm_topics = try(var.alarms.sns_topic_arns, [])

  alarms = {
    for suffix, alarm in merge([
      for limits in var.alarms[*] : merge(
        {
          relay-reads-late = {
            meaning   = "The relay is behind: for five minutes it has read agent events more than ${limits.iterator_age_minutes} minutes after they arrived."
            metrics   = { age = { namespace = "AWS/Lambda", name = "IteratorAge", dimensions = local.relay, stat = "Maximum" } }
            threshold = limits.iterator_age_minutes * 60000
            seconds   = 60
            periods   = 5
            # Without a batch, there is no age: a reader that has stopped has not caught up.
            missing = "ignore"
          }
          relay-gets-no-events = {
            meaning = "For 15 minutes, agent events have arrived on the stream, but Lambda has not invoked the relay."
            metrics = {
              calls  = { namespace = "AWS/Lambda", name = "Invocations", dimensions = local.relay, stat = "Sum" }
              events = { namespace = "AWS/Kinesis", name = "IncomingRecords", dimensions = local.stream, stat = "Sum" }
            }
            # A function that is not invoked has no metrics. Arithmetic treats a missing value as 0.
            expression = "IF(events > 0, 1, 0) - IF(calls > 0, 1, 0)"
            periods    = 3
            breaching  = 3
          }
          relay-fails = {
            meaning   = "The relay fails repeatedly. Lambda retries the batch, and all later events of the shard wait."
            metrics   = { errors = { namespace = "AWS/Lambda", name = "Errors", dimensions = local.relay, stat = "Sum" } }
            periods   = 3
            breaching = 2
          }
          relay-is-throttled = {
            meaning   = "Lambda throttles the relay repeatedly because no concurrency is left, and events wait."
            metrics   = { throttles = { namespace = "AWS/Lambda", name = "Throttles", dimensions = local.relay, stat = "Sum" } }
            periods   = 3
            breaching = 2
          }
          relay-puts-events-aside = {
            meaning = "Events cannot be delivered, not even with retries, and are saved in the bucket ${local.names.failed_records_bucket}."
            metrics = { events = { namespace = local.namespace, name = "EventsPutAside", dimensions = local.relay, stat = "Sum" } }
          }
          relay-gives-up-batches = {
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
          relay-skips-records = {
            meaning = "For 15 minutes, more than ${limits.skipped_percent} percent of the records on the stream have not been agent events."
            metrics = {
              events  = { namespace = local.namespace, name = "EventsIn", dimensions = local.relay, stat = "Sum" }
              skipped = { namespace = local.namespace, name = "EventsSkipped", dimensions = local.relay, stat = "Sum" }
            }
            expression = "IF(events > 0, 100 * skipped / events, 0)"
            threshold  = limits.skipped_percent
            periods    = 3
            breaching  = 3
          }
        },
        {
          # Without the retired queues, which receive no events and which the server may read at its own pace.
          for index in range(var.num_sqs_queues) : "queue-${index + 1}-is-not-read" => {
            meaning = "The RTA server has set WriteEventsToQueue, but the oldest message of ${local.names.queues[index]} has been waiting for more than ${limits.queue_age_minutes} minutes."
            metrics = {
              age  = { namespace = "AWS/SQS", name = "ApproximateAgeOfOldestMessage", dimensions = { QueueName = local.names.queues[index] }, stat = "Maximum" }
              flag = { namespace = local.namespace, name = "WriteEventsToQueue", dimensions = local.relay, stat = "Minimum" }
            }
            expression = "IF(FILL(flag, REPEAT) > 0, age, 0)"
            threshold  = limits.queue_age_minutes * 60
            seconds    = 60
            # SQS reports the age a minute or two late. Until then, IF uses 0.
            periods   = 5
            breaching = 3
            # Without events, the flag is unknown, and the queue does not become empty.
            missing = "ignore"
          }
        },
      )
    ]...) : suffix => merge(local.usual_alarm, alarm)
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
