# What remains to be done by hand, for users and for roles. One process, one mocked provider: nothing is
# asked of AWS.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  agent_event_stream_arn = "arn:aws:kinesis:eu-central-1:111122223333:stream/agent-events"
  connect_s3_bucket      = "amazon-connect-0123456789ab"
  connect_s3_prefix      = "connect/acme/Reports/Aspect/"
}

run "names_what_a_user_needs" {
  assert {
    condition = output.next_steps == [
      "Upload the reference table: aws s3 cp ASPECT_AGENT_STATUS_INFO.csv s3://aspect-wfm-ap-reports-111122223333/ASPECT_AGENT_STATUS_INFO.csv. Until then, the type that Amazon Connect gives a status decides.",
      "From the folder of this configuration, create an access key for the WFM Adapter's IAM user WFMAdapter-aspect-wfm-ap: aspect-wfm keys create . --product wfm-adapter",
      "In the WFM Adapter's data source, enter this access key, the report bucket aspect-wfm-ap-reports-111122223333, and the exported reports bucket amazon-connect-0123456789ab.",
    ]
    error_message = "The steps are ${jsonencode(output.next_steps)}."
  }
}

run "names_what_a_role_needs_and_what_the_adapter_does_not_expect" {
  variables {
    agent_statuses           = { Available = "A" }
    aspect_ap_data_s3_prefix = "wfm/"
    authorization_mode       = "role"
    engine                   = "flink"
    external_id              = "aspect-0815"
    flink_application        = { code_bucket = "acme-code" }
    kda_application_name     = "acme"
    source_aws_account_id    = "444455556666"
  }

  assert {
    condition = output.next_steps == [
      "Start the Flink application: aws kinesisanalyticsv2 start-application --application-name acme",
      "In AWS account 444455556666, allow the WFM Adapter's principal to assume the role ${aws_iam_role.wfm_adapter[0].arn} with the external ID aspect-0815.",
      "In the WFM Adapter's data source, enter this role and external ID, the report bucket acme-reports-111122223333, and the exported reports bucket amazon-connect-0123456789ab.",
      "Set the WFM Adapter's Firehose Report Mapping to match the Firehose stream acme-kda-to-s3.",
      "Set the WFM Adapter's Firehose Report Root Path to wfm/.",
    ]
    error_message = "The steps are ${jsonencode(output.next_steps)}."
  }
}
