# Manual steps after an apply, in order, as sentences with the names of this deployment.
locals {
  next_steps = concat(
    var.agent_statuses != null ? [] : [
      "Upload the reference table: aws s3 cp ${local.status_table_key} s3://${aws_s3_bucket.reports.bucket}/${local.status_table_key}. Until then, the type that Amazon Connect gives a status decides.",
    ],
    [
      for name in aws_kinesisanalyticsv2_application.classifier[*].name :
      "Start the Flink application: aws kinesisanalyticsv2 start-application --application-name ${name}"
      if !var.flink_application.start_application
    ],
    [for user in aws_iam_user.wfm_adapter[*].name : "From the folder of this configuration, create an access key for the WFM Adapter's IAM user ${user}: aspect-wfm keys create . --product wfm-adapter"],
    [
      for arn in aws_iam_role.wfm_adapter[*].arn :
      "In AWS account ${var.source_aws_account_id}, allow the WFM Adapter's principal to assume the role ${arn} with the external ID ${var.external_id}."
    ],
    [
      format(
        "In the WFM Adapter's data source, enter %s, the report bucket %s, and the exported reports bucket %s.",
        local.wfm_adapter_is_role ? "this role and external ID" : "this access key",
        aws_s3_bucket.reports.bucket,
        var.connect_s3_bucket,
      ),
    ],
    # The WFM Adapter expects these two values by default.
    local.names.firehose_stream == "aspect-wfm-ap-kda-to-s3" ? [] : [
      "Set the WFM Adapter's Firehose Report Mapping to match the Firehose stream ${aws_kinesis_firehose_delivery_stream.reports.name}.",
    ],
    var.aspect_ap_data_s3_prefix == "OUTPUT/" ? [] : [
      "Set the WFM Adapter's Firehose Report Root Path to ${var.aspect_ap_data_s3_prefix}.",
    ],
  )
}
