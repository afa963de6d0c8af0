# Every input that the module refuses. A run gives several variables a bad value each, and expects
# each of them to say so. One process, one mocked provider: nothing is asked of AWS.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  agent_event_stream_arn = "arn:aws:kinesis:eu-central-1:111122223333:stream/agent-events"
  connect_s3_bucket      = "amazon-connect-0123456789ab"
  connect_s3_prefix      = "connect/acme/Reports/Aspect/"
}

run "takes_the_defaults" {
  command = plan
}

run "takes_everything_at_its_limits" {
  command = plan

  variables {
    classifier_function                = { batch_size = 10000, batch_window_seconds = 300, memory_size = 10240, parallelization_factor = 10 }
    enhanced_fan_out                   = true
    authorization_mode                 = "role"
    external_id                        = join("", [for index in range(153) : "aZ_+=,.@"])
    iam_path                           = "/${join("/", [for index in range(27) : "a0_+=,.@-12345"])}/w+=,.@_-1234567890123456789012/"
    permissions_boundary_arn           = "arn:aws:iam::aws:policy/job-function/ViewOnlyAccess"
    source_aws_account_id              = "000000000001"
    agent_event_stream_kms_arn         = "arn:aws:kms:eu-central-1:111122223333:key/9d4c"
    kms_key_arn                        = "arn:aws:kms:eu-central-1:111122223333:key/9d4c"
    agent_event_stream_retention_hours = 8760
    agent_statuses                     = { "Available" = "A", "Lunch, late" = "0", "Say \"hi\"" = "1", "Außer Haus" = "A", "AUSSER HAUS" = "1" }
    aspect_ap_data_s3_prefix           = "a/b_c=d/"
    connect_s3_kms_arn                 = "arn:aws:kms:eu-central-1:111122223333:key/9d4c"
    include_agent_status_type          = true
    kda_application_name               = "A23456789-123456789-123456789-12"
    log_retention_days                 = 1
    qss3_bucket_name                   = "my.bucket-1"
    qss3_key_prefix                    = "a/b-c/"
    report_retention_days              = 1
    starting_position                  = "LATEST"
  }
}

run "refuses_a_status_with_a_zero_width_space" {
  command = plan

  variables {
    agent_statuses = { "Lunch\u200b" = "A" }
  }

  expect_failures = [var.agent_statuses]
}

run "takes_the_least_of_the_function" {
  command = plan

  variables {
    classifier_function = { batch_size = 1, batch_window_seconds = 0, memory_size = 256, parallelization_factor = 1 }
  }
}

run "refuses_1" {
  command = plan

  variables {
    # other case
    log_level = "info"
    # no time at all
    alarms = { iterator_age_minutes = 0 }
    # none at all
    classifier_function = { batch_size = 0 }
    # other case
    authorization_mode = "Role"
    # no slash at the beginning
    iam_path = "wfm/"
    # a role
    permissions_boundary_arn = "arn:aws:iam::111122223333:role/boundary"
    # another service
    agent_event_stream_arn = "arn:aws:firehose:eu-central-1:111122223333:deliverystream/x"
    # an alias of a key
    agent_event_stream_kms_arn = "arn:aws:kms:eu-central-1:111122223333:alias/x"
    kms_key_arn                = "arn:aws:kms:eu-central-1:111122223333:alias/x"
    # shorter than Kinesis has
    agent_event_stream_retention_hours = 23
    # a type that is none
    agent_statuses = { Available = "X" }
    # no slash at the end
    aspect_ap_data_s3_prefix = "OUTPUT"
    # not a bucket's name
    connect_s3_bucket = "My_Bucket"
    # an alias of a key
    connect_s3_kms_arn = "arn:aws:kms:eu-central-1:111122223333:alias/x"
    # the placeholder
    connect_s3_prefix = "connect/directory/Reports/Aspect/"
    # a hyphen at the end
    kda_application_name = "aspect-"
    # not one of CloudWatch's
    log_retention_days = 42
    # not a bucket's name
    qss3_bucket_name = "My_Bucket"
    # no day at all
    report_retention_days = 0
    # another position
    starting_position = "AT_TIMESTAMP"
  }

  expect_failures = [
    var.agent_event_stream_arn,
    var.agent_event_stream_kms_arn,
    var.agent_event_stream_retention_hours,
    var.agent_statuses,
    var.alarms,
    var.aspect_ap_data_s3_prefix,
    var.authorization_mode,
    var.classifier_function,
    var.connect_s3_bucket,
    var.connect_s3_kms_arn,
    var.connect_s3_prefix,
    var.iam_path,
    var.kda_application_name,
    var.kms_key_arn,
    var.log_level,
    var.log_retention_days,
    var.permissions_boundary_arn,
    var.qss3_bucket_name,
    var.report_retention_days,
    var.starting_position,
  ]
}

