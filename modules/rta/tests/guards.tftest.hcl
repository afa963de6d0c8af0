# What AWS would reject in the middle of an apply, or take and do harm with, is refused at plan. One
# process, one mocked provider: nothing is asked of AWS.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  agent_event_stream_arn = "arn:aws:kinesis:eu-central-1:111122223333:stream/agent-events"
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
    condition     = aws_lambda_function.relay.tags == tomap({ aspect-wfm-version = "own" })
    error_message = "A tag in `tags` takes precedence over the module's."
  }
}

run "takes_a_key_and_a_stream_of_the_same_apply" {
  command = plan

  module {
    source = "./tests/made_together"
  }
}

run "refuses_a_prefix_that_leaves_no_room_for_the_zip" {
  command = plan

  variables {
    qss3_bucket_name = "my-bucket"
    qss3_key_prefix  = "${join("", [for index in range(1000) : "q"])}/"
  }

  expect_failures = [var.qss3_key_prefix]
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
