"""A Pulumi provider that creates the AWS resources of the tests in moto, through boto3."""
