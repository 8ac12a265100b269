# An answer comes while the next line is still awaited.
mkfifo lines
vanity lookup -i p356.mdb --top 1 - <lines >answers &
exec 3>lines
echo 3569377 >&3
until [ -s answers ] || ! kill -0 $!; do
    sleep 0.05
done
cat answers
exec 3>&-
wait
