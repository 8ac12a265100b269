vanity lookup -i p356.mdb - <&-
