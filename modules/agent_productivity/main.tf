# Shared by all other files: the provider's account, partition and region, and the names and ARNs derived
# from them. The other files:
#
#   alarms.tf                 the alarms: one map of rules, one resource
#   classifier_function.tf    the classifier on Lambda: function, log, event source mapping, permissions
#   dashboard.tf              the dashboard
#   engine.tf                 the engine of the classifier, and its settings on either engine
#   failed_records_bucket.tf  the bucket for events that cannot become report lines
#   firehose.tf               the Firehose stream that writes the report files
#   flink_application.tf      the classifier on Managed Service for Apache Flink
#   heartbeat_function.tf     the heartbeat: function, log, schedule, permissions
#   next_steps.tf             manual steps after an apply
#   outputs.tf                values that the WFM Adapter and operators need
#   report_bucket.tf          the bucket for the report files, and the policy of both buckets
#   status_table.tf           the reference table
#   stream_consumer.tf        the consumer for enhanced fan-out, or the stream itself
#   variables.tf              the inputs and their validation
#   versions.tf               the versions of Terraform and of the provider
#   wfm_adapter_identity.tf   the WFM Adapter's user or role
#   zips.tf                   the source of the functions' code

data "aws_caller_identity" "current" {}

data "aws_default_tags" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

# Every default name is local.name with a prefix or a suffix. The WFM Adapter finds the report files by
# the name of the Firehose stream. The bucket for failed records has another suffix than in the module
# rta, because both deployments may have the same name.
locals {
  account_id = data.aws_caller_identity.current.account_id
  partition  = data.aws_partition.current.partition
  # Provider 6 has `region` and deprecates `id`; 5.100 has only `id`.
  region = lookup(data.aws_region.current, "region", lookup(data.aws_region.current, "id", null))

  name = join("-", compact([var.kda_application_name, var.name_suffix]))

  # `make build` writes it.
  version = "1.0.0"

  # The functions and the Flink application also have the tag that names the version, unless `tags` has
  # its key.
  tags_with_version = merge({ "aspect-wfm-version" = local.version }, var.tags)

  default_tag_keys = keys(coalesce(data.aws_default_tags.current.tags, {}))

  # The services that use a key on behalf of their caller, as kms:ViaService names them.
  via = {
    for service in ["kinesis", "s3"] :
    service => "${service}.${local.region}.${data.aws_partition.current.dns_suffix}"
  }

  # Not in `names`, because a validation cannot use a local that depends on its own variable.
  default_bucket_names = {
    failed_records = "${lower(local.name)}-failed-events-${local.account_id}"
    reports        = "${lower(local.name)}-reports-${local.account_id}"
  }
  role_names = { for each in ["application", "classifier", "firehose", "heartbeat"] : each => "${local.name}-${each}" }

  names = {
    application_log_stream = "application"
    classifier             = "${local.name}-classifier"
    dashboard              = "${local.name}-productivity"
    delivery_errors        = "delivery-errors"
    failed_records_bucket  = coalesce(var.failed_records_bucket_name, local.default_bucket_names.failed_records)
    firehose_stream        = "${local.name}-kda-to-s3"
    heartbeat              = "${local.name}-heartbeat"
    identity               = coalesce(var.wfm_adapter_user_name, "WFMAdapter-${local.name}")
    report_bucket          = coalesce(var.report_bucket_name, local.default_bucket_names.reports)
    stream_consumer        = "${local.name}-classifier"
  }

  # Written out instead of referenced, so that a plan shows every policy in full.
  arns = {
    application           = "arn:${local.partition}:kinesisanalytics:${local.region}:${local.account_id}:application/${local.name}"
    application_log       = "${local.log_group_arn}/aws/kinesis-analytics/${local.name}"
    classifier_log        = "${local.log_group_arn}/aws/lambda/${local.names.classifier}"
    code_bucket           = "arn:${local.partition}:s3:::${coalesce(var.flink_application.code_bucket, "none")}"
    connect_bucket        = "arn:${local.partition}:s3:::${var.connect_s3_bucket}"
    failed_records_bucket = "arn:${local.partition}:s3:::${local.names.failed_records_bucket}"
    firehose_log          = "${local.log_group_arn}/aws/kinesisfirehose/${local.names.firehose_stream}"
    firehose_stream       = "arn:${local.partition}:firehose:${local.region}:${local.account_id}:deliverystream/${local.names.firehose_stream}"
    heartbeat_log         = "${local.log_group_arn}/aws/lambda/${local.names.heartbeat}"
    report_bucket         = "arn:${local.partition}:s3:::${local.names.report_bucket}"
  }
  log_group_arn = "arn:${local.partition}:logs:${local.region}:${local.account_id}:log-group:"

  # Defined by the products: the classifier reads the table from this key.
  status_table_key = "ASPECT_AGENT_STATUS_INFO.csv"
}
