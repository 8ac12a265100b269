# A signal that has nothing to do with the index ends the program as always.
mkfifo lines
vanity lookup -i p356.mdb - <lines >answers &
exec 3>lines
echo 3569377 >&3
until [ -s answers ] || ! kill -0 $!; do
    sleep 0.05
done
exec 2>/dev/null # bash says how its children died, sooner or later
kill -SEGV $!
wait $!
[ $? -eq $((128 + 11)) ] && echo died of SIGSEGV
