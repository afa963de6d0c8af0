locals {
  next_steps = concat(
    module.agent_productivity.next_steps,
    flatten([for server in keys(var.rta_servers) : [for step in module.rta[server].next_steps : "RTA server ${server}: ${step}"]]),
    [
      "From this folder, with credentials for account ${local.account_id}, check the deployment: AWS_REGION=${var.region} aspect-wfm doctor .",
      "Sign in to Amazon Connect as an agent, change state, and check the deployment again.",
    ],
  )
}
