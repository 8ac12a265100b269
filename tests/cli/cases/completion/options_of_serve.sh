. "$SOURCE/tests/cli/complete.sh"
complete_words vanity serve --
