mkdir www
echo mine >www/index.html
vanity site -q -i p356.mdb www
code=$?
find www -type f -exec cat {} +
exit $code
