locals {
  next_steps = concat(
    module.agent_productivity.next_steps,
    module.rta.next_steps,
    [
      "From this folder, with credentials for this account, check the deployment: aspect-wfm doctor .",
      "Sign in to Amazon Connect as an agent, change state, and check the deployment again.",
    ],
  )
}
