vanity load -i p356.mdb --from-export out
