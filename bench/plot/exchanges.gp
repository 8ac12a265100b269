# exchanges.gp: mean of the best scores of each exchange, a square for each
# first digit. Low and top as for the map.
# First, second, third digit, mean in nats.
set label 1 'Best spellings by exchange (first three digits): mean of the ' \
    . 'best scores'
set lmargin at screen 0.02
set rmargin at screen 0.88
set bmargin at screen 0.03
set tmargin at screen 0.90
set xrange [-1:54]
set yrange [22:-1]
unset border
unset tics
unset grid
unset key
set palette defined (0 '#f7fbff', 1 '#c6dbef', 2 '#6baed6', 3 '#2171b5', \
    4 '#08306b')
set cbrange [low:top]
set cblabel 'mean of the best scores in nats, dark is good' \
    textcolor rgb ink offset 1, 0
set cbtics 1 scale 0.5
set colorbox noborder
set style fill solid 1 noborder
left(first, third) = (int(first) % 5) * 11 + third
line(first, second) = (int(first) / 5) * 11.5 + second
plot data using (left($1, $3)):(line($1, $2)):(0.48):(0.48):4 \
        with boxxyerror palette, \
    '' using (left($1, $3)):(line($1, $2)): \
        (sprintf('%d%d%d', $1, $2, $3)): \
        ($4 > low + 0.55 * (top - low) ? 0xffffff : 0x333333) \
        with labels font ',8' textcolor rgb variable
