resource "aws_lambda_function" "classifier" {
  #checkov:skip=CKV_AWS_50:One structured log line per batch reports its result; tracing would need another permission and duplicate the record.
  #checkov:skip=CKV_AWS_115:Lambda runs parallelization_factor batches per shard at a time, which limits the concurrency; a reservation would only reduce the account's pool.
  #checkov:skip=CKV_AWS_116:Event source mappings for Kinesis use no dead-letter queue; the on-failure destination saves complete records that Lambda stops retrying.
  #checkov:skip=CKV_AWS_117:It uses public AWS endpoints over TLS and nothing inside a VPC, runs no third-party code, and its role limits its permissions.
  #checkov:skip=CKV_AWS_173:With kms_key_arn, Lambda uses that key; otherwise a key that AWS manages. The variables contain names of resources and settings, no secret.
  #checkov:skip=CKV_AWS_272:The zip is reproducible from the source in this repository, and `make lint` compares the two; a signing profile belongs to an account, not to a module.

  count = local.on_lambda ? 1 : 0

  function_name    = local.names.classifier
  description      = "Turns agent events into the report lines of ${local.name}."
  role             = aws_iam_role.classifier[0].arn
  runtime          = "python3.13"
  handler          = "agent_classifier.handler.handler"
  filename         = var.qss3_bucket_name == null ? terraform_data.classifier_zip[0].output : null
  s3_bucket        = local.zips["agent_classifier"].s3_bucket
  s3_key           = local.zips["agent_classifier"].s3_key
  source_code_hash = local.zips["agent_classifier"].hash
  memory_size      = var.classifier_function.memory_size
  timeout          = 60
  kms_key_arn      = var.kms_key_arn
  tags             = local.tags_with_version

  environment {
    variables = local.classifier_environment
  }

  logging_config {
    log_format = "Text"
    log_group  = aws_cloudwatch_log_group.classifier[0].name
  }
}

# The path of the zip at its deployment. In another folder, or with another TF_DATA_DIR, the module has
# another path, which alone must not change the function. The path is updated when a changed zip, a renamed
# function, or a zip no longer in S3 needs the file. Created last before the function, because a later run
# may not find this path (docs/troubleshooting.md).
resource "terraform_data" "classifier_zip" {
  count = local.on_lambda ? 1 : 0

  input            = local.zips["agent_classifier"].path
  triggers_replace = [filebase64sha256(local.zips["agent_classifier"].path), local.names.classifier, var.qss3_bucket_name]

  lifecycle {
    ignore_changes = [input]
  }

  depends_on = [
    aws_cloudwatch_log_group.classifier,
    aws_iam_role_policy.classifier,
    aws_kinesis_firehose_delivery_stream.reports,
  ]
}

resource "aws_cloudwatch_log_group" "classifier" {
  #checkov:skip=CKV_AWS_158:With kms_key_arn, CloudWatch Logs uses that key; otherwise its own. A line contains counts, names of resources and sequence numbers, never an event.
  #checkov:skip=CKV_AWS_338:These are operational logs, kept for log_retention_days; CloudTrail is the audit record.

  count = local.on_lambda ? 1 : 0

  name              = "/aws/lambda/${local.names.classifier}"
  kms_key_id        = var.kms_key_arn
  retention_in_days = var.log_retention_days
  tags              = var.tags
}

resource "aws_lambda_event_source_mapping" "classifier" {
  count = local.on_lambda ? 1 : 0

  event_source_arn                   = local.event_source_arn
  function_name                      = aws_lambda_function.classifier[0].arn
  starting_position                  = local.starting_position
  starting_position_timestamp        = var.starting_timestamp
  batch_size                         = var.classifier_function.batch_size
  maximum_batching_window_in_seconds = var.classifier_function.batch_window_seconds
  parallelization_factor             = var.classifier_function.parallelization_factor
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
    # An operator can disable the mapping to stop Agent Productivity; an apply does not enable it again.
    # A changed position would replace the mapping, which would lose its place on the stream.
    ignore_changes = [enabled, starting_position, starting_position_timestamp]
  }

  # Lambda checks the role's permissions on the stream when it creates the mapping, and needs them until
  # the mapping is deleted. No argument can refer to the policy.
  depends_on = [aws_iam_role_policy.classifier]
}