run "refuses_2" {
  command = plan

  variables {
    # none of them
    log_level = "TRACE"
    # as long as Firehose gathers lines
    alarms = { report_age_minutes = 5 }
    # more than Lambda takes
    classifier_function = { batch_size = 10001 }
    # a role that nobody may assume
    authorization_mode = "role"
    # no slash at the end
    iam_path = "/wfm"
    # a name
    permissions_boundary_arn = "ViewOnlyAccess"
    # another region
    agent_event_stream_arn = "arn:aws:kinesis:us-east-1:111122223333:stream/x"
    # another region
    agent_event_stream_kms_arn = "arn:aws:kms:us-east-1:111122223333:key/9d4c"
    kms_key_arn                = "arn:aws:kms:us-east-1:111122223333:key/9d4c"
    # the letter O, which only an uploaded table may have
    agent_statuses = { Offline = "O" }
    # a slash at the beginning
    aspect_ap_data_s3_prefix = "/OUTPUT/"
    # a URL
    connect_s3_bucket = "s3://bucket"
    # another region
    connect_s3_kms_arn = "arn:aws:kms:us-east-1:111122223333:key/9d4c"
    # no slash at the end
    connect_s3_prefix = "connect/acme"
    # a hyphen at the beginning
    kda_application_name = "-aspect"
    # no slash at the end
    qss3_bucket_name = "my-bucket"
    qss3_key_prefix  = "assets"
    # half a day
    report_retention_days = 1.5
  }

  expect_failures = [
    var.agent_event_stream_arn,
    var.agent_event_stream_kms_arn,
    var.agent_statuses,
    var.alarms,
    var.aspect_ap_data_s3_prefix,
    var.classifier_function,
    var.connect_s3_bucket,
    var.connect_s3_kms_arn,
    var.connect_s3_prefix,
    var.external_id,
    var.iam_path,
    var.kda_application_name,
    var.kms_key_arn,
    var.log_level,
    var.permissions_boundary_arn,
    var.qss3_key_prefix,
    var.report_retention_days,
    var.source_aws_account_id,
  ]
}

run "refuses_3" {
  command = plan

  variables {
    # all of them
    alarms = { skipped_percent = 100 }
    # not a whole number
    classifier_function = { batch_size = 100.5 }
    # for a role, and there is none
    external_id           = "aspect-0815"
    source_aws_account_id = "111122223333"
    # a blank
    iam_path = "/wfm adapter/"
    # an account that is none
    permissions_boundary_arn = "arn:aws:iam::acme:policy/boundary"
    # a type that is null
    agent_statuses = { Offline = null }
    # the root
    aspect_ap_data_s3_prefix = ""
    # everything
    connect_s3_prefix = "*/"
    # an underscore
    kda_application_name = "aspect_wfm"
    # a prefix without a bucket
    qss3_key_prefix = "assets/"
  }

  expect_failures = [
    var.agent_statuses,
    var.alarms,
    var.aspect_ap_data_s3_prefix,
    var.classifier_function,
    var.connect_s3_prefix,
    var.external_id,
    var.iam_path,
    var.kda_application_name,
    var.permissions_boundary_arn,
    var.qss3_key_prefix,
    var.source_aws_account_id,
  ]
}

