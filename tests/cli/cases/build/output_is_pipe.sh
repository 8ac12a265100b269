mkfifo pipe
vanity build -q -o pipe --prefix 3569
