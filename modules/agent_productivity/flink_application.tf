# With engine = flink, the classifier as an application of Amazon Managed Service for Apache Flink: the
# same code in a Flink job (flink_src/), packaged by `make flink-package`. See docs/engines.md.
resource "aws_kinesisanalyticsv2_application" "classifier" {
  count = local.on_flink ? 1 : 0

  name                   = local.name
  description            = "Turns agent events into the report lines of ${local.name}."
  runtime_environment    = "FLINK-1_20"
  service_execution_role = aws_iam_role.application[0].arn
  start_application      = var.flink_application.start_application
  tags                   = local.tags_with_version

  application_configuration {
    application_code_configuration {
      code_content_type = "ZIPFILE"

      code_content {
        s3_content_location {
          bucket_arn     = local.arns.code_bucket
          file_key       = var.flink_application.code_key
          object_version = var.flink_application.code_version
        }
      }
    }

    application_snapshot_configuration {
      snapshots_enabled = true
    }

    environment_properties {
      property_group {
        property_group_id = "environment"
        property_map = merge(
          local.classifier_environment,
          {
            AGENT_EVENT_STREAM_ARN = var.agent_event_stream_arn
            APPLICATION_ARN        = local.arns.application
            BATCH_SIZE             = tostring(var.classifier_function.batch_size)
            STARTING_POSITION      = local.starting_position
            WINDOW_RECORDS         = tostring(var.flink_application.window_records)
            WINDOW_SECONDS         = tostring(var.flink_application.window_seconds)
          },
          { for time in var.starting_timestamp[*] : "STARTING_TIMESTAMP" => time },
          { for arn in aws_kinesis_stream_consumer.classifier[*].arn : "CONSUMER_ARN" => arn },
        )
      }

      # Paths in the package: see flink_src/package.py and flink_src/pom.xml.
      property_group {
        property_group_id = "kinesis.analytics.flink.run.options"
        property_map = {
          jarfile = "lib/flink-sql-connector-kinesis.jar"
          pyFiles = "python/"
          python  = "main.py"
        }
      }
    }

    flink_application_configuration {
      checkpoint_configuration {
        configuration_type            = "CUSTOM"
        checkpointing_enabled         = true
        checkpoint_interval           = var.flink_application.checkpoint_interval_seconds * 1000
        min_pause_between_checkpoints = 5000
      }

      monitoring_configuration {
        configuration_type = "CUSTOM"
        log_level          = var.log_level == "WARNING" ? "WARN" : var.log_level
        # At the level of the application, so that its own metrics have no other dimension.
        metrics_level = "APPLICATION"
      }

      parallelism_configuration {
        configuration_type   = "CUSTOM"
        auto_scaling_enabled = var.flink_application.auto_scaling
        parallelism          = var.flink_application.parallelism
        parallelism_per_kpu  = var.flink_application.parallelism_per_kpu
      }
    }
  }

  cloudwatch_logging_options {
    log_stream_arn = aws_cloudwatch_log_stream.application[0].arn
  }

  # The service reads the package with the role when it creates the application. No argument can refer
  # to the policy.
  depends_on = [aws_iam_role_policy.application]
}

resource "aws_cloudwatch_log_group" "application" {
  #checkov:skip=CKV_AWS_158:With kms_key_arn, CloudWatch Logs uses that key; otherwise its own. A line contains counts, names of resources and sequence numbers, never an event.
  #checkov:skip=CKV_AWS_338:These are operational logs, kept for log_retention_days; CloudTrail is the audit record.

  count = local.on_flink ? 1 : 0

  name              = "/aws/kinesis-analytics/${local.name}"
  kms_key_id        = var.kms_key_arn
  retention_in_days = var.log_retention_days
  tags              = var.tags
}

resource "aws_cloudwatch_log_stream" "application" {
  count = local.on_flink ? 1 : 0

  name           = local.names.application_log_stream
  log_group_name = aws_cloudwatch_log_group.application[0].name
}

resource "aws_iam_role" "application" {
  count = local.on_flink ? 1 : 0

  name                 = local.role_names.application
  description          = "What the Flink application ${local.name} may do."
  path                 = var.iam_path
  permissions_boundary = var.permissions_boundary_arn
  assume_role_policy   = data.aws_iam_policy_document.application_trust.json
  tags                 = var.tags
}

resource "aws_iam_role_policy" "application" {
  count = local.on_flink ? 1 : 0

  name = "classify-agent-events"
  # The ID, not the name: it is unknown while another path replaces the role, so that the policy follows.
  role   = aws_iam_role.application[0].id
  policy = data.aws_iam_policy_document.application.json
}

data "aws_iam_policy_document" "application_trust" {
  statement {
    sid     = "ManagedFlinkRunsTheApplicationWithThisRole"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["kinesisanalytics.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account_id]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [local.arns.application]
    }
  }
}

data "aws_iam_policy_document" "application" {
  source_policy_documents = [data.aws_iam_policy_document.classify.json]

  # The connector looks up the stream's ARN at its start, with DescribeStream.
  statement {
    sid       = "ReadTheAgentEventStream"
    actions   = ["kinesis:DescribeStream", "kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:ListShards"]
    resources = [var.agent_event_stream_arn]
  }

  statement {
    sid       = "KeepFailedRecords"
    actions   = ["s3:PutObject"]
    resources = ["${local.arns.failed_records_bucket}/undeliverable/${local.name}/*"]

    condition {
      test     = "StringEquals"
      variable = "s3:ResourceAccount"
      values   = [local.account_id]
    }
  }

  statement {
    sid       = "ReadItsPackage"
    actions   = ["s3:GetObject", "s3:GetObjectVersion"]
    resources = ["${local.arns.code_bucket}/${var.flink_application.code_key}"]
  }

  dynamic "statement" {
    for_each = var.flink_application.code_kms_key_arn == null ? [] : [var.flink_application.code_kms_key_arn]

    content {
      sid       = "DecryptItsPackageThroughS3Only"
      actions   = ["kms:Decrypt"]
      resources = [statement.value]

      condition {
        test     = "StringEquals"
        variable = "kms:ViaService"
        values   = [local.via.s3]
      }
    }
  }

  # The service looks up its log stream by name before it writes.
  statement {
    sid       = "FindItsLogGroup"
    actions   = ["logs:DescribeLogGroups"]
    resources = ["${local.log_group_arn}*"]
  }

  statement {
    sid       = "FindItsLogStream"
    actions   = ["logs:DescribeLogStreams"]
    resources = ["${local.arns.application_log}:log-stream:*"]
  }

  statement {
    sid       = "WriteItsLog"
    actions   = ["logs:PutLogEvents"]
    resources = ["${local.arns.application_log}:log-stream:${local.names.application_log_stream}"]
  }
}
