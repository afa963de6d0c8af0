# What AWS would reject in the middle of an apply, or take and do harm with, is refused at plan. One
# process, one mocked provider: nothing is asked of AWS.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name = "agent-events"
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

run "refuses_to_grant_a_key_that_is_not_there" {
  command = plan

  variables {
    grant_connect_the_key = true
  }

  expect_failures = [var.grant_connect_the_key]
}

run "refuses_to_grant_a_key_to_an_instance_that_is_not_named" {
  command = plan

  variables {
    grant_connect_the_key = true
    kms_key_arn           = "arn:aws:kms:eu-central-1:111122223333:key/9d4c"
  }

  expect_failures = [var.grant_connect_the_key]
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
    name_suffix = join("", [for index in range(128) : "a"])
  }

  expect_failures = [var.name_suffix]
}
