# Nothing of the AWS configuration of whoever runs this.
bare() {
    env -i PATH="$PATH" HOME=/nonexistent AWS_EC2_METADATA_DISABLED=true "$@"
}
bare AWS_REGION=us-east-1 AWS_ACCESS_KEY_ID=AKIDEXAMPLE \
    AWS_SECRET_ACCESS_KEY=secret vanity load -i p356.mdb --metrics .
