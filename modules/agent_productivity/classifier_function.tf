resource "aws_lambda_function" "classifier" {
  #checkov:skip=CKV_AWS_50:One structured log line a batch says what became of it; tracing would take another right and keep a second record of the same.
  #checkov:skip=CKV_AWS_115:Kinesis hands over parallelization_factor batches of a shard at a time, so that these and the shards bound it; a reservation would only take from the account's pool.
  #checkov:skip=CKV_AWS_116:Kinesis uses no dead-letter queue; the event source mapping's on-failure destination keeps what is given up on, whole.
  #checkov:skip=CKV_AWS_117:It uses public AWS endpoints over TLS and nothing inside a VPC, runs no third-party code, and its role bounds what it may do.
  #checkov:skip=CKV_AWS_173:With kms_key_arn it is that key; without, a key that AWS manages for Lambda, and the variables hold names of resources and settings, no secret.
  #checkov:skip=CKV_AWS_272:The zip is reproducible from the source beside it, and `make lint` compares the two; a signing profile belongs to an account, not to a module.

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

# Where the zip was when it was deployed. In another folder, or with another TF_DATA_DIR, Terraform has
# the module elsewhere, and that alone must not change the function. Another zip brings its path along.
# It comes last before the function, since a later run may not find this path (docs/troubleshooting.md).
resource "terraform_data" "classifier_zip" {
  count = local.on_lambda ? 1 : 0

  input            = local.zips["agent_classifier"].path
  triggers_replace = filebase64sha256(local.zips["agent_classifier"].path)

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
  #checkov:skip=CKV_AWS_158:With kms_key_arn it is that key; without, CloudWatch Logs encrypts it with a key of its own, and a line holds counts, names of resources and sequence numbers, never an event.
  #checkov:skip=CKV_AWS_338:For operating, as long as log_retention_days says, a year included; the record of who did what is CloudTrail.

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
    # Who disables it by hand stops Agent Productivity, until they enable it. Another position would
    # make another mapping, which would forget how far this one has read.
    ignore_changes = [enabled, starting_position, starting_position_timestamp]
  }

  # Lambda checks the role's rights on the stream when the mapping is made, and needs them until it
  # is gone; nothing of the policy can be referred to here.
  depends_on = [aws_iam_role_policy.classifier]
}

resource "aws_iam_role" "classifier" {
  count = local.on_lambda ? 1 : 0

  name                 = local.names.classifier
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

# What the classifier needs wherever it runs.
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

  # Without it, S3 would say of a missing table that access is denied.
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

  # The key of the buckets. The Firehose stream uses it by a grant that it has, Lambda for the
  # environment by another.
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
