# Every input that the module refuses. A run gives several variables a bad value each, and expects
# each of them to say so. One process, one mocked provider: nothing is asked of AWS.

mock_provider "aws" {
  source = "./tests/mocks"
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
    # a name
    alarms = { sns_topic_arns = ["wfm"] }
    # a key for a stream that is not encrypted
    agent_event_stream_kms_arn = "arn:aws:kms:eu-central-1:111122223333:key/9d4c"
    encrypted                  = false
    kms_key_arn                = "arn:aws:kms:eu-central-1:111122223333:key/9d4c"
    # shorter than Kinesis has
    agent_event_stream_retention_hours = 12
    # the alias
    connect_instance_id = "acme"
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
    var.alarms,
    var.connect_instance_id,
    var.kms_key_arn,
    var.name,
    var.shard_count,
    var.stream_mode,
  ]
}

run "refuses_2" {
  command = plan

  variables {
    # another region
    alarms = { sns_topic_arns = ["arn:aws:sns:eu-west-1:111122223333:wfm"] }
    # an alias
    agent_event_stream_kms_arn = "alias/aws/kinesis"
    kms_key_arn                = "alias/aws/kinesis"
    # another account
    connect_instance_id = "arn:aws:connect:eu-central-1:444455556666:instance/12345678-90ab-cdef-1234-567890abcdef"
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
    var.alarms,
    var.connect_instance_id,
    var.kms_key_arn,
    var.name,
    var.shard_count,
  ]
}

run "refuses_3" {
  command = plan

  variables {
    # another region
    agent_event_stream_kms_arn = "arn:aws:kms:us-east-1:111122223333:key/9d4c"
    connect_instance_id        = "arn:aws:connect:us-east-1:111122223333:instance/12345678-90ab-cdef-1234-567890abcdef"
    kms_key_arn                = "arn:aws:kms:us-east-1:111122223333:key/9d4c"
  }

  expect_failures = [
    var.agent_event_stream_kms_arn,
    var.connect_instance_id,
    var.kms_key_arn,
  ]
}
