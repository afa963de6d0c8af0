# The WFM Adapter finds the report files by the names that Firehose gives them. Do not change these: no
# compression, no file extension, no expression in the prefix, no other time zone.
resource "aws_kinesis_firehose_delivery_stream" "reports" {
  #checkov:skip=CKV_AWS_241:With kms_key_arn, Firehose uses that key; otherwise a key that AWS owns. Lines only pass through, and no API reads them back.

  name        = local.names.firehose_stream
  destination = "extended_s3"
  tags        = var.tags

  extended_s3_configuration {
    role_arn           = aws_iam_role.firehose.arn
    bucket_arn         = aws_s3_bucket.reports.arn
    prefix             = var.aspect_ap_data_s3_prefix
    buffering_interval = 300
    buffering_size     = 5
    compression_format = "UNCOMPRESSED"
    kms_key_arn        = var.kms_key_arn

    cloudwatch_logging_options {
      enabled         = true
      log_group_name  = aws_cloudwatch_log_group.firehose.name
      log_stream_name = aws_cloudwatch_log_stream.delivery_errors.name
    }
  }

  server_side_encryption {
    enabled  = true
    key_type = var.kms_key_arn == null ? null : "CUSTOMER_MANAGED_CMK"
    key_arn  = var.kms_key_arn
  }

  # Firehose writes the last files while the stream is destroyed, so the role's permissions must outlive
  # the stream. No argument can refer to the policy.
  depends_on = [aws_iam_role_policy.firehose]
}

resource "aws_cloudwatch_log_group" "firehose" {
  #checkov:skip=CKV_AWS_158:With kms_key_arn, CloudWatch Logs uses that key; otherwise its own. Firehose logs which delivery failed and why, not the records.
  #checkov:skip=CKV_AWS_338:These are operational logs, kept for log_retention_days; CloudTrail is the audit record.

  name              = "/aws/kinesisfirehose/${local.names.firehose_stream}"
  kms_key_id        = var.kms_key_arn
  retention_in_days = var.log_retention_days
  tags              = var.tags
}

resource "aws_cloudwatch_log_stream" "delivery_errors" {
  name           = local.names.delivery_errors
  log_group_name = aws_cloudwatch_log_group.firehose.name
}

resource "aws_iam_role" "firehose" {
  name                 = local.role_names.firehose
  description          = "What the Firehose stream ${local.names.firehose_stream} may do."
  path                 = var.iam_path
  permissions_boundary = var.permissions_boundary_arn
  assume_role_policy   = data.aws_iam_policy_document.firehose_trust.json
  tags                 = var.tags
}

resource "aws_iam_role_policy" "firehose" {
  name = "write-report-files"
  # The ID, not the name: it is unknown while another path replaces the role, so that the policy follows.
  role   = aws_iam_role.firehose.id
  policy = data.aws_iam_policy_document.firehose.json
}

data "aws_iam_policy_document" "firehose_trust" {
  statement {
    sid     = "FirehoseWritesReportsWithThisRole"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["firehose.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account_id]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [local.arns.firehose_stream]
    }
  }
}

data "aws_iam_policy_document" "firehose" {
  statement {
    sid = "FindTheReportBucket"
    actions = [
      "s3:GetBucketLocation",
      "s3:ListBucket",
      "s3:ListBucketMultipartUploads",
    ]
    resources = [local.arns.report_bucket]

    condition {
      test     = "StringEquals"
      variable = "s3:ResourceAccount"
      values   = [local.account_id]
    }
  }

  statement {
    sid       = "WriteReportFiles"
    actions   = ["s3:AbortMultipartUpload", "s3:PutObject"]
    resources = ["${local.arns.report_bucket}/${var.aspect_ap_data_s3_prefix}*"]

    condition {
      test     = "StringEquals"
      variable = "s3:ResourceAccount"
      values   = [local.account_id]
    }
  }

  statement {
    sid       = "LogDeliveryErrors"
    actions   = ["logs:PutLogEvents"]
    resources = ["${local.arns.firehose_log}:log-stream:${local.names.delivery_errors}"]
  }

  # Decrypt is for multipart uploads.
  dynamic "statement" {
    for_each = var.kms_key_arn == null ? {} : {
      EncryptReportFiles = { actions = ["kms:Decrypt", "kms:GenerateDataKey"], via = [local.via.s3] }
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
