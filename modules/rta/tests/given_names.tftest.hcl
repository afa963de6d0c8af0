# Names that are given: bucket and identity have them, policies are about them, and what AWS or the module
# cannot take is refused. One process, one mocked provider: nothing is asked of AWS.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  agent_event_stream_arn = "arn:aws:kinesis:eu-central-1:111122223333:stream/agent-events"
}

run "takes_the_names_that_are_given" {
  command = plan

  variables {
    failed_records_bucket_name = "acme.wfm.failed-records"
    rta_user_name              = "Aspect-RTA-RtaUser-1A2B3C4D5E6F"
  }

  assert {
    condition     = aws_s3_bucket.failed_records.bucket == "acme.wfm.failed-records"
    error_message = "The bucket does not have the name that was given."
  }

  assert {
    condition     = aws_iam_user.rta[0].name == "Aspect-RTA-RtaUser-1A2B3C4D5E6F"
    error_message = "The user does not have the name that was given."
  }

  assert {
    condition     = contains(data.aws_iam_policy_document.encrypted_transport["failed_records_bucket"].statement[0].resources, "arn:aws:s3:::acme.wfm.failed-records/*")
    error_message = "The bucket's policy is not about the name that was given."
  }
}

run "gives_a_role_the_identitys_name" {
  command = plan

  variables {
    authorization_mode    = "role"
    external_id           = "aspect-0815"
    rta_user_name         = "acme-rta-server"
    source_aws_account_id = "111122223333"
  }

  assert {
    condition     = aws_iam_role.rta[0].name == "acme-rta-server" && length(aws_iam_user.rta) == 0
    error_message = "The role does not have the name that was given, or there is a user."
  }
}

run "takes_names_at_their_limits" {
  command = plan

  variables {
    failed_records_bucket_name = join("", [for index in range(63) : "a"])
    rta_user_name              = join("", [for index in range(64) : "a"])
  }
}

run "refuses_names_1" {
  command = plan

  variables {
    # an underscore
    failed_records_bucket_name = "failed_records"
    # too long
    rta_user_name = join("", [for index in range(65) : "a"])
  }

  expect_failures = [
    var.failed_records_bucket_name,
    var.rta_user_name,
  ]
}

run "refuses_names_2" {
  command = plan

  variables {
    # a beginning that S3 keeps for itself
    failed_records_bucket_name = "xn--failed"
    # the relay function's role
    authorization_mode    = "role"
    external_id           = "aspect-0815"
    source_aws_account_id = "111122223333"
    rta_user_name         = "Aspect-WFM-RTA-Relay"
  }

  expect_failures = [
    var.failed_records_bucket_name,
    var.rta_user_name,
  ]
}

run "refuses_names_3" {
  command = plan

  variables {
    # too short
    failed_records_bucket_name = "ab"
    # a blank
    rta_user_name = "Rta User"
  }

  expect_failures = [
    var.failed_records_bucket_name,
    var.rta_user_name,
  ]
}
