vanity load -i p356.mdb --in-flight 257
