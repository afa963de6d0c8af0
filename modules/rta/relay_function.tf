resource "aws_lambda_function" "relay" {
  #checkov:skip=CKV_AWS_50:One structured log line a batch says what became of it; tracing would take another right and keep a second record of the same.
  #checkov:skip=CKV_AWS_115:Kinesis hands over parallelization_factor batches of a shard at a time, so that these and the shards bound it; a reservation would only take from the account's pool.
  #checkov:skip=CKV_AWS_116:Kinesis uses no dead-letter queue; the event source mapping's on-failure destination keeps what is given up on, whole.
  #checkov:skip=CKV_AWS_117:It uses public AWS endpoints over TLS and nothing inside a VPC, runs no third-party code, and its role bounds what it may do.
  #checkov:skip=CKV_AWS_173:With kms_key_arn it is that key; without, a key that AWS manages for Lambda, and the variables hold names, groups and the flag, no secret.
  #checkov:skip=CKV_AWS_272:The zip is reproducible from the source beside it, and `make lint` compares the two; a signing profile belongs to an account, not to a module.

  function_name    = local.names.function
  description      = "Relays agent events to the Real-Time Adherence server ${local.name}."
  role             = aws_iam_role.relay.arn
  runtime          = "python3.13"
  handler          = "rta_relay.handler.handler"
  filename         = var.qss3_bucket_name == null ? terraform_data.relay_zip.output : null
  s3_bucket        = local.zips["rta_relay"].s3_bucket
  s3_key           = local.zips["rta_relay"].s3_key
  source_code_hash = local.zips["rta_relay"].hash
  memory_size      = var.relay_function.memory_size
  timeout          = 60
  kms_key_arn      = var.kms_key_arn
  tags             = local.tags_with_version

  environment {
    # The RTA server reads all of them where it sets the flag, so they carry the original system's names;
    # what the original lacks is in upper case.
    variables = merge(
      {
        AhgFilterLevel         = var.ahg_filter_level
        AhgFilterSeparator     = var.ahg_filter_separator
        AhgFilterValues        = join(var.ahg_filter_separator, var.ahg_filter_values)
        DynamoDbTableName      = aws_dynamodb_table.agent_states.name
        LogLevel               = var.log_level
        NumSqsQueues           = var.num_sqs_queues
        SqsQueueMessageGroupId = "AspectConnectEventsForWfmRTListen_GroupId"
        # Only its first value; present in both locations, so that a change of the location finds it.
        WriteEventsToQueue = "False"

        FAILED_RECORDS_BUCKET   = aws_s3_bucket.failed_records.bucket
        MESSAGE_GROUPS          = var.message_groups
        SIGNED_OUT_AGENTS_TABLE = aws_dynamodb_table.signed_out_agents.name
      },
      {
        # A retired queue is only read, so it has none.
        for index, url in slice(aws_sqs_queue.agent_events[*].url, 0, var.num_sqs_queues) :
        "SqsQueueUrl${index + 1}" => url
      },
      local.flag_in_table ? {
        ConfigTableName = aws_dynamodb_table.configuration[0].name
      } : {},
    )
  }

  logging_config {
    log_format = "Text"
    log_group  = aws_cloudwatch_log_group.relay.name
  }

  lifecycle {
    # The flag belongs to the RTA server, which sets and clears it while it is connected.
    ignore_changes = [environment[0].variables["WriteEventsToQueue"]]

    precondition {
      condition     = length(local.endangered_queues) == 0 || local.queues_may_go
      error_message = "${join(" and ", local.endangered_queues)} ${length(local.endangered_queues) == 1 ? "exists" : "exist"}, beyond num_sqs_queues = ${var.num_sqs_queues}. If this state holds such a queue (terraform state list), an apply would destroy it with the messages that the RTA server has not read yet. Set num_retired_sqs_queues to ${local.retirable_queues} and apply; when the queues are empty, set it to 0. If this state does not hold it, another deployment uses the name ${local.name}: choose another name, or work with the state of that deployment. (AWS may list a queue for a minute after it was destroyed.)"
    }
  }

  # The rights on a new queue have to be there before the function sends to it.
  depends_on = [aws_iam_role_policy.relay]
}

# Where the zip was when it was deployed. In another folder, or with another TF_DATA_DIR, Terraform has
# the module elsewhere, and that alone must not change the function. Another zip brings its path along.
# It comes last before the function, since a later run may not find this path (docs/troubleshooting.md).
resource "terraform_data" "relay_zip" {
  input            = local.zips["rta_relay"].path
  triggers_replace = filebase64sha256(local.zips["rta_relay"].path)

  lifecycle {
    ignore_changes = [input]
  }

  depends_on = [
    aws_cloudwatch_log_group.relay,
    aws_dynamodb_table.agent_states,
    aws_dynamodb_table.signed_out_agents,
    aws_iam_role_policy.relay,
    aws_s3_bucket.failed_records,
    aws_sqs_queue.agent_events,
  ]
}

resource "aws_cloudwatch_log_group" "relay" {
  #checkov:skip=CKV_AWS_158:With kms_key_arn it is that key; without, CloudWatch Logs encrypts it with a key of its own, and a line holds counts, names of resources and sequence numbers, never an event.
  #checkov:skip=CKV_AWS_338:For operating, as long as log_retention_days says, a year included; the record of who did what is CloudTrail.

  name              = "/aws/lambda/${local.names.function}"
  kms_key_id        = var.kms_key_arn
  retention_in_days = var.log_retention_days
  tags              = var.tags
}

resource "aws_lambda_event_source_mapping" "relay" {
  event_source_arn                   = local.event_source_arn
  function_name                      = aws_lambda_function.relay.arn
  starting_position                  = var.starting_position
  batch_size                         = var.relay_function.batch_size
  maximum_batching_window_in_seconds = var.relay_function.batch_window_seconds
  parallelization_factor             = var.relay_function.parallelization_factor
  bisect_batch_on_function_error     = true
  function_response_types            = ["ReportBatchItemFailures"]
  maximum_retry_attempts             = 100
  # An hour inside the stream's retention, so that Lambda gives a record up, and keeps it, before
  # Kinesis drops it. Lambda takes at most seven days.
  maximum_record_age_in_seconds = min((var.agent_event_stream_retention_hours - 1) * 3600, 604800)
  tags                          = var.tags

  # Tells how many records were given up on.
  metrics_config {
    metrics = ["EventCount"]
  }

  destination_config {
    on_failure {
      destination_arn = aws_s3_bucket.failed_records.arn
    }
  }

  lifecycle {
    # Who disables it by hand stops the relay, until they enable it. Another position would make
    # another mapping, which would forget how far this one has read.
    ignore_changes = [enabled, starting_position]
  }

  # Lambda checks the role's rights on the stream when the mapping is made, and needs them until it
  # is gone; nothing of the policy can be referred to here.
  depends_on = [aws_iam_role_policy.relay]
}
