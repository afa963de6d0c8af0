# Names that are given: buckets and the identity have them, policies are about them, and what AWS or the
# module cannot take is refused. One process, one mocked provider: nothing is asked of AWS.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  agent_event_stream_arn = "arn:aws:kinesis:eu-central-1:111122223333:stream/agent-events"
  connect_s3_bucket      = "amazon-connect-0123456789ab"
  connect_s3_prefix      = "connect/acme/Reports/Aspect/"
}

run "takes_the_names_that_are_given" {
  command = plan

  variables {
    failed_records_bucket_name = "acme.wfm.failed-events"
    report_bucket_name         = "aspect-wfm-s3bucket-1a2b3c4d5e6f"
    wfm_adapter_user_name      = "Acme_WFM+adapter=1,a.b@c-d"
  }

  assert {
    condition     = aws_s3_bucket.reports.bucket == "aspect-wfm-s3bucket-1a2b3c4d5e6f" && aws_s3_bucket.failed_records.bucket == "acme.wfm.failed-events"
    error_message = "A bucket does not have the name that was given."
  }

  assert {
    condition     = aws_iam_user.wfm_adapter[0].name == "Acme_WFM+adapter=1,a.b@c-d"
    error_message = "The user does not have the name that was given."
  }

  assert {
    condition     = aws_kinesis_firehose_delivery_stream.reports.name == "aspect-wfm-ap-kda-to-s3"
    error_message = "The Firehose stream, by which the WFM Adapter finds the files, has another name."
  }

  assert {
    condition = alltrue([
      contains(data.aws_iam_policy_document.wfm_adapter.statement[0].resources, "arn:aws:s3:::aspect-wfm-s3bucket-1a2b3c4d5e6f"),
      contains(data.aws_iam_policy_document.wfm_adapter.statement[1].resources, "arn:aws:s3:::aspect-wfm-s3bucket-1a2b3c4d5e6f/OUTPUT/*"),
      contains(data.aws_iam_policy_document.firehose.statement[1].resources, "arn:aws:s3:::aspect-wfm-s3bucket-1a2b3c4d5e6f/OUTPUT/*"),
    ])
    error_message = "A policy is not about the report bucket by the name that was given."
  }
}

run "gives_a_role_the_identitys_name" {
  command = plan

  variables {
    authorization_mode    = "role"
    external_id           = "aspect-0815"
    source_aws_account_id = "111122223333"
    wfm_adapter_user_name = "acme-wfm-adapter"
  }

  assert {
    condition     = aws_iam_role.wfm_adapter[0].name == "acme-wfm-adapter" && length(aws_iam_user.wfm_adapter) == 0
    error_message = "The role does not have the name that was given, or there is a user."
  }
}

run "takes_names_at_their_limits" {
  command = plan

  variables {
    failed_records_bucket_name = "a1b"
    report_bucket_name         = join("", [for index in range(63) : "a"])
    wfm_adapter_user_name      = join("", [for index in range(64) : "a"])
  }
}

run "refuses_names_1" {
  command = plan

  variables {
    # upper case
    failed_records_bucket_name = "Failed-Events"
    # a path
    wfm_adapter_user_name = "/wfm/adapter"
  }

  expect_failures = [
    var.failed_records_bucket_name,
    var.wfm_adapter_user_name,
  ]
}

run "refuses_names_2" {
  command = plan

  variables {
    # the other bucket
    failed_records_bucket_name = "aspect-wfm-reports"
    report_bucket_name         = "aspect-wfm-reports"
    # too long
    wfm_adapter_user_name = join("", [for index in range(65) : "a"])
  }

  expect_failures = [
    var.failed_records_bucket_name,
    var.wfm_adapter_user_name,
  ]
}

run "refuses_names_3" {
  command = plan

  variables {
    # the bucket of Amazon Connect
    failed_records_bucket_name = "amazon-connect-0123456789ab"
    # a function's role
    authorization_mode    = "role"
    external_id           = "aspect-0815"
    kda_application_name  = "Acme-WFM"
    source_aws_account_id = "111122223333"
    wfm_adapter_user_name = "acme-wfm-Heartbeat"
  }

  expect_failures = [
    var.failed_records_bucket_name,
    var.wfm_adapter_user_name,
  ]
}

run "refuses_names_4" {
  command = plan

  variables {
    # an end that S3 keeps for itself
    failed_records_bucket_name = "failed-events-s3alias"
    # nothing
    wfm_adapter_user_name = ""
  }

  expect_failures = [
    var.failed_records_bucket_name,
    var.wfm_adapter_user_name,
  ]
}

run "refuses_names_5" {
  command = plan

  variables {
    # the bucket of Amazon Connect
    report_bucket_name = "amazon-connect-0123456789ab"
  }

  expect_failures = [
    var.report_bucket_name,
  ]
}

run "refuses_names_6" {
  command = plan

  variables {
    # two periods
    report_bucket_name = "aspect..reports"
  }

  expect_failures = [
    var.report_bucket_name,
  ]
}

run "refuses_names_7" {
  command = plan

  variables {
    # too long
    report_bucket_name = join("", [for index in range(64) : "a"])
  }

  expect_failures = [
    var.report_bucket_name,
  ]
}
