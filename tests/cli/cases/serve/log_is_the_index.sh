cp --remove-destination "$(realpath p356.mdb)" index
vanity serve -i index --log index --listen 127.0.0.1:0
code=$?
cmp index p356.mdb
exit $code
