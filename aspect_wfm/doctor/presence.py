"""Whether a deployment is where the doctor looks."""

from collections.abc import Sequence

from aspect_wfm.aws import Aws, Missing, Refused
from aspect_wfm.deployment import READERS, Deployment, DeploymentError, regions_named
from aspect_wfm.doctor.function import read_function


def check_presence(aws: Aws, deployments: Sequence[Deployment], region: str) -> None:
    """Raises DeploymentError where the outputs do not name their region, and nothing that reads a
    stream for the deployments exists in this one: it is the wrong one, or all is destroyed.

    An application's ARN names its region, so that all of them are functions here.
    """
    if any(map(regions_named, deployments)):
        return
    functions = sorted({name for each in deployments for key in READERS if (name := each.get(key))})
    for name in functions:
        try:
            read_function(aws, name)
        except Missing:
            continue
        except Refused:  # a finding of its own
            return
        return
    raise DeploymentError(
        f"Region {region} has none of the functions of this deployment ({', '.join(functions)}): "
        "set --region and --profile to where it was applied."
    )