resource "aws_iam_role" "classifier" {
  count = local.on_lambda ? 1 : 0

  name                 = local.role_names.classifier
  description          = "What the classifier function ${local.names.classifier} may do."
  path                 = var.iam_path
  permissions_boundary = var.permissions_boundary_arn
  assume_role_policy   = data.aws_iam_policy_document.lambda_trust.json
  tags                 = var.tags
}

resource "aws_iam_role_policy" "classifier" {
  count = local.on_lambda ? 1 : 0

  name = "classify-agent-events"
  # The ID, not the name: it is unknown while another path replaces the role, so that the policy follows.
  role   = aws_iam_role.classifier[0].id
  policy = data.aws_iam_policy_document.classifier.json
}

data "aws_iam_policy_document" "lambda_trust" {
  statement {
    sid     = "LambdaRunsTheFunctionWithThisRole"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account_id]
    }
  }
}

data "aws_iam_policy_document" "classifier" {
  source_policy_documents = [data.aws_iam_policy_document.classify.json]

  statement {
    sid = "ReadTheAgentEventStream"
    actions = [
      "kinesis:DescribeStream",
      "kinesis:DescribeStreamSummary",
      "kinesis:GetRecords",
      "kinesis:GetShardIterator",
      "kinesis:ListShards",
    ]
    resources = [var.agent_event_stream_arn]
  }

  statement {
    sid       = "KeepFailedRecords"
    actions   = ["s3:PutObject"]
    resources = ["${local.arns.failed_records_bucket}/*"]

    condition {
      test     = "StringEquals"
      variable = "s3:ResourceAccount"
      values   = [local.account_id]
    }
  }

  statement {
    sid       = "FindTheBucketForFailedRecords"
    actions   = ["s3:ListBucket"]
    resources = [local.arns.failed_records_bucket]

    condition {
      test     = "StringEquals"
      variable = "s3:ResourceAccount"
      values   = [local.account_id]
    }
  }

  statement {
    sid       = "WriteItsLog"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${local.arns.classifier_log}:*"]
  }
}

# Permissions that the classifier needs on either engine.
data "aws_iam_policy_document" "classify" {
  dynamic "statement" {
    for_each = aws_kinesis_stream_consumer.classifier[*].arn

    content {
      sid       = "SubscribeAsItsOwnConsumer"
      actions   = ["kinesis:SubscribeToShard"]
      resources = [statement.value]
    }
  }

  dynamic "statement" {
    for_each = var.agent_event_stream_kms_arn == null ? [] : [var.agent_event_stream_kms_arn]

    content {
      sid       = "DecryptTheStreamThroughKinesisOnly"
      actions   = ["kms:Decrypt"]
      resources = [statement.value]

      condition {
        test     = "StringEquals"
        variable = "kms:ViaService"
        values   = [local.via.kinesis]
      }
    }
  }

  statement {
    sid       = "PutReportLines"
    actions   = ["firehose:PutRecordBatch"]
    resources = [local.arns.firehose_stream]
  }

  statement {
    sid       = "ReadTheReferenceTable"
    actions   = ["s3:GetObject"]
    resources = ["${local.arns.report_bucket}/${local.status_table_key}"]

    condition {
      test     = "StringEquals"
      variable = "s3:ResourceAccount"
      values   = [local.account_id]
    }
  }

  # Without it, S3 answers "access denied" for a missing table.
  statement {
    sid       = "SeeWhetherThereIsAReferenceTable"
    actions   = ["s3:ListBucket"]
    resources = [local.arns.report_bucket]

    condition {
      test     = "StringEquals"
      variable = "s3:ResourceAccount"
      values   = [local.account_id]
    }
  }

  # For objects in the buckets. Firehose and Lambda use the key for the stream and the environment
  # through their own grants.
  dynamic "statement" {
    for_each = var.kms_key_arn == null ? {} : {
      DecryptTheReferenceTable = { actions = ["kms:Decrypt"], via = [local.via.s3] }
      EncryptFailedRecords     = { actions = ["kms:GenerateDataKey"], via = [local.via.s3] }
    }

    content {
      sid       = statement.key
      actions   = statement.value.actions
      resources = [var.kms_key_arn]

      condition {
        test     = "StringEquals"
        variable = "kms:ViaService"
        values   = statement.value.via
      }
    }
  }
}
