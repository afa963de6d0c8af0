# Every input that the module refuses. A run gives several variables a bad value each, and expects
# each of them to say so. One process, one mocked provider: nothing is asked of AWS.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  agent_event_stream_arn = "arn:aws:kinesis:eu-central-1:111122223333:stream/agent-events"
}

run "takes_the_defaults" {
  command = plan

  assert {
    condition     = aws_lambda_function.relay.environment[0].variables["MESSAGE_GROUPS"] == "shared"
    error_message = "The relay is not told that all agents share a message group."
  }

  # What the RTA server may read, by the original system's names; the queues' addresses are not known yet.
  assert {
    condition = tomap({ for name, value in aws_lambda_function.relay.environment[0].variables : name => value if !startswith(name, "SqsQueueUrl") && upper(name) != name }) == tomap({
      AhgFilterLevel         = "0"
      AhgFilterSeparator     = ","
      AhgFilterValues        = ""
      DynamoDbTableName      = "aspect-wfm-rta-agent-states"
      LogLevel               = "INFO"
      NumSqsQueues           = "1"
      SqsQueueMessageGroupId = "AspectConnectEventsForWfmRTListen_GroupId"
      WriteEventsToQueue     = "False"
    })
    error_message = "The variables are ${jsonencode(aws_lambda_function.relay.environment[0].variables)}."
  }

  assert {
    condition     = [for name in keys(aws_lambda_function.relay.environment[0].variables) : name if startswith(name, "SqsQueueUrl")] == ["SqsQueueUrl1"]
    error_message = "There is an address for each queue that messages are sent to."
  }
}

run "takes_everything_at_its_limits" {
  command = plan

  variables {
    relay_function                     = { batch_size = 10000, batch_window_seconds = 300, memory_size = 10240, parallelization_factor = 10 }
    enhanced_fan_out                   = true
    message_groups                     = "agent"
    authorization_mode                 = "role"
    external_id                        = join("", [for index in range(153) : "aZ_+=,.@"])
    iam_path                           = "/${join("/", [for index in range(32) : "a0_+=,.@-12345"])}/w+=,.@_-1234567890123456789012/"
    permissions_boundary_arn           = "arn:aws:iam::aws:policy/job-function/ViewOnlyAccess"
    source_aws_account_id              = "000000000001"
    name                               = "a23456789-123456789-123456789-12"
    num_sqs_queues                     = 10
    ahg_filter_level                   = 5
    ahg_filter_separator               = ";"
    ahg_filter_values                  = [for index in range(64) : format("%031d", index)]
    lambda_config_location             = "table"
    agent_event_stream_kms_arn         = "arn:aws:kms:eu-central-1:111122223333:key/9d4c"
    kms_key_arn                        = "arn:aws:kms:eu-central-1:111122223333:key/9d4c"
    agent_event_stream_retention_hours = 8760
    log_retention_days                 = 1
    qss3_bucket_name                   = "my.bucket-1"
    qss3_key_prefix                    = "a/b-c/"
  }
}

run "takes_names_as_people_type_them" {
  command = plan

  variables {
    ahg_filter_level  = 1
    ahg_filter_values = ["E\u0301quipe Nord", " Sales\u00a0EU\t", "Maße", "Masse", "EMEA", "emea"]
  }

  assert {
    condition     = aws_lambda_function.relay.environment[0].variables["AhgFilterValues"] == "Équipe Nord, Sales\u00a0EU\t,Maße,Masse,EMEA,emea"
    error_message = "The relay is given the names as they are typed."
  }
}

run "takes_a_comma_with_another_separator_and_a_bucket_without_a_prefix" {
  command = plan

  variables {
    ahg_filter_level     = 1
    ahg_filter_separator = "§"
    ahg_filter_values    = ["Sales, Retail"]
    qss3_bucket_name     = "my-bucket"
  }
}

# What AWS has besides the queues of the plan.
run "refuses_to_destroy_queues_unasked" {
  command = plan

  variables {
    num_sqs_queues = 1
  }

  override_data {
    target = data.aws_sqs_queues.existing
    values = {
      queue_urls = [
        "https://sqs.eu-central-1.amazonaws.com/111122223333/aspect-wfm-rta-events-1.fifo",
        "https://sqs.eu-central-1.amazonaws.com/111122223333/aspect-wfm-rta-events-10.fifo",
        "https://sqs.eu-central-1.amazonaws.com/111122223333/aspect-wfm-rta-events-11.fifo",
        # another deployment's
        "https://sqs.eu-central-1.amazonaws.com/111122223333/aspect-wfm-rta-events-events-2.fifo",
      ]
    }
  }

  expect_failures = [aws_lambda_function.relay]

  assert {
    condition     = local.endangered_queues == ["aspect-wfm-rta-events-10.fifo", "aspect-wfm-rta-events-11.fifo"]
    error_message = "It names ${join(", ", local.endangered_queues)}."
  }
}

