# 255 bytes are read, 256 are not; a carriage return does not count.
spaces() {
    printf "%*s3569377$2" $(($1 - 7)) ""
}
(spaces 255 "\n"; spaces 255 "\r\n"; spaces 256 "\n"; spaces 256 "\r\n") |
    vanity lookup -i p356.mdb --top 1 - | tr -s " "
exit "${PIPESTATUS[1]}"
