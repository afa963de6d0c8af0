"""Every IAM action of the services that the modules use.

Operations come from botocore's models. Where IAM's names differ, the Service Authorization
Reference ("Actions, resources, and condition keys for ...", one page a service) says how.
"""

from functools import cache

import botocore.session

SERVICES = (
    "cloudwatch",
    "dynamodb",
    "events",
    "firehose",
    "iam",
    "kinesis",
    "kinesisanalytics",
    "kms",
    "lambda",
    "logs",
    "s3",
    "sqs",
    "sts",
)

# Operations that IAM authorises under another name, which is then in _IN_IAM_ONLY.
_NO_ACTION = {
    "dynamodb": {
        "BatchExecuteStatement",
        "ExecuteStatement",
        "ExecuteTransaction",
        "TransactGetItems",
        "TransactWriteItems",
    },
    "kms": {"ReEncrypt"},
    "lambda": {"Invoke", "InvokeWithResponseStream"},
    "sqs": {"ChangeMessageVisibilityBatch", "DeleteMessageBatch", "SendMessageBatch"},
}

_IN_IAM_ONLY = {
    "dynamodb": """
        ConditionCheckItem DescribeStream GetRecords GetShardIterator ListStreams PartiQLDelete
        PartiQLInsert PartiQLSelect PartiQLUpdate PurchaseReservedCapacityOfferings
    """,
    "iam": "PassRole",
    "kms": "ReEncryptFrom ReEncryptTo",
    "lambda": "DisableReplication EnableReplication InvokeFunction InvokeFunctionUrl",
    "logs": "CreateLogDelivery DeleteLogDelivery GetLogDelivery ListLogDeliveries Unmask",
    "sts": "GetServiceBearerToken SetContext SetSourceIdentity TagSession",
}

# "Actions, resources, and condition keys for Amazon S3", as far as buckets and objects go.
_S3 = """
    AbortMultipartUpload BypassGovernanceRetention CreateAccessPoint CreateBucket CreateJob
    DeleteAccessPoint DeleteBucket DeleteBucketPolicy DeleteBucketWebsite DeleteObject
    DeleteObjectTagging DeleteObjectVersion DeleteObjectVersionTagging GetAccelerateConfiguration
    GetAccessPoint GetAccountPublicAccessBlock GetAnalyticsConfiguration GetBucketAcl GetBucketCORS
    GetBucketLocation GetBucketLogging GetBucketNotification GetBucketObjectLockConfiguration
    GetBucketOwnershipControls GetBucketPolicy GetBucketPolicyStatus GetBucketPublicAccessBlock
    GetBucketRequestPayment GetBucketTagging GetBucketVersioning GetBucketWebsite
    GetEncryptionConfiguration GetIntelligentTieringConfiguration GetInventoryConfiguration
    GetLifecycleConfiguration GetMetricsConfiguration GetObject GetObjectAcl GetObjectAttributes
    GetObjectLegalHold GetObjectRetention GetObjectTagging GetObjectTorrent GetObjectVersion
    GetObjectVersionAcl GetObjectVersionAttributes GetObjectVersionForReplication
    GetObjectVersionTagging GetObjectVersionTorrent GetReplicationConfiguration InitiateReplication
    ListAccessPoints ListAllMyBuckets ListBucket ListBucketMultipartUploads ListBucketVersions
    ListMultipartUploadParts ObjectOwnerOverrideToBucketOwner PutAccelerateConfiguration
    PutAccessPointPolicy PutAccountPublicAccessBlock PutAnalyticsConfiguration PutBucketAcl
    PutBucketCORS PutBucketLogging PutBucketNotification PutBucketObjectLockConfiguration
    PutBucketOwnershipControls PutBucketPolicy PutBucketPublicAccessBlock PutBucketRequestPayment
    PutBucketTagging PutBucketVersioning PutBucketWebsite PutEncryptionConfiguration
    PutIntelligentTieringConfiguration PutInventoryConfiguration PutLifecycleConfiguration
    PutMetricsConfiguration PutObject PutObjectAcl PutObjectLegalHold PutObjectRetention
    PutObjectTagging PutObjectVersionAcl PutObjectVersionTagging PutReplicationConfiguration
    ReplicateDelete ReplicateObject ReplicateTags RestoreObject
"""


@cache
def known_actions() -> frozenset[str]:
    """Every action by its full name, as `sqs:SendMessage`."""
    session = botocore.session.get_session()
    found = {f"s3:{name}" for name in _S3.split()}
    for service in SERVICES:
        names = set(_IN_IAM_ONLY.get(service, "").split())
        if service != "s3":
            operations = session.get_service_model(service).operation_names
            names |= set(operations) - _NO_ACTION.get(service, set())
        found |= {f"{service}:{name}" for name in names}
    return frozenset(found)


@cache
def tried_actions() -> frozenset[str]:
    """The known actions, and the names that only implementations for development ask for."""
    return known_actions() | {
        f"{service}:{name}" for service, names in _NO_ACTION.items() for name in names
    }