run "refuses_to_destroy_queues_when_fewer_are_kept" {
  command = plan

  variables {
    num_sqs_queues         = 1
    num_retired_sqs_queues = 1
  }

  override_data {
    target = data.aws_sqs_queues.existing
    values = {
      queue_urls = [
        "https://sqs.eu-central-1.amazonaws.com/111122223333/aspect-wfm-rta-events-2.fifo",
        "https://sqs.eu-central-1.amazonaws.com/111122223333/aspect-wfm-rta-events-3.fifo",
      ]
    }
  }

  expect_failures = [aws_lambda_function.relay]

  assert {
    condition     = local.retirable_queues == 2
    error_message = "It says to keep ${local.retirable_queues}."
  }
}

run "destroys_queues_when_told_to" {
  command = plan

  variables {
    num_retired_sqs_queues = 0
  }

  override_data {
    target = data.aws_sqs_queues.existing
    values = {
      queue_urls = ["https://sqs.eu-central-1.amazonaws.com/111122223333/aspect-wfm-rta-events-2.fifo"]
    }
  }
}

run "says_when_nothing_is_left_to_destroy" {
  command = plan

  variables {
    num_retired_sqs_queues = 0
  }

  expect_failures = [check.retired_queues_are_guarded]
}

run "keeps_retired_queues_without_events" {
  command = plan

  variables {
    num_sqs_queues         = 2
    num_retired_sqs_queues = 8
  }

  assert {
    condition     = length(aws_sqs_queue.agent_events) == 10 && length(output.sqs_queue_urls) == 2 && length(output.retired_sqs_queue_urls) == 8
    error_message = "Ten queues were expected, two of them with events."
  }
}

run "takes_the_least_of_the_function" {
  command = plan

  variables {
    relay_function = { batch_size = 1, batch_window_seconds = 0, memory_size = 256, parallelization_factor = 1 }
  }
}

run "gives_each_agent_a_message_group" {
  command = plan

  variables {
    message_groups         = "agent"
    num_retired_sqs_queues = 1
  }

  assert {
    condition     = aws_lambda_function.relay.environment[0].variables["MESSAGE_GROUPS"] == "agent"
    error_message = "The relay is not told that each agent has a message group."
  }

  assert {
    condition     = toset(aws_sqs_queue.agent_events[*].deduplication_scope) == toset(["messageGroup"]) && toset(aws_sqs_queue.agent_events[*].fifo_throughput_limit) == toset(["perMessageGroupId"])
    error_message = "High throughput needs both attributes at the message group, on every queue."
  }
}

run "refuses_1" {
  command = plan

  variables {
    # other case
    log_level = "info"
    # no time at all
    alarms = { iterator_age_minutes = 0 }
    # other case
    message_groups = "Agent"
    # none at all
    relay_function = { batch_size = 0 }
    # other case
    authorization_mode = "Role"
    # no slash at the beginning
    iam_path = "wfm/"
    # a role
    permissions_boundary_arn = "arn:aws:iam::111122223333:role/boundary"
    # no ARN at all
    agent_event_stream_arn = "agent-events"
    # an alias of a key
    agent_event_stream_kms_arn = "arn:aws:kms:eu-central-1:111122223333:alias/x"
    kms_key_arn                = "arn:aws:kms:eu-central-1:111122223333:alias/x"
    # shorter than Kinesis has
    agent_event_stream_retention_hours = 23
    # too high
    ahg_filter_level = 6
    # other case
    lambda_config_location = "ENV"
    # not one of CloudWatch's
    log_retention_days = 42
    # too long for a bucket's name
    name = "a23456789-123456789-123456789-123"
    # none
    num_sqs_queues = 0
    # not a bucket's name
    qss3_bucket_name = "My_Bucket"
    # another position
    starting_position = "trim_horizon"
  }

  expect_failures = [
    var.agent_event_stream_arn,
    var.agent_event_stream_kms_arn,
    var.agent_event_stream_retention_hours,
    var.ahg_filter_level,
    var.alarms,
    var.authorization_mode,
    var.iam_path,
    var.kms_key_arn,
    var.lambda_config_location,
    var.log_level,
    var.log_retention_days,
    var.message_groups,
    var.name,
    var.num_sqs_queues,
    var.permissions_boundary_arn,
    var.qss3_bucket_name,
    var.relay_function,
    var.starting_position,
  ]
}

