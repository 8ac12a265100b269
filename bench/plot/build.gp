# build.gp: the stages of a build, one after the other, above its rivals.
# Name, begin, end in ms, class: 0 whole, 1 part, 2 within the part, 3 rival.
stats data using 3 nooutput
longest = STATS_max
rows = STATS_records
set label 1 'Stages of a build of an index: medians of the rounds'
set xlabel 'ms' textcolor rgb ink
set xrange [0:longest * 1.1]
set yrange [rows - 0.4:-0.6]
set border 1
set ytics scale 0
unset grid
set grid xtics linecolor rgb pale linewidth 1 dashtype solid
set bmargin 6
set key at screen 0.98, 0.02 right bottom horizontal maxrows 1 width -3
set style fill solid 1 noborder
half(class) = class == 2 ? 0.18 : 0.34
plot data using 2:($4 == 0 ? $0 : NaN):2:3:($0 - half($4)):($0 + half($4)) \
        with boxxyerror linecolor rgb ink title 'the whole', \
    '' using 2:($4 == 1 ? $0 : NaN):2:3:($0 - half($4)):($0 + half($4)) \
        with boxxyerror linecolor rgb blue title 'its stages', \
    '' using 2:($4 == 2 ? $0 : NaN):2:3:($0 - half($4)):($0 + half($4)) \
        with boxxyerror linecolor rgb sky title 'part of the stage above', \
    '' using 2:($4 == 3 ? $0 : NaN):2:3:($0 - half($4)):($0 + half($4)) \
        with boxxyerror linecolor rgb orange title 'the same bytes, bare', \
    '' using 3:0:(sprintf($3 - $2 < 10 ? '%.1f' : '%.0f', $3 - $2)) \
        with labels left offset 0.6, 0 textcolor rgb ink notitle, \
    '' using (0):0:yticlabels(stringcolumn(1)) \
        with points pointtype 0 linecolor rgb '#ffffff' notitle
