# What AWS would reject in the middle of an apply, or take and do harm with, is refused at plan. One
# process, one mocked provider: nothing is asked of AWS.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  agent_event_stream_arn = "arn:aws:kinesis:eu-central-1:111122223333:stream/agent-events"
  connect_s3_bucket      = "amazon-connect-0123456789ab"
  connect_s3_prefix      = "connect/acme/Reports/Aspect/"
}

run "refuses_tags_that_differ_only_by_case" {
  command = plan

  variables {
    tags = { Component = "wfm", component = "wfm" }
  }

  expect_failures = [var.tags]
}

run "refuses_a_tag_that_differs_only_by_case_from_a_default_tag" {
  command = plan

  variables {
    tags = { component = "wfm", owner = "wfm" }
  }

  override_data {
    target = data.aws_default_tags.current
    values = { tags = { Component = "contact-centre", owner = "contact-centre" } }
  }

  expect_failures = [var.tags]
}

run "takes_a_tag_that_is_a_default_tag" {
  command = plan

  variables {
    tags = { owner = "wfm" }
  }

  override_data {
    target = data.aws_default_tags.current
    values = { tags = { owner = "contact-centre" } }
  }
}

run "takes_a_tag_of_the_estates_for_the_versions" {
  command = plan

  variables {
    tags = { aspect-wfm-version = "own" }
  }

  assert {
    condition     = aws_lambda_function.heartbeat.tags == tomap({ aspect-wfm-version = "own" })
    error_message = "A tag in `tags` takes precedence over the module's."
  }
}

run "takes_a_key_and_a_stream_of_the_same_apply" {
  command = plan

  module {
    source = "./tests/made_together"
  }
}

run "takes_the_longest_that_each_consumer_takes" {
  command = plan

  variables {
    aspect_ap_data_s3_prefix = "${join("/", [for index in range(9) : format("%099d", index)])}/"
    authorization_mode       = "role"
    connect_s3_prefix        = "connect/acme/${join("", [for index in range(1010) : "r"])}/"
    external_id              = "aspect-0815"
    flink_application        = { code_key = join("", [for index in range(1024) : "k"]) }
    # Firehose takes 512 characters of "arn:aws:iam::111122223333:role<path><name>-firehose".
    iam_path              = "/${join("/", [for index in range(4) : format("%0108d", index)])}1234/"
    qss3_bucket_name      = "my-bucket"
    qss3_key_prefix       = "${join("", [for index in range(999) : "q"])}/"
    source_aws_account_id = "111122223333"
  }
}

run "refuses_what_is_longer_than_a_consumer_takes" {
  command = plan

  variables {
    # a character more than Firehose and S3 take
    aspect_ap_data_s3_prefix = "${join("/", [for index in range(9) : format("%099d", index)])}1/"
    connect_s3_prefix        = "connect/acme/${join("", [for index in range(1011) : "r"])}/"
    flink_application        = { code_key = "k${join("", [for index in range(1024) : "k"])}" }
    iam_path                 = "/${join("/", [for index in range(4) : format("%0108d", index)])}12345/"
    qss3_bucket_name         = "my-bucket"
    qss3_key_prefix          = "${join("", [for index in range(1000) : "q"])}/"
  }

  expect_failures = [var.aspect_ap_data_s3_prefix, var.connect_s3_prefix, var.flink_application, var.iam_path, var.qss3_key_prefix]
}

run "refuses_the_bucket_for_failed_records_as_connects" {
  command = plan

  variables {
    connect_s3_bucket = "aspect-wfm-ap-failed-events-111122223333"
  }

  expect_failures = [var.failed_records_bucket_name]
}

run "refuses_the_report_bucket_as_connects" {
  command = plan

  variables {
    connect_s3_bucket = "aspect-wfm-ap-reports-111122223333"
  }

  expect_failures = [var.report_bucket_name]
}

run "refuses_the_bucket_for_failed_records_as_report_bucket" {
  command = plan

  variables {
    report_bucket_name = "aspect-wfm-ap-failed-events-111122223333"
  }

  expect_failures = [var.failed_records_bucket_name]
}

run "refuses_the_report_bucket_as_the_one_for_failed_records" {
  command = plan

  variables {
    failed_records_bucket_name = "acme-ap-reports-111122223333"
    kda_application_name       = "ACME-ap"
  }

  expect_failures = [var.failed_records_bucket_name]
}

run "refuses_all_of_an_instances_data" {
  command = plan

  variables {
    connect_s3_prefix = "connect/acme/"
  }

  expect_failures = [var.connect_s3_prefix]
}

run "refuses_all_of_connects_data" {
  command = plan

  variables {
    connect_s3_prefix = "connect/"
  }

  expect_failures = [var.connect_s3_prefix]
}

run "refuses_call_recordings" {
  command = plan

  variables {
    connect_s3_prefix = "connect/acme/CallRecordings/2026/"
  }

  expect_failures = [var.connect_s3_prefix]
}

run "refuses_chat_transcripts" {
  command = plan

  variables {
    connect_s3_prefix = "wfm/ChatTranscripts/"
  }

  expect_failures = [var.connect_s3_prefix]
}

run "refuses_a_key_of_the_package_that_is_none" {
  command = plan

  variables {
    flink_application = { code_kms_key_arn = "alias/acme" }
  }

  expect_failures = [var.flink_application]
}

run "refuses_a_key_of_the_package_in_another_region" {
  command = plan

  variables {
    flink_application = { code_kms_key_arn = "arn:aws:kms:us-east-1:111122223333:key/9d4c" }
  }

  expect_failures = [var.flink_application]
}

run "warns_of_a_threshold_that_notifies_nobody" {
  command = plan

  variables {
    alarms = { skipped_percent = 10 }
  }

  expect_failures = [check.alarms_notify_somebody]
}

run "takes_a_threshold_that_notifies_somebody" {
  command = plan

  variables {
    alarms = { skipped_percent = 10, sns_topic_arns = ["arn:aws:sns:eu-central-1:111122223333:wfm"] }
  }
}

run "refuses_a_suffix_that_is_none" {
  command = plan

  variables {
    name_suffix = "EU_"
  }

  expect_failures = [var.name_suffix]
}

run "refuses_a_suffix_that_makes_names_too_long" {
  command = plan

  variables {
    name_suffix = join("", [for index in range(32) : "a"])
  }

  expect_failures = [var.name_suffix]
}