run "refuses_2" {
  command = plan

  variables {
    # none of them
    log_level = "TRACE"
    # no time at all
    alarms = { queue_age_minutes = 0.5 }
    # more than Lambda takes
    relay_function = { batch_size = 10001 }
    # a role that nobody may assume
    authorization_mode = "role"
    # no slash at the end
    iam_path = "/wfm"
    # a name
    permissions_boundary_arn = "ViewOnlyAccess"
    # another service
    agent_event_stream_arn = "arn:aws:firehose:eu-central-1:111122223333:deliverystream/x"
    # the id of a key
    agent_event_stream_kms_arn = "9d4c"
    kms_key_arn                = "9d4c"
    # longer than Kinesis has
    agent_event_stream_retention_hours = 8761
    # negative
    ahg_filter_level = -1
    # none
    name = ""
    # too many
    num_sqs_queues = 11
    # no slash at the end
    qss3_bucket_name = "my-bucket"
    qss3_key_prefix  = "assets"
  }

  expect_failures = [
    var.agent_event_stream_arn,
    var.agent_event_stream_kms_arn,
    var.agent_event_stream_retention_hours,
    var.ahg_filter_level,
    var.alarms,
    var.external_id,
    var.iam_path,
    var.kms_key_arn,
    var.log_level,
    var.name,
    var.num_sqs_queues,
    var.permissions_boundary_arn,
    var.qss3_key_prefix,
    var.relay_function,
    var.source_aws_account_id,
  ]
}

run "refuses_3" {
  command = plan

  variables {
    # all of them
    alarms = { skipped_percent = 100 }
    # not a whole number
    relay_function = { batch_size = 100.5 }
    # for a role, and there is none
    external_id           = "aspect-0815"
    source_aws_account_id = "111122223333"
    # a blank
    iam_path = "/wfm adapter/"
    # an account that is none
    permissions_boundary_arn = "arn:aws:iam::acme:policy/boundary"
    # a consumer of a stream
    agent_event_stream_arn = "arn:aws:kinesis:eu-central-1:111122223333:stream/x/consumer/y:1"
    # another region
    agent_event_stream_kms_arn = "arn:aws:kms:us-east-1:111122223333:key/9d4c"
    kms_key_arn                = "arn:aws:kms:us-east-1:111122223333:key/9d4c"
    # not a whole number
    agent_event_stream_retention_hours = 24.5
    # not a whole number
    ahg_filter_level = 1.5
    # a capital
    name = "Aspect"
    # not a whole number
    num_sqs_queues = 1.5
    # a slash at the beginning
    qss3_bucket_name = "my-bucket"
    qss3_key_prefix  = "/assets/"
  }

  expect_failures = [
    var.agent_event_stream_arn,
    var.agent_event_stream_kms_arn,
    var.agent_event_stream_retention_hours,
    var.ahg_filter_level,
    var.alarms,
    var.external_id,
    var.iam_path,
    var.kms_key_arn,
    var.name,
    var.num_sqs_queues,
    var.permissions_boundary_arn,
    var.qss3_key_prefix,
    var.relay_function,
    var.source_aws_account_id,
  ]
}

run "refuses_4" {
  command = plan

  variables {
    # fewer than none
    alarms = { skipped_percent = -1 }
    # negative
    relay_function = { batch_window_seconds = -1 }
    # a blank
    authorization_mode = "role"
    external_id        = "aspect 0815"
    # too long
    iam_path = "/${join("", [for index in range(511) : "a"])}/"
    # nothing behind the slash
    permissions_boundary_arn = "arn:aws:iam::111122223333:policy/wfm/"
    # an ARN
    source_aws_account_id = "arn:aws:iam::111122223333:root"
    # not a whole number
    num_retired_sqs_queues = 0.5
    # another region
    agent_event_stream_arn = "arn:aws:kinesis:us-east-1:111122223333:stream/x"
    # a level without values
    ahg_filter_level = 2
    # a hyphen at the end
    name = "aspect-"
    # a prefix without a bucket
    qss3_key_prefix = "assets/"
  }

  expect_failures = [
    var.agent_event_stream_arn,
    var.ahg_filter_values,
    var.alarms,
    var.external_id,
    var.iam_path,
    var.name,
    var.num_retired_sqs_queues,
    var.permissions_boundary_arn,
    var.qss3_key_prefix,
    var.relay_function,
    var.source_aws_account_id,
  ]
}

run "refuses_5" {
  command = plan

  variables {
    # a name
    alarms = { sns_topic_arns = ["wfm"] }
    # longer than Lambda waits
    relay_function = { batch_window_seconds = 301 }
    # too long
    authorization_mode = "role"
    external_id        = join("", [for index in range(245) : "abcde"])
    # nothing between the slashes
    iam_path = "//"
    # too long
    source_aws_account_id = "1111222233334"
    # negative
    num_retired_sqs_queues = -1
    # values without a level
    ahg_filter_values = ["EMEA"]
    # an underscore
    name = "aspect_wfm"
  }

  expect_failures = [
    var.ahg_filter_values,
    var.alarms,
    var.external_id,
    var.iam_path,
    var.name,
    var.num_retired_sqs_queues,
    var.relay_function,
    var.source_aws_account_id,
  ]
}

