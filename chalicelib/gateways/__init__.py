"""One outside service a file: S3, SES, SNS. Vendor errors become domain errors here."""
