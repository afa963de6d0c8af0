# With engine = flink: the application instead of the function, what it is given, and what is
# refused. One process, one mocked provider: nothing is asked of AWS.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  agent_event_stream_arn = "arn:aws:kinesis:eu-central-1:111122223333:stream/agent-events"
  connect_s3_bucket      = "amazon-connect-0123456789ab"
  connect_s3_prefix      = "connect/acme/Reports/Aspect/"
}

run "begins_on_lambda" {
  assert {
    condition     = length(aws_kinesisanalyticsv2_application.classifier) == 0 && length(aws_lambda_function.classifier) == 1
    error_message = "Without being asked for, there is a Flink application."
  }
}

# A live deployment changes its engine: the same stream, Firehose stream and buckets, and the new
# reader begins before the old one ended.
run "changes_to_flink" {
  variables {
    engine             = "flink"
    enhanced_fan_out   = true
    flink_application  = { code_bucket = "acme-code", code_key = "flink/report-line-job-1.zip", parallelism = 4, parallelism_per_kpu = 2, start_application = true }
    log_level          = "WARNING"
    starting_timestamp = "2026-03-02T09:00:00Z"
  }

  assert {
    condition     = length(aws_lambda_function.classifier) == 0 && length(aws_lambda_event_source_mapping.classifier) == 0 && length(aws_iam_role.classifier) == 0 && length(aws_cloudwatch_log_group.classifier) == 0
    error_message = "Something of the function is left."
  }

  assert {
    condition     = aws_s3_bucket.reports.bucket == run.begins_on_lambda.ap_s3_bucket_name && aws_kinesis_firehose_delivery_stream.reports.name == run.begins_on_lambda.firehose_stream_name
    error_message = "The reports go somewhere else than before."
  }

  assert {
    condition     = aws_kinesisanalyticsv2_application.classifier[0].name == "aspect-wfm-ap" && aws_kinesisanalyticsv2_application.classifier[0].runtime_environment == "FLINK-1_20" && aws_kinesisanalyticsv2_application.classifier[0].start_application
    error_message = "The application is not the one that was asked for."
  }

  assert {
    condition     = aws_kinesisanalyticsv2_application.classifier[0].application_configuration[0].flink_application_configuration[0].monitoring_configuration[0].metrics_level == "APPLICATION"
    error_message = "CloudWatch would have the job's metrics by task, and the alarms look at those of the application."
  }

  assert {
    condition = { for group in aws_kinesisanalyticsv2_application.classifier[0].application_configuration[0].environment_properties[0].property_group : group.property_group_id => group.property_map } == {
      environment = tomap({
        AGENT_EVENT_STREAM_ARN    = var.agent_event_stream_arn
        APPLICATION_ARN           = "arn:aws:kinesisanalytics:eu-central-1:111122223333:application/aspect-wfm-ap"
        BATCH_SIZE                = "1000"
        CONSUMER_ARN              = aws_kinesis_stream_consumer.classifier[0].arn
        FAILED_RECORDS_BUCKET     = "aspect-wfm-ap-failed-events-111122223333"
        FIREHOSE_STREAM           = "aspect-wfm-ap-kda-to-s3"
        INCLUDE_AGENT_STATUS_TYPE = "False"
        LOG_LEVEL                 = "WARNING"
        STARTING_POSITION         = "AT_TIMESTAMP"
        STARTING_TIMESTAMP        = "2026-03-02T09:00:00Z"
        STATUS_TABLE_BUCKET       = "aspect-wfm-ap-reports-111122223333"
        WINDOW_RECORDS            = "20000"
        WINDOW_SECONDS            = "5"
      })
      "kinesis.analytics.flink.run.options" = tomap({
        jarfile = "lib/flink-sql-connector-kinesis.jar"
        pyFiles = "python/"
        python  = "main.py"
      })
    }
    error_message = "The job is given ${jsonencode(aws_kinesisanalyticsv2_application.classifier[0].application_configuration[0].environment_properties[0].property_group)}."
  }

  assert {
    condition     = aws_lambda_function.heartbeat.environment[0].variables == tomap({ FIREHOSE_STREAM = "aspect-wfm-ap-kda-to-s3", FLINK_APPLICATION = "aspect-wfm-ap", LOG_LEVEL = "WARNING" })
    error_message = "The heartbeat asks ${jsonencode(aws_lambda_function.heartbeat.environment[0].variables)}."
  }

  assert {
    condition     = output.classifier_lambda_function_name == null && output.classifier_event_source_mapping_uuid == null && output.flink_application_arn != null
    error_message = "The outputs speak of the engine that is not there."
  }
}

