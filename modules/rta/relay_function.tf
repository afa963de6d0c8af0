resource "aws_lambda_function" "relay" {
  #checkov:skip=CKV_AWS_50:One structured log line per batch reports its result; tracing would need another permission and duplicate the record.
  #checkov:skip=CKV_AWS_115:Lambda runs parallelization_factor batches per shard at a time, which limits the concurrency; a reservation would only reduce the account's pool.
  #checkov:skip=CKV_AWS_116:Event source mappings for Kinesis use no dead-letter queue; the on-failure destination saves complete records that Lambda stops retrying.
  #checkov:skip=CKV_AWS_117:It uses public AWS endpoints over TLS and nothing inside a VPC, runs no third-party code, and its role limits its permissions.
  #checkov:skip=CKV_AWS_173:With kms_key_arn, Lambda uses that key; otherwise a key that AWS manages. The variables contain names, groups and the flag, no secret.
  #checkov:skip=CKV_AWS_272:The zip is reproducible from the source in this repository, and `make lint` compares the two; a signing profile belongs to an account, not to a module.

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
    # With the flag in the environment, the RTA server reads all variables, so they have the names of the
    # original system. Additional variables are in upper case.
    variables = merge(
      {
        AhgFilterLevel         = var.ahg_filter_level
        AhgFilterSeparator     = var.ahg_filter_separator
        AhgFilterValues        = join(var.ahg_filter_separator, var.ahg_filter_values)
        DynamoDbTableName      = aws_dynamodb_table.agent_states.name
        LogLevel               = var.log_level
        NumSqsQueues           = var.num_sqs_queues
        SqsQueueMessageGroupId = "AspectConnectEventsForWfmRTListen_GroupId"
        # Only the initial value. Present for both locations, so that a change of the location finds it.
        WriteEventsToQueue = "False"

        FAILED_RECORDS_BUCKET   = aws_s3_bucket.failed_records.bucket
        MESSAGE_GROUPS          = var.message_groups
        SIGNED_OUT_AGENTS_TABLE = aws_dynamodb_table.signed_out_agents.name
      },
      {
        # Retired queues are only read, so the function does not get their URLs.
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

  # The permissions on a new queue must exist before the function sends to it.
  depends_on = [aws_iam_role_policy.relay]
}

# The path of the zip at its deployment. In another folder, or with another TF_DATA_DIR, the module has
# another path, which alone must not change the function. The path is updated when a changed zip, a renamed
# function, or a zip no longer in S3 needs the file. Created last before the function, because a later run
# may not find this path (docs/troubleshooting.md).
resource "terraform_data" "relay_zip" {
  input            = local.zips["rta_relay"].path
  triggers_replace = [filebase64sha256(local.zips["rta_relay"].path), local.names.function, var.qss3_bucket_name]

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
  #checkov:skip=CKV_AWS_158:With kms_key_arn, CloudWatch Logs uses that key; otherwise its own. A line contains counts, names of resources and sequence numbers, never an event.
  #checkov:skip=CKV_AWS_338:These are operational logs, kept for log_retention_days; CloudTrail is the audit record.

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
  # One hour less than the stream's retention, so that Lambda saves a record in the bucket before
  # Kinesis deletes it. Lambda supports at most seven days.
  maximum_record_age_in_seconds = min((var.agent_event_stream_retention_hours - 1) * 3600, 604800)
  tags                          = var.tags

  # Publishes how many records Lambda stopped retrying.
  metrics_config {
    metrics = ["EventCount"]
  }

  destination_config {
    on_failure {
      destination_arn = aws_s3_bucket.failed_records.arn
    }
  }

  lifecycle {
    # An operator can disable the mapping to stop the relay; an apply does not enable it again.
    # A changed position would replace the mapping, which would lose its place on the stream.
    ignore_changes = [enabled, starting_position]
  }

  # Lambda checks the role's permissions on the stream when it creates the mapping, and needs them until
  # the mapping is deleted. No argument can refer to the policy.
  depends_on = [aws_iam_role_policy.relay]
}
