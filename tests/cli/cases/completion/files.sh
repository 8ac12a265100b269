. "$SOURCE/tests/cli/complete.sh"
complete_words vanity lookup -i p3