run "refuses_6" {
  command = plan

  variables {
    # a FIFO topic
    alarms = { sns_topic_arns = ["arn:aws:sns:eu-central-1:111122223333:wfm.fifo"] }
    # not a whole number
    relay_function = { batch_window_seconds = 2.5 }
    # too short
    authorization_mode    = "role"
    external_id           = "x"
    source_aws_account_id = "1234"
    # more than ten with the others
    num_retired_sqs_queues = 8
    num_sqs_queues         = 3
    # a blank value
    ahg_filter_level  = 1
    ahg_filter_values = ["EMEA", "\u00a0\t"]
    # a name that S3 keeps for itself
    name = "xn--aspect"
  }

  expect_failures = [
    var.ahg_filter_values,
    var.alarms,
    var.external_id,
    var.name,
    var.num_retired_sqs_queues,
    var.relay_function,
    var.source_aws_account_id,
  ]
}

run "refuses_7" {
  command = plan

  variables {
    # another region
    alarms = { sns_topic_arns = ["arn:aws:sns:eu-west-1:111122223333:wfm"] }
    # less than it needs
    relay_function = { memory_size = 255 }
    # a value that is null
    ahg_filter_level  = 1
    ahg_filter_values = ["EMEA", null]
  }

  expect_failures = [
    var.ahg_filter_values,
    var.alarms,
    var.relay_function,
  ]
}

run "refuses_8" {
  command = plan

  variables {
    # more than CloudWatch takes
    alarms = { sns_topic_arns = ["arn:aws:sns:eu-central-1:111122223333:wfm", "arn:aws:sns:eu-central-1:111122223333:wfm", "arn:aws:sns:eu-central-1:111122223333:wfm", "arn:aws:sns:eu-central-1:111122223333:wfm", "arn:aws:sns:eu-central-1:111122223333:wfm", "arn:aws:sns:eu-central-1:111122223333:wfm"] }
    # more than Lambda has
    relay_function = { memory_size = 10241 }
    # a value with the separator
    ahg_filter_level  = 1
    ahg_filter_values = ["Sales, Retail"]
  }

  expect_failures = [
    var.ahg_filter_values,
    var.alarms,
    var.relay_function,
  ]
}

run "refuses_9" {
  command = plan

  variables {
    # not a whole number
    relay_function = { memory_size = 256.5 }
    # 2,079 bytes of values
    ahg_filter_level  = 1
    ahg_filter_values = [for index in range(65) : format("%031d", index)]
  }

  expect_failures = [
    var.ahg_filter_values,
    var.relay_function,
  ]
}

run "refuses_10" {
  command = plan

  variables {
    # none at all
    relay_function = { parallelization_factor = 0 }
    # a zero-width space
    ahg_filter_level  = 1
    ahg_filter_values = ["EMEA", "AP\u200bAC"]
  }

  expect_failures = [
    var.ahg_filter_values,
    var.relay_function,
  ]
}

run "refuses_11" {
  command = plan

  variables {
    # more than Lambda runs
    relay_function = { parallelization_factor = 11 }
    # 1,024 quotation marks, which JSON doubles
    ahg_filter_level  = 1
    ahg_filter_values = [join("", [for index in range(1024) : "\""]), "x"]
  }

  expect_failures = [
    var.ahg_filter_values,
    var.relay_function,
  ]
}

run "refuses_12" {
  command = plan

  variables {
    # not a whole number
    relay_function = { parallelization_factor = 1.5 }
    # 683 characters that are 2,049 bytes
    ahg_filter_level  = 1
    ahg_filter_values = [join("", [for index in range(683) : "€"])]
  }

  expect_failures = [
    var.ahg_filter_values,
    var.relay_function,
  ]
}

run "refuses_a_separator_that_merges_with_a_value" {
  command = plan

  variables {
    # an equals sign and a combining stroke are one character, which is no separator
    ahg_filter_level     = 1
    ahg_filter_separator = "="
    ahg_filter_values    = ["EMEA", "\u0338APAC"]
  }

  expect_failures = [var.ahg_filter_values]
}

run "refuses_13" {
  command = plan

  variables {
    # none
    ahg_filter_separator = ""
  }

  expect_failures = [
    var.ahg_filter_separator,
  ]
}

run "refuses_14" {
  command = plan

  variables {
    # two characters
    ahg_filter_separator = "||"
  }

  expect_failures = [
    var.ahg_filter_separator,
  ]
}
