: >file
vanity site -i p356.mdb file
