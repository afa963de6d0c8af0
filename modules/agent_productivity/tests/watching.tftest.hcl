# What is watched, and that nothing is when nobody wants it. One process, one mocked provider.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  agent_event_stream_arn = "arn:aws:kinesis:eu-central-1:111122223333:stream/agent-events"
  connect_s3_bucket      = "amazon-connect-0123456789ab"
  connect_s3_prefix      = "connect/acme/Reports/Aspect/"
}

run "has_alarms_and_a_dashboard_that_tell_nobody" {
  command = plan

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.agent_productivity) == 9 && length(aws_cloudwatch_dashboard.agent_productivity) == 1
    error_message = "Alarms and a dashboard come with the module."
  }

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.agent_productivity : length(coalesce(alarm.alarm_actions, [])) == 0])
    error_message = "Whom to tell is not known."
  }

  assert {
    condition     = aws_lambda_function.classifier[0].environment[0].variables["LOG_LEVEL"] == "INFO"
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
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.agent_productivity : alarm.alarm_actions == toset(var.alarms.sns_topic_arns) && alarm.ok_actions == alarm.alarm_actions])
    error_message = "Each alarm tells the topics, on and off."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.agent_productivity["classifier-reads-late"].threshold == 120000
    error_message = "Minutes are given, milliseconds compared."
  }

  assert {
    condition     = aws_lambda_function.classifier[0].environment[0].variables["LOG_LEVEL"] == "DEBUG"
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
    condition     = length(aws_cloudwatch_metric_alarm.agent_productivity) == 0 && length(aws_cloudwatch_dashboard.agent_productivity) == 0
    error_message = "Neither alarms nor a dashboard are wanted."
  }
}

run "has_a_dashboard_without_alarms" {
  command = plan

  variables {
    alarms = null
  }

  assert {
    condition     = !strcontains(aws_cloudwatch_dashboard.agent_productivity[0].dashboard_body, "alarm")
    error_message = "There is no alarm to show."
  }
}
