# Nothing of the AWS configuration of whoever runs this.
bare() {
    env -i PATH="$PATH" HOME=/nonexistent AWS_EC2_METADATA_DISABLED=true "$@"
}
bare vanity load -i p356.mdb
