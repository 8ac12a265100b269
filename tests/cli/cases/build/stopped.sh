# Both signals end a build with 128 + the signal and leave the old index.
cp p3569.mdb old.mdb
for signal in INT TERM; do
    # A shell without job control lets its children ignore SIGINT.
    python3 "$SOURCE/tests/cli/stop_build.py" SIG$signal old.mdb
done
cmp old.mdb p3569.mdb
ls old.mdb*