run "refuses_4" {
  command = plan

  variables {
    # fewer than none
    alarms = { skipped_percent = -1 }
    # negative
    classifier_function = { batch_window_seconds = -1 }
    # a blank
    authorization_mode = "role"
    external_id        = "aspect 0815"
    # too long
    iam_path = "/${join("", [for index in range(511) : "a"])}/"
    # nothing behind the slash
    permissions_boundary_arn = "arn:aws:iam::111122223333:policy/wfm/"
    # an ARN
    source_aws_account_id = "arn:aws:iam::111122223333:root"
    # a blank name
    agent_statuses = { "\u2003\u0085" = "A" }
    # an expression of Firehose's
    aspect_ap_data_s3_prefix = "!{timestamp:yyyy}/"
    # too long for a bucket's name
    kda_application_name = "a23456789-123456789-123456789-123"
  }

  expect_failures = [
    var.agent_statuses,
    var.alarms,
    var.aspect_ap_data_s3_prefix,
    var.classifier_function,
    var.external_id,
    var.iam_path,
    var.kda_application_name,
    var.permissions_boundary_arn,
    var.source_aws_account_id,
  ]
}

run "refuses_5" {
  command = plan

  variables {
    # a name
    alarms = { sns_topic_arns = ["wfm"] }
    # longer than Lambda waits
    classifier_function = { batch_window_seconds = 301 }
    # too long
    authorization_mode = "role"
    external_id        = join("", [for index in range(245) : "abcde"])
    # nothing between the slashes
    iam_path = "//"
    # too long
    source_aws_account_id = "1111222233334"
    # a line break in a name
    agent_statuses = { "Lunch\nlate" = "A" }
    # a name that S3 keeps for itself
    kda_application_name = "SThree-x"
  }

  expect_failures = [
    var.agent_statuses,
    var.alarms,
    var.classifier_function,
    var.external_id,
    var.iam_path,
    var.kda_application_name,
    var.source_aws_account_id,
  ]
}

run "refuses_6" {
  command = plan

  variables {
    # another region
    alarms = { sns_topic_arns = ["arn:aws:sns:eu-west-1:111122223333:wfm"] }
    # not a whole number
    classifier_function = { batch_window_seconds = 2.5 }
    # too short
    authorization_mode    = "role"
    external_id           = "x"
    source_aws_account_id = "1234"
    # a name twice
    agent_statuses = { "Lunch late" = "A", " lunch\u00a0 Late" = "1" }
  }

  expect_failures = [
    var.agent_statuses,
    var.alarms,
    var.classifier_function,
    var.external_id,
    var.source_aws_account_id,
  ]
}

run "refuses_7" {
  command = plan

  variables {
    # more than CloudWatch takes
    alarms = { sns_topic_arns = ["arn:aws:sns:eu-central-1:111122223333:wfm", "arn:aws:sns:eu-central-1:111122223333:wfm", "arn:aws:sns:eu-central-1:111122223333:wfm", "arn:aws:sns:eu-central-1:111122223333:wfm", "arn:aws:sns:eu-central-1:111122223333:wfm", "arn:aws:sns:eu-central-1:111122223333:wfm"] }
    # less than it needs
    classifier_function = { memory_size = 255 }
  }

  expect_failures = [
    var.alarms,
    var.classifier_function,
  ]
}

run "refuses_8" {
  command = plan

  variables {
    # more than Lambda has
    classifier_function = { memory_size = 10241 }
  }

  expect_failures = [
    var.classifier_function,
  ]
}

run "refuses_9" {
  command = plan

  variables {
    # not a whole number
    classifier_function = { memory_size = 256.5 }
  }

  expect_failures = [
    var.classifier_function,
  ]
}

run "refuses_10" {
  command = plan

  variables {
    # none at all
    classifier_function = { parallelization_factor = 0 }
  }

  expect_failures = [
    var.classifier_function,
  ]
}

run "refuses_11" {
  command = plan

  variables {
    # more than Lambda runs
    classifier_function = { parallelization_factor = 11 }
  }

  expect_failures = [
    var.classifier_function,
  ]
}

run "refuses_12" {
  command = plan

  variables {
    # not a whole number
    classifier_function = { parallelization_factor = 1.5 }
  }

  expect_failures = [
    var.classifier_function,
  ]
}
