# Manual steps after an apply, in order, as sentences with the names of this deployment.
locals {
  next_steps = concat(
    [for user in aws_iam_user.rta[*].name : "From the folder of this configuration, create an access key for the RTA server's IAM user ${user}: aspect-wfm keys create . --product rta"],
    [
      for arn in aws_iam_role.rta[*].arn :
      "In AWS account ${var.source_aws_account_id}, allow the RTA server's principal to assume the role ${arn} with the external ID ${var.external_id}."
    ],
    [
      format(
        "In the RTA Server Configuration utility, add an Amazon Connect ACD instance with %s, the region %s, the agent state table %s, the %s and the queues, in this order: %s.",
        local.rta_is_role ? "this role and external ID" : "this access key",
        local.region,
        aws_dynamodb_table.agent_states.name,
        local.flag_in_table ? "configuration table ${aws_dynamodb_table.configuration[0].name}" : "Lambda function ${aws_lambda_function.relay.function_name}",
        join(", ", slice(aws_sqs_queue.agent_events[*].url, 0, var.num_sqs_queues)),
      ),
    ],
    [
      for url in slice(aws_sqs_queue.agent_events[*].url, var.num_sqs_queues, length(aws_sqs_queue.agent_events)) :
      "Let the RTA server read the retired queue ${url} until it is empty, then set num_retired_sqs_queues to 0."
    ],
  )
}
