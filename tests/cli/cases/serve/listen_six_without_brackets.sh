vanity serve -i p356.mdb --no-log --listen ::1:8080
