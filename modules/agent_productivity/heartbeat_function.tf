# Causes a report file while no agent is signed in, as long as the classifier is working.
resource "aws_lambda_function" "heartbeat" {
  #checkov:skip=CKV_AWS_50:One structured log line reports each heartbeat; tracing would need another permission and duplicate the record.
  #checkov:skip=CKV_AWS_115:One schedule invokes it every five minutes; a reservation would only reduce the account's pool.
  #checkov:skip=CKV_AWS_116:The schedule's event contains nothing to keep, the next one follows in five minutes, and the function's Errors metric counts failures.
  #checkov:skip=CKV_AWS_117:It uses public AWS endpoints over TLS and nothing inside a VPC, runs no third-party code, and its role limits its permissions.
  #checkov:skip=CKV_AWS_173:With kms_key_arn, Lambda uses that key; otherwise a key that AWS manages. The variables contain names of resources and settings, no secret.
  #checkov:skip=CKV_AWS_272:The zip is reproducible from the source in this repository, and `make lint` compares the two; a signing profile belongs to an account, not to a module.

  function_name    = local.names.heartbeat
  description      = "Sends heartbeats so that ${local.names.firehose_stream} writes a report file even when no agent is signed in."
  role             = aws_iam_role.heartbeat.arn
  runtime          = "python3.13"
  handler          = "heartbeat.handler.handler"
  filename         = var.qss3_bucket_name == null ? terraform_data.heartbeat_zip.output : null
  s3_bucket        = local.zips["heartbeat"].s3_bucket
  s3_key           = local.zips["heartbeat"].s3_key
  source_code_hash = local.zips["heartbeat"].hash
  memory_size      = 128
  timeout          = 60
  kms_key_arn      = var.kms_key_arn
  tags             = local.tags_with_version

  environment {
    variables = merge(
      {
        FIREHOSE_STREAM = aws_kinesis_firehose_delivery_stream.reports.name
        LOG_LEVEL       = var.log_level
      },
      { for uuid in aws_lambda_event_source_mapping.classifier[*].uuid : "EVENT_SOURCE_MAPPING_UUID" => uuid },
      { for name in aws_kinesisanalyticsv2_application.classifier[*].name : "FLINK_APPLICATION" => name },
    )
  }

  logging_config {
    log_format = "Text"
    log_group  = aws_cloudwatch_log_group.heartbeat.name
  }
}

# The path of the zip at its deployment. In another folder, or with another TF_DATA_DIR, the module has
# another path, which alone must not change the function. The path is updated when a changed zip, a renamed
# function, or a zip no longer in S3 needs the file. Created last before the function, because a later run
# may not find this path (docs/troubleshooting.md).
resource "terraform_data" "heartbeat_zip" {
  input            = local.zips["heartbeat"].path
  triggers_replace = [filebase64sha256(local.zips["heartbeat"].path), local.names.heartbeat, var.qss3_bucket_name]

  lifecycle {
    ignore_changes = [input]
  }

  depends_on = [
    aws_cloudwatch_log_group.heartbeat,
    aws_iam_role.heartbeat,
    aws_kinesis_firehose_delivery_stream.reports,
    aws_kinesisanalyticsv2_application.classifier,
    aws_lambda_event_source_mapping.classifier,
  ]
}

resource "aws_cloudwatch_log_group" "heartbeat" {
  #checkov:skip=CKV_AWS_158:With kms_key_arn, CloudWatch Logs uses that key; otherwise its own. A line contains counts, names of resources and sequence numbers, never an event.
  #checkov:skip=CKV_AWS_338:These are operational logs, kept for log_retention_days; CloudTrail is the audit record.

  name              = "/aws/lambda/${local.names.heartbeat}"
  kms_key_id        = var.kms_key_arn
  retention_in_days = var.log_retention_days
  tags              = var.tags
}

# Refers to the function's name, because creating a function rejects an existing name. A second PutRule
# succeeds like the first, so Terraform would adopt the rule of another deployment.
resource "aws_cloudwatch_event_rule" "heartbeat" {
  name                = aws_lambda_function.heartbeat.function_name
  description         = "Calls ${aws_lambda_function.heartbeat.function_name} every five minutes."
  schedule_expression = "rate(5 minutes)"
  tags                = var.tags
}

resource "aws_cloudwatch_event_target" "heartbeat" {
  rule = aws_cloudwatch_event_rule.heartbeat.name
  arn  = aws_lambda_function.heartbeat.arn

  depends_on = [aws_lambda_permission.heartbeat]
}

resource "aws_lambda_permission" "heartbeat" {
  statement_id   = "EventBridgeCallsTheHeartbeat"
  action         = "lambda:InvokeFunction"
  function_name  = aws_lambda_function.heartbeat.function_name
  principal      = "events.amazonaws.com"
  source_arn     = aws_cloudwatch_event_rule.heartbeat.arn
  source_account = local.account_id
}

resource "aws_iam_role" "heartbeat" {
  name                 = local.role_names.heartbeat
  description          = "What the heartbeat function ${local.names.heartbeat} may do."
  path                 = var.iam_path
  permissions_boundary = var.permissions_boundary_arn
  assume_role_policy   = data.aws_iam_policy_document.lambda_trust.json
  tags                 = var.tags
}

resource "aws_iam_role_policy" "heartbeat" {
  name = "heartbeat"
  # The ID, not the name: it is unknown while another path replaces the role, so that the policy follows.
  role   = aws_iam_role.heartbeat.id
  policy = data.aws_iam_policy_document.heartbeat.json
}

data "aws_iam_policy_document" "heartbeat" {
  # AWS checks the first action; the second has no effect for a single mapping, but emulators of Lambda
  # check it instead.
  dynamic "statement" {
    for_each = aws_lambda_event_source_mapping.classifier[*].uuid

    content {
      sid       = "SeeWhetherTheClassifierIsAtWork"
      actions   = ["lambda:GetEventSourceMapping", "lambda:ListEventSourceMappings"]
      resources = ["arn:${local.partition}:lambda:${local.region}:${local.account_id}:event-source-mapping:${statement.value}"]
    }
  }

  dynamic "statement" {
    for_each = aws_kinesisanalyticsv2_application.classifier

    content {
      sid       = "SeeWhetherTheApplicationRuns"
      actions   = ["kinesisanalytics:DescribeApplication"]
      resources = [local.arns.application]
    }
  }

  statement {
    sid       = "PutTheHeartbeat"
    actions   = ["firehose:PutRecord"]
    resources = [local.arns.firehose_stream]
  }

  statement {
    sid       = "WriteItsLog"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${local.arns.heartbeat_log}:*"]
  }
}
