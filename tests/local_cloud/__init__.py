"""An AWS on this machine, Terraform applied to it, and the clients that use what was applied."""
