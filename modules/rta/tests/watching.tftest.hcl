# What is watched, and that nothing is when nobody wants it. One process, one mocked provider.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  agent_event_stream_arn = "arn:aws:kinesis:eu-central-1:111122223333:stream/agent-events"
}

run "has_alarms_and_a_dashboard_that_tell_nobody" {
  command = plan

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.rta) == 8 && length(aws_cloudwatch_dashboard.rta) == 1
    error_message = "Alarms and a dashboard come with the module."
  }

  assert {
    condition     = one(one([for query in aws_cloudwatch_metric_alarm.rta["relay-gets-no-events"].metric_query : query if query.id == "events"]).metric).dimensions == tomap({ StreamName = "agent-events" })
    error_message = "What comes onto the stream is known by the stream's name."
  }

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.rta : length(coalesce(alarm.alarm_actions, [])) == 0])
    error_message = "Whom to tell is not known."
  }

  assert {
    condition     = aws_lambda_function.relay.environment[0].variables["LogLevel"] == "INFO"
    error_message = "The function logs from INFO on."
  }
}

run "tells_the_topics_when_an_alarm_goes_on_and_off" {
  command = plan

  variables {
    alarms    = { iterator_age_minutes = 2, sns_topic_arns = ["arn:aws:sns:eu-central-1:111122223333:wfm"] }
    log_level = "DEBUG"
  }

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.rta : alarm.alarm_actions == toset(var.alarms.sns_topic_arns) && alarm.ok_actions == alarm.alarm_actions])
    error_message = "Each alarm tells the topics, on and off."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.rta["relay-reads-late"].threshold == 120000
    error_message = "Minutes are given, milliseconds compared."
  }

  assert {
    condition     = aws_lambda_function.relay.environment[0].variables["LogLevel"] == "DEBUG"
    error_message = "The function logs at the level that is asked for."
  }
}

run "watches_nothing_when_nobody_wants_it" {
  command = plan

  variables {
    alarms    = null
    dashboard = false
  }

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.rta) == 0 && length(aws_cloudwatch_dashboard.rta) == 0
    error_message = "Neither alarms nor a dashboard are wanted."
  }
}

run "has_a_dashboard_without_alarms" {
  command = plan

  variables {
    alarms = null
  }

  assert {
    condition     = !strcontains(aws_cloudwatch_dashboard.rta[0].dashboard_body, "alarm")
    error_message = "There is no alarm to show."
  }
}

run "has_no_alarm_on_retired_queues" {
  command = plan

  variables {
    num_sqs_queues         = 2
    num_retired_sqs_queues = 1
  }

  assert {
    condition     = [for suffix in keys(aws_cloudwatch_metric_alarm.rta) : suffix if startswith(suffix, "queue-")] == ["queue-1-is-not-read", "queue-2-is-not-read"]
    error_message = "What is sent to is watched, and no other queue."
  }
}
