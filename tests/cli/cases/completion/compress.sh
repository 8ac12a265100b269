. "$SOURCE/tests/cli/complete.sh"
complete_words vanity export --compress = ""
