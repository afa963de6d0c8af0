resource "aws_iam_role" "relay" {
  name                 = local.role_name
  description          = "What the relay function ${local.names.function} may do."
  path                 = var.iam_path
  permissions_boundary = var.permissions_boundary_arn
  assume_role_policy   = data.aws_iam_policy_document.relay_trust.json
  tags                 = var.tags
}

resource "aws_iam_role_policy" "relay" {
  name = "relay-agent-events"
  # The ID, not the name: it is unknown while another path replaces the role, so that the policy follows.
  role   = aws_iam_role.relay.id
  policy = data.aws_iam_policy_document.relay.json
}

data "aws_iam_policy_document" "relay_trust" {
  statement {
    sid     = "LambdaRunsTheRelayWithThisRole"
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

data "aws_iam_policy_document" "relay" {
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

  dynamic "statement" {
    for_each = aws_kinesis_stream_consumer.relay[*].arn

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
    sid       = "KeepTheAgentStates"
    actions   = ["dynamodb:DeleteItem", "dynamodb:PartiQLUpdate", "dynamodb:PutItem"]
    resources = [local.arns.agent_state_table]
  }

  statement {
    sid       = "RememberWhenAgentsLeft"
    actions   = ["dynamodb:ConditionCheckItem", "dynamodb:PutItem"]
    resources = [local.arns.signed_out_agents_table]
  }

  dynamic "statement" {
    for_each = local.flag_in_table ? [local.arns.configuration_table] : []

    content {
      sid       = "ReadTheWriteToQueueFlag"
      actions   = ["dynamodb:GetItem"]
      resources = [statement.value]
    }
  }

  # Includes retired queues, because a batch may still be on its way to one when their number changes. On
  # AWS, SendMessage covers batches and the second action has no effect, but emulators of SQS check it.
  statement {
    sid       = "SendAgentEvents"
    actions   = ["sqs:SendMessage", "sqs:SendMessageBatch"]
    resources = local.arns.queues
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
    resources = ["${local.arns.log_group}:*"]
  }

  # For the data that it reads and writes, through each service. Lambda decrypts the environment through a
  # grant, and CloudWatch Logs encrypts the log through the key policy.
  dynamic "statement" {
    for_each = var.kms_key_arn == null ? {} : {
      DecryptTheTables     = { actions = ["kms:Decrypt"], via = [local.via.dynamodb] }
      EncryptMessages      = { actions = ["kms:Decrypt", "kms:GenerateDataKey"], via = [local.via.sqs] }
      EncryptFailedRecords = { actions = ["kms:GenerateDataKey"], via = [local.via.s3] }
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
