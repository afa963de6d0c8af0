locals {
  connect_instance_id = var.connect_instance_id == null ? null : reverse(split("/", var.connect_instance_id))[0]

  # A plan does not know a key of the same configuration, nor whether it exists: in that case
  # grant_connect_the_key decides. Without an instance, there is nothing to grant.
  grants_the_key = var.connect_instance_id == null ? false : (
    var.grant_connect_the_key == null ? var.agent_event_stream_kms_arn != null || var.kms_key_arn != null : var.grant_connect_the_key
  )
  stream_arn = "arn:${local.partition}:kinesis:${local.region}:${local.account_id}:stream/${local.name}"
}

# An instance has one stream for agent events. If it already has another one, AWS rejects this call
# (AssociateInstanceStorageConfig sets the first one only). Terraform never changes an association that it
# did not create or import.
resource "aws_connect_instance_storage_config" "agent_events" {
  #checkov:skip=CKV_AWS_269:The check is for Kinesis video streams; this is a Kinesis data stream, which has its own encryption.
  #checkov:skip=CKV_AWS_270:The check is for S3; this is a Kinesis data stream, which has its own encryption.
  count = var.connect_instance_id == null ? 0 : 1 # "Invalid count argument": see the README, "A customer-managed key"

  instance_id   = local.connect_instance_id
  resource_type = "AGENT_EVENTS"

  storage_config {
    storage_type = "KINESIS_STREAM"

    kinesis_stream_config {
      stream_arn = aws_kinesis_stream.agent_events.arn
    }
  }
}

# Amazon Connect puts records as the service-linked role of the instance (Administrator Guide, "Enable
# data streaming").
data "aws_connect_instance" "writer" {
  count = local.grants_the_key ? 1 : 0 # "Invalid count argument": set grant_connect_the_key

  instance_id = local.connect_instance_id
}

# No name: KMS answers a second CreateGrant with the same name and content with the first grant, so
# Terraform would adopt the grant of another deployment. No earlier resource rejects an existing name.
resource "aws_kms_grant" "connect" {
  count = local.grants_the_key ? 1 : 0 # "Invalid count argument": set grant_connect_the_key

  key_id            = local.customer_key_arn
  grantee_principal = data.aws_connect_instance.writer[0].service_role
  operations        = ["GenerateDataKey"]

  constraints {
    encryption_context_equals = { "aws:kinesis:arn" = local.stream_arn }
  }

  lifecycle {
    create_before_destroy = true
  }
}

# The same permission as a statement for the key policy, for use without connect_instance_id. The role is
# then unknown, so every instance of the account may encrypt for this stream, which is of no use to
# instances that do not write to it.
data "aws_iam_policy_document" "connect" {
  statement {
    sid       = "LetAmazonConnectWriteAgentEvents"
    actions   = ["kms:GenerateDataKey"]
    resources = ["*"] # in the policy of a key: that key

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:PrincipalArn"
      values   = ["arn:${local.partition}:iam::${local.account_id}:role/aws-service-role/connect.amazonaws.com/AWSServiceRoleForAmazonConnect_*"]
    }

    condition {
      test     = "StringEquals"
      variable = "kms:EncryptionContext:aws:kinesis:arn"
      values   = [local.stream_arn]
    }

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["kinesis.${local.region}.${data.aws_partition.current.dns_suffix}"]
    }
  }
}
