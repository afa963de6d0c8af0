# Region and credentials come from the environment (AWS_REGION, AWS_PROFILE), or set them here, as well as
# default_tags.
provider "aws" {}
