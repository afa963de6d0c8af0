# The RTA server's identity. Its access key is made by hand, so that no secret is in the state, and
# is deleted by hand before a destroy: Terraform does not take away a key that a server works with.
resource "aws_iam_user" "rta" {
  name = local.names.user
  tags = var.tags
}

resource "aws_iam_user_policy" "rta" {
  name   = "real-time-adherence"
  user   = aws_iam_user.rta.name
  policy = data.aws_iam_policy_document.rta.json
}

data "aws_iam_policy_document" "rta" {
  statement {
    sid       = "ReadTheAgentStates"
    actions   = ["dynamodb:DescribeTable", "dynamodb:GetItem", "dynamodb:Scan"]
    resources = [local.arns.agent_state_table]
  }

  statement {
    sid = "ReceiveAgentEvents"
    actions = [
      "sqs:DeleteMessage",
      "sqs:GetQueueUrl",
      "sqs:PurgeQueue",
      "sqs:ReceiveMessage",
    ]
    resources = local.arns.queues
  }

  dynamic "statement" {
    for_each = local.flag_in_table ? [local.arns.configuration_table] : []

    content {
      sid = "SetTheFlagInTheTable"
      actions = [
        "dynamodb:DescribeTable",
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "dynamodb:Query",
        "dynamodb:UpdateItem",
      ]
      resources = [statement.value]
    }
  }

  dynamic "statement" {
    for_each = local.flag_in_table ? [] : [local.arns.function]

    content {
      sid       = "SetTheFlagInTheFunctionsEnvironment"
      actions   = ["lambda:GetFunctionConfiguration", "lambda:UpdateFunctionConfiguration"]
      resources = [statement.value]
    }
  }
}