run "changes_back_and_begins_before_the_end" {
  variables {
    starting_timestamp = "2026-03-02T10:00:00+01:00"
  }

  assert {
    condition     = aws_lambda_event_source_mapping.classifier[0].starting_position == "AT_TIMESTAMP" && aws_lambda_event_source_mapping.classifier[0].starting_position_timestamp == "2026-03-02T10:00:00+01:00"
    error_message = "The mapping begins at ${aws_lambda_event_source_mapping.classifier[0].starting_position}."
  }

  assert {
    condition     = length(aws_kinesisanalyticsv2_application.classifier) == 0
    error_message = "The application is still there."
  }
}

run "takes_the_application_at_its_limits" {
  command = plan

  variables {
    engine            = "flink"
    flink_application = { auto_scaling = true, checkpoint_interval_seconds = 600, code_bucket = "a.b-c", code_key = "a/b_c!('1').zip", code_version = "1", parallelism = 256, parallelism_per_kpu = 8, window_records = 20000, window_seconds = 10 }
  }
}

run "takes_the_shortest_window" {
  command = plan

  variables {
    flink_application = { window_records = 2000, window_seconds = 1 }
  }
}

run "refuses_no_window" {
  command = plan

  variables {
    flink_application = { window_seconds = 0 }
  }

  expect_failures = [var.flink_application]
}

run "refuses_a_part_of_a_second" {
  command = plan

  variables {
    flink_application = { window_seconds = 2.5 }
  }

  expect_failures = [var.flink_application]
}

run "refuses_a_part_of_a_record" {
  command = plan

  variables {
    flink_application = { window_records = 12000.5 }
  }

  expect_failures = [var.flink_application]
}

run "refuses_a_window_that_does_not_fit_in_memory" {
  command = plan

  variables {
    flink_application = { window_seconds = 11 }
  }

  expect_failures = [var.flink_application]
}

run "refuses_more_records_than_fit_in_memory" {
  command = plan

  variables {
    flink_application = { window_records = 20001 }
  }

  expect_failures = [var.flink_application]
}

run "refuses_a_window_that_is_smaller_than_what_comes" {
  command = plan

  variables {
    flink_application = { window_records = 9999, window_seconds = 5 }
  }

  expect_failures = [var.flink_application]
}

run "refuses_another_engine_and_no_time" {
  command = plan

  variables {
    engine             = "kda"
    starting_timestamp = "2026-03-02 09:00"
  }

  expect_failures = [var.engine, var.starting_timestamp]
}

run "refuses_a_day_that_there_is_not" {
  command = plan

  variables {
    starting_timestamp = "2026-13-02T09:00:00Z"
  }

  expect_failures = [var.starting_timestamp]
}

run "refuses_flink_without_its_package" {
  command = plan

  variables {
    engine = "flink"
  }

  expect_failures = [var.flink_application]
}

run "refuses_a_stream_of_another_account_with_flink" {
  command = plan

  variables {
    agent_event_stream_arn = "arn:aws:kinesis:eu-central-1:999999999999:stream/agent-events"
    engine                 = "flink"
    flink_application      = { code_bucket = "acme-code" }
  }

  expect_failures = [var.engine]
}

run "refuses_a_bucket_by_its_url" {
  command = plan

  variables {
    engine            = "flink"
    flink_application = { code_bucket = "s3://acme-code" }
  }

  expect_failures = [var.flink_application]
}

run "refuses_a_pattern_for_a_key" {
  command = plan

  variables {
    flink_application = { code_key = "flink/*" }
  }

  expect_failures = [var.flink_application]
}

run "refuses_no_parallelism" {
  command = plan

  variables {
    flink_application = { parallelism = 0 }
  }

  expect_failures = [var.flink_application]
}

run "refuses_too_many_tasks_in_a_kpu" {
  command = plan

  variables {
    flink_application = { parallelism_per_kpu = 9 }
  }

  expect_failures = [var.flink_application]
}

run "refuses_checkpoints_that_are_too_rare" {
  command = plan

  variables {
    flink_application = { checkpoint_interval_seconds = 601 }
  }

  expect_failures = [var.flink_application]
}

run "lets_the_application_decrypt_its_package_through_s3_only" {
  command = plan

  variables {
    engine            = "flink"
    flink_application = { code_bucket = "acme-code", code_kms_key_arn = "arn:aws:kms:eu-central-1:111122223333:key/9d4c" }
  }

  assert {
    condition = [
      for each in data.aws_iam_policy_document.application.statement : [each.actions, each.resources, [for condition in each.condition : [condition.variable, condition.values]]]
      if each.sid == "DecryptItsPackageThroughS3Only"
    ] == [[toset(["kms:Decrypt"]), toset(["arn:aws:kms:eu-central-1:111122223333:key/9d4c"]), [["kms:ViaService", tolist(["s3.eu-central-1.amazonaws.com"])]]]]
    error_message = "The statements are ${jsonencode(data.aws_iam_policy_document.application.statement)}."
  }
}
