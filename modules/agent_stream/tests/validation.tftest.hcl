# Every input that the module refuses. A run gives several variables a bad value each, and expects
# each of them to say so. One process, one mocked provider: nothing is asked of AWS.

mock_provider "aws" {
  mock_data "aws_region" {
    defaults = {
      id = "eu-central-1"
    }
  }
}

variables {
  name = "agent-events"
}

run "takes_the_defaults" {
  command = plan
}

run "takes_a_customer_managed_key_on_demand" {
  command = plan

  variables {
    agent_event_stream_kms_arn         = "arn:aws:kms:eu-central-1:111122223333:key/9d4c"
    stream_mode                        = "ON_DEMAND"
    agent_event_stream_retention_hours = 8760
  }
}

run "takes_no_encryption" {
  command = plan

  variables {
    encrypted = false
  }
}

run "refuses_1" {
  command = plan

  variables {
    # a key for a stream that is not encrypted
    agent_event_stream_kms_arn = "arn:aws:kms:eu-central-1:111122223333:key/9d4c"
    encrypted                  = false
    # shorter than Kinesis has
    agent_event_stream_retention_hours = 12
    # a blank
    name = "agent events"
    # none
    shard_count = 0
    # other spelling
    stream_mode = "on-demand"
  }

  expect_failures = [
    var.agent_event_stream_kms_arn,
    var.agent_event_stream_retention_hours,
    var.name,
    var.shard_count,
    var.stream_mode,
  ]
}

run "refuses_2" {
  command = plan

  variables {
    # an alias
    agent_event_stream_kms_arn = "alias/aws/kinesis"
    # longer than Kinesis has
    agent_event_stream_retention_hours = 8761
    # too long
    name = join("", [for index in range(129) : "a"])
    # not a whole number
    shard_count = 1.5
  }

  expect_failures = [
    var.agent_event_stream_kms_arn,
    var.agent_event_stream_retention_hours,
    var.name,
    var.shard_count,
  ]
}

run "refuses_3" {
  command = plan

  variables {
    # another region
    agent_event_stream_kms_arn = "arn:aws:kms:us-east-1:111122223333:key/9d4c"
  }

  expect_failures = [
    var.agent_event_stream_kms_arn,
  ]
}
